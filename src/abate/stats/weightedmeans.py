"""Two groups' weighted means over several periods, and how sure their difference is, by linearising.

The rows of both groups carry weights that stay the same in every period. The difference of the two means is the slope
of a weighted regression with an effect of each period; its error comes from the squares of weighted residuals, as for
a survey with unequal weights (Binder 1983, International Statistical Review 51, 279-292; Robbins and Davenport 2021,
Journal of Statistical Software 97(2)). A row's periods count as drawn apart (`apart`), or as one draw (`together`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

Draws = Literal["apart", "together"]


@dataclass(frozen=True)
class Means:
    """Means of the group of interest and of the other, shape (measures,), and their covariances (measures, measures).

    The two groups' means are uncorrelated, since no row is in both.
    """

    own: Real
    other: Real
    own_covariance: Real
    other_covariance: Real

    @property
    def difference(self) -> Real:
        """Give the own mean less the other."""
        found: Real = self.own - self.other
        return found

    @property
    def covariance(self) -> Real:
        """Give the covariance of the differences."""
        found: Real = self.own_covariance + self.other_covariance
        return found

    @property
    def scores(self) -> Real:
        """Give each difference in standard errors; NaN where there is no error."""
        return _over(self.difference, np.sqrt(np.diag(self.covariance)))

    @property
    def log_ratio(self) -> Real:
        """Give the logarithm of the own mean over the other; NaN where one of them is not above 0."""
        fine = (self.own > 0) & (self.other > 0)
        found: Real = np.log(np.where(fine, self.own, np.nan)) - np.log(np.where(fine, self.other, np.nan))
        return found

    @property
    def log_error(self) -> Real:
        """Give the standard error of the log ratio, by the delta method."""
        own = _over(np.diag(self.own_covariance), self.own**2)
        other = _over(np.diag(self.other_covariance), self.other**2)
        found: Real = np.sqrt(own + other)
        return found


def compare(values: Real, weights: Real, own: Truth, *, draws: Draws = "apart") -> Means:
    """Compare the rows in `own` with the others; `values` has the shape (measures, rows, periods), weights one a row.

    >>> values = np.array([[[1.0, 3.0], [2.0, 2.0], [4.0, 6.0], [6.0, 4.0]]])
    >>> found = compare(values, np.ones(4), np.array([True, True, False, False]))
    >>> found.difference.tolist(), found.scores.round(3).tolist()
    ([-3.0], [-4.786])
    """
    at_work = weights > 0
    measures, rows, periods = values.shape
    kept, weight, mine = values[:, at_work], weights[at_work], own[at_work]
    sides = [(kept * (weight * side)[:, None]).sum(axis=1) for side in (mine, ~mine)]
    heavy = [float(weight[side].sum()) for side in (mine, ~mine)]
    means = [total.sum(axis=1) / (size * periods) for total, size in zip(sides, heavy, strict=True)]
    slope = means[0] - means[1]
    levels = (sides[0] + sides[1] - slope[:, None] * heavy[0]) / sum(heavy)
    residuals = (kept - levels[:, None, :] - slope[:, None, None] * mine[:, None]) * weight[:, None]
    if draws == "together":
        residuals = residuals.sum(axis=2, keepdims=True)
    count = rows * (1 if draws == "together" else periods)
    found = []
    for side, size in zip((mine, ~mine), heavy, strict=True):
        flat = residuals[:, side].reshape(measures, -1) / (size * periods)
        found.append(np.einsum("ik,jk->ij", flat, flat) * count / max(count - 1, 1))
    return Means(means[0], means[1], found[0], found[1])


def lean(difference: Real, covariance: Real) -> float:
    """Say how far several differences lean one way together: the sum of their scores in its own standard errors.

    Measures without an error are left out; NaN where none is left.

    >>> round(lean(np.array([-2.0, -1.0]), np.eye(2)), 3)
    -2.121
    """
    kept = np.diag(covariance) > 0
    if not kept.any():
        return float("nan")
    shares = np.diag(covariance)[kept] ** -0.5
    spread = float(shares @ covariance[np.ix_(kept, kept)] @ shares)
    return float(shares @ difference[kept]) / float(np.sqrt(spread)) if spread > 0 else float("nan")


def distance(difference: Real, covariance: Real) -> tuple[float, int]:
    """Say how far several differences are from 0 in any direction: Wald's statistic and its degrees of freedom.

    >>> distance(np.array([-2.0, 1.0]), np.eye(2))
    (5.0, 2)
    """
    kept = np.diag(covariance) > 0
    if not kept.any():
        return float("nan"), 0
    errors = np.sqrt(np.diag(covariance)[kept])
    scaled = covariance[np.ix_(kept, kept)] / np.outer(errors, errors)
    values, vectors = np.linalg.eigh(scaled)
    firm = values > 1e-9 * values.max()
    along = vectors[:, firm].T @ (difference[kept] / errors)
    return float(np.sum(along**2 / values[firm])), int(firm.sum())


def _over(value: Real, by: Real) -> Real:
    found: Real = np.divide(value, by, out=np.full(value.shape, np.nan), where=by > 0)
    return found
