"""Panels as a regression with effects of area and period sees them: cells that count, columns, and what it expects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from abate.impact.panels import Panel
    from abate.stats.panelfits import Fit

    Real = NDArray[np.float64]


@dataclass(frozen=True)
class Design:
    """Outcomes with 0 where they do not count, weights of the cells, and columns (programme first, then covariates).

    `always` are areas left out because they had the programme from the first period on.
    """

    outcomes: Real
    weights: Real
    columns: Real
    always: tuple[str, ...]


def design(panel: Panel, covariates: tuple[str, ...], *, exposure: bool = False) -> Design:
    """Lay out a panel: a cell counts where the outcome and every covariate (and the exposure, if it weights) is known.

    >>> from abate.impact.panels import Panel
    >>> made = design(Panel(("a", "b"), ("1", "2"), np.array([[1.0, np.nan], [3.0, 4.0]]), np.array([1, 2])), ())
    >>> made.weights.tolist(), made.columns[0].tolist()
    ([[1.0, 0.0], [1.0, 1.0]], [[0.0, 1.0], [0.0, 0.0]])
    """
    always = panel.first <= 0
    own = [panel.covariates[name] for name in covariates]
    known = np.isfinite(panel.outcomes) & ~always[:, None]
    for values in own:
        known &= np.isfinite(values)
    weights = known.astype(np.float64)
    if exposure and panel.exposure is not None:
        known &= np.isfinite(panel.exposure) & (panel.exposure > 0)
        weights = np.where(known, panel.exposure, 0.0)
        weights = weights / weights[known].mean()
    columns = np.stack([panel.treated.astype(np.float64), *(np.where(known, values, 0.0) for values in own)])
    left_out = tuple(unit for unit, out in zip(panel.units, always, strict=True) if out)
    return Design(np.where(known, panel.outcomes, 0.0), weights, columns, left_out)


def expected(panel: Panel, made: Design, slopes: Mapping[str, float]) -> Real:
    """Give what the treated areas would have seen: their own level before the start, and the others' path.

    The path is that of areas that never had the programme; where there are none, that of all cells without it. The
    shape is (areas, periods), NaN for the other areas and where a covariate or the path is not known.
    """
    explained = np.zeros(panel.outcomes.shape)
    for name, slope in slopes.items():
        explained = explained + slope * panel.covariates[name]
    left = np.where(made.weights > 0, made.outcomes - np.where(np.isfinite(explained), explained, 0.0), 0.0)
    without = made.weights * ~panel.treated
    path = _periods(left, without if panel.ever.all() else made.weights * ~panel.ever[:, None])
    own = np.where(np.isfinite(path)[None, :], without, 0.0)
    total = own.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        level = (own * (left - np.where(np.isfinite(path), path, 0.0))).sum(axis=1) / total
    found: Real = np.where((panel.ever & (panel.first > 0))[:, None], level[:, None] + path + explained, np.nan)
    return found


def _periods(values: Real, weights: Real) -> Real:
    """Effects of the periods beside effects of the rows, by least squares; NaN for periods in which nothing counts."""
    down, across = weights.sum(axis=1), weights.sum(axis=0)
    share = np.divide(weights, down[:, None], out=np.zeros_like(weights), where=down[:, None] > 0)
    system = np.diag(across) - weights.T @ share
    right = (weights * values).sum(axis=0) - share.T @ (weights * values).sum(axis=1)
    found: Real = np.linalg.pinv(system, rcond=1e-12, hermitian=True) @ right
    return np.where(across > 0, found, np.nan)


def negative_share(fit: Fit, made: Design) -> float:
    """Give how much weight the regression lays on effects with the wrong sign, for a total weight of 1 on all.

    0 where areas began together. Source: de Chaisemartin and D'Haultfœuille 2020.
    """
    laid = (fit.inside[0] * made.weights)[made.columns[0] > 0]
    return float(-laid[laid < 0].sum() / laid.sum()) + 0.0
