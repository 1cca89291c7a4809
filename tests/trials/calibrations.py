"""How often each p-value of the analysis is small where patrol does nothing: made-up trials, many times over."""

from __future__ import annotations

import numpy as np

from abate.trials import buffers, doses, randomisation, regressions
from trials.trial_panels import rotations, trial

SHAPES = {"Southend": (20, 90, 8), "Bedfordshire": (21, 90, 7)}
NAMES = (
    *("Poisson, by place and by day", "negative binomial", "quasi-Poisson"),
    *("count difference, least squares by place", "any incident, least squares by place"),
    *("count difference, redraws", "any incident, redraws", "smallest of three outcomes, adjusted"),
    *("visits as ratio, redraws", "visits as amount, redraws", "ten minutes, redraws"),
    "stays over 16 min, Poisson by place",
    *("rings, Poisson by place", "sites and rings together, by place"),
)  # fmt: skip

BY_MODEL = {"Poisson, by place and by day", "negative binomial", "quasi-Poisson"}


def p_values(shape: str, runs: int, *, seed: int) -> dict[str, np.ndarray]:
    """Give the p-values of every part of the analysis, by name, with scatter and memory and nothing planted."""
    rng = np.random.default_rng(seed)
    sites, days, treat = SHAPES[shape]
    pool = rotations(rng, 499, sites=sites, days=days, treat=treat)
    rows = [once(rng, pool, sites=sites, days=days, treat=treat) for _ in range(runs)]
    return dict(zip(NAMES, np.array(rows, dtype=float).T, strict=True))


def once(rng: np.random.Generator, pool: np.ndarray, *, sites: int, days: int, treat: int) -> list[float]:
    panel = trial(rng, sites=sites, days=days, treat=treat, memory=0.3, scatter=0.4)
    redraws = randomisation.prepare(panel, pool)
    some = (panel.incidents > 0).astype(float)
    came = (panel.patrol & (rng.random(panel.patrol.shape) < 0.7)) | (rng.random(panel.patrol.shape) < 0.1)
    minutes = np.where(came, rng.uniform(10, 22, came.shape), 0.0)
    visits = doses.complier(panel, redraws, minutes)
    bands = doses.respond(panel, minutes, bands=(16.0,))
    around = trial(rng, sites=sites, days=days, treat=treat, memory=0.3, scatter=0.4, patrol=panel.patrol)
    shared = 0.5 * panel.incidents + around.incidents
    rings = buffers.compare(panel, np.floor(shared))
    net = rings.net_change
    alone = randomisation.family(panel, redraws, [some])[0]
    together = randomisation.family(panel, redraws, [panel.incidents, some, panel.of("harm")]).min()
    return [
        *(effect.p for effect in regressions.beside(panel)),
        *(regressions.difference(panel).p, regressions.risk_difference(panel).p),
        *(randomisation.difference(panel, redraws).p, alone, together),
        *(visits.ratio.p, visits.difference.p, visits.per_ten_minutes.p, bands[1].effect.p),
        *(rings.ring.p, 0.0 if net.low > 0 or net.high < 0 else 1.0),
    ]


def washed_out(shape: str, runs: int, *, seed: int, washout: int) -> np.ndarray:
    """Logarithms of ratios over the planted one, where half of a fall of 44% is left on the day after a patrol.

    With a washout of a day that day is set aside, in the trial and in every redraw.
    """
    from abate.trials.outcomes import Washout

    rng = np.random.default_rng(seed)
    sites, days, treat = SHAPES[shape]
    pool = rotations(rng, 199, sites=sites, days=days, treat=treat)
    found = []
    for _ in range(runs):
        patrol = rotations(rng, 1, sites=sites, days=days, treat=treat)[0].T
        after = np.zeros_like(patrol)
        after[:, 1:] = patrol[:, :-1] & ~patrol[:, 1:]
        acting = patrol + 0.5 * after
        panel = trial(rng, sites=sites, days=days, ratio=0.56, memory=0.3, scatter=0.4, patrol=patrol, acting=acting)
        later = np.zeros_like(pool)
        later[:, 1:] = pool[:, :-1] & ~pool[:, 1:]
        aside = Washout(after, later) if washout else None
        found.append(np.log(randomisation.ratio(panel, randomisation.prepare(panel, pool, washout=aside)).value / 0.56))
    return np.array(found)
