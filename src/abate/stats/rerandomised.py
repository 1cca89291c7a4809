"""Tests and intervals that rest on nothing but how the treatment was drawn: the draw is made again, many times.

Cells form a rectangle (units, times); `draws` has the shape (draws, times, units), as schemes give it. A hypothesised
effect is taken off the outcomes; what is left would have been seen whatever was drawn, so that its statistic under the
real draw is one of the statistics under all draws. The interval holds the effects that are not refused. Sources:
Fisher 1935, The Design of Experiments; Rosenbaum 2002, Statistical Science 17, 286-327; studentised as in Wu and Ding
2021, Journal of the American Statistical Association 116, 1898-1913, so that it also holds, in large samples, for an
effect that differs from cell to cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf, isnan
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

_SAME = 1e-6
_UNEVEN = 5.0
_NOTHING = 1e-12


@dataclass(frozen=True)
class Redraws:
    """The real draw and its redraws, centred on each cell's chance and weighted by it.

    `centred` has the shape (units, 1 + draws, times); entry 0 is the real draw. A treated cell has 1 / chance, one to
    compare it with -1 / usual, one that is set aside 0; without any set aside that is (z - chance) / (chance · (1 -
    chance)). Sums of it times an outcome are differences of means weighted by the chances (Horvitz and Thompson 1952).
    `chance` and `usual` are the chances of being treated and of being compared with, in the shape (units, times);
    `open` marks the cells that could come out either way: the others cannot tell and get 0. `even` says whether all
    units have one chance at each time.
    """

    centred: NDArray[np.float32]
    chance: Real
    usual: Real
    open: Truth
    even: bool

    @property
    def draws(self) -> int:
        """How many times the treatment was drawn again."""
        return int(self.centred.shape[1]) - 1


def prepare(treated: Truth, draws: Truth, *, aside: tuple[Truth, Truth] | None = None) -> Redraws:
    """Lay out the real draw (units, times) and its redraws (draws, times, units).

    `aside`, in the same two shapes, marks cells that a draw sets aside because of what it drew before, such as the days
    after a treatment: each draw has its own. The chances are the shares of draws that treat a cell, and that leave it
    to be compared with. Where they differ by no more than the redraws leave to chance, all units of a time share one.
    Raises `OptionError` when shapes do not agree or there are no redraws.
    """
    units, times = treated.shape
    if draws.ndim != 3 or draws.shape[1:] != (times, units) or not len(draws):
        raise OptionError(f"redraws have the shape (draws, {times}, {units}), not {draws.shape}")
    if aside is not None and (aside[0].shape != treated.shape or aside[1].shape != draws.shape):
        raise OptionError(f"cells set aside have the shapes {treated.shape} and {draws.shape}, as what was drawn")
    chance = _share(treated, draws)
    usual = 1 - chance if aside is None else _share(~treated & ~aside[0], ~(draws | aside[1]))
    even = _alike(chance, len(draws)) and _alike(usual, len(draws))
    if even:
        chance, usual = (np.broadcast_to(one.mean(axis=0), one.shape).copy() for one in (chance, usual))
    able = (chance > 0) & (usual > 0)
    rise, low = (np.divide(1.0, one, out=np.zeros_like(one), where=able).astype(np.float32) for one in (chance, usual))
    laid = np.empty((units, len(draws) + 1, times), dtype=np.float32)
    for unit in range(units):
        laid[unit, 0] = treated[unit]
        laid[unit, 1:] = draws[:, :, unit]
        laid[unit] *= rise[unit] + low[unit]
        laid[unit] -= low[unit]
        if aside is not None:
            laid[unit, 0][aside[0][unit]] = 0
            laid[unit, 1:][aside[1][:, :, unit]] = 0
    return Redraws(laid, chance, usual, able, even)


def _share(real: Truth, draws: Truth) -> Real:
    return np.asarray((draws.sum(axis=0).T + real) / (len(draws) + 1), dtype=np.float64)


def _alike(share: Real, draws: int) -> bool:
    """Say whether units differ in their shares by no more than so many redraws leave to chance."""
    common = share.mean(axis=0)
    noise = np.sqrt(np.maximum(common * (1 - common), 0) / (draws + 1))
    return bool((np.abs(share - common) <= _UNEVEN * noise + 1e-12).all())


def project(redraws: Redraws, values: Real) -> Real:
    """Give each unit's sum of centred draw times value, for the real draw and each redraw.

    `values` has the shape (..., units, times), the sums (..., units, 1 + draws).
    """
    flat = values.reshape(-1, *values.shape[-2:]).astype(np.float32)
    sums = np.matmul(redraws.centred, flat.transpose(1, 2, 0)).transpose(2, 0, 1)
    found: Real = sums.astype(np.float64).reshape(*values.shape[:-1], sums.shape[-1])
    return found


def studentise(sums: Real) -> Real:
    """Divide the total of the units' sums by the root of their scatter: (units, 1 + draws) to (1 + draws,)."""
    units = len(sums)
    total = sums.sum(axis=0)
    squares = np.einsum("ud,ud->d", sums, sums)
    spread = np.sqrt(np.maximum(squares - total**2 / units, 0) * units / max(units - 1, 1))
    found: Real = np.divide(total, spread, out=np.zeros_like(total), where=spread > _NOTHING)
    return found


def share_as_far(statistic: Real) -> float:
    """Give the two-sided p-value: the share of draws, the real one included, at least as far from 0.

    >>> share_as_far(np.array([2.0, -2.0, 1.0, 0.0]))
    0.5
    """
    sizes = np.abs(statistic)
    return float((sizes >= sizes[0] * (1 - _SAME)).mean())


@dataclass(frozen=True)
class Inverted:
    """The effect at which the real draw looks like nothing (`value`), and the effects that are not refused."""

    value: float
    low: float
    high: float
    p: float


def invert(sums: Callable[[float], Real], *, start: float, step: float, level: float) -> Inverted:
    """Find the effects that the redraws do not refuse, with the p-value of no effect (0).

    `sums` takes an effect off the outcomes and projects what is left (`project`): entry 0 of the last axis is the real
    draw. `start` is a first guess of the effect, `step` about its error. An end that lies beyond 60 steps is infinite,
    and a value that is not within 1,000 steps of the guess is not a number.
    """
    p = share_as_far(studentise(sums(0.0)))
    value = _root(lambda effect: float(studentise(sums(effect)[:, :1])[0]), start, step)

    def slack(effect: float) -> float:
        """How far the real draw lies inside what the redraws give; below 0 is refused."""
        found = np.abs(studentise(sums(effect)))
        place = max(ceil(level * len(found)), 1) - 1
        return float(np.partition(found, place)[place] - found[0] * (1 - _SAME))

    low, high = (_end(slack, value, side * step) for side in (-1, 1))
    return Inverted(value, low, high, p)


def _root(of: Callable[[float], float], start: float, step: float) -> float:
    """Find where a function that falls on the whole crosses 0."""
    reach = step
    for _ in range(10):
        if of(start - reach) > 0 > of(start + reach):
            return _crossing(of, start - reach, start + reach, within=step * 1e-6)
        reach *= 2
    return float("nan")


def _end(slack: Callable[[float], float], value: float, step: float) -> float:
    """Walk from the value until the effect is refused, then close in on the edge."""
    if isnan(value):
        return -inf if step < 0 else inf
    inner, outer = value, value + 2 * step
    for _ in range(6):
        if slack(outer) < 0:
            return _crossing(slack, inner, outer, within=abs(step) * 1e-3)
        inner, outer = outer, value + (outer - value) * 2
    return -inf if step < 0 else inf


def _crossing(of: Callable[[float], float], begin: float, end: float, *, within: float) -> float:
    """Close in on a change of sign between two points: by the false position, with Illinois' halving."""
    left, right = of(begin), of(end)
    while abs(end - begin) > within and right != 0:
        middle = end - right * (end - begin) / (right - left)
        middle = middle if min(begin, end) < middle < max(begin, end) else (begin + end) / 2
        value = of(middle)
        begin, left = (end, right) if (value > 0) != (right > 0) else (begin, left / 2)
        moved, end, right = abs(middle - end), middle, value
        if moved <= within / 4:
            break
    return end
