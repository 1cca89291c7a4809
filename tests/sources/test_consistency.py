"""Settings that are missing, or that contradict each other, are each told in a sentence."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.sources import consistency, mapping
from abate.sources.settings import OWN_FILTER, SECTIONS
from abate.sources.settings import faults as kinds
from mappings import GOOD, faults


def added(**sections: str) -> str:
    text = GOOD
    for name, lines in sections.items():
        heading = f"[{name}]\n"
        text = text.replace(heading, heading + lines + "\n") if heading in text else f"{text}\n{heading}{lines}\n"
    return text


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        ("[source", "is not TOML"),
        (GOOD.replace('name = "Westmarch"', ""), "[source] name: must be given"),
        (added(source='force_column = "F"'), "[source] force and force_column contradict each other"),
        (added(source='crime_type = "arson"'), "[source] crime_type and [columns] crime_type contradict each other"),
        (GOOD.replace('crime_type = "Kind"', ""), "one of [source] crime_type"),
        (
            GOOD.replace('force = "essex"', 'force = "Essex Police"'),
            "[source] force: 'Essex Police' should be lower-case",
        ),
        (added(force_names='"E" = "essex"'), "[force_names]: has no use"),
        (added(source='repeats = "keep"'), "[source] repeats: nothing can repeat without [columns] crime_id"),
        (added(source='repeats = "twice"'), "[source] repeats: 'twice' is not known"),
        (added(source='delimiter = ";;"'), "[source] delimiter: should be one sign"),
        (added(source='encoding = "utf8mb9"'), "[source] encoding: 'utf8mb9' is not known. Did you mean 'utf-8'?"),
        (added(source="header_row = 0"), "[source] header_row: should be a whole number of 1 or more"),
        (added(columns='x = "E"', place='crs = "EPSG:27700"'), "[columns] x: is half a place"),
        (added(columns='x = "E"\ny = "N"'), "[place] crs: must be given"),
        (
            added(columns='x = "E"\ny = "N"', place='crs = "BNG"'),
            "[place] crs: 'BNG' should be an authority and a number",
        ),
        (added(columns='x = "E"\ny = "N"', place='crs = "EPSG:99999999"'), "is not a coordinate system that is known"),
        (added(place='crs = "EPSG:27700"'), "[place]: has no use without [columns] x and y"),
        (added(rules="bounds = [0, 0, 1, 1]"), "[rules] bounds: has no use without [columns] x and y"),
        (added(columns='month = "m"'), "[columns] month: is not needed, the month is taken from began"),
        (GOOD.replace('began = "When"', ""), "[columns]: nothing says when: give began, reported or month"),
        (GOOD.replace("began", "ended"), "[columns] ended: needs began beside it"),
        (added(columns='began_time = "At"'), "[columns] began: contradicts began_date and began_time"),
        (added(columns='reported_time = "At"'), "[columns] reported_time: needs reported_date beside it"),
        (added(time='format = "%d/%m"'), "[time] format: '%d/%m' should have a sign for the year, the month, the day"),
        (added(time='format = "%d/%m/%Y %Q"'), "has the sign %Q, which is not known"),
        (added(time='month_format = "%Y"'), "[time] month_format: '%Y' should have a sign for the year, the month,"),
        (added(words='yes = ["j"]\nno = ["J"]'), "[words]: 'j' stands for both yes and no"),
        (added(words='yes = ["j"]'), "[words]: give both yes and no, or neither"),
        (added(filters='use = ["public-places"]'), "there is no filter 'public-places'. Did you mean 'public-place'?"),
        (added(filters="historic_days = 30"), "[filters] historic_days: has no use without use"),
        (added(filters='missing = "yes"'), "[filters] missing: 'yes' is not known"),
        (GOOD + '[[filters.own]]\nname = "a"\n', "[filters.own] a: needs a column to look at"),
        (GOOD + '[[filters.own]]\nname = "a"\ncolumn = "b"\n', "[filters.own] a: needs either keep or drop"),
        (GOOD + '[[filters.own]]\nname = "domestic"\ncolumn = "b"\nkeep = "x"\n', "is taken by another filter"),
        (GOOD + '[[filters.own]]\nname = "A b"\ncolumn = "b"\nkeep = "x"\n', "should be lower-case letters"),
        (GOOD + '[[filters.own]]\nname = "a"\ncolum = "b"\nkeep = "x"\n', "Did you mean 'column'?"),
        (added(rules='bounds = [1, "a", 2, 3]'), "[rules] bounds: should be a list of numbers"),
        (added(rules="first_month = 2020"), "[rules] first_month: should be a text in quotes"),
        (added(rules='first_month = "2020"'), "[rules] first_month: '2020' is not a month"),
        (added(rules='first_month = "2020-02"\nlast_month = "2020-01"'), "comes after last_month"),
        (added(rules='unlisted_offence = "keep"'), "[rules] unlisted_offence: has no use without a section [offences]"),
        (added(offences='"1" = "murder"', rules='unlisted_offence = "other"'), "'other' is not known"),
        (
            added(columns='x = "E"\ny = "N"', place='crs = "EPSG:27700"', rules="bounds = [1, 1, 0, 2]"),
            "[rules] bounds: should",
        ),
    ],
)
def test_a_setting_that_cannot_be_carried_out_is_told(toml: str, sentence: str) -> None:
    told = faults(toml)
    assert any(sentence in each for each in told), told
    assert all(each.startswith("my.toml: ") for each in told)


def test_a_code_of_offences_without_a_column_is_told() -> None:
    toml = GOOD.replace('crime_type = "Kind"', "").replace('force = "essex"', 'force = "essex"\ncrime_type = "arson"')
    assert faults(toml + '[offences]\n"1" = "murder"\n') == (
        "my.toml: [offences]: has codes, but no column holds them: give [columns] crime_type",
    )


def test_a_filter_without_its_columns_is_a_fault_unless_the_mapping_goes_on_without() -> None:
    told = faults(added(filters='use = ["public-place"]', columns='domestic = "DV"'))
    assert [each.split(" cannot")[0] for each in told] == [
        "my.toml: [filters] public-place: default-geocode",
        "my.toml: [filters] public-place: historic-report",
        "my.toml: [filters] public-place: not-street-visible",
    ]
    assert "no column for reported" in told[1]
    found = mapping.parse(added(filters='use = ["public-place"]\nmissing = "ok"', columns='domestic = "DV"'), file="m")
    assert found.notes == (
        "public-place: default-geocode cannot be applied: no column for default_geocode",
        "public-place: historic-report cannot be applied: no column for reported",
        "public-place: not-street-visible cannot be applied: no column for premises",
    )


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 3),
    st.text(max_size=4),
    st.lists(st.one_of(st.integers(), st.text(max_size=3))),
    st.tuples(*[st.one_of(st.integers(), st.text(max_size=3))] * 4).map(list),
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_junk_in_any_setting_is_told_or_harmless(data: st.DataObject) -> None:
    sections: dict[str, Any] = {}
    for name in data.draw(st.lists(st.sampled_from(sorted(SECTIONS)), unique=True)):
        known = sorted(SECTIONS[name])
        sections[name] = data.draw(st.one_of(JUNK, st.dictionaries(st.sampled_from(known), JUNK, max_size=6)))
    own = data.draw(st.one_of(JUNK, st.lists(st.dictionaries(st.sampled_from(sorted(OWN_FILTER)), JUNK))))
    if isinstance(sections.get("filters"), dict):
        sections["filters"]["own"] = own
    told = [*kinds(sections), *consistency.faults(sections)]
    assert told
    assert all(isinstance(each, str) and each for each in told)
