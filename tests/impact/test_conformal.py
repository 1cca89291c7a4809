from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from abate.errors import OptionError
from abate.impact import conformal, methods
from abate.impact.effects import Setting
from abate.stats import simplex
from impact import regions
from impact.regions import published

SC = Setting("sc", inference=("conformal",))


def residuals(panel: object, supposed: float) -> np.ndarray:
    outcomes = panel.outcomes.copy()
    outcomes[0, panel.start :] -= supposed
    return outcomes[0] - simplex.fit(outcomes[0], outcomes[1:]).weights @ outcomes[1:]


def test_kansas_is_near_the_published_p(shared: Callable[[str], Path]) -> None:
    file = shared("evaluation/kansas/kansas.csv")
    kansas = published(file, ("fips", "year_qtr", "lngdpcapita"), "20", "2012.25")
    published_p, its_draws = 0.303, 1_000
    found = conformal.judge(kansas, Setting("sc"))
    drawn = 3 * np.sqrt(published_p * (1 - published_p) / its_draws)
    assert abs(found.iid - published_p) <= drawn


def test_p_values_are_those_of_every_order() -> None:
    panel = regions.panel(3, areas=6, before=5, after=2)
    left = residuals(panel, 1.5)
    own = np.abs(left[-2:]).sum()
    orders = [np.abs(np.array(order)[-2:]).sum() for order in permutations(left)]
    turns = [np.roll(left, -turn)[-2:] for turn in range(7)]
    found = conformal.judge(panel, SC, supposed=1.5)
    assert found.iid == pytest.approx(np.mean(np.array(orders) >= own - 1e-9), abs=0.03)
    assert found.block == np.mean([np.abs(turn).sum() >= own - 1e-9 for turn in turns])
    assert found.mean == np.mean([abs(turn.sum()) >= abs(left[-2:].sum()) - 1e-9 for turn in turns])


def test_a_single_period_is_ranked_among_all() -> None:
    panel = regions.panel(3, areas=6, before=20, after=3, effect=2.0)
    found = conformal.judge(panel, SC, periods=(21,))
    columns = [*range(20), 21]
    outcomes = panel.outcomes[:, columns]
    left = np.abs(outcomes[0] - simplex.fit(outcomes[0], outcomes[1:]).weights @ outcomes[1:])
    assert found.iid == found.block == np.mean(left >= left[-1] - 1e-9)


def test_the_general_way_gives_what_the_short_way_gives() -> None:
    panel = regions.panel(3, areas=8, before=12, after=3)
    extended = panel.begun(np.where(panel.ever, 14, 15))
    whole = methods.estimate(extended, Setting("sc"))
    left = conformal._residuals(panel, SC, 0.0, (12, 13))
    assert whole.gaps is not None
    assert left == pytest.approx(whole.gaps[0, :14])


def test_the_ends_of_the_interval_are_where_p_crosses() -> None:
    panel = regions.panel(1, areas=15, before=60, after=4, effect=-5)
    found = methods.estimate(panel, SC)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high
    assert found.high < 0
    step = 0.02 * (found.high - found.low)
    for end, outward in ((found.low, -step), (found.high, step)):
        assert conformal.judge(panel, SC, supposed=end).mean > 0.05
        assert conformal.judge(panel, SC, supposed=end + outward).mean <= 0.05
    assert found.band is not None
    assert (found.band[0][60:] < found.band[1][60:]).all()


def test_too_short_a_time_before_is_told() -> None:
    found = methods.estimate(regions.panel(1, areas=15, before=8, after=4), SC)
    assert found.low is None
    assert any("conformal: the time before the start is too short" in note for note in found.notes)


def test_several_starts_are_refused() -> None:
    panel = regions.panel(1, areas=15)
    with pytest.raises(OptionError, match="conformal inference needs one start"):
        methods.estimate(panel.begun(np.array([9, 12, *[32] * 13])), SC)


def cover(trials: int, carried: float) -> tuple[float, float]:
    """Give the shares of panels without an effect in which p is above 0.1, and 0 is not rejected by the mean."""
    found = [
        conformal.judge(regions.panel(seed, areas=30, before=40, carried=carried), replace(SC, inference=()))
        for seed in range(trials)
    ]
    return float(np.mean([one.iid > 0.1 for one in found])), float(np.mean([one.mean > 0.1 for one in found]))


@pytest.mark.slow
def test_no_effect_is_kept_as_often_as_it_should() -> None:
    joint, mean = cover(150, 0.0)
    assert 0.80 <= joint <= 0.97
    assert 0.80 <= mean <= 0.97


@pytest.mark.long
@pytest.mark.parametrize("carried", [0.0, 0.5])
def test_cover_of_conformal_intervals(carried: float, proof: Callable[[str, str, str], None]) -> None:
    joint, mean = cover(1_000, carried)
    proof(
        f"conformal, 30 areas x 48 periods, {carried:.0%} of noise carried over, 1,000 panels without an effect",
        f"joint p above 0.1 in {joint:.1%}; 90% interval of the mean holds 0 in {mean:.1%}",
        "both in 80 to 95%",
    )
    assert 0.80 <= joint <= 0.95
    assert 0.80 <= mean <= 0.95
