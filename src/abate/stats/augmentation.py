"""A mix of donors, put right by a ridge regression where the mix does not reach the target.

The mix has weights of 0 or more that add up to 1. What it leaves of the target is then carried over by a ridge
regression on the donors' values: weights may fall below 0, the less so the larger the penalty. The penalty is chosen by
leaving values out in turn.

Source: Ben-Michael, Feller and Rothstein 2021, Journal of the American Statistical Association 116, 1789-1803.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from abate.stats import simplex

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]

Rule = Literal["1se", "min"]


@dataclass(frozen=True)
class Chosen:
    """Penalties tried, largest first, their mean squared error on what was left out, its standard error, the choice."""

    penalties: Real
    errors: Real
    spreads: Real
    penalty: float


def weigh(target: Real, donors: Real, *, penalties: Real) -> Real:
    """Give the weights for each penalty, shape (penalties, donors); each row adds up to 1.

    `target` (values,) and `donors` (donors, values) are less the donors' mean. A penalty of 0 or less counts as none:
    then the target is met as nearly as the donors allow. An endless penalty leaves the mix as it is.

    >>> about = np.array([[-1.0, 0.0], [1.0, 0.0]])
    >>> weigh(np.array([3.0, 1.0]), about, penalties=np.array([np.inf, 2.0, 0.0])).round(9).tolist()
    [[0.0, 1.0], [-0.5, 1.5], [-1.0, 2.0]]
    """
    mix = simplex.fit(target, np.ascontiguousarray(donors)).weights
    return mix + _corrections(target - mix @ donors, donors, penalties)


def _corrections(left: Real, donors: Real, penalties: Real) -> Real:
    """Give what the ridge adds to the weights for what is left of the target, shape (penalties, donors)."""
    across, sizes, along = np.linalg.svd(donors, full_matrices=False)
    real = sizes > sizes.max(initial=0.0) * 1e-12
    across, sizes, along = across[:, real], sizes[real], along[real]
    shrunk = sizes / (sizes**2 + np.maximum(penalties, 0.0)[:, None])
    found: Real = (shrunk * (along @ left)) @ across.T
    return found


def grid(donors: Real, *, number: int = 20, smallest: float = 1e-8) -> Real:
    """Give penalties from the donors' largest squared singular value down to `smallest` of it, in `number` steps."""
    largest = float(np.linalg.norm(donors, 2)) ** 2
    found: Real = largest * smallest ** (np.arange(number + 1) / number)
    return found


def choose(target: Real, donors: Real, *, holdout: int = 1, rule: Rule = "1se", level: int = 0) -> Chosen:
    """Choose the penalty by leaving out `holdout` values on end in turn and asking how well they are met.

    `rule` takes the penalty of the least error, or (`1se`) the largest whose error lies within one standard error of
    that. As in the published software the last value of all is never the first of those left out. The first `level`
    values are matched about their own mean: that is taken anew from those that stay, so that it does not give away the
    one left out.
    """
    penalties = grid(donors)
    places = np.arange(donors.shape[1])
    squares = np.empty((donors.shape[1] - holdout, len(penalties)))
    for begin in range(len(squares)):
        out = (places >= begin) & (places < begin + holdout)
        aim, pool = (_levelled(values, ~out, level) for values in (target, donors))
        weights = weigh(aim[~out], pool[:, ~out], penalties=penalties)
        squares[begin] = ((aim[out] - weights @ pool[:, out]) ** 2).sum(axis=1)
    errors = squares.mean(axis=0)
    spreads = squares.std(axis=0, ddof=1) / np.sqrt(len(squares)) if len(squares) > 1 else np.zeros(len(penalties))
    best = int(np.argmin(errors))
    able = np.flatnonzero(errors <= errors[best] + spreads[best]) if rule == "1se" else np.array([best])
    return Chosen(penalties, errors, spreads, float(penalties[able[0]]))


def _levelled(values: Real, stays: NDArray[np.bool_], level: int) -> Real:
    """Give values (..., values) whose first `level` are about the mean of those among them that stay."""
    if level == 0:
        return values
    found = values.copy()
    found[..., :level] -= values[..., :level][..., stays[:level]].mean(axis=-1, keepdims=True)
    return found
