"""Visits that took place: the draw as instrument, and what goes with longer stays."""

from __future__ import annotations

import numpy as np
import pytest

from abate.errors import OptionError
from abate.trials import doses, randomisation
from trials.trial_panels import rotations, trial


def minutes_of(rng: np.random.Generator, visited: np.ndarray) -> np.ndarray:
    return np.where(visited, rng.uniform(10, 22, visited.shape), 0.0)


def test_compliance_is_counted():
    panel = trial(np.random.default_rng(1))
    minutes = np.where(panel.patrol, 15.0, 0.0)
    minutes[0] = 4.0
    found = doses.comply(panel, minutes)
    assert found.usual_visited == 0
    assert found.departures == panel.patrol[0].sum()
    assert found.drawn_visited == pytest.approx(1 - panel.patrol[0].sum() / 720)


def test_full_compliance_gives_the_effect_as_drawn():
    rng = np.random.default_rng(2)
    panel = trial(rng, ratio=0.6)
    redraws = randomisation.prepare(panel, rotations(rng, 300))
    found = doses.complier(panel, redraws, np.where(panel.patrol, 15.0, 0.0))
    assert found.ratio.value == randomisation.ratio(panel, redraws).value
    assert found.difference.value == pytest.approx(randomisation.difference(panel, redraws).value)
    assert found.per_ten_minutes.value == pytest.approx(found.difference.value / 1.5)


def test_the_complier_effect_is_right_where_visits_go_to_busy_days():
    rng = np.random.default_rng(3)
    pool, logs, held, naive = rotations(rng, 299), [], [], []
    for _ in range(60):
        patrol = rotations(rng, 1)[0].T
        busy = rng.random(patrol.shape) < 0.3
        visited = np.where(patrol, rng.random(patrol.shape) < 0.7, busy & (rng.random(patrol.shape) < 0.4))
        panel = trial(rng, patrol=patrol, rate=0.8, ratio=1.0, acting=np.where(busy, -1.0, 0.0) * 0)
        incidents = rng.poisson(0.6 * 2.0**busy * 0.5**visited).astype(float)
        panel = type(panel)(panel.sites, panel.days, incidents, patrol, panel.drawn, panel.harm)
        found = doses.complier(panel, randomisation.prepare(panel, pool), minutes_of(rng, visited))
        logs.append(np.log(found.ratio.value / 0.5))
        held.append(found.ratio.low <= 0.5 <= found.ratio.high)
        naive.append(np.log(incidents[visited].mean() / incidents[~visited].mean() / 0.5))
    assert abs(np.mean(logs)) < 3.5 * np.std(logs) / np.sqrt(60)
    assert np.mean(held) > 0.87
    assert np.mean(naive) > 0.05


def test_a_draw_that_moved_nothing_leaves_the_comparison_as_drawn():
    rng = np.random.default_rng(4)
    panel = trial(rng)
    redraws = randomisation.prepare(panel, rotations(rng, 99))
    with pytest.raises(OptionError, match="Only the comparison as drawn is valid"):
        doses.complier(panel, redraws, np.where(panel.patrol, 0.0, 15.0))


def test_each_band_has_its_own_ratio_and_describes_only():
    rng = np.random.default_rng(5)
    patrol = rotations(rng, 1, sites=40, days=300, treat=20)[0].T
    minutes = np.where(patrol, rng.choice([3.0, 8.0, 13.0, 25.0], patrol.shape), 0.0)
    strength = np.select([minutes == 3, minutes == 8, minutes == 13, minutes == 25], [0.1, 0.6, 1.5, 0.9], 0.0)
    panel = trial(rng, sites=40, days=300, rate=0.8, ratio=0.5, patrol=patrol, acting=strength)
    bands = doses.respond(panel, minutes)
    assert [band.label for band in bands] == ["up to 5 min", "5 to 10 min", "10 to 16 min", "over 16 min"]
    assert [band.effect.value for band in bands] == pytest.approx(0.5 ** np.array([0.1, 0.6, 1.5, 0.9]), rel=0.15)
    assert {band.effect.standing for band in bands} == {"descriptive"}
    assert all("Not drawn" in band.effect.assumes for band in bands)
    assert sum(band.place_days for band in bands) == patrol.sum()


def test_bands_need_presence_and_absence():
    panel = trial(np.random.default_rng(6))
    with pytest.raises(OptionError, match="with presence and place-days without"):
        doses.respond(panel, np.zeros(panel.patrol.shape))
    assert [band.label for band in doses.respond(panel, np.where(panel.patrol, 12.0, 0.0))] == ["10 to 16 min"]
