"""Interrupted time series of counts: what a series did after a programme began, against what it was doing before.

Quasi-Poisson regression: log E[Y(t)] = trend + season + covariates · g + log exposure + b · after(t). `exp(b)` is the
rate ratio. Nothing is compared with other areas: whatever else changed at the same time counts as the programme's.
Source: Bernal, Cummins and Gasparrini 2017, International Journal of Epidemiology 46, 348-355. Two other models of the
log of the series stand beside it: a regression with seasonal ARIMA errors (Box and Tiao 1975) and a structural one
whose level and season wander (Harvey and Durbin 1986).

The options are those of `abate.impact.interruptions.Choices`: season, trend, slope, errors, lags, period, start_month,
model, order, seasonal_order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import OptionError, nearest
from abate.impact import interruptions, loneseries
from abate.impact.effects import Effect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from abate.impact.effects import Setting
    from abate.impact.panels import Panel

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

_DRAWS = 4_000
_TOLD = 5
_SHORT = 12


def estimate(panel: Panel, setting: Setting) -> Effect:
    """Estimate the rate ratio of counts after the start against what trend and season led one to expect.

    `value` is the ratio of the outcome after the start to what was to be expected, over the whole time after it
    (exp(b) where no slope changes); with several treated areas each is fitted alone (`diagnostics.series`) and `value`
    is the ratio of their totals. `diagnostics.prevented` counts how many fewer there were than expected, with an
    interval from draws of the coefficients. Areas without the programme take no part; the same figures are given for
    them as `diagnostics.untreated`, since a change where nothing began says that something else did.

    Raises `OptionError` for negative outcomes, exposures not above 0, labels that do not tell the season asked for,
    columns that say the same, and series too short before or after the start.

    >>> from abate.impact.effects import Setting
    >>> from abate.impact.panels import Panel
    >>> counts = np.array([[50.0, 42.0, 54.0, 46.0, 38.0, 36.0, 40.0, 38.0]])
    >>> panel = Panel(("Essex",), tuple("12345678"), counts, np.array([4]))
    >>> round(estimate(panel, Setting("its", options={"trend": False})).value, 3)
    0.792
    """
    choices = interruptions.choose(setting.options)
    _check(panel, setting)
    found, faults = _each(panel, panel.ever, setting, choices)
    if faults:
        raise OptionError(*faults)
    others, _ = _each(panel, ~panel.ever, setting, choices)
    log = _Log.of(found, setting.level)
    expected = np.full(panel.outcomes.shape, np.nan)
    for series in found:
        expected[series.unit] = series.expected
    total, band = _drawn(panel, found, setting)
    return Effect(
        setting=setting,
        panel=panel,
        value=float(np.exp(log.value)),
        se=float(np.exp(log.value)) * log.se,
        low=float(np.exp(log.low)),
        high=float(np.exp(log.high)),
        p=log.p,
        counterfactual=expected,
        band=band,
        pre_rmse=_pre_rmse(panel, found),
        diagnostics={
            "coefficient": log.value,
            "se": log.se,
            **(found[0].told if len(found) == 1 else {}),
            "prevented": total,
            "series": [_line(panel, series, setting.level) for series in found],
            "untreated": [_line(panel, series, setting.level) for series in others],
        },
        notes=tuple(_notes(panel, found, others, choices)),
    )


@dataclass(frozen=True)
class _Log:
    """A log rate ratio with its error, its interval and its p-value."""

    value: float
    se: float
    low: float
    high: float
    p: float | None

    @classmethod
    def of(cls, series: Sequence[loneseries.Series], level: float) -> _Log:
        from scipy.special import ndtr, ndtri, stdtr, stdtrit

        value, se, freedom = loneseries.together(series)
        normal = not np.isfinite(freedom)
        reach = se * float(ndtri(0.5 + level / 2) if normal else stdtrit(freedom, 0.5 + level / 2))
        far = -abs(value / se) if se > 0 else 0.0
        tail = float(ndtr(far) if normal else stdtr(freedom, far))
        return cls(value, se, value - reach, value + reach, 2 * tail if se > 0 else None)


def _check(panel: Panel, setting: Setting) -> None:
    faults = [
        f"--covariates '{name}': no such column. {nearest(name, panel.covariates)}"
        for name in setting.covariates
        if name not in panel.covariates
    ]
    if not panel.ever.any():
        faults.append("its needs at least one series with a start: say from which period the programme ran")
    faults += [
        f"{panel.units[unit]}, {panel.times[time]}: {panel.outcome} is {panel.outcomes[unit, time]:g}, "
        "and counts begin at 0"
        for unit, time in np.argwhere(panel.outcomes < 0)[:_TOLD]
    ]
    if panel.exposure is not None:
        faults += [
            f"{panel.units[unit]}, {panel.times[time]}: the exposure is {panel.exposure[unit, time]:g}, and "
            "a rate needs somebody at risk"
            for unit, time in np.argwhere((panel.exposure <= 0) & np.isfinite(panel.outcomes))[:_TOLD]
        ]
    if faults:
        raise OptionError(*faults)


def _each(
    panel: Panel, which: Truth, setting: Setting, choices: interruptions.Choices
) -> tuple[list[loneseries.Series], list[str]]:
    """Fit each of the series alone, as if those never treated had begun with the first; tell what cannot be fitted."""
    found: list[loneseries.Series] = []
    faults: list[str] = []
    for unit in np.flatnonzero(which).tolist():
        began = int(panel.first[unit]) if panel.ever[unit] else panel.start
        try:
            found.append(_alone(panel, unit, began, setting, choices))
        except OptionError as fault:
            faults += fault.faults
    return found, faults


def _alone(panel: Panel, unit: int, began: int, setting: Setting, choices: interruptions.Choices) -> loneseries.Series:
    given = loneseries.Given(
        unit,
        panel.units[unit],
        panel.times,
        panel.outcomes[unit],
        None if panel.exposure is None else panel.exposure[unit],
        {name: panel.covariates[name][unit] for name in setting.covariates},
        began,
    )
    return loneseries.fit(given, choices)


def _drawn(
    panel: Panel, found: Sequence[loneseries.Series], setting: Setting
) -> tuple[dict[str, float], tuple[Real, Real]]:
    """Draw the coefficients, and give how many were prevented in all and the band of the mean gap by period."""
    tails = [0.5 - setting.level / 2, 0.5 + setting.level / 2]
    periods = panel.outcomes.shape[1]
    total, mean, count = np.zeros(_DRAWS), np.zeros((_DRAWS, periods)), np.zeros(periods)
    prevented = 0.0
    for one in found:
        seen = panel.outcomes[one.unit, one.after]
        rng = np.random.default_rng([setting.seed, one.unit])
        slopes = one.slopes + rng.standard_normal((_DRAWS, len(one.slopes))) @ _root(one.covariance).T
        expected = one.without.at(slopes)
        prevented += float((one.without.at(one.slopes) - seen).sum())
        total += (expected - seen).sum(axis=1)
        mean[:, one.after] += seen - expected
        count[one.after] += 1
    low, high = np.quantile(total, tails)
    ends = np.full((2, periods), np.nan)
    ends[:, count > 0] = np.quantile(mean[:, count > 0], tails, axis=0) / count[count > 0]
    return {"value": prevented, "low": float(low), "high": float(high)}, (ends[0], ends[1])


def _root(covariance: Real) -> Real:
    values, vectors = np.linalg.eigh(covariance)
    found: Real = vectors * np.sqrt(np.maximum(values, 0.0))
    return found


def _pre_rmse(panel: Panel, found: Sequence[loneseries.Series]) -> float | None:
    """Give how far the series lie from their fits before the start, by the root of the mean square."""
    missed = np.concatenate([(panel.outcomes[one.unit] - one.expected)[: panel.first[one.unit]] for one in found])
    missed = missed[np.isfinite(missed)]
    return float(np.sqrt((missed**2).mean())) if len(missed) else None


def _line(panel: Panel, series: loneseries.Series, level: float) -> dict[str, Any]:
    log = _Log.of([series], level)
    return {
        "unit": panel.units[series.unit],
        "ratio": float(np.exp(log.value)),
        "low": float(np.exp(log.low)),
        "high": float(np.exp(log.high)),
        "p": log.p,
        **{name: series.told[name] for name in ("dispersion", "ljung_box") if name in series.told},
    }


def _notes(
    panel: Panel,
    found: Sequence[loneseries.Series],
    others: Sequence[loneseries.Series],
    choices: interruptions.Choices,
) -> list[str]:
    hanging = [panel.units[one.unit] for one in found if one.told["ljung_box"]["p"] < 0.05]
    short = [panel.units[one.unit] for one in found if min(one.told["before"], one.told["after"]) < _SHORT]
    adrift = [panel.units[one.unit] for one in (*found, *others) if not one.settled]
    plain = choices.model == "poisson" and choices.errors == "plain"
    advice = "plain errors are then too small; take errors newey-west or ar1." if plain else "read it with care."
    said = {
        f"What is left still hangs together over time (Ljung and Box) in {_few(hanging)}: {advice}": hanging,
        f"Fewer than {_SHORT} periods before or after the start in {_few(short)}: the trend is then guesswork.": short,
        f"The fit did not settle for {_few(adrift)}: read its figures with care.": adrift,
        f"{len(others)} areas without the programme take no part in the estimate; diagnostics.untreated gives the same "
        "figures for them.": others,
    }
    return [sentence for sentence, true in said.items() if true] + sorted(
        {word for one in found for word in one.warned}
    )


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _TOLD:,} more" if len(names) > _TOLD else ""
    return ", ".join(names[:_TOLD]) + more
