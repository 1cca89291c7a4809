"""Panels made for tests: areas moved by common forces, some of which get a programme with a known effect."""

from __future__ import annotations

import numpy as np

from abate.impact.panels import Panel


def forced(
    seed: int,
    *,
    areas: int = 24,
    periods: int = 20,
    first: tuple[int, ...] = (14, 14, 14),
    factors: int = 1,
    noise: float = 0.5,
    effect: float = 0.0,
    slope: float = 0.0,
    lean: float = 1.0,
) -> Panel:
    """A panel with effects of areas and periods, `factors` random walks, and a covariate x with a slope.

    The first areas begin in `first`; their loads are higher by `lean`, so that comparing means goes wrong.
    """
    rng = np.random.default_rng(seed)
    begins = np.full(areas, periods, dtype=np.int64)
    begins[: len(first)] = first
    common = rng.normal(size=(factors, periods)).cumsum(axis=1)
    loads = rng.normal(size=(areas, factors)) + lean * (begins < periods)[:, None]
    x = rng.normal(size=(areas, periods)) + 0.3 * loads @ common
    outcomes = rng.normal(0, 2, (areas, 1)) + rng.normal(size=periods).cumsum() + loads @ common + slope * x
    outcomes += rng.normal(0, noise, (areas, periods)) + effect * (np.arange(periods) >= begins[:, None])
    names = tuple(f"a{place:02d}" for place in range(areas))
    return Panel(names, tuple(str(2000 + at) for at in range(periods)), outcomes, begins, {"x": x})
