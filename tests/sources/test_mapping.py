"""The mapping file itself: what it may say, what is wrong with it, and that every fault is told at once."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from abate.errors import SourceError
from abate.sources import mapping
from abate.sources.mapping import EXAMPLES, ISO_FORMATS, Filters, Mapping
from mappings import GOOD, faults

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_not_said_has_a_sensible_value() -> None:
    found = mapping.parse(GOOD, file="my.toml")
    assert (found.delimiter, found.encoding, found.sheet, found.zone) == (",", "utf-8", None, "Europe/London")
    assert (found.formats, found.repeats, found.unlisted_offence) == (ISO_FORMATS, "once", "reject")
    assert found.filters == Filters()
    assert found.filters.historic_days == 365
    assert found.notes == ()


FULL = """
[source]
name = "Westmarch"
force_column = "Force"
repeats = "keep"
blanks = "NULL"
delimiter = "\\t"
encoding = "cp1252"
sheet = "Data"
header_row = 3
[force_names]
"Westmarch Police" = "westmarch"
[columns]
crime_type = "Code"
crime_id = "Ref"
x = "E"
y = "N"
began_date = "From"
began_time = "At"
ended = "To"
reported = "Told"
domestic = "DV"
default_geocode = "Default"
premises = "Premises"
[place]
crs = "EPSG:27700"
blanks = ["0"]
[time]
format = "%d/%m/%Y %H:%M"
zone = "Europe/Dublin"
day_only = true
[offences]
"34A" = "robbery"
[words]
yes = ["J"]
no = ["N"]
[filters]
use = "public-place"
historic_days = 90
indoor_premises = ["cellar"]
[[filters.own]]
name = "open"
column = "Status"
keep = "Open"
[rules]
bounds = [0, 0, 7e5, 13e5]
first_month = "2020-01"
last_month = "2024-12"
unlisted_offence = "drop"
"""


def test_everything_that_can_be_said_arrives() -> None:
    found = mapping.parse(FULL, file="my.toml")
    plain = Mapping(file="", text="", name="", columns={})
    same = [each.name for each in fields(Mapping) if getattr(found, each.name) == getattr(plain, each.name)]
    assert same == ["force", "crime_type", "month_format", "notes"]
    assert found.filters.own == (mapping.OwnFilter("open", "Status", ("Open",), keeps=True),)
    assert (found.yes, found.no, found.blanks, found.no_place) == (("j",), ("n",), ("NULL",), ("0",))
    assert found.filters.historic_days == 90
    assert found.uses()["From"] == ["[columns] began_date"]
    assert set(found.uses()) == {*found.columns.values(), "Force", "Status"}


def test_every_fault_is_told_at_once_with_the_file_the_setting_and_the_nearest_known() -> None:
    told = faults(
        """
        [source]
        name = "Westmarch"
        forse = "essex"
        [colums]
        x = "E"
        [columns]
        crime_type = ""
        began = 7
        [time]
        zone = "Europe/Londn"
        """
    )
    assert [each.split(":")[0] for each in told] == ["my.toml"] * 6
    assert "[source] forse: there is no such setting. Did you mean 'force'?" in told[0]
    assert "[colums]: there is no such section. Did you mean 'columns'?" in told[1]
    assert "[columns] crime_type: is still to be filled in" in told[2]
    assert "[columns] began: should be a text in quotes" in told[3]
    assert (
        told[4]
        == "my.toml: one of [source] force (one for all rows) and [source] force_column (a column) must be given"
    )
    assert "[time] zone: 'Europe/Londn' is not a time zone. Did you mean 'Europe/London'?" in told[5]


def test_a_force_that_looks_mistyped_is_noted_but_other_cities_are_not() -> None:
    assert mapping.parse(GOOD.replace('"essex"', '"esex"'), file="m").notes == (
        "force 'esex' is no police force of England and Wales; did you mean 'essex'?",
    )
    assert mapping.parse(GOOD.replace('"essex"', '"chicago"'), file="m").notes == ()


def test_a_mapping_is_read_from_its_file_and_kept_as_it_stood(tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    found = mapping.read(file)
    assert (found.file, found.text) == (str(file), GOOD)


@pytest.mark.parametrize(("content", "sentence"), [(None, "there is no such file"), (b'name = "\xff"', "is not UTF-8")])
def test_a_file_that_is_no_mapping_is_told(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    file = tmp_path / "my.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SourceError, match=sentence):
        mapping.read(file)


def test_the_examples_are_known_by_name() -> None:
    assert len(list(EXAMPLES.glob("*.toml"))) == 4
    with pytest.raises(SourceError, match="Did you mean 'chicago-arson'"):
        mapping.example("chicago-arsen")
