"""Mass that spreads along streets to a fixed radius and splits at crossings: the quartic kernel of a network.

Two rules (Okabe, Satoh and Sugihara 2009, https://doi.org/10.1080/13658810802475491). *Discontinuous*: what arrives at
a crossing of n streets is shared equally by the n - 1 others; never negative, but the density jumps at crossings.
*Continuous*: 2/n goes on along each other street and (2 - n)/n back; the density has no jumps, and what goes back is
negative where three streets or more meet. At a dead end all goes back under both (the paper leaves it open), so that
no mass is lost. All ways without a turn in mid-street are followed, also those that come round a block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.networks.graphs import Graph
    from abate.networks.lixels import Lixels

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]

Rule = Literal["discontinuous", "continuous"]

MOST_WALKED = 200_000_000


def split(
    streets: Graph,
    pieces: Lixels,
    edge: Whole,
    along: Real,
    *,
    radius: float,
    weights: Real | None = None,
    rule: Rule = "discontinuous",
    least: float = 1e-4,
) -> Real:
    """Give how much of the points' mass falls on each lixel; it adds up to the number (or weight) of the points.

    `edge` and `along` say where the points are. The mass on a lixel is the kernel's integral over it, not its middle's
    density times its length. The ways grow fast with the radius: one that has less than the part `least` of its point's
    mass still to lay is not followed beyond the next node, and lays it there; with `least=0` the answer is exact. Where
    there are still too many `OptionError` says so, and `diffusion` will do it.

    >>> from abate.networks import graphs, lixels
    >>> xs, ys = np.array([-50.0, 0, 0, 50]), np.array([0.0, 0, 50, 0])
    >>> star = graphs.Graph(xs, ys, np.array([0, 1, 1]), np.array([1, 2, 3]), np.full(3, 50.0))
    >>> mass = split(star, lixels.cut(star, step=50), np.array([0]), np.array([50.0]), radius=40)
    >>> mass.round(3).tolist()
    [0.5, 0.25, 0.25]
    """
    from abate.networks import walks

    if not radius > 0:
        raise OptionError(f"the radius of a kernel is a length above 0, not {radius:g}")
    weight = np.ones(len(edge)) if weights is None else weights.astype(np.float64)
    spots, which = np.unique(np.column_stack([edge, along]), axis=0, return_inverse=True)
    weight = np.bincount(which.ravel(), weights=weight, minlength=len(spots)).astype(np.float64)
    ends = streets.ends
    out = np.zeros(len(pieces.length))
    walked = walks.walk(
        np.stack([spots[:, 0], spots[:, 1], weight]),
        (streets.start, streets.end, streets.length, ends.end, ends.begin),
        (pieces.length, pieces.first),
        np.array([radius, float(rule == "continuous"), least, float(MOST_WALKED)]),
        out,
    )
    if walked < 0:
        raise OptionError(
            f"there are more than {MOST_WALKED:,} ways of {radius:g} from {len(spots):,} points: take a shorter "
            "radius, or the Gaussian kernel, which does not follow each way"
        )
    return out
