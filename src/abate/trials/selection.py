"""Places chosen for having been bad get better by themselves: how far, before anything is claimed for the patrol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError
from abate.stats import penalised

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Fall:
    """What the chosen places had before, and what they would have after in as long a time if nothing changed.

    `low` and `high` hold the count that would be seen, at `level`; `share` is the fall that comes of choosing alone,
    as a share of `before` (0.2 is a fifth).
    """

    before: int
    expected: float
    low: float
    high: float
    level: float
    share: float


def expect(
    counts: Whole, chosen: NDArray[np.bool_], *, level: float = 0.95, draws: int = 20_000, seed: int = 1
) -> Fall:
    """Say how far the chosen places would fall by themselves.

    `counts` are those of *all* places that could have been chosen, over the time that the choice looked at. Places'
    rates follow a gamma distribution; a place with many incidents had, as a rule, a high rate and bad luck, and only
    the rate stays. Raises `OptionError` when nothing was chosen or everything was, where there is no choice to allow
    for. Sources: Robbins 1956 (empirical Bayes); Hauer 1997, Observational Before-After Studies in Road Safety.
    """
    if not chosen.any() or chosen.all():
        raise OptionError(
            "the fall from choosing needs the counts of places that were chosen and of those that were not"
        )
    mean = float(counts.mean())
    size = penalised.size(counts, np.full(len(counts), mean))
    taken = counts[chosen]
    before = int(taken.sum())
    if not np.isfinite(size):
        rates = np.full((draws, len(taken)), mean)
        expected = mean * len(taken)
    else:
        rates = np.random.default_rng(seed).gamma(size + taken, mean / (size + mean), size=(draws, len(taken)))
        expected = float(((size + taken) * mean / (size + mean)).sum())
    seen = np.random.default_rng(seed + 1).poisson(rates.sum(axis=1))
    low, high = np.quantile(seen, [(1 - level) / 2, (1 + level) / 2])
    return Fall(before, expected, float(low), float(high), level, 1 - expected / before if before else 0.0)
