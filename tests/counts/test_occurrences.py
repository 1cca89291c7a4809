"""Days are those of the local clock: as the raw files of two cities have them, through time zones and blank days."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
import pandas as pd
import pytest

from abate.counts.occurrences import dated, occur
from abate.jobs import records

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(records.__file__).parents[1] / "sources" / "examples"


def happened(*rows: tuple[str, str | None, str | None, bool]) -> pd.DataFrame:
    months, moments, zones, chosen = zip(*rows, strict=True)
    return pd.DataFrame(
        {"month": months, "moment": pd.to_datetime(list(moments), utc=True), "zone": zones, "chosen": chosen}
    ).assign(incidents=1)


def test_the_day_is_that_of_the_clock_on_the_wall():
    told = dated(
        happened(
            ("2019-07", "2019-07-04T02:30Z", "America/New_York", True),
            ("2019-07", "2019-06-30T23:30Z", "Europe/London", True),
            ("2019-01", "2019-01-01T00:30Z", None, True),
        )
    )
    assert told.unit == "day"
    assert told.rows["period"].dt.strftime("%Y-%m-%d").tolist() == ["2019-07-03", "2019-07-01", "2019-01-01"]


def test_one_chosen_row_without_a_day_makes_the_record_monthly():
    told = dated(happened(("2019-07", "2019-07-04T12:00Z", None, True), ("2019-08", None, None, True)))
    assert told.unit == "month"
    assert told.rows["period"].dt.strftime("%Y-%m-%d").tolist() == ["2019-07-01", "2019-08-01"]


def test_rows_of_other_kinds_without_a_day_are_left_out_of_a_daily_record():
    told = dated(happened(("2019-07", "2019-07-04T12:00Z", None, True), ("2019-08", None, None, False)))
    assert told.unit == "day"
    assert len(told.rows) == 1


def test_what_happened_is_counted_whole_with_and_without_coordinates():
    words = {"crs": "EPSG:27700", "month": "2025-01", "crime_type": "Robbery", "zone": "Europe/London"}
    began = pd.to_datetime(["2025-01-02", "2025-01-02", None, "2025-01-03"], utc=True)
    reported = pd.to_datetime(["2025-01-05", "2025-01-06", "2025-01-07", None], utc=True)
    frame = pd.DataFrame({"x": [1.0, 1.0, 1.0, None], "y": [2.0, 2.0, 2.0, None], "began": began, "reported": reported})
    schema = {
        **dict.fromkeys(("x", "y"), "float64"),
        **dict.fromkeys(words, "string"),
        **dict.fromkeys(("began", "reported"), "timestamp('UTC')"),
    }
    found = occur(ibis.memtable(frame.assign(**words)[list(schema)], schema=schema)).execute()
    assert sorted(found["incidents"]) == [1, 1, 2]
    assert found["x"].isna().sum() == 1
    late = found.loc[found["moment"] == pd.Timestamp("2025-01-07", tz="UTC")]
    assert len(late) == 1, "where nothing says when it began, the report does"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "mapping"),
    [
        ("hotspots/nyc_shootings/shootings_2006_2019.csv.gz", "new-york-shootings"),
        ("hotspots/portland_nij/burglary.csv.gz", "portland-street-crimes"),
    ],
)
def test_days_are_those_of_the_raw_file(file: str, mapping: str, shared: Callable[[str], Path]):
    path = shared(file)
    source = records.Source(events=path, mapping=EXAMPLES / f"{mapping}.toml", crime="all")
    found = records.gather(source, today=date(2026, 11, 22))
    raw = pd.read_csv(path).groupby("date").size()
    ours = found.rows.groupby(found.rows["period"].dt.strftime("%Y-%m-%d"))["incidents"].sum()
    assert found.unit == "day"
    assert ours.to_dict() == raw.to_dict()
