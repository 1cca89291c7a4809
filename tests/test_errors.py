"""What can be put right is told in sentences, all at once."""

from __future__ import annotations

import pytest

from abate import errors
from abate.errors import AbateError, MissingPartError, OptionError, nearest


def test_every_fault_has_its_line() -> None:
    fault = OptionError("--top is missing", "--from is no month")
    assert str(fault) == "--top is missing\n--from is no month"
    assert fault.faults == ("--top is missing", "--from is no month")


def test_every_error_of_the_house_is_one_that_a_person_can_put_right() -> None:
    own = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]
    assert len(own) > 5
    assert all(issubclass(one, AbateError) for one in own)


def test_a_missing_part_says_which_extra_installs_it_and_is_an_import_error() -> None:
    fault = MissingPartError.of("geopandas", extra="geo")
    assert "geopandas is not installed" in str(fault)
    assert "pip install 'abate[geo]'" in str(fault)
    with pytest.raises(ImportError):
        raise fault


@pytest.mark.parametrize(
    ("word", "meant"),
    [("robery", "robbery"), ("Robbery", "robbery"), ("ROBBERY ", "robbery"), ("weapon", "weapons")],
)
def test_the_nearest_word_is_suggested(word: str, meant: str) -> None:
    assert nearest(word, ["robbery", "weapons"]).startswith(f"Did you mean '{meant}'? Known are: robbery, weapons.")


def test_nothing_near_lists_what_is_known_in_its_order() -> None:
    assert nearest("zzz", ["robbery", "burglary"]) == "Known are: robbery, burglary."
