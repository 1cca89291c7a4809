import numpy as np
import pytest

from abate.errors import OptionError
from abate.impact import methods, worstfirst
from abate.impact.effects import Setting
from abate.impact.panels import Panel
from impact import regions


def spells(seed: int, *, worst: int) -> Panel:
    """Make areas that differ by nothing but noise, so that the worst of them fall back."""
    generator = np.random.default_rng(seed)
    outcomes = 50 + generator.normal(0, 3, (40, 44))
    chosen = np.argsort(-outcomes[:, 34:36].mean(axis=1))[:4] if worst else np.arange(4)
    first = np.full(40, 44)
    first[chosen] = 36
    return Panel(tuple(f"{one:02d}" for one in range(40)), tuple(map(str, range(44))), outcomes, first)


@pytest.mark.slow
def test_the_plain_fall_of_the_worst_is_found_at_earlier_starts() -> None:
    found = [worstfirst.redo(methods.estimate(spells(seed, worst=4), Setting("sc")), window=2) for seed in range(12)]
    real = np.mean([one.change for one in found])
    expected = np.mean([one.expected_change for one in found if one.expected_change is not None])
    assert real < -2
    assert expected == pytest.approx(real, abs=0.6)
    assert np.mean([one.rank_share for one in found]) > 0.9


def test_areas_picked_at_random_stand_in_the_middle() -> None:
    found = [worstfirst.redo(methods.estimate(spells(seed, worst=0), Setting("sc")), window=2) for seed in range(12)]
    assert np.mean([one.rank_share for one in found]) == pytest.approx(0.5, abs=0.15)


def test_repeats_take_the_worst_of_their_own_time() -> None:
    panel = regions.panel(3, areas=15, before=24, after=6, treated=2)
    found = worstfirst.redo(methods.estimate(panel, Setting("sc")), window=3)
    earlier = [one for one in found.repeats if one.where == "earlier"]
    for one in earlier:
        start = panel.times.index(one.begins)
        level = panel.outcomes[:, start - 3 : start].mean(axis=1)
        assert set(one.picked) == {panel.units[at] for at in np.argsort(-level)[:2]}
        assert start < 24
    others = [one for one in found.repeats if one.where == "others"]
    assert len(others) == 1
    assert not set(others[0].picked) & set(panel.units[:2])
    assert found.expected == pytest.approx(np.mean([one.value for one in earlier]))


def test_too_short_a_time_before_is_refused() -> None:
    panel = regions.panel(3, areas=15, before=4, after=6)
    with pytest.raises(OptionError, match="4 periods before the start are too few"):
        worstfirst.redo(methods.estimate(panel, Setting("sc")))
    with pytest.raises(OptionError, match="a window of 9 periods"):
        worstfirst.redo(methods.estimate(panel, Setting("sc")), window=9)
