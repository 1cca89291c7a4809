"""What can be chosen for an interrupted series, and the columns that a choice asks for."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from abate.errors import OptionError, nearest
from abate.impact import seasons

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

Model = Literal["poisson", "arima", "structural"]
Errors = Literal["plain", "newey-west", "ar1"]
_WORDS = {"model": ("poisson", "arima", "structural"), "errors": ("plain", "newey-west", "ar1")}
_WHOLE = {"lags": 0, "period": 2, "start_month": 1}
_NOTHING = 1e-8


@dataclass(frozen=True)
class Choices:
    """The options of an interrupted series.

    `season` is `months`, `harmonics:K` or nothing; `trend` a straight line on the log scale; `slope` lets that line
    bend where the programme begins; `errors` are `plain`, `newey-west` (with `lags`; as many as the length of the
    series asks for when left out) or `ar1`; `period` is how many running numbers make a year and `start_month` the
    month of number 1. `model` is `poisson`, `arima` (of `order` and `seasonal_order`, which ends with the period) or
    `structural`.
    """

    season: str | None = None
    trend: bool = True
    slope: bool = False
    errors: Errors = "plain"
    lags: int | None = None
    period: int | None = None
    start_month: int = 1
    model: Model = "poisson"
    order: tuple[int, int, int] = (0, 1, 1)
    seasonal_order: tuple[int, int, int, int] | None = None


def choose(options: Mapping[str, Any]) -> Choices:
    """Read the options of a setting; raises `OptionError` with a sentence for each that is not right.

    >>> choose({"season": "months", "eror": "plain"})
    Traceback (most recent call last):
    abate.errors.OptionError: its, option 'eror': no such option. Did you mean 'errors'? Known are: season, trend, \
slope, errors, lags, period, start_month, model, order, seasonal_order.
    """
    known = [one.name for one in fields(Choices)]
    faults = [f"its, option '{name}': no such option. {nearest(name, known)}" for name in options if name not in known]
    for name, words in _WORDS.items():
        if name in options and options[name] not in words:
            faults.append(f"its, {name} '{options[name]}': no such choice. {nearest(str(options[name]), words)}")
    for name, least in _WHOLE.items():
        value = options.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < least):
            faults.append(f"its, {name} '{value}': is a whole number, at least {least}")
    faults += [
        f"its, {name} '{options[name]}': is either true or false"
        for name in ("trend", "slope")
        if not isinstance(options.get(name, True), bool)
    ]
    faults += _orders(options)
    if faults:
        raise OptionError(*faults)
    given: dict[str, Any] = {
        name: tuple(value) if name.endswith("order") and value else value for name, value in options.items()
    }
    if given.get("season") in ("none", ""):
        given["season"] = None
    return Choices(**given)


def _orders(options: Mapping[str, Any]) -> list[str]:
    faults = []
    for name, size in (("order", 3), ("seasonal_order", 4)):
        value = options.get(name)
        if value is None:
            continue
        whole = isinstance(value, (list, tuple)) and all(isinstance(one, int) and one >= 0 for one in value)
        if not whole or len(value) != size:
            faults.append(f"its, {name} '{value}': is {size} whole numbers, such as {[0, 1, 1, 12][:size]}")
    return faults


@dataclass(frozen=True)
class Design:
    """The columns of one series by name, in the shape (periods, columns), and which of them are the programme's."""

    names: tuple[str, ...]
    columns: Real
    effect: Truth
    period: int

    @property
    def without(self) -> Real:
        """Give the columns as they would have been without the programme."""
        return np.where(self.effect, 0.0, self.columns)


def lay_out(
    times: Sequence[str], began: int, choices: Choices, covariates: Mapping[str, Real], *, regression: bool = True
) -> Design:
    """Lay out the columns of a series: constant, trend, season, covariates, and the programme's level and slope.

    The slope is 0 in the first period with the programme and grows by 1 a step. Without `regression` only covariates
    and the programme stand in it, as a model of its own trend and season asks.

    Raises `OptionError` where a season is asked for and the labels do not tell the time of year.

    >>> lay_out(["2019-01", "2019-02", "2019-03"], 1, Choices(slope=True), {}).names
    ('constant', 'trend', 'level', 'slope')
    """
    calendar = seasons.read(times, period=choices.period, start_month=choices.start_month)
    if calendar is None and choices.season:
        raise OptionError(
            f"--season {choices.season}: the periods' labels, such as '{times[0]}', do not tell the time of year: "
            "write 2019-04, a date or 2019 Q2, or give the option period, such as period=12 for running months"
        )
    place = np.arange(len(times), dtype=np.float64) if calendar is None else calendar.position
    parts: list[tuple[list[str], Real]] = []
    if regression:
        parts.append((["constant"], np.ones((len(times), 1))))
        parts += [(["trend"], (place / max(place[-1], 1.0))[:, None])] if choices.trend else []
        parts += [seasons.columns(calendar, choices.season)] if calendar and choices.season else []
    parts += [([name], values[:, None]) for name, values in covariates.items()]
    before = sum(len(names) for names, _ in parts)
    after = np.arange(len(times)) >= began
    parts.append((["level"], after[:, None].astype(np.float64)))
    parts += [(["slope"], np.where(after, place - place[began], 0.0)[:, None])] if choices.slope else []
    names = tuple(name for part, _ in parts for name in part)
    return Design(
        names,
        np.column_stack([values for _, values in parts]),
        np.arange(len(names)) >= before,
        calendar.period if calendar else choices.period or 1,
    )


def refuse_sameness(unit: str, design: Design, known: Truth) -> None:
    """Raise `OptionError` when columns say the same, or there are more of them than periods."""
    used = design.columns[known]
    if len(used) <= used.shape[1]:
        raise OptionError(
            f"{unit}: {len(used)} periods with a value for {used.shape[1]} figures to estimate "
            f"({', '.join(design.names)}): take longer series, or fewer harmonics or covariates"
        )
    scaled = used / np.maximum(np.linalg.norm(used, axis=0), 1e-300)
    for last in range(1, used.shape[1] + 1):
        if np.linalg.svd(scaled[:, :last], compute_uv=False)[-1] < _NOTHING:
            raise OptionError(
                f"{unit}: {design.names[last - 1]} says the same as {', '.join(design.names[: last - 1])} "
                "together, in the periods with a value: leave one of them out"
            )
