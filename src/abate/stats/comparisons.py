"""Two groups compared with what is known of each member held alike: one regression, errors that stay right for few.

Each outcome is regressed on "belongs to the group", a constant and the covariates. Errors are those of a sandwich in
which each residual is stretched by what the fit took out of it (`HC2`), with Satterthwaite's degrees of freedom.

Sources: MacKinnon and White 1985, Journal of Econometrics 29, 305-325; Bell and McCaffrey 2002, Survey Methodology 28,
169-181; Imbens and Kolesár 2016, Review of Economics and Statistics 98, 701-712.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

_LEAST = 1e-9


@dataclass(frozen=True)
class Comparison:
    """What a comparison came to: `difference` (outcomes,), and what each member adds to its error.

    `pulls` has the shape (members, outcomes): the covariance of the differences is `pulls.T @ pulls`, also of
    differences from several comparisons when pulls of the same member are added first. `slopes` (covariates, outcomes)
    are those of the covariates; `overlap` is the share of the group's spread that the covariates do not explain.
    `weights` (members,) give the difference as a weighted sum of outcomes: 1 over the group, -1 over the others; one of
    the others above 0 shows that a straight line reaches beyond them.
    """

    difference: Real
    pulls: Real
    freedom: float
    slopes: Real
    overlap: float
    weights: Real


def compare(outcomes: Real, group: Truth, covariates: Real) -> Comparison:
    """Compare a group with the others: `outcomes` (members, outcomes), `covariates` (members, covariates).

    A covariate that the others explain is left out (its slope is 0). Raises `ZeroDivisionError` where the covariates
    tell the group from the others altogether, so that nothing can be compared.

    >>> rows = np.array([[1.0], [2.0], [3.0], [9.0], [10.0]])
    >>> found = compare(rows, np.array([False, False, False, True, True]), np.empty((5, 0)))
    >>> float(round(found.difference[0], 6)), float(round((found.pulls**2).sum() ** 0.5, 6))
    (7.5, 0.763763)
    """
    base = _independent(np.column_stack([np.ones(len(group)), covariates - covariates.mean(axis=0)]))
    columns = np.column_stack([group.astype(np.float64), base.columns])
    own = columns[:, 0] - base.columns @ np.linalg.lstsq(base.columns, columns[:, 0], rcond=None)[0]
    left = float(own @ own)
    overlap = left / float(((columns[:, 0] - columns[:, 0].mean()) ** 2).sum())
    if overlap < _LEAST:
        raise ZeroDivisionError("the covariates tell the group from the others altogether")
    slopes = np.linalg.lstsq(columns, outcomes, rcond=None)[0]
    orthogonal = np.linalg.qr(columns)[0]
    kept = 1 - np.einsum("ij,ij->i", orthogonal, orthogonal)
    weight = own / left
    stretch = np.where(kept > _LEAST, weight / np.sqrt(np.maximum(kept, _LEAST)), 0.0)
    pulls = (outcomes - columns @ slopes) * stretch[:, None]
    told = np.zeros((covariates.shape[1], outcomes.shape[1]))
    told[base.places] = slopes[2:]
    return Comparison(slopes[0], pulls, _freedom(orthogonal, stretch), told, overlap, weight)


@dataclass(frozen=True)
class _Base:
    columns: Real
    places: list[int]


def _independent(columns: Real) -> _Base:
    """Keep the columns that those before them do not explain; the first is the constant."""
    kept = [0]
    for place in range(1, columns.shape[1]):
        basis = columns[:, kept]
        rest = columns[:, place] - basis @ np.linalg.lstsq(basis, columns[:, place], rcond=None)[0]
        if float(rest @ rest) > _LEAST * max(float(columns[:, place] @ columns[:, place]), _LEAST):
            kept.append(place)
    return _Base(columns[:, kept], [place - 1 for place in kept[1:]])


def _freedom(orthogonal: Real, stretch: Real) -> float:
    """Satterthwaite's degrees of freedom of the squared error when all members scatter alike."""
    free = np.eye(len(stretch)) - orthogonal @ orthogonal.T
    along = stretch[:, None] * free * stretch[None, :]
    return float(np.trace(along) ** 2 / max(float((along**2).sum()), 1e-300))
