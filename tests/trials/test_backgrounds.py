"""What a record says of its places: planted variation comes back, and none is found where none was."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.trials import backgrounds, simulation
from abate.trials.backgrounds import Background, Variation

NONE = Variation(0.0, 0.0, 0.0)


def record(place=NONE, day=NONE, *, days=365, places=20, rate=0.5, seed=1, weekdays=None) -> pd.DataFrame:
    """A made-up record with known variation."""
    sites = tuple(f"S{number:02d}" for number in range(places))
    factors = np.ones(7) if weekdays is None else np.array(weekdays)
    truth = Background(sites, np.full(places, rate), factors, place, day, None, days, 0, 1.0)
    stream = np.random.default_rng(seed)
    expected = simulation.expect(truth, weekday=np.arange(days) % 7, trials=1, stream=stream)
    counts = stream.poisson(expected)[:, 0]
    dates = pd.date_range("2024-01-01", periods=days)
    return pd.DataFrame({"date": dates.repeat(places), "site_id": list(sites) * days, "incidents": counts.T.ravel()})


def test_planted_variation_comes_back():
    place, day = Variation(0.2, 0.3, 0.8), Variation(0.05, 0.1, 0.9)
    found = [backgrounds.estimate(record(place, day, seed=seed)) for seed in range(12)]
    for one, planted in (("place", place), ("day", day)):
        for figure, near in (("passing", 0.05), ("lasting", 0.05), ("kept", 0.06)):
            mean = np.mean([getattr(getattr(each, one), figure) for each in found])
            assert mean == pytest.approx(getattr(planted, figure), abs=near), (one, figure)


def test_chance_alone_is_called_chance():
    found = [backgrounds.estimate(record(seed=seed)) for seed in range(12)]
    assert np.mean([each.dispersion for each in found]) == pytest.approx(1, abs=0.02)
    assert np.mean([each.place.passing + each.place.lasting for each in found]) < 0.03
    assert np.mean([each.day.passing + each.day.lasting for each in found]) < 0.02


def test_covariances_are_those_of_a_plain_loop():
    stream = np.random.default_rng(5)
    counts, means = stream.poisson(1.0, (40, 3)).astype(float), np.full((40, 3), 1.0)
    whole, common = backgrounds.covariances(counts, means)
    rest = counts - means
    seen, other = [], []
    for lag in range(len(whole)):
        own = sum(rest[t, i] * rest[t + lag, i] for t in range(40 - lag) for i in range(3))
        across = sum(
            rest[t, i] * rest[t + lag, j] for t in range(40 - lag) for i in range(3) for j in range(3) if i != j
        )
        seen.append((own - (counts.sum() if lag == 0 else 0)) / ((40 - lag) * 3))
        other.append(across / ((40 - lag) * 6))
    assert np.allclose(np.diff(whole), np.diff(np.array(seen)), atol=1e-12)
    assert np.allclose(np.diff(common), np.diff(np.array(other)), atol=1e-12)
    assert (whole >= np.array(seen) - 1e-12).all()


def test_rates_and_weekdays():
    found = backgrounds.estimate(record(weekdays=[0.5, 0.5, 0.5, 1, 1, 2, 1.5], days=700, rate=1.0))
    assert found.weekdays.mean() == pytest.approx(1)
    assert found.weekdays[5] / found.weekdays[0] == pytest.approx(4, rel=0.15)
    assert found.rates.mean() == pytest.approx(1.0, rel=0.03)
    assert (backgrounds.estimate(record(days=40)).weekdays == 1).all()


def test_harm_is_shared_among_the_incidents_of_a_day():
    history = record(days=60, rate=0.7)
    history["harm"] = history["incidents"] * 10.0
    found = backgrounds.estimate(history)
    assert found.harms is not None
    assert len(found.harms) == history["incidents"].sum()
    assert set(found.harms) == {10.0}


def test_too_short_a_record_is_told_with_all_its_faults():
    short = record(days=10, places=1, rate=0.5)
    with pytest.raises(OptionError) as caught:
        backgrounds.estimate(short)
    told = str(caught.value)
    assert "covers 10 days (2024-01-01 to 2024-01-10): at least 28" in told
    assert "one place only" in told
    assert "at least 30 are needed" in told
