from __future__ import annotations

import csv
import gzip
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from abate.sources import police_uk
from abate.sources.forces import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from abate.schema import Format

TODAY = date(2026, 11, 22)
STREET, OUTCOMES, SEARCHES = police_uk.formats(today=TODAY)
SAMPLES = [
    ("police-street/essex-street-2021-03-to-2022-03.csv.gz", STREET),
    ("police-outcomes/bedfordshire-outcomes-2021-03-to-2022-03.csv.gz", OUTCOMES),
    ("police-stop-and-search/cleveland-stop-and-search-2023-01-to-2024-12.csv.gz", SEARCHES),
]


def broken(form: Format, **cells: str | None) -> list[str]:
    """Give the rules that one row breaks; what is not said stands as in a sound row."""
    import ibis

    sound: dict[str, str | None] = dict.fromkeys(form.header) | {
        "Crime ID": "a1",
        "Month": "2021-03",
        "Reported by": "Essex Police",
        "Longitude": "0.7",
        "Latitude": "51.5",
        "Crime type": "Robbery",
        "Outcome type": "Local resolution",
        "Type": "Person search",
        "Date": "2021-03-04T10:00:00+00:00",
    }
    row = {name: cells.get(name, sound[name]) for name in form.header}
    schema = dict.fromkeys(row, "string")
    raw = ibis.memtable(pd.DataFrame([row], dtype="str"), schema=schema)
    told = raw.select(**{rule.name: rule.broken(raw) for rule in form.rules}).execute()
    return [name for name in told.columns if pd.notna(told[name][0]) and bool(told[name][0])]


@pytest.mark.parametrize(("file", "form"), SAMPLES)
def test_the_headers_are_those_of_the_published_files(shared: Callable[[str], Path], file: str, form: Format) -> None:
    with gzip.open(shared(file), "rt", encoding="utf-8", newline="") as rows:
        assert tuple(next(csv.reader(rows))) == form.header


def test_every_value_belongs_to_a_column_of_the_dictionary() -> None:
    for form in (STREET, OUTCOMES, SEARCHES):
        assert set(form.values) <= set(form.table.columns)
        needed = {name for name, column in form.table.columns.items() if not column.blank}
        assert needed - set(form.values) <= {"force", "source_file", "source_row"}


@pytest.mark.parametrize("form", [STREET, OUTCOMES, SEARCHES])
def test_a_sound_row_breaks_no_rule_with_or_without_a_place(form: Format) -> None:
    assert broken(form) == []
    assert broken(form, Longitude=None, Latitude=None) == []


@pytest.mark.parametrize(
    ("form", "cells", "rule"),
    [
        (STREET, {"Month": "2021-3"}, "month-unreadable"),
        (STREET, {"Month": None}, "month-unreadable"),
        (STREET, {"Month": "2021-13"}, "month-unreadable"),
        (STREET, {"Month": "2010-11"}, "month-too-early"),
        (OUTCOMES, {"Month": "2026-12"}, "month-in-future"),
        (STREET, {"Reported by": "Essex"}, "force-unknown"),
        (STREET, {"Crime type": "Robery"}, "crime-type-unknown"),
        (STREET, {"Crime type": None}, "crime-type-unknown"),
        (STREET, {"Crime ID": None}, "crime-id-missing"),
        (OUTCOMES, {"Outcome type": None}, "outcome-missing"),
        (STREET, {"Longitude": None}, "coordinates-half"),
        (SEARCHES, {"Latitude": None}, "coordinates-half"),
        (STREET, {"Longitude": "x"}, "coordinates-not-numbers"),
        (SEARCHES, {"Latitude": "nan"}, "coordinates-not-numbers"),
        (STREET, {"Longitude": "51.5", "Latitude": "0.7"}, "coordinates-swapped"),
        (STREET, {"Longitude": "3.2", "Latitude": "54.9"}, "coordinates-elsewhere"),
        (STREET, {"Longitude": "1.5", "Latitude": "54.5"}, "coordinates-elsewhere"),
        (SEARCHES, {"Longitude": "0", "Latitude": "0"}, "coordinates-elsewhere"),
        (SEARCHES, {"Date": "04/03/2021"}, "date-unreadable"),
        (SEARCHES, {"Date": "2021-03-04 10:00"}, "date-unreadable"),
        (SEARCHES, {"Date": "2021-02-30T10:00:00+00:00"}, "date-unreadable"),
        (SEARCHES, {"Date": "2026-12-01T00:00:00+00:00"}, "date-in-future"),
        (SEARCHES, {"Date": "2009-12-01T00:00:00+00:00"}, "date-too-early"),
        (SEARCHES, {"Type": None}, "type-missing"),
    ],
)
def test_each_rule_finds_its_fault_first(form: Format, cells: dict[str, str | None], rule: str) -> None:
    assert broken(form, **cells)[0] == rule


def test_the_month_of_loading_is_not_the_future() -> None:
    assert broken(STREET, Month="2026-11") == []


def test_anti_social_behaviour_needs_no_id() -> None:
    assert broken(STREET, **{"Crime ID": None, "Crime type": "Anti-social behaviour"}) == []


def test_historic_crime_types_are_known() -> None:
    for kind in ("Violent crime", "Public disorder and weapons"):
        assert broken(STREET, **{"Crime type": kind}) == []


def test_every_force_name_is_known() -> None:
    import ibis

    raw = ibis.memtable(pd.DataFrame({"Reported by": list(NAMES)}))
    assert raw.select(force=STREET.values["force"](raw)).execute()["force"].tolist() == list(NAMES.values())
