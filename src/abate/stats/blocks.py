"""How sure a difference is that was seen on units in a row, or in patches: the paired block bootstrap.

Two methods judged on the same units share what was easy or hard about each unit, so that their difference is redrawn
unit by unit, never each method by itself. Units that lie near each other are alike, so that they are redrawn in blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from abate.stats import quantiles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]

LEAST_BLOCKS = 5
"""With fewer blocks than this an interval says next to nothing."""


@dataclass(frozen=True)
class Difference:
    """A difference, its interval, and the number of blocks that it rests on (length of the row over block length)."""

    value: float
    low: float
    high: float
    blocks: float


@lru_cache(maxsize=8)
def redraw(units: int, *, length: int, draws: int, seed: int) -> Real:
    """Draw units in blocks of `length` in a row, round the end to the start: how often each comes up, (draws, units).

    Every unit is as likely to come up as any other. With a length of 1 units are drawn one by one. Source: Politis and
    Romano 1992, in LePage and Billard (editors), Exploring the Limits of Bootstrap, 263-270.

    >>> redraw(6, length=2, draws=2, seed=1).sum(axis=1).tolist()
    [6.0, 6.0]
    """
    blocks = ceil(units / length)
    starts = np.random.default_rng(seed).integers(0, units, size=(draws, blocks))
    drawn = (starts[:, :, None] + np.arange(length)) % units
    rows = np.arange(draws)[:, None, None] * units
    often = np.bincount((drawn + rows).ravel(), minlength=draws * units).reshape(draws, units).astype(np.float64)
    often.flags.writeable = False
    return often


def differ(
    ahead: Real, weight: Real, *, length: int = 1, draws: int = 2000, seed: int, level: float = 0.95
) -> Difference | None:
    """Give sum(ahead)/sum(weight), such as hits gained for each event, with its interval by the block bootstrap.

    `ahead` is what one method was ahead of another on each unit, `weight` what it is a share of; units in their order.
    `length` is how many units in a row share part of what they saw, as windows do that overlap. The interval holds the
    middle `level` of the redrawn ratios, stretched twice. By t/z·sqrt(n/(n - 1)) for n blocks, since few blocks make
    redrawn values too alike; and by sqrt(3L²/(2L² + 1)) for blocks of length L, which is what blocks no longer than the
    overlap miss of the variance of moving sums. None where there are fewer than 2 blocks, or nothing to divide by.
    Sources: Künsch 1989, Annals of Statistics 17, 1217-1241; Hesterberg 2015, The American Statistician 69, 371-386.

    >>> found = differ(np.array([1.0, 2.0, 0.0, 1.0, 1.0, 1.0]), np.full(6, 10.0), seed=1)
    >>> found.value, bool(0 < found.low < 0.1 < found.high < 0.2)
    (0.1, True)
    """
    blocks = len(ahead) / length
    total = float(weight.sum())
    if blocks < 2 or total <= 0:
        return None
    often = redraw(len(ahead), length=length, draws=draws, seed=seed)
    below = often @ weight
    kept = below > 0
    drawn = (often @ ahead)[kept] / below[kept]
    value = float(ahead.sum()) / total
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    wide = _stretch(blocks, level) * sqrt(3 * length**2 / (2 * length**2 + 1))
    return Difference(
        value, min(value, value + wide * (float(low) - value)), max(value, value + wide * (float(high) - value)), blocks
    )


def _stretch(blocks: float, level: float) -> float:
    normal = NormalDist().inv_cdf((1 + level) / 2)
    return quantiles.student(level, max(1, floor(blocks) - 1)) / normal * sqrt(blocks / (blocks - 1))
