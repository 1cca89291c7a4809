"""Made-up trials with a known effect, for the tests of truth and of calibration."""

from __future__ import annotations

import numpy as np
import pandas as pd

from abate.trials.outcomes import Panel

HARM_OF_AN_INCIDENT = 0.5 + 10 * 0.95 * 0.4 + 200 * 0.05


def expected_harm(rate: float) -> float:
    """Harm that a place-day without patrol has on average, for trials that are made with `rate`."""
    return float(rate * np.exp(0.25**2 / 2) * HARM_OF_AN_INCIDENT)


def rotations(rng: np.random.Generator, draws: int, *, sites: int = 20, days: int = 90, treat: int = 8) -> np.ndarray:
    """Daily rotations: each day `treat` of the sites, each equally likely; in the shape (draws, days, sites)."""
    luck = rng.random((draws, days, sites))
    return luck <= np.partition(luck, treat - 1, axis=2)[:, :, treat - 1 : treat]


def trial(
    rng: np.random.Generator,
    *,
    sites: int = 20,
    days: int = 90,
    treat: int = 8,
    ratio: float = 1.0,
    rate: float = 0.3,
    scatter: float = 0.5,
    memory: float = 0.0,
    patrol: np.ndarray | None = None,
    acting: np.ndarray | None = None,
) -> Panel:
    """A trial whose incidents scatter more than Poisson counts, with busy places, busy days and days alike in a row.

    `ratio` multiplies the rate once for each unit of `acting` (the patrol days, unless given). `memory` is how much of
    a place's luck stays from day to day. Each incident has a harm of 1 (half of them), 10 or, seldom, 200.
    """
    patrol = rotations(rng, 1, sites=sites, days=days, treat=treat)[0].T if patrol is None else patrol
    places = rng.lognormal(0, 0.6, (sites, 1))
    level = rate * places / places.mean() * rng.lognormal(0, 0.25, (1, days))
    normal = rng.normal(size=(sites, days))
    for day in range(1, days):
        normal[:, day] = memory * normal[:, day - 1] + np.sqrt(1 - memory**2) * normal[:, day]
    spread = np.sqrt(np.log1p(scatter))
    luck = np.exp(spread * normal - spread**2 / 2)
    incidents = rng.poisson(level * luck * ratio ** (patrol if acting is None else acting))
    harm = incidents - rng.binomial(incidents, 0.5) * 1.0
    heavy = rng.binomial(incidents, 0.05)
    harm += 10.0 * rng.binomial(incidents - heavy, 0.4) + 200.0 * heavy
    names = tuple(f"site {place:02d}" for place in range(sites))
    dates = pd.date_range("2026-01-01", periods=days)
    return Panel(names, dates, incidents.astype(float), patrol, np.ones((sites, days), dtype=bool), harm)
