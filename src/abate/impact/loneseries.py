"""One interrupted series fitted alone, by any of the models, and several of them put together.

Whatever the model, the log of the outcome with and without the programme is a fixed part plus columns times slopes;
totals, ratios and draws of them then come from the same few lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import OptionError
from abate.impact import interruptions
from abate.stats import loglinear, statespaces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from abate.impact.interruptions import Choices, Design

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

_MOST_LAGS = 24


@dataclass(frozen=True)
class Line:
    """The log of an outcome: a fixed part, and columns times slopes; one row a period."""

    fixed: Real
    columns: Real

    def at(self, slopes: Real) -> Real:
        """Give the outcome by period, for slopes in the shape (slopes,) or (draws, slopes)."""
        found: Real = np.exp(self.fixed + slopes @ self.columns.T)
        return found


@dataclass(frozen=True)
class Series:
    """One series: its slopes, what it was with and without the programme, and what is told of the fit.

    `unit` is its place in the panel; `with_it` and `without` stand for the periods in `after` (after the start, with
    a value); `expected` is by period, NaN where unknown; `freedom` is infinite where the interval is the normal's.
    """

    unit: int
    slopes: Real
    covariance: Real
    with_it: Line
    without: Line
    after: Truth
    expected: Real
    freedom: float
    told: dict[str, Any]
    settled: bool
    warned: tuple[str, ...] = ()

    @property
    def totals(self) -> tuple[float, float]:
        """Give the totals after the start, with the programme and without it."""
        return float(self.with_it.at(self.slopes).sum()), float(self.without.at(self.slopes).sum())


@dataclass(frozen=True)
class Given:
    """One series as it was given: outcomes by period (NaN where missing), exposure, covariates, and where it began."""

    unit: int
    name: str
    times: tuple[str, ...]
    outcomes: Real
    exposure: Real | None
    covariates: dict[str, Real]
    began: int


def fit(given: Given, choices: Choices) -> Series:
    """Fit one series alone; raises `OptionError` where it is too short or its columns say the same.

    >>> counts = np.array([50.0, 42.0, 54.0, 46.0, 38.0, 36.0, 40.0, 38.0])
    >>> given = Given(0, "Essex", tuple("12345678"), counts, None, {}, 4)
    >>> round(float(np.exp(fit(given, interruptions.Choices(trend=False)).slopes[-1])), 3)
    0.792
    """
    regression = choices.model == "poisson"
    design = interruptions.lay_out(given.times, given.began, choices, given.covariates, regression=regression)
    known = np.isfinite(given.outcomes) & np.isfinite(design.columns).all(axis=1)
    known &= np.isfinite(given.exposure) if given.exposure is not None else True
    after = known & (np.arange(len(known)) >= given.began)
    faults = [
        f"{given.name}: no period with a value {where} the start ({given.times[min(given.began, len(known) - 1)]}), "
        "so that there is nothing to compare"
        for where, there in (("before", (known & ~after).any()), ("after", after.any()))
        if not there
    ]
    if faults:
        raise OptionError(*faults)
    interruptions.refuse_sameness(given.name, design, known)
    return (
        _regressed(given, design, known, after, choices)
        if regression
        else _drifting(given, design, known, after, choices)
    )


def _regressed(given: Given, design: Design, known: Truth, after: Truth, choices: Choices) -> Series:
    """Fit the quasi-Poisson regression."""
    outcomes = np.where(known, given.outcomes, np.nan)
    if not outcomes[after].any() or not outcomes[known & ~after].any():
        raise OptionError(f"{given.name}: every count before or after the start is 0, so that no ratio can be told")
    shift = np.zeros(len(known)) if given.exposure is None else np.log(np.where(known, given.exposure, 1.0))
    columns = np.where(known[:, None], design.columns, 0.0)
    found = (loglinear.autoregressive if choices.errors == "ar1" else loglinear.poisson)(
        outcomes, columns, offset=shift
    )
    lags = _lags(choices, int(known.sum()))
    plain = choices.errors != "newey-west"
    covariance = found.covariance if plain else loglinear.newey_west(found, columns, lags=lags)
    without = np.where(design.effect, 0.0, columns)
    expected = np.where(known, np.exp(shift + without @ found.slopes), np.nan)
    errors = np.sqrt(np.diag(covariance))
    told = {
        "model": "poisson",
        "errors": choices.errors,
        "dispersion": found.dispersion,
        **({} if plain else {"lags": lags}),
        **({"memory": found.memory} if choices.errors == "ar1" else {}),
        "terms": _terms(design.names, found.slopes, errors),
        **_counted(known, after),
        **_leftover(found.residual, design.period, found.memory),
    }
    return Series(
        given.unit,
        found.slopes,
        covariance,
        Line(shift[after], columns[after]),
        Line(shift[after], without[after]),
        after,
        expected,
        np.inf if choices.errors == "plain" else float(known.sum() - columns.shape[1]),
        told,
        found.settled,
    )


def _drifting(given: Given, design: Design, known: Truth, after: Truth, choices: Choices) -> Series:
    """Fit the log of the series by a model whose level and season wander."""
    if (given.outcomes[known] <= 0).any():
        where = given.times[int(np.flatnonzero(known & (np.nan_to_num(given.outcomes) <= 0))[0])]
        raise OptionError(
            f"{given.name}, {where}: the count is 0, and model '{choices.model}' takes logs: take model 'poisson', or "
            "longer periods"
        )
    shift = np.zeros(len(known)) if given.exposure is None else np.log(np.where(known, given.exposure, 1.0))
    values = np.where(known, np.log(np.where(known, given.outcomes, 1.0)) - shift, np.nan)
    columns = np.where(np.isfinite(design.columns), design.columns, 0.0)
    found, order = _drifted(values, columns, design.period, choices)
    effect, slopes = columns[:, design.effect], found.slopes[design.effect]
    taken = effect @ slopes
    seen = np.log(np.where(known, given.outcomes, 1.0))
    base = np.where(after, seen, found.foretold + shift)
    told = {
        "model": choices.model,
        **order,
        "log_likelihood": found.likelihood,
        "terms": _terms(design.names, found.slopes, np.sqrt(np.diag(found.covariance))),
        "parameters": found.parts,
        **_counted(known, after),
        **_leftover(found.residual, design.period, 0.0),
    }
    return Series(
        given.unit,
        slopes,
        found.covariance[np.ix_(design.effect, design.effect)],
        Line(seen[after], np.zeros((int(after.sum()), len(slopes)))),
        Line(seen[after], -effect[after]),
        after,
        np.where(known, np.exp(base - taken), np.nan),
        np.inf,
        told,
        found.settled,
        found.warned,
    )


def _drifted(values: Real, columns: Real, period: int, choices: Choices) -> tuple[statespaces.Fit, dict[str, Any]]:
    seasonal = choices.season is not None
    if choices.model == "arima":
        other = choices.seasonal_order or ((0, 1, 1, period) if seasonal else (0, 0, 0, 0))
        found = statespaces.arima(values, columns, order=choices.order, seasonal_order=other)
        return found, {"order": list(choices.order), "seasonal_order": list(other)}
    waves = int(choices.season.split(":")[1]) if choices.season and choices.season != "months" else 0
    found = statespaces.structural(values, columns, drift=choices.trend, period=period if seasonal else 1, waves=waves)
    return found, {}


def together(series: Sequence[Series]) -> tuple[float, float, float]:
    """Give the log ratio of the totals after the start, with the programme to without it, its error and its freedom.

    The error is to first order; series are taken to be independent of one another.
    """
    seen, expected = np.array([one.totals for one in series]).sum(axis=0)
    variance = 0.0
    for one in series:
        tilt = one.with_it.at(one.slopes) @ one.with_it.columns / seen
        tilt = tilt - one.without.at(one.slopes) @ one.without.columns / expected
        variance += float(tilt @ one.covariance @ tilt)
    return float(np.log(seen / expected)), float(np.sqrt(variance)), min(one.freedom for one in series)


def _lags(choices: Choices, number: int) -> int:
    """Give the lags asked for, or as many as the length asks for (Newey and West 1994, Rev. Econ. Stud. 61, 631)."""
    return min(choices.lags if choices.lags is not None else int(4 * (number / 100) ** (2 / 9)), number - 1)


def _terms(names: Sequence[str], slopes: Real, errors: Real) -> dict[str, dict[str, float]]:
    return {
        name: {"coefficient": float(slope), "se": float(error)}
        for name, slope, error in zip(names, slopes, errors, strict=True)
    }


def _counted(known: Truth, after: Truth) -> dict[str, int]:
    return {"periods_used": int(known.sum()), "before": int((known & ~after).sum()), "after": int(after.sum())}


def _leftover(residual: Real, period: int, memory: float) -> dict[str, Any]:
    """Tell how what is left hangs together over time, once memory that the fit knows of is taken out."""
    left = residual
    if memory:
        left = residual.copy()
        left[1:] -= memory * residual[:-1]
    number = int(np.isfinite(left).sum())
    lags = max(min(2 * period if period > 1 else 10, number // 5, _MOST_LAGS), 1)
    statistic, p = loglinear.ljung_box(left, lags=lags)
    found = loglinear.autocorrelations(left, lags=min(lags, 12))
    return {
        "residual_autocorrelation": [float(one) for one in found],
        "ljung_box": {"statistic": statistic, "lags": lags, "p": p},
    }
