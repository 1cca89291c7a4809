"""Event studies by regression: effects by time since the start, and whether there were any before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.stats import clustered, panelfits, twoway

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.impact.panels import Panel
    from abate.impact.twowaydesigns import Design

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

_REFERENCE = -1
_NOTHING = 1e-8


@dataclass(frozen=True)
class Pretest:
    """A test of no effect before the start: its p-value, and whether it is of all periods (`joint`) or a `trend`."""

    p: float | None
    kind: str


def events(panel: Panel) -> list[int]:
    """List the times since the start that occur in the panel, without the reference (the last period before it)."""
    least, most = -max(panel.cohorts), len(panel.times) - 1 - min(start for start in panel.cohorts if start > 0)
    found = [event for event in range(least, most + 1) if event != _REFERENCE]
    if panel.ever.all():
        found = [event for event in found if event != least]
    return found


def _columns(first: Whole, periods: int, at: list[int]) -> Real:
    since = np.arange(periods)[None, :] - first[:, None]
    began = (first > 0) & (first < periods)
    return np.stack([((since == event) & began[:, None]).astype(np.float64) for event in at])


def study(panel: Panel, made: Design, *, errors: str = "clustered") -> tuple[Real, Real | None]:
    """Give the effects by event time (as `events` lists them) and their errors by area; None for one area alone.

    Event times of which nothing is known are NaN.
    """
    columns = np.concatenate([_columns(panel.first, len(panel.times), events(panel)), made.columns[1:]])
    fit = panelfits.linear(made.outcomes, columns, weights=made.weights)
    number = len(events(panel))
    told = (fit.inside[:number] ** 2 * made.weights).sum(axis=(1, 2)) > _NOTHING
    effects = np.where(told, fit.slopes[:number], np.nan)
    if int((panel.ever & (panel.first > 0)).sum()) < 2:
        return effects, None
    found = clustered.bias_reduced(fit) if errors == "reduced" else clustered.one_way(fit)
    return effects, np.where(told, found.error[:number], np.nan)


def values(panel: Panel, made: Design) -> Real:
    """Give the effects by event time alone."""
    return study(panel, made)[0]


def lines(at: list[int], found: Real, errors: Real | None, level: float) -> tuple[dict[str, Any], ...]:
    """Give the lines of the event study in order, with the reference as 0 and normal intervals."""
    told: dict[int, dict[str, Any]] = {
        _REFERENCE: {"at": _REFERENCE, "value": 0.0, "se": None, "low": None, "high": None}
    }
    for place, event in enumerate(at):
        if not np.isfinite(found[place]):
            continue
        value = float(found[place])
        se = None if errors is None or not np.isfinite(errors[place]) else float(errors[place])
        low, high = (None, None) if se is None else interval(value, se, level, float("inf"))[:2]
        told[event] = {"at": event, "value": value, "se": se, "low": low, "high": high}
    return tuple(told[event] for event in sorted(told))


def interval(value: float, se: float, level: float, freedom: float) -> tuple[float, float, float]:
    """Give the ends of Student's interval and its p-value; normal where `freedom` is infinite.

    >>> tuple(round(one, 3) for one in interval(-2.0, 1.0, 0.95, 10.0))
    (-4.228, 0.228, 0.073)
    """
    from scipy.special import ndtr, ndtri, stdtr, stdtrit

    if se <= 0:
        return value, value, float(value == 0)
    ratio = abs(value) / se
    if np.isinf(freedom):
        reach, p = float(ndtri((1 + level) / 2)), 2 * float(ndtr(-ratio))
    else:
        reach, p = float(stdtrit(freedom, (1 + level) / 2)), 2 * float(stdtr(freedom, -ratio))
    return value - reach * se, value + reach * se, p


def redrawn(rows: Whole, first: Whole, *, panel: Panel, made: Design) -> Real:
    """Run the regression and the event study on each draw: an array (draws, 1 + event times), NaN where none is."""
    return np.stack([_once(one, begins, panel, made) for one, begins in zip(rows, first, strict=True)])


def _once(rows: Whole, first: Whole, panel: Panel, made: Design) -> Real:
    """A row drawn twice stands twice."""
    periods = len(panel.times)
    layout = twoway.Layout(made.weights[rows])
    left = twoway.residuals(
        np.concatenate(
            [
                (np.arange(periods)[None, :] >= first[:, None]).astype(np.float64)[None],
                _columns(first, periods, events(panel)),
                made.columns[1:, rows],
                made.outcomes[rows][None],
            ]
        ),
        layout,
    ).reshape(-1, rows.size * periods)
    weights, number = layout.weights.ravel(), len(events(panel))
    own, target = left[1 + number : -1], left[-1]
    simple = _slopes(np.concatenate([left[:1], own]), target, weights)[:1]
    dynamic = _slopes(np.concatenate([left[1 : 1 + number], own]), target, weights)[:number]
    told = (left[: 1 + number] ** 2 @ weights) > _NOTHING
    return np.where(told, np.concatenate([simple, dynamic]), np.nan)


def _slopes(columns: Real, target: Real, weights: Real) -> Real:
    weighted = columns * weights
    found: Real = np.linalg.pinv(weighted @ columns.T, rcond=1e-10, hermitian=True) @ (weighted @ target)
    return found


def pretest(panel: Panel, made: Design) -> Pretest:
    """Test whether treated areas moved like the others before the start.

    All periods before the start are tested together (Hotelling's statistic from errors by area) where there are no
    more of them than a third of the areas of the smaller side; otherwise that many slopes cannot be judged and the
    treated areas' linear trend against the others' is tested alone, with errors that stay right for few areas.
    """
    at = [event for event in events(panel) if event < _REFERENCE]
    if not at:
        return Pretest(None, "none")
    areas = int((made.weights > 0).any(axis=1).sum())
    treated = int((panel.ever & (panel.first > 0)).sum())
    smaller = min(treated, areas - treated) if areas > treated else treated
    joint = 3 * len(at) <= smaller
    before = _columns(panel.first, len(panel.times), at)
    weights = np.where(panel.treated, 0.0, made.weights)
    columns = before if joint else np.tensordot(np.array(at, dtype=np.float64) + 1, before, 1)[None]
    fit = panelfits.linear(made.outcomes, np.concatenate([columns, made.columns[1:]]), weights=weights)
    told = np.flatnonzero((fit.inside[: len(columns)] ** 2 * weights).sum(axis=(1, 2)) > _NOTHING)
    if not len(told):
        return Pretest(None, "none")
    if not joint:
        trend = clustered.bias_reduced(fit)
        p = interval(float(fit.slopes[0]), float(trend.error[0]), 0.95, float(trend.freedom[0]))[2]
        return Pretest(p, "trend")
    errors = clustered.one_way(fit)
    slopes, covariance = fit.slopes[told], errors.covariance[np.ix_(told, told)]
    statistic = float(slopes @ np.linalg.pinv(covariance, hermitian=True) @ slopes)
    return Pretest(_hotelling(statistic, len(told), float(errors.freedom[0])), "joint")


def _hotelling(statistic: float, tested: int, freedom: float) -> float:
    from scipy.special import fdtrc

    left = freedom - tested + 1
    return float(fdtrc(tested, left, max(statistic, 0.0) * left / (freedom * tested)))
