"""Points spread over squares by a Gaussian kernel: how much of each point's weight falls into which square.

This is the kernel density of places rather than of spots: what is wanted is the mass in each place, and no mass is to
be lost over the edge of the ground that the places cover. Each point's shares of the squares add up to its weight
(the edge correction of Jones 1993, https://doi.org/10.1007/BF00147776).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.space import densities, lattices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from abate.space.densities import Points
    from abate.space.lattices import Lattice

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

_BROAD = 2.0
_STEPS = 4.0
_MOST_NODES = 16_000_000
_FAR = 1e-9


@dataclass(frozen=True)
class Squares:
    """Squares by their middles and sides: the places, each as the square that has its area."""

    x: Real
    y: Real
    side: Real


def spread(x: Real, y: Real, squares: Squares, *, weight: Real, home: Whole, bandwidth: float | Real) -> Real:
    """Share each point's weight among squares in proportion to the Gaussian mass that falls into each of them.

    `bandwidth` is the kernel's standard deviation, one number or one a point; `home` is the square that each point
    belongs to, which takes the weight of a point whose kernel reaches no square. Gives the weight in each square; they
    add up to all the points'. Narrow kernels are summed pair by pair, those of two typical sides and more on a
    raster.

    >>> row = Squares(np.array([5.0, 15.0, 25.0]), np.full(3, 5.0), np.full(3, 10.0))
    >>> eight = {"weight": np.array([8.0]), "home": np.array([0])}
    >>> spread(np.array([5.0]), np.array([5.0]), row, bandwidth=5.0, **eight).round(2).tolist()
    [6.49, 1.5, 0.01]
    """
    held = densities.points(x, y, bandwidth=bandwidth, weights=weight)
    broad = held.width >= _BROAD * float(np.median(squares.side))
    if broad.any() and _nodes(squares, float(held.width[broad].min())) > _MOST_NODES:
        broad[:] = False
    found = np.zeros(len(squares.x))
    if not broad.all():
        found += _one_by_one(held.taken(~broad), home[~broad], squares)
    if broad.any():
        found += _on_rasters(held.taken(broad), home[broad], squares)
    return found


def _one_by_one(held: Points, home: Whole, squares: Squares) -> Real:
    from abate.space import loops

    reach = max(loops.NEAR * float(np.median(held.width)), float(squares.side.max()))
    sorted_by = densities.buckets(squares.x, squares.y, width=reach)
    order = sorted_by.order
    position = np.empty(len(order), dtype=np.int64)
    position[order] = np.arange(len(order))
    targets = np.stack([squares.x, squares.y, squares.side])[:, order]
    found, shares = np.empty(len(order)), np.zeros(len(order))
    loops.share(held.stacked, position[home], targets, sorted_by.parts, shares)
    found[order] = shares
    return found


def _nodes(squares: Squares, width: float) -> float:
    step = width / _STEPS
    return float((np.ptp(squares.x) / step + 20 * _STEPS) * (np.ptp(squares.y) / step + 20 * _STEPS))


@dataclass(frozen=True)
class _Sheet:
    """A raster for one rung of the ladder of widths: who is on it, with which share, and the kernel's heights."""

    lattice: Lattice
    points: Whole | slice
    share: Real | float
    stamp: Real


def _sheets(held: Points, squares: Squares) -> Iterator[_Sheet]:
    # the square's own variance, so that height times area is the mass inside it
    own = float(np.median(squares.side)) ** 2 / 12
    for rung in densities.rungs(np.sqrt(held.width**2 + own)):
        lattice = lattices.over(squares.x, squares.y, step=rung.width / _STEPS)
        stamp = densities.stamp(rung.width, "gaussian", lattice)
        yield _Sheet(lattice.widened(len(stamp) // 2), rung.points, rung.share, stamp)


def _on_rasters(held: Points, home: Whole, squares: Squares) -> Real:
    area = squares.side**2
    sheets = list(_sheets(held, squares))
    part = np.zeros(len(held.x))
    for sheet in sheets:
        on = held.taken(sheet.points)
        reached = lattices.blur(lattices.deposit(squares.x, squares.y, area, sheet.lattice), sheet.stamp)
        part[sheet.points] += sheet.share * lattices.read(reached, on.x, on.y, sheet.lattice)
    near = part > _FAR
    raised = np.where(near, held.weight / np.where(near, part, 1.0), 0.0)
    found = np.zeros(len(squares.x))
    for sheet in sheets:
        on = held.weighing(raised).taken(sheet.points)
        heights = lattices.blur(lattices.deposit(on.x, on.y, on.weight * sheet.share, sheet.lattice), sheet.stamp)
        found += area * lattices.read(heights, squares.x, squares.y, sheet.lattice)
    found = np.maximum(found, 0.0)
    if found.sum() > 0:
        found *= held.weight[near].sum() / found.sum()
    return found + np.bincount(home[~near], weights=held.weight[~near], minlength=len(found))
