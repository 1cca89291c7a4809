"""How columns come about, column by column."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from abate.lake.recipes import recipes
from abate.schema import Rule
from abate.sources import police_uk

STREET, OUTCOMES, SEARCHES = police_uk.formats(today=date(2026, 11, 22))


def test_text_stands_as_it_is_and_numbers_are_made() -> None:
    made = recipes(STREET, STREET.header)
    assert made is not None
    assert (made["location"].column, made["location"].sql) == ("Location", None)
    assert made["x"].column == "Longitude"
    assert "TRY_CAST" in str(made["x"].sql)
    assert (made["crs"].column, made["crs"].constant) == (None, "EPSG:4326")
    assert made["force"].column == "Reported by"


def test_a_number_is_read_as_one_unless_somebody_looks_at_its_text() -> None:
    made = recipes(STREET, STREET.header)
    assert made is not None
    assert {name for name, recipe in made.items() if recipe.number} == {"x", "y"}
    long = Rule("longitude-long", "six decimals are enough", "Longitude", lambda raw: raw["Longitude"].length() > 9)
    looked_at = recipes(replace(STREET, rules=(*STREET.rules, long)), STREET.header)
    assert looked_at is not None
    assert {name for name, recipe in looked_at.items() if recipe.number} == {"y"}
    shown = recipes(replace(STREET, values={**STREET.values, "context": lambda raw: raw["Latitude"]}), STREET.header)
    assert shown is not None
    assert {name for name, recipe in shown.items() if recipe.number} == {"x"}


def test_every_published_kind_can_be_made_column_by_column() -> None:
    for form in (STREET, OUTCOMES, SEARCHES):
        made = recipes(form, form.header)
        assert made is not None
        assert {"force", "month", "x"} <= set(made)


def test_a_value_from_two_columns_has_no_recipe() -> None:
    joined = {**STREET.values, "location": lambda raw: raw["Location"] + raw["LSOA name"]}
    assert recipes(replace(STREET, values=joined), STREET.header) is None


def test_a_force_that_is_given_is_a_column_of_its_own() -> None:
    made = recipes(SEARCHES, SEARCHES.header)
    assert made is not None
    assert made["force"].column == "_force"
