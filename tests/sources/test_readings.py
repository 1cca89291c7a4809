"""What is read from one raw row: moments, months, places, kinds of crime, forces."""

from __future__ import annotations

import pandas as pd
import pytest

from abate.sources import mapped, mapping
from sources.raw_rows import MINIMAL, fates, run


def test_a_moment_with_its_own_offset_counts_in_the_local_month() -> None:
    found = run(MINIMAL, {"when": ["2024-06-30T23:30:00Z", "2024-06-30T23:30:00+01:00"]})
    assert list(found["month"]) == ["2024-07", "2024-06"]
    assert list(found["began"].dt.hour) == [23, 22]


def test_an_offence_counts_in_the_month_in_which_it_began() -> None:
    toml = MINIMAL + 'ended = "until"\nreported = "told"\n'
    found = run(toml, {"when": ["2024-01-31", ""], "until": ["2024-02-02", ""], "told": ["2024-03-01", "2024-03-01"]})
    assert list(found["month"]) == ["2024-01", "2024-03"]
    assert found["ended"].iloc[0] == pd.Timestamp("2024-02-02 23:59:59", tz="UTC")
    assert found["began"].isna().tolist() == found["ended"].isna().tolist() == [False, True]


def test_times_that_mean_nothing_are_left_aside() -> None:
    found = run(MINIMAL + "[time]\nday_only = true\n", {"when": ["2024-07-01T13:05:00"]})
    assert found["began"].iloc[0] == pd.Timestamp("2024-06-30 23:00", tz="UTC")
    assert found["ended"].iloc[0] == pd.Timestamp("2024-07-01 22:59:59", tz="UTC")


def test_a_day_and_a_time_of_day_are_joined_and_a_blank_time_leaves_the_day() -> None:
    toml = MINIMAL.replace('began = "when"', 'began_date = "day"\nbegan_time = "hour"') + (
        '[time]\nformat = ["%d/%m/%Y %H:%M", "%d/%m/%Y"]\n'
    )
    found = run(toml, {"day": ["01/07/2024", "01/07/2024", "01/07/2024"], "hour": ["13:05", "", "25:00"]})
    assert list(found["fate"]) == ["loaded", "loaded", "began-unreadable"]
    assert list(found["began"].iloc[:2]) == [
        pd.Timestamp("2024-07-01 12:05", tz="UTC"),
        pd.Timestamp("2024-06-30 23:00", tz="UTC"),
    ]
    assert found["ended"].isna().tolist() == [True, False, True]


def test_months_in_another_dress_are_understood() -> None:
    toml = MINIMAL.replace('began = "when"', 'month = "m"') + '[time]\nmonth_format = "%b-%y"\n'
    toml += '[rules]\nfirst_month = "2023-02"\nlast_month = "2024-01"\n'
    found = run(toml, {"m": ["Feb-23", "Jan-24", "2024-01", "Jan-23", "Feb-24", ""]})
    assert list(found["fate"]) == ["loaded"] * 2 + ["month-unreadable"] + ["month-out-of-range"] * 2 + [
        "month-unreadable"
    ]
    assert list(found["month"].iloc[:2]) == ["2023-02", "2024-01"]


@pytest.mark.parametrize(
    ("unlisted", "fate", "kind"),
    [("reject", "offence-unlisted", "9"), ("drop", "offence-unlisted", "9"), ("keep", "loaded", "9")],
)
def test_codes_become_kinds_of_crime(unlisted: str, fate: str, kind: str) -> None:
    toml = MINIMAL.replace('crime_type = "robbery"', "") + (
        'crime_type = "code"\n[offences]\n"34A" = "robbery"\n"8N" = "violence"\n'
        f'[rules]\nunlisted_offence = "{unlisted}"\n'
    )
    found = run(toml, {"when": ["2024-01-01"] * 4, "code": ["34A", "8N", "9", " "]})
    assert list(found["fate"]) == ["loaded", "loaded", fate, "crime-type-missing"]
    assert list(found["crime_type"].iloc[:3]) == ["robbery", "violence", "9"]
    form = mapped.format_of(mapping.parse(toml, file="m.toml"), ("when", "code"))
    assert bool(form.dropped) == (unlisted == "drop")


def test_a_column_names_the_force() -> None:
    toml = MINIMAL.replace('force = "essex"', 'force_column = "area"') + '[force_names]\n"Essex Police" = "essex"\n'
    columns = {"when": ["2024-01-01"] * 3, "area": ["Essex Police", "essex", ""]}
    found = run(toml, columns)
    assert list(found["fate"]) == ["loaded", "force-unknown", "force-unknown"]
    assert found["force"].iloc[0] == "essex"
    assert found["reported_by"].iloc[0] == "Essex Police"
    bare = toml.split("[force_names]")[0]
    assert fates(bare, columns) == ["force-unknown", "loaded", "force-unknown"]


def test_words_for_nothing_are_blank_everywhere() -> None:
    toml = MINIMAL.replace('force = "essex"', 'force = "essex"\nblanks = ["NULL", "n/a"]') + 'location = "where"\n'
    found = run(toml, {"when": ["2024-01-01", "NULL"], "where": ["n/a", "High Street"]})
    assert list(found["fate"]) == ["loaded", "date-missing"]
    assert found["location"].isna().tolist() == [True, False]


def test_the_time_zone_of_the_clocks_is_kept_where_there_are_moments() -> None:
    assert run(MINIMAL, {"when": ["2024-01-31"]})["zone"].tolist() == ["Europe/London"]
    elsewhere = MINIMAL + '[time]\nzone = "America/New_York"\n'
    assert run(elsewhere, {"when": ["2024-01-31"]})["zone"].tolist() == ["America/New_York"]
