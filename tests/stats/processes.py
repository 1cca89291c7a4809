"""Self-exciting processes simulated on a square, with their record: what tests of fitting start from."""

from __future__ import annotations

import numpy as np

from abate.space.successions import succeed
from abate.stats.branching import Grown, grow
from abate.stats.excitation import Rates, Record

SIDE, DAYS, REACH, LAG = 10_000.0, 1_000.0, 400.0, 60.0
RATES = Rates(background=10.0, near=0.3, same=0.2, decay=0.2, spread=60.0)


def simulated(events: int, seed: int, *, step: float = 0.0, rates: Rates = RATES) -> tuple[Grown, Rates]:
    """About so many events; what falls outside the square is not seen."""
    generator = np.random.default_rng(seed)
    background = events / DAYS * (1 - rates.followers)
    count = generator.poisson(background * DAYS)
    x, y = generator.uniform(0, SIDE, (2, count))
    t = generator.uniform(0, DAYS, count)
    true = Rates(background, rates.near, rates.same, rates.decay, rates.spread)
    grown = grow(
        x,
        y,
        np.floor(t) if step else t,
        rates=true,
        reach=REACH,
        lag=LAG,
        until=DAYS - 1 if step else DAYS,
        generator=generator,
        step=step,
    )
    seen = (grown.x >= 0) & (grown.x < SIDE) & (grown.y >= 0) & (grown.y < SIDE)
    return Grown(grown.x[seen], grown.y[seen], grown.t[seen], grown.generation[seen]), true


def record(grown: Grown, *, step: float = 0.0, spread: float = RATES.spread) -> Record:
    """What was seen, with an even background and the share of followers that falls inside the square."""
    from scipy.special import ndtr

    pairs = succeed(grown.x, grown.y, grown.t, reach=REACH, lag=LAG)
    inside, wider = (np.ones(len(grown.x)) for _ in range(2))
    for along in (grown.x, grown.y):
        inside *= ndtr((SIDE - along) / spread) - ndtr(-along / spread)
        wider *= ndtr((SIDE - along) / (1.1 * spread)) - ndtr(-along / (1.1 * spread))
    return Record(
        density=np.full(len(grown.x), 1 / SIDE**2),
        footprint=np.full(len(grown.x), 1e-3),
        inside=inside,
        left=(DAYS - 1 if step else DAYS) - grown.t,
        first=pairs.first,
        earlier=pairs.earlier,
        squared=pairs.squared,
        elapsed=pairs.elapsed,
        reach=REACH,
        lag=LAG,
        span=DAYS,
        step=step,
        inside_at=spread,
        inside_change=(wider - inside) / np.log(1.1),
    )
