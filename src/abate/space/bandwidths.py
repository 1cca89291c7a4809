"""How wide a kernel should be: by leave-one-out likelihood, and from point to point by Abramson's rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError
from abate.space import densities, lattices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.space.densities import Kernel

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

_FINE_NODES = 4_000_000
_STEPS = 4.5
_LONELY, _NEAR = 1e-5, 32


@dataclass(frozen=True)
class Choice:
    """The bandwidth chosen, every candidate, and the mean logarithm of the density left to each incident by it.

    `at_edge` tells that the best candidate is the first or the last, so that the true best may lie beyond.
    """

    bandwidth: float
    candidates: Real
    likelihood: Real

    @property
    def at_edge(self) -> bool:
        """Tell whether the choice is the smallest or the largest candidate."""
        return self.bandwidth in (self.candidates[0], self.candidates[-1])


@dataclass(frozen=True)
class Spots:
    """Distinct pairs of coordinates, the weight on each, the first point on each, and which one each point is on."""

    x: Real
    y: Real
    weight: Real
    first: Whole
    of_point: Whole


def spots(x: Real, y: Real, weights: Real | None = None) -> Spots:
    """Put together the points that share their coordinates, by easting and northing.

    >>> spots(np.array([5.0, 1.0, 5.0]), np.array([0.0, 0.0, 0.0])).weight.tolist()
    [1.0, 2.0]
    """
    order = np.lexsort((y, x))
    new = np.ones(len(x), dtype=bool)
    new[1:] = (np.diff(x[order]) != 0) | (np.diff(y[order]) != 0)
    of_point = np.empty(len(x), dtype=np.int64)
    of_point[order] = np.cumsum(new) - 1
    first = order[new].astype(np.int64)
    weight = np.bincount(of_point, weights=weights, minlength=len(first)).astype(np.float64)
    return Spots(x[first], y[first], weight, first, of_point)


def ladder(smallest: float, largest: float, *, ratio: float = 2**0.5) -> Real:
    """List candidates from the smallest to the largest, each `ratio` times the one before.

    >>> ladder(100.0, 400.0, ratio=2).tolist()
    [100.0, 200.0, 400.0]
    """
    if not 0 < smallest <= largest:
        raise OptionError(f"bandwidths run from a smallest above 0 to a largest, not from {smallest:g} to {largest:g}")
    steps = int(np.floor(np.log(largest / smallest) / np.log(ratio) + 1e-9)) + 1
    rungs: Real = smallest * ratio ** np.arange(steps, dtype=np.float64)
    return rungs


def leave_one_out(
    x: Real, y: Real, *, candidates: Real, kernel: Kernel = "gaussian", weights: Real | None = None
) -> Choice:
    """Choose the bandwidth under which the points would have been likeliest, each judged by the others alone.

    The density at each point is made from the points that lie *elsewhere*: all that share its coordinates are left out
    with it. Were only the point itself left out, then two incidents on one snapped coordinate, of which published
    data are full, would make the likelihood endless as the bandwidth goes to 0. What repeats at one spot therefore
    tells nothing here, and where most of it does, the bandwidth comes out wider than a forecast would want: choose that
    by what it forecasts. A point out of every kernel's reach has no likelihood at that bandwidth, which rules it out
    (quartic); Gaussian tails are followed to where a number ends. Sources: Habbema, Hermans and van den Broek 1974;
    Duin 1976, https://doi.org/10.1109/TC.1976.1674577.

    Raises `OptionError` when all points share one spot.

    >>> rng = np.random.default_rng(1)
    >>> found = leave_one_out(rng.normal(size=400), rng.normal(size=400), candidates=ladder(0.05, 1.6))
    >>> 0.2 < found.bandwidth < 0.6, found.at_edge
    (True, False)
    """
    held = spots(x, y, weights)
    total = float(held.weight.sum())
    if len(held.x) < 2:
        raise OptionError("a bandwidth is chosen from points at two places or more: here all are at one")
    logs = np.array([_left_out(held, float(width), kernel) for width in candidates])
    mean: Real = (logs * held.weight).sum(axis=1) / total
    if not np.isfinite(mean).any():
        raise OptionError(f"every bandwidth up to {candidates[-1]:g} leaves some point alone: give a larger one")
    return Choice(float(candidates[int(np.argmax(mean))]), candidates, mean)


def _left_out(held: Spots, width: float, kernel: Kernel) -> Real:
    """Give the logarithm of the density at each spot from the others."""
    dense = densities.at(held.x, held.y, held.x, held.y, bandwidth=width, kernel=kernel, weights=held.weight)
    peak = (1 / (2 * np.pi) if kernel == "gaussian" else 3 / np.pi) / width**2
    others = dense - held.weight * peak
    lost = others <= (_LONELY if kernel == "gaussian" else 1e-12) * np.maximum(dense, peak)
    with np.errstate(divide="ignore"):
        logs: Real = np.log(np.where(lost, 0.0, others) / (held.weight.sum() - held.weight))
    if kernel == "gaussian":
        logs[lost] = _alone(held, np.flatnonzero(lost), width)
    return logs


def _alone(held: Spots, lonely: Whole, width: float) -> Real:
    """Give the same where no other spot is within reach: by the nearest spots, in logarithms."""
    from scipy.spatial import cKDTree
    from scipy.special import logsumexp

    near = min(_NEAR + 1, len(held.x))
    places = np.column_stack([held.x, held.y])
    apart, other = cKDTree(places).query(places[lonely], k=near)
    heights = -0.5 * (apart[:, 1:] / width) ** 2 + np.log(held.weight[other[:, 1:]])
    logs: Real = logsumexp(heights, axis=1) - np.log(2 * np.pi * width**2 * (held.weight.sum() - held.weight[lonely]))
    return logs


def adapt(
    x: Real, y: Real, *, bandwidth: float, weights: Real | None = None, most: float = 5.0, pilot: float | None = None
) -> Real:
    """Give each point its own bandwidth: narrow where points are dense, wide where they are few.

    A first surface with the bandwidth `pilot` (the same as `bandwidth` unless given) says how dense it is at each
    point. Point i gets bandwidth·√(g/dense_i), g being the geometric mean of the densities over the points, and no more
    than `most` times the bandwidth. Sources: Abramson 1982, https://doi.org/10.1214/aos/1176345986; the geometric mean
    is Silverman's (1986, section 5.3).

    >>> found = adapt(np.array([0.0, 1.0, 2.0, 40.0]), np.zeros(4), bandwidth=2.0)
    >>> bool(found[1] < 2 < found[3])
    True
    """
    held = spots(x, y, weights)
    first = bandwidth if pilot is None else pilot
    dense = _dense(held, first)
    level = np.log(dense)
    mean = float((level * held.weight).sum() / held.weight.sum())
    width: Real = np.minimum(bandwidth * np.exp((mean - level) / 2), most * bandwidth)[held.of_point]
    return width


def _dense(held: Spots, width: float) -> Real:
    """Give the density at every spot: by a raster where one is small enough, else by the exact sum."""
    step = width / _STEPS
    lattice = lattices.over(held.x, held.y, step=step)
    if lattice.columns * lattice.rows > _FINE_NODES:
        return densities.at(held.x, held.y, held.x, held.y, bandwidth=width, weights=held.weight)
    heights = densities.surface(held.x, held.y, lattice, bandwidth=width, weights=held.weight)
    floor = held.weight / (2 * np.pi * width**2)
    dense: Real = np.maximum(lattices.read(heights, held.x, held.y, lattice), floor)
    return dense
