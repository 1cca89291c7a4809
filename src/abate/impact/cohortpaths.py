"""The gaps of every cohort, put together: by time since the start, by cohort, by period, and as one figure.

A cohort is all areas that began in one period. Each figure is a mean of gaps in which every treated area counts once;
the same sums are made of the estimate and of its redraws, so that each figure has an error of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.impact import inferences
from abate.impact.effects import Aggregate, GroupEffect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from abate.impact.effects import Effect, Inference
    from abate.impact.panels import Panel

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Figures:
    """What the cohorts' gaps come to, for each draw.

    `simple` has the shape (draws,), `dynamic` (draws, event times), `group` (draws, cohorts), `calendar` (draws,
    periods from the first start), `gap` (draws, periods) and `cells` (draws, cohorts, periods). `events` are the event
    times (0 is the first period with the programme). NaN where a draw has no such cell.
    """

    simple: Real
    dynamic: Real
    group: Real
    calendar: Real
    gap: Real
    cells: Real
    events: Whole


def figures(paths: Real, sizes: Real, starts: Sequence[int]) -> Figures:
    """Put together gaps (draws, cohorts, periods) of cohorts with so many areas (draws, cohorts) and these starts.

    >>> found = figures(np.array([[[0.0, 2.0, 4.0], [0.0, 0.0, 9.0]]]), np.array([[1.0, 2.0]]), [1, 2])
    >>> found.simple.tolist(), found.events.tolist(), found.dynamic[0, 2:].tolist()
    ([6.0], [-2, -1, 0, 1], [6.666666666666667, 4.0])
    """
    periods = paths.shape[2]
    since = np.arange(periods)[None, :] - np.asarray(starts)[:, None]
    weights = np.where(np.isfinite(paths), sizes[:, :, None], 0.0)
    values = np.where(np.isfinite(paths), paths, 0.0)
    began = (since >= 0)[None]
    events = np.arange(int(since.min()), int(since.max()) + 1)
    by_event = [_mean(values, weights * (since == event), (1, 2)) for event in events]
    first = min(starts)
    return Figures(
        _mean(values, weights * began, (1, 2)),
        np.stack(by_event, axis=1),
        _mean(values, weights * began, (2,)),
        _mean(values, weights * began, (1,))[:, first:],
        _mean(values, weights, (1,)),
        paths,
        events,
    )


def _mean(values: Real, weights: Real, over: tuple[int, ...]) -> Real:
    total = weights.sum(axis=over)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Real = (values * weights).sum(axis=over) / total
    return found


def spread(drawn: Figures, *, scale: float = 1.0) -> Figures:
    """Give the standard deviation of every figure over the draws, times `scale`; NaN where no draw has the figure.

    Draws are divided by their number. For a jackknife of n values `scale` is the root of n - 1.
    """

    def over(values: Real) -> Real:
        known = np.isfinite(values)
        count = known.sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(known, values, 0.0).sum(axis=0) / count
            square = np.where(known, values - mean, 0.0) ** 2
            found: Real = np.sqrt(square.sum(axis=0) / count) * scale
        return found[None]

    return Figures(
        over(drawn.simple),
        over(drawn.dynamic),
        over(drawn.group),
        over(drawn.calendar),
        over(drawn.gap),
        over(drawn.cells),
        drawn.events,
    )


def interval(value: float, se: float, level: float) -> tuple[float, float, float]:
    """Give the ends of the normal interval and the two-sided p-value.

    >>> tuple(round(one, 3) for one in interval(-2.0, 1.0, 0.95))
    (-3.96, -0.04, 0.046)
    """
    normal = NormalDist()
    reach = normal.inv_cdf((1 + level) / 2) * se
    p = 2 * (1 - normal.cdf(abs(value) / se)) if se > 0 else float(value == 0)
    return value - reach, value + reach, p


def groups(panel: Panel, found: Figures, errors: Figures | None) -> tuple[GroupEffect, ...]:
    """Give the effect on each cohort in each period from its start on."""
    return tuple(
        GroupEffect(
            start,
            time,
            float(found.cells[0, place, time]),
            _error(None if errors is None else errors.cells[0, place, time]),
        )
        for place, start in enumerate(panel.cohorts)
        for time in range(start, len(panel.times))
    )


def aggregations(panel: Panel, found: Figures, errors: Figures | None, level: float) -> dict[str, Aggregate]:
    """Give the aggregates by name: `simple`, `dynamic` (before the start too), `group` and `calendar`."""
    known = spread(found) if errors is None else errors
    labels: dict[str, list[Any]] = {
        "dynamic": found.events.tolist(),
        "group": [panel.times[start] for start in panel.cohorts],
        "calendar": list(panel.times[panel.start :]),
    }
    value, se = float(found.simple[0]), None if errors is None else float(errors.simple[0])
    told = {"simple": Aggregate(value, se)}
    for name, at in labels.items():
        values, spreads = getattr(found, name)[0], getattr(known, name)[0]
        lines = [
            line(label, float(one), None if errors is None else _error(own), level)
            for label, one, own in zip(at, values, spreads, strict=True)
            if np.isfinite(one)
        ]
        told[name] = Aggregate(value, se, tuple(lines))
    return told


def line(label: object, value: float, se: float | None, level: float) -> dict[str, object]:
    """Give one line of an aggregate: where it stands, its value, its error and its normal interval."""
    low, high = (None, None) if se is None else interval(value, se, level)[:2]
    return {"at": label, "value": value, "se": se, "low": low, "high": high}


def _error(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else float(value)


def noted(diagnostics: Mapping[str, Any], name: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """Put one inference into the diagnostics, before those that are there, and its interval among the intervals."""
    return {
        **diagnostics,
        "inference": {name: dict(told), **diagnostics.get("inference", {})},
        "intervals": {name: [told["low"], told["high"]], **diagnostics.get("intervals", {})},
    }


def shared(effect: Effect, name: Inference) -> Effect:
    """Fill in an inference that every method with a counterfactual has (such as `conformal`), as `inferences` does."""
    alone = replace(effect, setting=replace(effect.setting, inference=(name,)))
    return replace(inferences.fill(alone), setting=effect.setting)
