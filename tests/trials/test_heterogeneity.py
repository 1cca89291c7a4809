"""Places' own ratios, drawn towards that of all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from abate.errors import OptionError
from abate.trials import heterogeneity
from trials.trial_panels import rotations, trial


def varied(
    rng: np.random.Generator, logs: np.ndarray, *, days: int = 120, rate: float = 0.5
) -> heterogeneity.Heterogeneity:
    patrol = rotations(rng, 1, days=days)[0].T
    acting = patrol * logs[:, None]
    return heterogeneity.shrink(trial(rng, days=days, rate=rate, ratio=np.e, patrol=patrol, acting=acting, scatter=0.2))


def test_places_that_do_not_differ_are_drawn_together():
    found = varied(np.random.default_rng(1), np.full(20, np.log(0.6)))
    assert found.spread < 0.35
    assert found.table["value"].std() < 0.15
    assert found.middle == pytest.approx(0.6, rel=0.25)


def test_places_that_differ_are_told_apart_and_covered():
    rng, held, errors, plain = np.random.default_rng(2), [], [], []
    for _ in range(15):
        logs = rng.normal(np.log(0.6), 0.5, 20)
        found = varied(rng, logs, days=200)
        table = found.table
        held += list((np.log(table["low"]) <= logs) & (logs <= np.log(table["high"])))
        errors.append(np.mean((np.log(table["value"]) - logs) ** 2))
        own = (table["patrol_incidents"] + 0.5) / (table["usual_incidents"] + 0.5) / table["expected_ratio"]
        plain.append(np.mean((np.log(own) - logs) ** 2))
        assert found.spread_low <= found.spread <= found.spread_high
    assert 0.9 < np.mean(held) <= 0.99
    assert np.mean(errors) < 0.7 * np.mean(plain)


def test_a_quiet_place_takes_the_ratio_of_the_others():
    panel = trial(np.random.default_rng(3), rate=0.8, ratio=0.5)
    incidents = panel.incidents.copy()
    incidents[5] = 0
    table = heterogeneity.shrink(replace(panel, incidents=incidents)).table.set_index("site_id")
    quiet = table.loc["site 05"]
    assert quiet["value"] == pytest.approx(table["value"].median(), rel=0.15)
    assert quiet["patrol_incidents"] == 0
    assert quiet["high"] - quiet["low"] >= (table["high"] - table["low"]).median()


def test_a_side_without_incidents_has_no_ratios():
    panel = trial(np.random.default_rng(4))
    with pytest.raises(OptionError, match="no incident"):
        heterogeneity.shrink(replace(panel, incidents=np.where(panel.patrol, 0.0, panel.incidents)))
