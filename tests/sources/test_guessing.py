"""How a column, a date and a coordinate system are recognised."""

from __future__ import annotations

import re

import pytest

from abate.sources import guess
from abate.sources.guess import Extract
from abate.sources.guessing import Columns, where


@pytest.mark.parametrize(
    ("texts", "formats"),
    [
        (["2024-01-31", "2024-02-01"], None),
        (["31/01/2024"], '["%d/%m/%Y"]'),
        (["01/02/2024"], '["%d/%m/%Y"]'),
        (["01/31/2024"], '["%m/%d/%Y"]'),
        (["31-Jan-24 14:05"], '["%d-%b-%y %H:%M"]'),
        (["01/31/2024 02:05:00 PM"], '["%m/%d/%Y %I:%M:%S %p"]'),
        (["31/01/2024 10:00", "31/01/2024"], '["%d/%m/%Y %H:%M", "%d/%m/%Y"]'),
    ],
)
def test_the_way_dates_are_written_is_found(texts: list[str], formats: str | None) -> None:
    draft = guess.write(Extract("a.csv", ("date",), tuple((text,) for text in texts)))
    found = re.search(r"^format = (\[.*?\])", draft, flags=re.MULTILINE)
    assert (found and found[1]) == formats
    assert 'began = "date"' in draft


def test_dates_that_no_one_way_fits_are_left_to_the_person() -> None:
    draft = guess.write(Extract("a.csv", ("date",), (("31/01/2024",), ("2024-01-31",))))
    assert 'format = "" # fill in' in draft


def test_midnight_throughout_means_the_day_alone() -> None:
    rows = (("31/01/2024 00:00:00",), ("01/02/2024 00:00:00",))
    assert "day_only = true" in guess.write(Extract("a.csv", ("date",), rows))
    assert "day_only" not in guess.write(Extract("a.csv", ("date",), (*rows, ("01/02/2024 00:00:01",))))


@pytest.mark.parametrize(
    ("heading", "values", "field"),
    [
        ("X_FT", ["1.5", "2"], "x"),
        ("DateReported", ["2024-01-31"], "reported"),
        ("Month", ["2024-01"], "month"),
        ("HO_Offence_Code", ["8N", "034B"], "ho_offence_code"),
        ("LSOA21CD", ["E01000001"], "lsoa_code"),
        ("Crime Category", ["Robbery"], "crime_type"),
        ("Month", ["January to March of last year"], None),
        ("Date", ["soon"], None),
        ("Colour", ["red"], None),
    ],
)
def test_a_column_is_told_by_its_heading_and_its_values(heading: str, values: list[str], field: str | None) -> None:
    columns = Columns.of([heading, "x", "y"], [(value, "0.1", "51.5") for value in values])
    found = next((name for name, each in columns.found.items() if each.column == heading), None)
    assert found == field


@pytest.mark.parametrize(("months", "form"), [(["2024-01-01"], "%Y-%m-01"), (["Jan-24"], "%b-%y"), (["2024-01"], None)])
def test_the_way_months_are_written_is_found(months: list[str], form: str | None) -> None:
    draft = guess.write(Extract("a.csv", ("month",), tuple((month,) for month in months)))
    found = re.search(r'^month_format = "(.*?)"', draft, flags=re.MULTILINE)
    assert (found and found[1]) == form
    assert 'month = "month"' in draft


def test_a_date_that_reads_both_ways_is_marked() -> None:
    doubt = "month before day would fit as well"
    assert doubt in guess.write(Extract("a.csv", ("date",), (("01/02/2024",),)))
    assert doubt not in guess.write(Extract("a.csv", ("date",), (("01/02/2024",), ("13/02/2024",))))


def test_half_a_place_is_no_place() -> None:
    assert Columns.of(["easting"], [("588000",)]).found == {}


def test_an_end_without_a_beginning_is_left_out() -> None:
    assert Columns.of(["month", "to"], [("2024-01", "2024-01-31")]).found.keys() == {"month"}


@pytest.mark.parametrize(
    ("x", "y", "british", "crs"),
    [
        ([-0.4, 0.7], [51.5, 52.0], False, "EPSG:4326"),
        ([-87.7], [41.9], False, "EPSG:4326"),
        ([588_000.0], [185_000.0], True, "EPSG:27700"),
        ([359_192.3], [570_510.9], False, ""),
        ([1_013_404.6], [251_800.8], True, ""),
        ([], [], True, ""),
    ],
)
def test_a_coordinate_system_is_guessed_only_where_it_can_be(
    x: list[float],
    y: list[float],
    british: bool,
    crs: str,
) -> None:
    assert where(x, y, british=british).crs == crs
