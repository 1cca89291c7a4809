"""What near places share: found where it was planted, none where none was, and power tried with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.trials import backgrounds, designs, neighbours, power, simulation
from abate.trials.backgrounds import Background, Variation

NAMES = tuple(f"S{number:02d}" for number in range(20))


def scattered(seed: int, *, within_m: float = 3000.0) -> pd.DataFrame:
    points = np.random.default_rng(seed).uniform(0, within_m, (len(NAMES), 2))
    return pd.DataFrame({"site_id": NAMES, "easting": points[:, 0], "northing": points[:, 1]})


def planted(places: pd.DataFrame, *, share: float, reach_m: float) -> Background:
    """A background whose places hang together by distance."""
    plain = Background(
        sites=NAMES,
        rates=np.full(20, 1.5),
        weekdays=np.ones(7),
        place=Variation(0.25, 0.25, 0.6),
        day=Variation(0.05, 0.0, 0.0),
        harms=None,
        days=365,
        incidents=1000,
        dispersion=1.5,
    )
    apart = neighbours.distances(plain, places)
    return replace(plain, near=neighbours.spread(share, reach_m, apart))


def record(background: Background, days: int, seed: int) -> pd.DataFrame:
    stream = np.random.default_rng(seed)
    expected = simulation.expect(background, weekday=np.arange(days) % 7, trials=1, stream=stream)[:, 0].T
    dates = pd.date_range("2024-01-01", periods=days).repeat(20)
    return pd.DataFrame({"date": dates, "site_id": [*NAMES] * days, "incidents": stream.poisson(expected).ravel()})


def test_what_was_planted_is_found_on_the_mean():
    found = []
    for seed in range(12):
        places = scattered(seed)
        history = record(planted(places, share=0.7, reach_m=600.0), 730, seed)
        tied = neighbours.tie(backgrounds.estimate(history), history, places)
        near = tied.near.share * np.exp(-300 / tied.near.reach_m)
        far = tied.near.share * np.exp(-2000 / tied.near.reach_m)
        found.append(
            [near, far, sum((tied.day.passing, tied.day.lasting)), sum((tied.place.passing, tied.place.lasting))]
        )
    near, far, day, place = np.mean(found, axis=0)
    assert near == pytest.approx(0.7 * np.exp(-0.5), abs=0.08)
    assert far == pytest.approx(0.7 * np.exp(-2000 / 600), abs=0.06)
    assert day == pytest.approx(0.05, abs=0.02)
    assert place == pytest.approx(0.5, abs=0.06)


def test_where_nothing_is_shared_little_is_found():
    places = scattered(1)
    history = record(replace(planted(places, share=0.5, reach_m=500), near=None), 730, 3)
    tied = neighbours.tie(backgrounds.estimate(history), history, places)
    assert tied.near.correlation[np.triu_indices(20, 1)].mean() < 0.08
    assert np.linalg.eigvalsh(tied.near.correlation).min() > 0


def test_bands_are_those_of_a_loop_over_pairs():
    rng = np.random.default_rng(4)
    counts, means = rng.poisson(2.0, (30, 6)).astype(float), rng.uniform(1, 3, (30, 6))
    points = rng.uniform(0, 100, (6, 2))
    apart = np.hypot(*(points[:, None, axis] - points[None, :, axis] for axis in (0, 1)))
    middle, tied, weight = neighbours.bands(counts, means, apart)
    pairs = sorted((apart[i, j], i, j) for i in range(6) for j in range(i + 1, 6))
    for band, part in enumerate(np.array_split(np.arange(15), 12)):
        ours = [pairs[at] for at in part]
        up = sum(float(((counts - means)[:, i] * (counts - means)[:, j]).sum()) for _, i, j in ours)
        below = sum(float((means[:, i] * means[:, j]).sum()) for _, i, j in ours)
        assert tied[band] == pytest.approx(np.log1p(max(up / below, -0.9)))
        assert weight[band] == pytest.approx(below)
        assert ours[0][0] - 1e-9 <= middle[band] <= ours[-1][0] + 1e-9


def test_a_fall_that_cannot_be_is_none():
    metres = np.linspace(100, 2000, 12)
    assert neighbours.fall(metres, np.linspace(0.0, 0.3, 12), np.ones(12))[1] == 0.0
    assert neighbours.fall(metres, np.full(12, -0.2), np.ones(12))[:2] == (0.0, 0.0)
    common, near, reach = neighbours.fall(metres, 0.4 * np.exp(-metres / 300), np.ones(12))
    assert (common, near) == (pytest.approx(0, abs=0.01), pytest.approx(0.4, abs=0.03))
    assert reach == pytest.approx(300, rel=0.1)


def test_near_places_move_together_in_made_up_trials():
    places = scattered(2)
    background = planted(places, share=0.8, reach_m=800.0)
    drawn = simulation.wander(
        Variation(0.3, 0.2, 0.7), (20, 40, 200), np.random.default_rng(1), root=background.near.root
    )
    logs = np.log(drawn).reshape(20, -1)
    np.testing.assert_allclose(np.corrcoef(logs), background.near.correlation, atol=0.06)
    assert drawn.mean() == pytest.approx(1, abs=0.02)
    assert np.log(drawn).var() == pytest.approx(0.5, abs=0.03)


def test_false_alarms_stay_where_they_belong_and_power_is_told():
    places = scattered(5)
    background = planted(places, share=0.9, reach_m=1500.0)
    design = designs.Design(date(2026, 7, 1), 60, treat=8)
    asked = power.Asked((0.6,), ("incidents",), simulations=600)
    tried = power.run(background, design, places[["site_id"]], asked)
    share, low, high = tried.tallies["incidents", 1.0, 0.0].share
    assert low <= 0.055
    assert high >= 0.045
    assert tried.tallies["incidents", 0.6, 0.0].share[0] > 2 * share


def test_coordinates_that_will_not_do_are_refused():
    places = scattered(1)
    background = planted(places, share=0.5, reach_m=500)
    history = record(background, 40, 1)
    with pytest.raises(OptionError, match="no coordinates for S00, S01, S02 and 2 more"):
        neighbours.tie(background, history, places.iloc[5:])
    with pytest.raises(OptionError, match="the same coordinates"):
        neighbours.tie(background, history, places.assign(easting=1.0, northing=1.0))
    few = replace(background, sites=NAMES[:3])
    with pytest.raises(OptionError, match="at least 4 places"):
        neighbours.distances(few, places)
