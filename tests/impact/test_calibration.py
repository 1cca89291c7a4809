from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from abate.errors import OptionError
from abate.impact import calibration
from impact.blockworlds import blocks, design

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_planted_effect_is_found_in_the_mean() -> None:
    found = [calibration.estimate(blocks(seed, effect=np.log(0.7)), design()).results[-1] for seed in range(60)]
    changes = np.array([one.outcomes["thefts"].change for one in found])
    error = changes.std() / np.sqrt(len(changes))
    assert changes.mean() == pytest.approx(-0.3, abs=3.5 * error)
    assert error < 0.03


def test_observed_and_expected_are_sums_over_treated_blocks() -> None:
    made = blocks(3)
    found = calibration.estimate(made, design(ends=("10", "12")))
    weights = found.weighed.weights * ~made.treated
    for results, end in zip(found.results, (10, 12), strict=True):
        one = results.outcomes["assaults"]
        assert one.observed == made.outcomes["assaults"][made.treated, 8:end].sum()
        assert one.expected == pytest.approx(float(weights @ made.outcomes["assaults"][:, 8:end].sum(axis=1)))
        assert results.end == str(end)


def test_outcomes_need_not_be_those_matched() -> None:
    found = calibration.estimate(blocks(3), design(match_outcomes=("thefts",), outcomes=("assaults",)))
    assert list(found.results[-1].outcomes) == ["assaults"]
    assert {total.name for total in found.ladder.totals} == {"number of places", "people", "thefts"}


def test_tests_of_both_directions_add_up() -> None:
    made = blocks(3)
    tests = {
        name: calibration.estimate(made, design(test=name, permutations=19, jackknife=5))
        for name in ("lower", "upper", "twosided")
    }
    lower, upper, both = (tests[name].results[-1].outcomes["thefts"] for name in ("lower", "upper", "twosided"))
    assert lower.p_linear is not None
    assert upper.p_linear is not None
    assert lower.p_linear + upper.p_linear == pytest.approx(1)
    assert both.p_linear == pytest.approx(2 * min(lower.p_linear, upper.p_linear))
    assert lower.p_permutation is not None
    assert upper.p_permutation is not None
    assert both.p_permutation == min(1.0, 2 * min(lower.p_permutation, upper.p_permutation))
    assert all(0 <= p <= 1 for p in vars(tests["twosided"].results[-1].omnibus).values())


def test_what_was_not_asked_for_is_not_there() -> None:
    one = calibration.estimate(blocks(3), design()).results[-1].outcomes["thefts"]
    assert (one.p_permutation, one.p_jackknife, one.permutation_interval, one.jackknife_interval) == (None,) * 4


def test_the_jackknife_has_as_many_groups_as_the_smaller_side() -> None:
    assert calibration.estimate(blocks(3, treated=7), design(jackknife=None)).jackknife_groups == 7
    assert calibration.estimate(blocks(3, treated=1), design(jackknife=None)).jackknife_groups == 0


def test_two_sides_are_needed() -> None:
    made = blocks(3)
    with pytest.raises(OptionError, match="every block had the programme"):
        calibration.estimate(replace(made, treated=np.ones(600, dtype=bool)), design())


def test_an_outcome_that_never_happened_has_no_ratio_and_no_p() -> None:
    made = blocks(3)
    nothing = replace(made, outcomes={**made.outcomes, "arson": np.zeros((600, 12))})
    found = calibration.estimate(nothing, design(outcomes=("thefts", "arson"), permutations=9, jackknife=4))
    arson = found.results[-1].outcomes["arson"]
    assert (arson.observed, arson.change, arson.p_linear, arson.p_permutation, arson.low) == (0, None, None, None, None)
    assert found.results[-1].omnibus.p_linear == pytest.approx(found.results[-1].outcomes["thefts"].p_linear)


def size_and_cover(draws: int, *, treated: int, drift: float) -> dict[str, float]:
    """Give how often tests at 10% reject where nothing happened, and how often intervals hold no change."""
    told = []
    for seed in range(draws):
        asked = design(permutations=59, jackknife=20, seed=seed)
        one = calibration.estimate(blocks(seed, treated=treated, drift=drift), asked).results[-1].outcomes["thefts"]
        ends = (one.low, one.high), one.clustered_interval, one.permutation_interval, one.jackknife_interval
        chances = (one.p_linear, one.p_clustered, one.p_permutation, one.p_jackknife)
        told.append([*(p <= 0.1 for p in chances if p is not None), *(low <= 0 <= high for low, high in ends)])  # type: ignore[misc,operator]
    kinds = ("linear", "clustered", "permutation", "jackknife")
    names = [f"{kind} {what}" for what in ("size", "cover") for kind in kinds]
    return dict(zip(names, np.mean(np.array(told, dtype=float), axis=0).tolist(), strict=True))


@pytest.mark.slow
def test_ranks_among_random_groups_hold_their_size() -> None:
    found = size_and_cover(80, treated=20, drift=0.5)
    assert found["permutation size"] <= 0.1 + 3 * (0.1 * 0.9 / 80) ** 0.5


@pytest.mark.long
@pytest.mark.parametrize(("treated", "drift"), [(20, 0.0), (20, 0.5), (60, 0.5)])
def test_size_and_cover(proof: Callable[[str, str, str], None], treated: int, drift: float) -> None:
    found = size_and_cover(400, treated=treated, drift=drift)
    for name, figure in found.items():
        proof(
            f"calibration weights, {treated} blocks, own change {drift}: {name}", f"{figure:.1%}", "10% or 90%, as told"
        )
    assert found["permutation size"] <= 0.1 + 3 * (0.1 * 0.9 / 400) ** 0.5
    if drift == 0:
        assert found["linear size"] <= 0.1 + 3 * (0.1 * 0.9 / 400) ** 0.5
