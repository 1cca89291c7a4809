"""Mass that spreads along streets as heat does: the Gaussian kernel of a network.

On one long street that gives the Gaussian curve. At a crossing of n streets what arrives goes on along all of them,
2/n of it along each other street and the rest back (the *equal-split continuous* rule of Okabe and Sugihara, summed
over all ways); at a dead end it turns round. Nothing is lost, and an even density stays even. Instead of following the
ways, whose number explodes with the bandwidth, the equation of heat is solved on lixels. Sources: McSwiggan, Baddeley
and Nair 2017, https://doi.org/10.1111/sjos.12255; Okabe and Sugihara 2012, Spatial Analysis along Networks, chapter 9.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.networks.graphs import Graph
    from abate.networks.lixels import Lixels

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]

_PRECISION = 1e-12
# pieces shorter than this part of the typical one conduct as if they were that long: they would slow all down
_SHORTEST = 0.25


@dataclass(frozen=True)
class Conduction:
    """How fast mass runs between the lixels of a graph: a symmetric matrix, its largest eigenvalue at most `bound`."""

    matrix: Any
    root: Real
    bound: float


def conduct(streets: Graph, pieces: Lixels) -> Conduction:
    """Find how mass runs between neighbouring lixels: within edges, and across the nodes where edges meet."""
    from scipy.sparse import coo_array

    length = np.maximum(pieces.length, _SHORTEST * float(np.median(pieces.length)))
    first, second, flow = _links(streets, pieces, length)
    many = len(length)
    both = np.concatenate([first, second]), np.concatenate([second, first])
    out = np.bincount(both[0], weights=np.concatenate([flow, flow]), minlength=many)
    root = np.sqrt(length)
    values = np.concatenate([-flow / (root[first] * root[second])] * 2 + [out / length])
    rows, columns = (np.concatenate([side, np.arange(many)]) for side in both)
    matrix = coo_array((values, (rows, columns)), shape=(many, many)).tocsr()
    return Conduction(matrix, root, float((2 * out / length).max(initial=1e-12)))


def _links(streets: Graph, pieces: Lixels, length: Real) -> tuple[Whole, Whole, Real]:
    """List the pairs of lixels that touch and the flow between them for a difference of density of one."""
    inner = np.flatnonzero(np.diff(pieces.edge) == 0)
    tips = np.column_stack([pieces.first[:-1], pieces.first[1:] - 1]).ravel()
    ends = streets.ends
    tip = tips[ends.end]
    ease = 2 / length[tip]
    node = np.repeat(np.arange(len(streets.x)), streets.degree)
    total = np.bincount(node, weights=ease, minlength=len(streets.x))
    places = np.arange(len(tip)) - ends.begin[node]
    firsts, seconds, flows = [inner], [inner + 1], [1 / length[inner]]
    for ahead in range(1, int(streets.degree.max(initial=0))):
        one = np.flatnonzero(places + ahead < streets.degree[node])
        other = one + ahead
        apart = tip[one] != tip[other]
        one, other = one[apart], other[apart]
        firsts.append(tip[one])
        seconds.append(tip[other])
        flows.append(ease[one] * ease[other] / total[node[one]])
    return np.concatenate(firsts).astype(np.int64), np.concatenate(seconds).astype(np.int64), np.concatenate(flows)


def diffuse(conduction: Conduction, mass: Real, *, bandwidth: float, done: float = 0.0) -> Real:
    """Let mass on lixels spread along the streets until it is `bandwidth` wide (standard deviation on one street).

    `mass` is what lies on each lixel; what comes out adds up to the same. Where the mass was spread to the bandwidth
    `done` already, it goes on from there. The exponential of the matrix is summed in Chebyshev polynomials, which is
    right to twelve digits. Lixels should be at most a third of the bandwidth long. Raises `OptionError` for a bandwidth
    that is not above `done`.

    >>> from abate.networks import graphs, lixels
    >>> line = graphs.Graph(np.array([0.0, 999]), np.zeros(2), np.array([0]), np.array([1]), np.array([999.0]))
    >>> pieces = lixels.cut(line, step=9)
    >>> start = np.eye(111)[55]
    >>> spread = diffuse(conduct(line, pieces), start, bandwidth=90)
    >>> round(float(spread.sum()), 9), round(float(spread[55] / 9), 4), round(1 / 90 / (2 * np.pi) ** 0.5, 4)
    (1.0, 0.0044, 0.0044)
    """
    from scipy.special import ive

    if not bandwidth > done >= 0:
        raise OptionError(f"a bandwidth is a length above {done:g}, not {bandwidth:g}")
    half = (bandwidth**2 - done**2) / 2 * conduction.bound / 2
    terms = int(8 + 8 * np.sqrt(half) + half ** (1 / 3))
    factors = ive(np.arange(terms), half)
    terms = max(2, int(np.flatnonzero(factors > _PRECISION)[-1]) + 1)
    scaled = conduction.matrix * (2 / conduction.bound)
    before = mass / conduction.root
    # T_k(1 - 2S/bound), so that all factors are positive
    now = before - scaled @ before
    total = factors[0] * before + 2 * factors[1] * now
    for term in range(2, terms):
        before, now = now, 2 * (now - scaled @ now) - before
        total += 2 * factors[term] * now
    spread: Real = np.maximum(total * conduction.root, 0.0)
    return np.asarray(spread * (mass.sum() / max(spread.sum(), 1e-300)))
