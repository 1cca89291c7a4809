"""Factors of the areas that never had the programme, carried over to those that had it, and how many there should be.

Two sides of a panel are kept as arrays with a leading axis of draws, so that many redrawn panels are fitted at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from abate.stats import factors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.impact.panels import Panel

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

_BETTER = 1e-3


class Force(NamedTuple):
    """Which additive effects there are: one of each area, one of each period."""

    areas: bool
    periods: bool


FORCES = {
    "two-way": Force(areas=True, periods=True),
    "unit": Force(areas=True, periods=False),
    "time": Force(areas=False, periods=True),
    "none": Force(areas=False, periods=False),
}


@dataclass(frozen=True)
class Sides:
    """Controls and treated areas: outcomes (draws, areas, periods), columns (draws, covariates, areas, periods).

    `before` tells which cells of treated areas lie before their start and are known. Values of unknown cells are 0.
    """

    controls: factors.Rectangles
    outcomes: Real
    columns: Real
    before: Truth


@dataclass(frozen=True)
class Synthesis:
    """What the factors say: the controls' fit, the factors, and of treated areas loads and expected outcomes."""

    fit: factors.Fit
    basis: Real
    carried: factors.Carried
    expected: Real


def sides(panel: Panel, covariates: tuple[str, ...], force: Force, *, controls: Truth | None = None) -> Sides:
    """Give the two sides of a panel; cells without an outcome or a covariate are unknown."""
    free = ~panel.ever if controls is None else controls
    ever = panel.ever
    columns = np.stack([panel.covariates[name] for name in covariates]) if covariates else None
    rectangles = factors.Rectangles.of(
        panel.outcomes[free], None if columns is None else columns[:, free], rows=force.areas, across=force.periods
    )
    rest = factors.Rectangles.of(panel.outcomes[ever], None if columns is None else columns[:, ever])
    return Sides(rectangles, rest.outcomes, rest.columns, rest.used & ~panel.treated[ever])


def synthesise(given: Sides, rank: int, *, tolerance: float = 1e-9) -> Synthesis:
    """Fit the controls, and find each treated area's loads by least squares on its periods before the start."""
    fit = factors.fit(given.controls, rank=rank, tolerance=tolerance)
    basis = fit.factors(rank)
    known = (fit.slopes[:, :, None, None] * given.columns).sum(axis=1) + fit.across[:, None, :]
    carried = factors.carry(basis, given.outcomes - known, given.before, level=given.controls.rows)
    return Synthesis(fit, basis, carried, known + carried.expected)


def most(given: Sides, wanted: int) -> int:
    """Give how many factors can be told at most: loads need more periods before the start, factors more controls."""
    free = int(given.before.sum(axis=2).min()) - 1 - int(given.controls.rows)
    rows, periods = given.controls.outcomes.shape[1:]
    return int(max(0, min(wanted, free, rows - 1 - int(given.controls.across), periods - 2)))


def validate(given: Sides, limit: int) -> tuple[int, list[dict[str, Any]]]:
    """Choose the number of factors: leave out each known period before the start of each treated area in turn.

    Its error is that of loads found without it. More factors are taken while they lessen the mean squared error by
    more than a thousandth of the least so far (the rule of gsynth). Gives the number and a line for each tried.
    """
    table: list[dict[str, Any]] = []
    chosen, least = 0, np.inf
    for rank in range(limit + 1):
        found = synthesise(given, rank)
        errors = found.carried.left_out[np.isfinite(found.carried.left_out)]
        mspe = float(np.mean(errors**2)) if len(errors) else float("inf")
        if not np.isfinite(least) or least - mspe > _BETTER * least:
            chosen = rank
        least = min(least, mspe)
        table.append({"r": rank, "mspe": mspe, "sigma2": variance(given, found.fit, rank)})
    return chosen, table


def variance(given: Sides, fit: factors.Fit, rank: int) -> float:
    """Give the variance of the controls' residuals: their squares over the cells less what was fitted."""
    rows, periods = given.controls.outcomes.shape[1:]
    force = Force(given.controls.rows, given.controls.across)
    spent = rank * (rows + periods) - rank**2 + given.controls.columns.shape[1] + 1
    spent += (rows - 1 - rank) * force.areas + (periods - 1 - rank) * force.periods
    cells = int(given.controls.used[0].sum())
    return float((fit.residual[0] ** 2).sum() / max(cells - spent, 1))


def shares(fit: factors.Fit, rank: int) -> list[float]:
    """Give what share of the scatter left by effects and covariates each factor takes up, among controls."""
    sizes = np.linalg.svd(fit.common[0], compute_uv=False)[:rank] ** 2
    total = float((fit.common[0] ** 2).sum() + (fit.residual[0] ** 2).sum())
    return [float(size) / total if total > 0 else 0.0 for size in sizes]


def implied(found: Synthesis, *, ones: bool) -> Real:
    """Give weights of controls (treated areas, controls) whose mix has a treated area's loads: the smallest ones.

    With `ones` each area's weights come to 1, so that effects of periods are in the mix too. They may be negative.
    """
    basis, loads = found.basis[0], found.carried.loads[0][:, : found.basis.shape[2]]
    own = found.fit.common[0] @ basis / len(basis)
    if ones:
        own = np.column_stack([own, np.ones(len(own))])
        loads = np.column_stack([loads, np.ones(len(loads))])
    weights: Real = loads @ np.linalg.pinv(own.T).T
    return weights
