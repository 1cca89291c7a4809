from __future__ import annotations

import pytest

from abate.costs import guards
from abate.costs.pricing import Prevented, Terms
from abate.costs.unitcosts import published
from abate.errors import OptionError

ARSON = Prevented("arson", 5)


@pytest.mark.parametrize(
    ("prevented", "terms", "programmes", "words"),
    [
        ([ARSON, Prevented("ed_assault", 9, source="health")], Terms(), (), "may be the same events"),
        ([ARSON, Prevented("fraud", 9, source="survey")], Terms(), (), "police records and a survey count the same"),
        ([Prevented("homicide", 1)], Terms(multipliers={"homicide": 2}), (), "the multiplier of homicide is 1"),
        ([Prevented("fraud", 9, source="survey")], Terms(multipliers={"fraud": 2}), (), "is not from police records"),
        ([ARSON], Terms(multipliers={"fraud": 2}), (), "no number of this offence"),
        ([ARSON], Terms(attribution=0.5), ("VRU", "Grip"), "cannot be divided between them"),
        ([ARSON], Terms(attribution=1.5), (), "a share lies above 0"),
        ([ARSON, ARSON], Terms(), (), "arson is given 2 times"),
    ],
)
def test_what_must_not_be_done_is_refused(prevented, terms, programmes, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(OptionError, match=words):
        guards.refuse(prevented, terms, programmes)


def test_all_reasons_are_told_at_once() -> None:
    with pytest.raises(OptionError) as told:
        guards.refuse([ARSON, ARSON], Terms(attribution=0.0, multipliers={"fraud": 2}), ())
    assert len(told.value.faults) == 3


def test_a_bundle_is_allowed_whole_and_named() -> None:
    guards.refuse([ARSON], Terms(), ("VRU", "Grip"))
    said = guards.remarks([ARSON], published(), Terms(), ("VRU", "Grip"))
    assert said[0] == "This is the worth of VRU and Grip together: the effect of each alone is not known."


@pytest.mark.parametrize(
    ("each", "words"),
    [
        (ARSON, "multiplier 1"),
        (Prevented("arson", 5, -1, 9), "holds none at all"),
        (ARSON, "without an interval"),
        (Prevented("homicide", 1), "few and dear"),
        (Prevented("fraud", 1), "Not seen in the source itself"),
        (ARSON, "not money that any budget saves"),
    ],
)
def test_what_a_reader_has_to_know_is_said(each: Prevented, words: str) -> None:
    assert any(words in line for line in guards.remarks([each], published(), Terms(), ()))


def test_robbery_beside_violence_is_warned_of() -> None:
    both = [Prevented("robbery_individual", 5), Prevented("violence_with_injury", 5)]
    assert any("already holds its violence" in line for line in guards.remarks(both, published(), Terms(), ()))


def test_the_odd_price_year_is_warned_of() -> None:
    assert guards.odd_year("2020-21")
    assert not guards.odd_year("2019-20")
