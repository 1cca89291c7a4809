"""The days of a record: what is covered, what is missing, and what has no day or no place."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import shapely

from abate.errors import OptionError
from abate.jobs import day_records
from abate.jobs.day_records import Asked
from jobs.day_lakes import few

SHAPES = np.array([shapely.box(400_000, 300_000, 400_100, 300_100)], dtype=object)
IN = (400_050.0, 300_050.0)
OUT = (410_000.0, 300_050.0)


def read(lake, **asked):
    return day_records.read(lake, Asked("sample", "robbery", **asked), SHAPES, "EPSG:27700", reach=50.0)


def days(found):
    return [f"{day:%m-%d}" for day in found.days]


def test_the_record_covers_from_its_first_to_its_last_day_and_quiet_days_between():
    found = read(few(("2025-01", "2025-01-29 23:30", *IN), ("2025-02", "2025-02-02 00:10", *OUT)))
    assert days(found) == ["01-29", "01-30", "01-31", "02-01", "02-02"]
    assert found.rows["period"].dt.strftime("%m-%d").tolist() == ["01-29"]
    assert found.notes == ()


def test_the_local_clock_says_the_day_in_summer():
    found = read(few(("2025-07", "2025-07-05 00:30", *IN), ("2025-07", "2025-07-06 12:00", *OUT)))
    assert days(found) == ["07-05", "07-06"]
    assert found.rows["period"].dt.strftime("%m-%d").tolist() == ["07-05"]


def test_a_month_that_is_not_held_is_missing_and_said():
    found = read(few(("2025-01", "2025-01-31 12:00", *IN), ("2025-03", "2025-03-01 12:00", *IN)))
    assert days(found) == ["01-31", "03-01"]
    assert found.missing == ("2025-02",)
    assert found.notes[0].startswith(
        "the lake does not hold 2025-02 of sample: those days have no rows (missing, not 0)"
    )


def test_days_beyond_the_record_are_missing_and_said():
    lake = few(("2025-01", "2025-01-03 12:00", *IN), ("2025-01", "2025-01-04 12:00", *OUT))
    found = read(lake, first=date(2024, 12, 30), last=date(2025, 1, 10))
    assert days(found) == ["01-03", "01-04"]
    assert found.notes == (
        "the record begins on 2025-01-03: days from 2024-12-30 have no rows (missing, not 0)",
        "the record ends on 2025-01-04: days up to 2025-01-10 have no rows (missing, not 0)",
    )
    with pytest.raises(OptionError, match="no day from 2025-01-20 to 2025-01-31: it runs from 2025-01-03 to"):
        read(lake, first=date(2025, 1, 20), last=date(2025, 1, 31))


def test_a_record_of_months_is_refused_with_what_would_be_right():
    with pytest.raises(OptionError) as told:
        read(few(("2025-01", None, *IN), ("2025-02", None, *OUT)))
    (said,) = told.value.faults
    assert said.startswith("none of the 2 incidents of sample from 2025-01 to 2025-02 has a day (such as those of few")
    assert "an extract with the date of each incident would be right (abate load FILE --mapping M.toml" in said


def test_a_month_without_days_among_others_has_no_rows():
    found = read(few(("2025-01", "2025-01-30 12:00", *IN), ("2025-02", None, *IN), ("2025-03", "2025-03-02", *IN)))
    assert days(found) == ["01-30", "01-31", "03-01", "03-02"]
    assert found.notes[0].startswith("none of the 1 incidents of 2025-02 has a day: those days have no rows")


def test_incidents_without_a_place_are_counted_and_told():
    lake = few(("2025-01", "2025-01-30 12:00", *IN), ("2025-01", "2025-01-30 13:00", None, None))
    found = read(lake)
    assert (found.without_place, len(found.rows)) == (1, 1)
    assert found.notes[0].startswith("1 incident of 'robbery' in sample (50.0% of 2) have no place")
    station = few(("2025-01", "2025-01-30 12:00", *IN), default_geocode=True)
    assert read(station).without_place == 1


def test_a_crime_that_never_happened_is_refused_with_those_that_did():
    with pytest.raises(
        OptionError, match="has no incident of 'drugs' from 2025-01 to 2025-01: the lake holds the types"
    ):
        day_records.read(
            few(("2025-01", "2025-01-30 12:00", *IN)), Asked("sample", "drugs"), SHAPES, "EPSG:27700", reach=0.0
        )


def test_harm_needs_codes():
    from abate.jobs.trial_days import scale

    cambridge = scale("cambridge-2020-selection")
    with pytest.raises(OptionError, match="--harm: none of the 1 incidents of 'robbery' has a Home Office code"):
        read(few(("2025-01", "2025-01-30 12:00", *IN)), scale=cambridge)
    coded = few(("2025-01", "2025-01-30 12:00", *IN), ho_classification="034/02", ho_offence_code="34B")
    found = read(coded, scale=cambridge)
    assert found.rows["harm"].tolist() == [cambridge.weight("034/02", "34B").low]
