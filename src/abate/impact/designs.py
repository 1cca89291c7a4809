"""Designs of a synthetic control matched on predictors: which columns, over which periods, and which periods to follow.

A design is written before the answer is known. It names the predictors, each a column summed up over a stretch of
periods, and the periods before the start whose outcomes the mix shall follow when the predictors are weighed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import OptionError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from abate.impact.panels import Panel

    Real = NDArray[np.float64]

_TOLD = 5


def _change(values: Real) -> float:
    return float(values[-1] - values[0])


SUMMARIES: dict[str, Callable[[Any], Any]] = {
    "mean": np.mean,
    "median": np.median,
    "value": lambda values: values[0],
    "change": _change,
}
"""How a column is summed up over its periods, gaps left out: `change` is the last value less the first."""


@dataclass(frozen=True)
class Window:
    """A stretch of periods by their labels, both ends within."""

    first: str
    last: str


@dataclass(frozen=True)
class Predictor:
    """A column summed up over a window; `training` is another window for weighing the predictors, where there is one.

    `weight` sets how much the predictor counts instead of searching for it: then every predictor has one.
    """

    column: str
    window: Window
    summary: str = "mean"
    training: Window | None = None
    weight: float | None = None

    @property
    def name(self) -> str:
        """Say the predictor in a few words, as in `beer 1984 to 1988, mean`."""
        if self.window.first == self.window.last:
            return f"{self.column} {self.window.first}"
        return f"{self.column} {self.window.first} to {self.window.last}, {self.summary}"


@dataclass(frozen=True)
class Design:
    """The predictors and the window to follow (None: all periods before the start)."""

    predictors: tuple[Predictor, ...]
    fit: Window | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Give the columns that the predictors name, once each, in order."""
        return tuple(dict.fromkeys(one.column for one in self.predictors))


def usual(panel: Panel, covariates: Sequence[str]) -> Design:
    """Give the design for those who have none: covariates' means, and the outcome at three times before the start.

    The three are the first, the middle and the last period before the first start. Not every earlier outcome is a
    predictor, since then nothing else would count (Kaul and others 2022, Journal of Business and Economic Statistics
    40, 1362-1376).
    """
    last = panel.start - 1
    whole = Window(panel.times[0], panel.times[last])
    means = [Predictor(name, whole) for name in covariates]
    places = dict.fromkeys((last, last // 2, 0))
    values = [Predictor(panel.outcome, Window(panel.times[at], panel.times[at]), "value") for at in places]
    return Design((*means, *values))


def check(design: Design, panel: Panel) -> None:
    """Raise `OptionError` with a sentence for everything in a design that this panel cannot bear."""
    if not design.predictors:
        raise OptionError("the design names no predictor: give at least one [[predictors]] with column, from and to")
    faults = [fault for one in design.predictors for fault in _faults(one, panel)]
    weighed = [one.weight is not None for one in design.predictors]
    if any(weighed) and not all(weighed):
        lacking = ", ".join(one.name for one in design.predictors if one.weight is None)
        faults.append(f"a weight is given for some predictors and not for {lacking}: give it for all or for none")
    elif all(weighed) and not sum(one.weight or 0.0 for one in design.predictors) > 0:
        faults.append("the predictors' weights are all 0: at least one has to count")
    if design.fit is not None:
        faults += _window_faults("the fit window", design.fit, panel)
        if not faults and not np.isfinite(panel.outcomes[:, span(design.fit, panel)]).all():
            faults.append(f"the fit window {_said(design.fit)}: {panel.outcome} has gaps there")
    if faults:
        raise OptionError(*faults)


def span(window: Window, panel: Panel) -> slice:
    """Give the places of a window's periods in the panel."""
    return slice(_place(window.first, panel), _place(window.last, panel) + 1)


def gather(design: Design, panel: Panel, *, training: bool = False) -> Real:
    """Give every area's predictors, shape (areas, predictors), each the summary of the values that are there.

    With `training` a predictor's training window is taken where it has one. The design must have been checked.
    """
    columns = []
    for one in design.predictors:
        window = one.training if training and one.training is not None else one.window
        values = _column(one.column, panel)[:, span(window, panel)]
        columns.append([float(SUMMARIES[one.summary](row[np.isfinite(row)])) for row in values])
    return np.array(columns, dtype=np.float64).T


def _column(name: str, panel: Panel) -> Real:
    return panel.outcomes if name == panel.outcome else panel.covariates[name]


def _place(label: str, panel: Panel) -> int:
    """Give the place of a period by its label, or by its number where the label is written otherwise (1980, 1980.0)."""
    if label in panel.times:
        return panel.times.index(label)
    number = _number(label)
    if number is None:
        return -1
    return next((at for at, time in enumerate(panel.times) if _number(time) == number), -1)


def _number(label: str) -> float | None:
    try:
        return float(label)
    except ValueError:
        return None


def _faults(one: Predictor, panel: Panel) -> list[str]:
    known = [panel.outcome, *panel.covariates]
    faults = []
    if one.summary not in SUMMARIES:
        faults.append(f"{one.name}: no summary '{one.summary}'. {nearest(one.summary, SUMMARIES)}")
    elif one.summary == "value" and one.window.first != one.window.last:
        faults.append(f"{one.name}: a value is of one period, so from and to are the same; for several take mean")
    if one.weight is not None and not 0 <= one.weight < np.inf:
        faults.append(f"{one.name}: the weight {one.weight} is not a number of 0 or more")
    if one.column not in known:
        faults.append(f"the predictor '{one.column}': no such column in the panel. {nearest(one.column, known)}")
    for window in (one.window, *([one.training] if one.training else [])):
        wrong = _window_faults(one.name, window, panel)
        if not wrong and one.column in known:
            wrong = _gaps(one, window, panel)
        faults += wrong
    return faults


def _window_faults(who: str, window: Window, panel: Panel) -> list[str]:
    faults = [
        f"{who}: no period '{label}' in the panel, which runs from {panel.times[0]} to {panel.times[-1]}"
        for label in dict.fromkeys((window.first, window.last))
        if _place(label, panel) < 0
    ]
    if faults:
        return faults
    first, last = _place(window.first, panel), _place(window.last, panel)
    if first > last:
        return [f"{who}: the window is empty, since it ends ({window.last}) before it begins ({window.first})"]
    if last >= panel.start:
        return [
            (
                f"{who}: the window ends in {window.last}, when the programme had begun ({panel.times[panel.start]}): "
                "only periods before the start may be matched"
            )
        ]
    return []


def _gaps(one: Predictor, window: Window, panel: Panel) -> list[str]:
    values = _column(one.column, panel)[:, span(window, panel)]
    empty = [unit for unit, row in zip(panel.units, values, strict=True) if not np.isfinite(row).any()]
    if not empty:
        return []
    more = f" and {len(empty) - _TOLD:,} more" if len(empty) > _TOLD else ""
    return [
        (
            f"{one.name}: {one.column} has no value {_said(window)} for {', '.join(empty[:_TOLD])}{more}: "
            "take other periods, or leave those areas out"
        )
    ]


def _said(window: Window) -> str:
    return f"in {window.first}" if window.first == window.last else f"from {window.first} to {window.last}"
