"""Made-up blocks with counts, for tests of calibration weights and for their calibration."""

from __future__ import annotations

import numpy as np

from abate.impact.blockdesigns import BlockDesign, Blocks


def design(**more: object) -> BlockDesign:
    """Give the design of `blocks`: eight periods before the start and four after it."""
    usual = {
        "pre": ("1", "8"),
        "post": ("9", "12"),
        "match_outcomes": ("thefts", "assaults"),
        "match_covariates": ("people",),
        "permutations": 0,
        "jackknife": 0,
        "test": "lower",
    }
    return BlockDesign(**{**usual, **more})  # type: ignore[arg-type]


def blocks(seed: int, *, places: int = 600, treated: int = 20, drift: float = 0.0, effect: float = 0.0) -> Blocks:
    """Make blocks of differing size; `drift` is by how much each block's own level changes at the start (log scale).

    Treated blocks are drawn by lot, larger ones more often; `effect` is their change at the start on the log scale.
    """
    generator = np.random.default_rng(seed)
    people = generator.gamma(2.0, 40.0, places).round() + 1
    level = 0.01 * people * generator.gamma(2.0, 0.5, places)
    chosen = generator.choice(places, treated, replace=False, p=(people + 80) / (people + 80).sum())
    had = np.zeros(places, dtype=bool)
    had[chosen] = True
    later = np.exp(generator.normal(-0.5 * drift**2, drift, places) + effect * had) if drift or effect else 1.0
    season = 1 + 0.2 * np.sin(np.arange(12))
    rate = np.where(np.arange(12) >= 8, (level * later)[:, None], level[:, None]) * season
    outcomes = {
        name: generator.poisson(share * rate).astype(float) for name, share in (("thefts", 1), ("assaults", 0.4))
    }
    names = tuple(f"b{place:04d}" for place in range(places))
    return Blocks(names, tuple(str(time) for time in range(1, 13)), had, outcomes, {"people": people})
