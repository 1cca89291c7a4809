"""Whether one event, place or day carries the result."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from abate.trials import regressions, sensitivity
from trials.trial_panels import trial


def test_the_top_event_is_named_and_left_out():
    panel = trial(np.random.default_rng(1), ratio=0.6)
    harm = panel.incidents.copy()
    harm[4, 17] = 5000.0
    found = sensitivity.without_top(replace(panel, harm=harm))
    assert (found.site, found.day, found.amount) == ("site 04", "2026-01-18", 5000.0)
    assert found.share == pytest.approx(5000 / harm.sum())
    drawn = panel.drawn.copy()
    drawn[4, 17] = False
    assert found.effect.value == pytest.approx(regressions.rate_ratio(replace(panel, drawn=drawn)).value)


def test_the_place_that_carries_the_result_is_found():
    panel = trial(np.random.default_rng(2), rate=0.4, ratio=1.0)
    incidents = panel.incidents.copy()
    incidents[7] += np.where(panel.patrol[7], 0, 6)
    found = sensitivity.place_by_place(replace(panel, incidents=incidents))
    assert found.most == "site 07"
    assert len(found.ratios) == 20
    assert found.ends[0] <= found.whole <= found.ends[1]


def test_the_day_that_carries_the_result_is_found():
    panel = trial(np.random.default_rng(3), rate=0.4, ratio=1.0)
    incidents = panel.incidents.copy()
    incidents[:, 30] += np.where(panel.patrol[:, 30], 0, 9)
    found = sensitivity.day_by_day(replace(panel, incidents=incidents))
    assert found.most == "2026-01-31"
    assert len(found.names) == 90
    without = replace(panel, incidents=np.delete(incidents, 30, 1), patrol=np.delete(panel.patrol, 30, 1))
    without = replace(without, drawn=np.delete(panel.drawn, 30, 1), harm=None, days=panel.days.delete(30))
    assert found.ratios[30] == pytest.approx(regressions.rate_ratio(without).value)
