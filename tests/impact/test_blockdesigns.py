from __future__ import annotations

import pytest

from abate.errors import OptionError
from abate.impact.blockdesigns import spans
from impact.blockworlds import design

TIMES = [str(time) for time in range(1, 13)]


def test_a_design_knows_what_it_needs() -> None:
    made = design(outcomes=("burglaries", "thefts"), near_covariates=("cars",))
    assert made.counted == ("thefts", "assaults", "burglaries")
    assert made.covariates == ("people", "cars")
    assert design().asked == ("thefts", "assaults")


def test_every_fault_of_a_design_is_told_at_once() -> None:
    with pytest.raises(OptionError) as told:
        design(level=1.2, permutations=-1, jackknife=1, near_outcomes=("thefts",), windows={"theft": (2,)})
    assert len(told.value.faults) == 5
    assert "Did you mean 'thefts'?" in str(told.value)


def test_something_has_to_be_matched() -> None:
    with pytest.raises(OptionError, match="match_outcomes is empty"):
        design(match_outcomes=())


def test_effects_may_be_summed_to_several_ends() -> None:
    assert spans(TIMES, design(ends=("10", "12"))).after == (range(8, 10), range(8, 12))


def test_periods_that_are_not_there_or_overlap_are_refused() -> None:
    with pytest.raises(OptionError, match="pre 0: no such period"):
        spans(TIMES, design(pre=("0", "8")))
    with pytest.raises(OptionError, match="before ends before"):
        spans(TIMES, design(post=("8", "12")))
    with pytest.raises(OptionError, match="end_post 3: lies outside"):
        spans(TIMES, design(ends=("3", "12")))
