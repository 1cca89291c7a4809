from collections.abc import Callable
from dataclasses import replace
from math import comb

import numpy as np
import pytest

from abate.errors import OptionError
from abate.impact import methods, placebos
from abate.impact.effects import Setting
from impact import regions

SC = Setting("sc", inference=("placebo",))


def test_rank_error_and_interval_are_as_told() -> None:
    panel = regions.panel(1, areas=25, effect=-6)
    found = methods.estimate(panel, SC)
    shown = placebos.in_space(methods.estimate(panel, Setting("sc")))
    units = np.sort(np.abs(shown.effects) / shown.before)
    assert found.se == pytest.approx(np.std(shown.effects))
    assert found.p == (1 + int((shown.ratios >= shown.ratio).sum())) / 25
    assert found.p == pytest.approx(1 / 25)
    assert found.low is not None
    assert found.high is not None
    assert found.pre_rmse is not None
    assert found.high - found.value == pytest.approx(units[23] * found.pre_rmse)
    assert found.high < 0
    assert found.band is not None
    assert np.isnan(found.band[0][:24]).all()
    assert (found.band[0][24:] < found.band[1][24:]).all()
    assert found.diagnostics["placebos"] == 24
    assert found.diagnostics["intervals"]["placebo"] == [found.low, found.high]


def test_too_few_placebos_give_no_interval_and_say_so() -> None:
    found = methods.estimate(regions.panel(1, areas=10), SC)
    assert found.low is None
    assert found.p is not None
    assert any("9 placebos are too few" in note and "0.100" in note for note in found.notes)


def test_no_more_controls_than_treated_is_refused() -> None:
    panel = regions.panel(1, areas=6, treated=3)
    with pytest.raises(OptionError, match="3 controls and 3 treated"):
        methods.estimate(panel, SC)


def test_sets_are_all_there_are_or_as_many_as_drawn() -> None:
    panel = regions.panel(4, areas=9, treated=2, before=12, after=4)
    effect = methods.estimate(panel, Setting("sc"))
    assert len(placebos.in_space(effect).sets) == comb(7, 2)
    drawn = placebos.in_space(replace(effect, setting=Setting("sc", draws=10, seed=3)))
    again = placebos.in_space(replace(effect, setting=Setting("sc", draws=10, seed=3)))
    assert len(drawn.sets) == 10
    assert all(len(set(one)) == 2 for one in drawn.sets)
    assert drawn.effects.tolist() == again.effects.tolist()


def test_staggered_placebos_keep_the_starts() -> None:
    panel = regions.panel(4, areas=14, before=16, after=6)
    first = np.full(14, 22)
    first[:2] = [16, 19]
    found = methods.estimate(panel.begun(first), replace(SC, draws=30))
    assert found.se is not None
    assert found.se > 0
    assert found.diagnostics["placebos"] == 30


def test_perfect_fits_are_compared_as_they_are() -> None:
    panel = regions.panel(4, areas=60, before=3, after=4)
    shown = placebos.in_space(methods.estimate(panel, Setting("sc")))
    assert not shown.scaled
    assert shown.p == (1 + int((shown.after >= shown.own[2]).sum())) / 60
    assert shown.interval(0.9) is not None


def test_earlier_starts_see_only_what_was_before() -> None:
    panel = regions.panel(2, areas=20, effect=-30)
    found = placebos.in_time(methods.estimate(panel, Setting("sc")), [10, 16, 20])
    assert [one["begins"] for one in found] == ["11", "17", "21"]
    assert all(abs(one["value"]) < 6 for one in found)
    with pytest.raises(OptionError, match="a placebo start in period 24"):
        placebos.in_time(methods.estimate(panel, Setting("sc")), [24])


def test_leaving_out_goes_by_weight() -> None:
    panel = regions.panel(2, areas=20)
    effect = methods.estimate(panel, Setting("sc"))
    found = placebos.leave_one_out(effect)
    weights = [one["weight"] for one in found]
    assert weights == sorted(weights, reverse=True)
    assert len(found) == sum(weight > 1e-9 for weight in effect.weights.values())
    without = methods.estimate(panel.only(np.array([unit != found[0]["unit"] for unit in panel.units])), Setting("sc"))
    assert found[0]["value"] == pytest.approx(without.value)


def test_a_cluster_of_workers_changes_nothing() -> None:
    joblib = pytest.importorskip("joblib")
    effect = methods.estimate(regions.panel(4, areas=9, treated=2, before=12, after=4), Setting("sc"))
    alone = placebos.in_space(effect)
    with joblib.parallel_config(backend="threading", n_jobs=2):
        shared = placebos.in_space(effect)
    assert shared.effects.tolist() == alone.effects.tolist()


def rejected(trials: int, *, worst: int, carried: float) -> tuple[float, float]:
    """Give how often p is 0.1 or less, and how often the interval holds no effect, where there is none."""
    low, held = 0, 0
    for seed in range(trials):
        panel = regions.panel(seed, areas=40, before=40, worst=worst, carried=carried)
        shown = placebos.in_space(methods.estimate(panel, Setting("sc")))
        ends = shown.interval(0.9)
        assert ends is not None
        low += shown.p <= 0.1
        held += ends[0] <= 0 <= ends[1]
    return low / trials, held / trials


@pytest.mark.slow
def test_the_p_value_has_its_size_under_random_selection() -> None:
    size, cover = rejected(200, worst=0, carried=0.5)
    assert 0.04 <= size <= 0.16
    assert 0.84 <= cover <= 0.96


@pytest.mark.long
@pytest.mark.parametrize("worst", [0, 4])
def test_size_and_cover_of_placebos(worst: int, proof: Callable[[str, str, str], None]) -> None:
    size, cover = rejected(1_000, worst=worst, carried=0.5)
    picked = "the worst of four periods" if worst else "picked at random"
    proof(
        f"placebos of synthetic control, {picked}, 40 areas x 48 periods, 1,000 panels without an effect",
        f"p of 0.1 or less in {size:.1%}; 90% interval holds 0 in {cover:.1%}",
        "p in 2 to 12%; interval in 85 to 97%",
    )
    assert 0.02 <= size <= 0.12
    assert 0.85 <= cover <= 0.97
