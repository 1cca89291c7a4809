"""Gaps of single areas put together: against plain loops, and against the same figures by cohort."""

from __future__ import annotations

import numpy as np
import pytest

from abate.errors import OptionError
from abate.impact import lots, treatedgaps
from abate.impact.effects import Setting
from impact.forces import forced


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_figure_is_a_mean_over_known_cells(seed: int):
    panel = forced(seed, first=(9, 12, 12, 15))
    rng = np.random.default_rng(seed)
    gaps = rng.normal(size=(2, 4, 20))
    gaps[:, 1, 14:] = np.nan
    first = np.broadcast_to(panel.first[:4], (2, 4))
    found = treatedgaps.figures(panel, gaps, first)
    for draw in range(2):
        cells = [
            (int(panel.first[area]), time, gaps[draw, area, time])
            for area in range(4)
            for time in range(20)
            if np.isfinite(gaps[draw, area, time])
        ]
        assert found.simple[draw] == pytest.approx(np.mean([v for f, t, v in cells if t >= f]))
        for place, event in enumerate(found.events):
            assert found.dynamic[draw, place] == pytest.approx(np.mean([v for f, t, v in cells if t - f == event]))
        for place, start in enumerate(panel.cohorts):
            assert found.group[draw, place] == pytest.approx(np.mean([v for f, t, v in cells if t >= f == start]))
        for place, time in enumerate(range(9, 20)):
            own = [v for f, t, v in cells if t == time >= f]
            assert found.calendar[draw, place] == pytest.approx(np.mean(own))
        assert found.gap[draw, 3] == pytest.approx(np.mean([v for _, t, v in cells if t == 3]))


def test_an_effect_says_what_its_gaps_say():
    panel = forced(1, first=(9, 12))
    expected = panel.outcomes - 2.0 * panel.treated
    effect = treatedgaps.assemble(Setting("ife"), panel, expected, diagnostics={}, notes=())
    assert effect.value == pytest.approx(2)
    assert effect.pre_rmse == pytest.approx(0)
    assert [line["at"] for line in effect.aggregations["dynamic"].by] == list(range(-12, 11))
    assert [line["value"] for line in effect.aggregations["group"].by] == [pytest.approx(2)] * 2
    assert {(one.group, one.time) for one in effect.groups} == {
        *((9, time) for time in range(9, 20)),
        *((12, time) for time in range(12, 20)),
    }


def test_nothing_known_after_the_start_is_said():
    panel = forced(1, first=(18,))
    panel.outcomes[0, 18:] = np.nan
    with pytest.raises(OptionError, match="no treated area has a period"):
        treatedgaps.assemble(Setting("ife"), panel, panel.outcomes * 0, diagnostics={}, notes=())


def test_redraws_give_the_treated_areas_of_each_draw():
    panel = forced(2, areas=6, first=(9, 12))
    drawn = lots.Lots(np.array([[0, 0, 3, 4, 5, 5], [1, 2, 3, 4, 5, 2]]), np.zeros((2, 6), dtype=np.int64))
    drawn = lots.Lots(drawn.rows, panel.first[drawn.rows])
    gaps, first = treatedgaps.redrawn(panel, drawn, lambda one: one.outcomes)
    assert first.tolist() == [[9, 9], [12, 20]]
    assert (gaps[0, 1] == panel.outcomes[0]).all()
    assert (gaps[1, 0] == panel.outcomes[1]).all()
    assert np.isnan(gaps[1, 1]).all()


def test_leaving_out_the_only_treated_area_is_refused():
    with pytest.raises(OptionError, match="one alone had the programme"):
        treatedgaps.leave_out(forced(1, first=(14,)))
    assert treatedgaps.leave_out(forced(1, areas=5, first=(9, 12))).rows.shape == (5, 4)
