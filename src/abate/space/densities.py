"""How dense points lie: kernel density on a raster or at chosen spots, with one bandwidth or one a point.

Every point is spread over the ground round it by a kernel, and the heights are added. *Gaussian*: `bandwidth` is its
standard deviation, and it is cut at six of them. *Quartic* (biweight): K(r) = 3/(π b²)·(1 - r²/b²)², with `bandwidth`
b the radius at which it ends, as crime maps give it; its standard deviation along an axis is b/√8.

A raster is filled by sharing the points among its nodes and one Fourier transform, whatever the number of points.
Bandwidths that differ from point to point are laid on a ladder of widths, each point on the four rungs nearest to its
own (cubic in the logarithm); each rung is then one transform. Kernels too narrow for the raster are drawn one by one.
Sources: Silverman 1986, Density Estimation, chapters 4 and 5; Diggle 1985, https://doi.org/10.2307/2347366; Jones
1993, https://doi.org/10.1007/BF00147776 (edges).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log
from typing import TYPE_CHECKING, Literal

import numpy as np

from abate.errors import OptionError
from abate.space import lattices
from abate.space.lattices import Lattice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Flags = NDArray[np.bool_]

Kernel = Literal["gaussian", "quartic"]
Edge = Literal["source", "target"]

_MARGIN = 3
# the ladder of widths: a quartic kernel ends sharply, so that its rungs lie closer
_RUNGS: dict[str, float] = {"gaussian": log(1.15), "quartic": log(1.07)}
_CODES: dict[str, int] = {"gaussian": 0, "quartic": 1}
_REACHES: dict[str, float] = {"gaussian": 6.0, "quartic": 1.0}
# a kernel narrower than this many steps (its standard deviation) is drawn, not transformed
_NARROW: dict[str, float] = {"gaussian": 2.0, "quartic": 8.0}
# and one narrower than this is run over a raster of half the step
_FINE: dict[str, float] = {"gaussian": 3.0, "quartic": 20.0}


@dataclass(frozen=True)
class Points:
    """Points with their weights and the widths of their kernels, one entry a point in each array."""

    x: Real
    y: Real
    weight: Real
    width: Real

    def taken(self, which: Flags | Whole | slice) -> Points:
        """Give some of the points, by flags, positions or a slice."""
        return Points(self.x[which], self.y[which], self.weight[which], self.width[which])

    def weighing(self, weight: Real) -> Points:
        """Give the same points with other weights."""
        return Points(self.x, self.y, weight, self.width)

    @property
    def stacked(self) -> Real:
        """One row each for x, y, weight and width, as the compiled loops take them."""
        return np.stack([self.x, self.y, self.weight, self.width])


def points(x: Real, y: Real, *, bandwidth: float | Real, weights: Real | None = None) -> Points:
    """Put together points, their weights (1 each where none are given) and bandwidths (one, or one a point).

    Raises `OptionError` for a bandwidth that is not above 0.
    """
    width: Real = np.broadcast_to(np.asarray(bandwidth, dtype=np.float64), x.shape).copy()
    wrong = ~(np.isfinite(width) & (width > 0))
    if wrong.any():
        raise OptionError(f"a bandwidth is a length above 0, not {width[wrong][0]:g}")
    return Points(x, y, np.ones(len(x)) if weights is None else weights.astype(np.float64), width)


def surface(
    x: Real,
    y: Real,
    lattice: Lattice,
    *,
    bandwidth: float | Real,
    kernel: Kernel = "gaussian",
    weights: Real | None = None,
    inside: Flags | None = None,
    edge: Edge = "source",
) -> Real:
    """Give how many points there are a square unit at each node of a raster, by (row, column).

    `bandwidth` is one number, or one a point. The surface adds up to the points (or their `weights`), not to 1.
    `inside` says which nodes lie in the region looked at; nodes outside it become 0, and what the kernels would spill
    over the edge is made good: with `edge="source"` each point's kernel is raised until all of it lies inside (Jones
    1993: the total is kept), with `edge="target"` each node's density is divided by the part of a kernel there that
    lies inside (Diggle 1985: unbiased where density is even; one bandwidth only). Right to about one in a thousand of
    the exact sum. Raises `OptionError` for a bandwidth that is not above 0.

    >>> ground = lattices.Lattice(0, 0, 10, 50, 50)
    >>> found = surface(np.array([200.0, 300.0]), np.array([250.0, 250.0]), ground, bandwidth=50)
    >>> round(float(found.sum() * 100), 2), bool(found[25, 20] > found[25, 40])
    (2.0, True)
    """
    held = points(x, y, bandwidth=bandwidth, weights=weights)
    if inside is None:
        return _surface(held, kernel, lattice)
    if edge == "target":
        if np.ptp(held.width) > 0:
            raise OptionError("dividing by the kernel's part inside at the target needs one bandwidth for all points")
        spread = _blurred(inside.astype(np.float64), float(held.width[0]), kernel, lattice) * lattice.step**2
        return np.where(inside, _surface(held, kernel, lattice) / np.where(inside, spread, 1.0), 0.0)
    kept = part_inside(x, y, lattice, bandwidth=bandwidth, kernel=kernel, inside=inside)
    raised = np.where(kept > 0, held.weight / np.where(kept > 0, kept, 1.0), 0.0)
    return np.where(inside, _surface(held.weighing(raised), kernel, lattice), 0.0)


def part_inside(
    x: Real, y: Real, lattice: Lattice, *, bandwidth: float | Real, inside: Flags, kernel: Kernel = "gaussian"
) -> Real:
    """Give which part of each point's kernel lies on the nodes that are inside a region.

    >>> ground = lattices.Lattice(0, 0, 10, 101, 101)
    >>> west = np.broadcast_to(ground.easting < 500, (101, 101))
    >>> found = part_inside(np.array([495.0]), np.array([500.0]), ground, bandwidth=60, inside=west)
    >>> round(float(found[0]), 3)
    0.5
    """
    width = points(x, y, bandwidth=bandwidth).width
    ground = inside.astype(np.float64)
    part = np.zeros(len(x))
    for rung in rungs(width, kernel):
        blurred = _blurred(ground, rung.width, kernel, lattice) * lattice.step**2
        found = lattices.read(np.pad(blurred, 2), x[rung.points], y[rung.points], lattice.widened(2))
        part[rung.points] += rung.share * found
    kept: Real = np.clip(part, 0.0, 1.0)
    return kept


def at(
    x: Real,
    y: Real,
    to_x: Real,
    to_y: Real,
    *,
    bandwidth: float | Real,
    kernel: Kernel = "gaussian",
    weights: Real | None = None,
) -> Real:
    """Give how many points there are a square unit at each of some spots, by the exact sum of kernels.

    `bandwidth` is one number, or one a point. The work grows with the pairs of point and spot within a kernel's reach.

    >>> at(np.array([0.0, 30.0]), np.array([0.0, 0.0]), np.array([0.0]), np.array([0.0]), bandwidth=10,
    ...    kernel="quartic").round(5).tolist()
    [0.00955]
    """
    from abate.space import loops

    held = points(x, y, bandwidth=bandwidth, weights=weights)
    found, sums = np.zeros(len(to_x)), np.zeros(len(to_x))
    if not len(x) or not len(to_x):
        return found
    sorted_by = buckets(to_x, to_y, width=float(np.median(held.width)) * _REACHES[kernel])
    targets = np.stack([to_x, to_y])[:, sorted_by.order]
    loops.sum_up(held.stacked, _CODES[kernel], targets, sorted_by.parts, sums)
    found[sorted_by.order] = sums
    return found


@dataclass(frozen=True)
class Buckets:
    """Spots sorted into square buckets: `order` sorts them, bucket b holds `begin[b]` to before `begin[b + 1]`."""

    order: Whole
    begin: Whole
    frame: Real
    counts: Whole

    @property
    def parts(self) -> tuple[Whole, Real, Whole]:
        """Where the buckets begin, their west, south and width, their columns and rows: as compiled loops take them."""
        return self.begin, self.frame, self.counts


def buckets(x: Real, y: Real, *, width: float, most: int = 4_000_000) -> Buckets:
    """Sort spots into buckets of a width, or wider where there would be more than `most` of them.

    >>> held = buckets(np.array([5.0, 1.0]), np.array([0.0, 0.0]), width=2)
    >>> held.order.tolist(), held.begin.tolist()
    ([1, 0], [0, 1, 1, 2])
    """
    wide, high = float(np.ptp(x)), float(np.ptp(y))
    width = max(width, (wide * high / most) ** 0.5, max(wide, high) / most, 1e-9)
    counts = np.array([int(wide / width) + 1, int(high / width) + 1], dtype=np.int64)
    column = np.minimum(((x - x.min()) / width).astype(np.int64), counts[0] - 1)
    row = np.minimum(((y - y.min()) / width).astype(np.int64), counts[1] - 1)
    bucket = row * counts[0] + column
    begin = np.concatenate([[0], np.cumsum(np.bincount(bucket, minlength=int(counts.prod())))]).astype(np.int64)
    order = np.argsort(bucket, kind="stable")
    return Buckets(order, begin, np.array([float(x.min()), float(y.min()), width]), counts)


@dataclass(frozen=True)
class Rung:
    """One width of the ladder, the points that have a share on it, and their shares."""

    width: float
    points: Whole | slice
    share: Real | float


def rungs(width: Real, kernel: Kernel = "gaussian") -> Iterator[Rung]:
    """Lay widths on a ladder of widths: each on the four rungs nearest to it; one width alone is its own rung."""
    if not len(width):
        return
    if np.ptp(width) == 0:
        yield Rung(float(width[0]), slice(None), 1.0)
        return
    apart = _RUNGS[kernel]
    height = np.log(width / width.min()) / apart
    below = np.floor(height).astype(np.int64)
    t = height - below
    shares = (
        -t * (t - 1) * (t - 2) / 6,
        (t + 1) * (t - 1) * (t - 2) / 2,
        -(t + 1) * t * (t - 2) / 2,
        (t + 1) * t * (t - 1) / 6,
    )
    for rung in range(-1, int(below.max()) + 3):
        points = [
            np.flatnonzero((below + step == rung) & (share != 0))
            for step, share in zip(range(-1, 3), shares, strict=True)
        ]
        if sum(map(len, points)):
            held = [share[found] for share, found in zip(shares, points, strict=True)]
            yield Rung(float(width.min() * np.exp(rung * apart)), np.concatenate(points), np.concatenate(held))


def _surface(held: Points, kernel: Kernel, lattice: Lattice) -> Real:
    from abate.space import loops

    found = np.zeros((lattice.rows, lattice.columns))
    narrow = held.width < _NARROW[kernel] * lattice.step
    if narrow.any():
        loops.draw(held.taken(narrow).stacked, _CODES[kernel], lattice.frame, found)
    broad = held.taken(~narrow) if narrow.any() else held
    for rung in rungs(broad.width, kernel):
        ground = _ground(rung.width, kernel, lattice)
        nodes = _nodes(rung.width, kernel, ground) + _MARGIN
        on = broad.taken(rung.points)
        put = lattices.deposit(on.x, on.y, on.weight * rung.share, ground.widened(nodes))
        blurred = lattices.blur(put, stamp(rung.width, kernel, ground))[nodes:-nodes, nodes:-nodes]
        if ground.step < lattice.step:
            found += blurred[::2, ::2]
        else:
            found += blurred if ground is lattice else lattices.refine(blurred, ground, lattice)
    return np.maximum(found, 0.0)


def _ground(width: float, kernel: Kernel, lattice: Lattice) -> Lattice:
    """Choose the raster that a kernel is run over: as fine as it needs, no finer than it helps."""
    if width < _FINE[kernel] * lattice.step:
        columns, rows = 2 * lattice.columns - 1, 2 * lattice.rows - 1
        return Lattice(lattice.west, lattice.south, lattice.step / 2, columns, rows)
    step = width / (2 * _FINE[kernel])
    if step < 1.5 * lattice.step:
        return lattice
    columns, rows = (ceil((nodes - 1) * lattice.step / step) + 1 for nodes in (lattice.columns, lattice.rows))
    return Lattice(lattice.west, lattice.south, step, columns, rows).widened(_MARGIN)


def _blurred(values: Real, width: float, kernel: Kernel, lattice: Lattice) -> Real:
    nodes = _nodes(width, kernel, lattice)
    blurred = lattices.blur(np.pad(values, nodes), stamp(width, kernel, lattice))
    return blurred[nodes:-nodes, nodes:-nodes]


def _nodes(width: float, kernel: Kernel, lattice: Lattice) -> int:
    return max(1, ceil(width * _REACHES[kernel] / lattice.step))


def stamp(width: float, kernel: Kernel, lattice: Lattice) -> Real:
    """Give a kernel's heights at the nodes round one node."""
    nodes = _nodes(width, kernel, lattice)
    offsets = (np.arange(-nodes, nodes + 1) * lattice.step / width) ** 2
    if kernel == "gaussian":
        along = np.exp(-0.5 * offsets)
        return np.outer(along, along) / (2 * np.pi * width**2)
    return np.asarray(3 / (np.pi * width**2) * np.maximum(0.0, 1 - np.add.outer(offsets, offsets)) ** 2)
