"""Ratios of counts across areas: a Poisson regression with an effect of each area and of each period.

log E[Y(i,t)] = a(i) + c(t) + b · treated(i,t) + covariates · g (+ log exposure). `exp(b)` is the rate ratio: by how
much counts changed where and when the programme ran, beyond what the area always has and what all areas saw in that
period. Counts may scatter in any way and hang together within an area: the errors are clustered by area. Source:
Wooldridge 1999, Journal of Econometrics 90, 77-97; Correia, Guimarães and Zylkin 2020, Stata Journal 20, 95-115.

Options: `errors` is `unit` (clustered by area, the default), `bias-reduced` (right for few areas) or `unit-and-time`
(clustered both ways); `linear`, when true, sets least squares with the same effects beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import OptionError, nearest
from abate.impact.effects import Effect
from abate.stats import clustered, panelfits, separation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from abate.impact.effects import Setting
    from abate.impact.panels import Panel

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

ERRORS: Mapping[str, Callable[[panelfits.Fit], clustered.Errors]] = {
    "unit": clustered.one_way,
    "bias-reduced": clustered.bias_reduced,
    "unit-and-time": clustered.two_way,
}
_OPTIONS = ("errors", "linear")
_TOLD = 5
_FEW = 10
_NAMED = 20


def estimate(panel: Panel, setting: Setting) -> Effect:
    """Estimate by what share a programme changed counts, from areas with and without it, before and after.

    `value` is the rate ratio less 1 (-0.2 is a fifth fewer); `diagnostics` holds `coefficient` and `se` on the log
    scale, `rows_used`, and which areas and rows tell nothing and why. Gaps, areas without any incident, and cells that
    the model fits exactly drop out. The interval is the coefficient's by Student's t on the number of areas less 1.

    Raises `OptionError` for negative outcomes, an exposure that is not above 0, options that are not known, and where
    the programme's effect cannot be told from that of areas and periods, or every treated cell is 0.

    >>> from abate.impact.effects import Setting
    >>> from abate.impact.panels import Panel
    >>> counts = np.array([[40.0, 20.0], [30.0, 30.0], [10.0, 10.0]])
    >>> panel = Panel(("Essex", "Kent", "Surrey"), ("2018", "2019"), counts, np.array([1, 2, 2]))
    >>> round(estimate(panel, Setting("fepois")).value, 6)
    -0.5
    """
    errors, beside = _options(setting.options)
    outcomes, columns, present, shift = _arrays(panel, setting.covariates)
    telling = separation.tell(outcomes, columns, present)
    kept = separation.independent(columns, telling.used)
    if not kept[0]:
        raise OptionError(_untold(panel, outcomes, telling))
    fit = panelfits.poisson(outcomes, columns[kept], weights=telling.used.astype(np.float64), offset=shift)
    spread = ERRORS[errors](fit)
    log = _Log.of(float(fit.slopes[0]), float(spread.error[0]), float(spread.freedom[0]), setting.level)
    fitted = np.where(telling.used, fit.mean, outcomes)  # cells that tell nothing are fitted exactly
    expected = _expected(panel, fitted, present, log.slope)
    gap, *band = _gaps(panel, expected, log)
    linear = {"linear": _linear(outcomes, columns[kept], present, setting.level)} if beside else {}
    return Effect(
        setting=setting,
        panel=panel,
        value=float(np.expm1(log.slope)),
        se=float(np.exp(log.slope)) * log.se,
        low=float(np.expm1(log.low)),
        high=float(np.expm1(log.high)),
        p=log.p,
        counterfactual=expected,
        band=(band[0], band[1]),
        pre_rmse=_root_mean_square(gap[: panel.start]),
        diagnostics={
            "coefficient": log.slope,
            "se": log.se,
            "errors": errors,
            "freedom": log.freedom,
            "settled": fit.settled,
            "dispersion": panelfits.dispersion(fit),
            **_counted(panel, telling, present),
            "covariates": _told_slopes(setting.covariates, kept[1:], fit.slopes[1:], spread.error[1:]),
            "prevented": _prevented(float(fit.mean[panel.treated & telling.used].sum()), log),
            **linear,
        },
        notes=tuple(_notes(panel, telling, fit, setting.covariates, kept[1:])),
    )


@dataclass(frozen=True)
class _Log:
    """A coefficient on the log scale, its error, its interval and its p-value."""

    slope: float
    se: float
    freedom: float
    low: float
    high: float
    p: float | None

    @classmethod
    def of(cls, slope: float, se: float, freedom: float, level: float) -> _Log:
        from scipy.special import stdtr, stdtrit

        reach = float(stdtrit(freedom, 0.5 + level / 2)) * se
        p = float(2 * stdtr(freedom, -abs(slope / se))) if se > 0 else None
        return cls(slope, se, freedom, slope - reach, slope + reach, p)


def _options(given: Mapping[str, Any]) -> tuple[str, bool]:
    faults = [
        f"fepois, option '{name}': no such option. {nearest(name, _OPTIONS)}" for name in given if name not in _OPTIONS
    ]
    errors, beside = given.get("errors", "unit"), given.get("linear", False)
    if errors not in ERRORS:
        faults.append(f"fepois, errors '{errors}': no such choice. {nearest(str(errors), ERRORS)}")
    if not isinstance(beside, bool):
        faults.append(f"fepois, linear '{beside}': is either true or false")
    if faults:
        raise OptionError(*faults)
    return str(errors), bool(beside)


def _arrays(panel: Panel, covariates: Sequence[str]) -> tuple[Real, Real, Truth, Real | None]:
    """Give outcomes (0 where missing), the treatment and the covariates, which cells are whole, and log exposure."""
    faults = [
        f"--covariates '{name}': no such column. {nearest(name, panel.covariates)}"
        for name in covariates
        if name not in panel.covariates
    ]
    if not panel.ever.any():
        faults.append("fepois needs at least one area that had the programme, and none of the panel's had it")
    faults += _wrong(panel, panel.outcomes < 0, panel.outcome, "is below 0, and counts begin at 0", panel.outcomes)
    if panel.exposure is not None:
        bare = (panel.exposure <= 0) & np.isfinite(panel.outcomes)
        faults += _wrong(
            panel, bare, "the exposure", "is not above 0, and a rate needs somebody at risk", panel.exposure
        )
    if faults:
        raise OptionError(*faults)
    columns = np.stack([panel.treated.astype(np.float64), *(panel.covariates[name] for name in covariates)])
    present = np.isfinite(panel.outcomes) & np.isfinite(columns).all(axis=0)
    shift = None
    if panel.exposure is not None:
        present &= np.isfinite(panel.exposure)
        shift = np.log(np.where(present, panel.exposure, 1.0))
    whole = np.where(present, columns, 0.0) if len(columns) > 1 else columns
    return np.where(present, panel.outcomes, 0.0), whole, present, shift


def _wrong(panel: Panel, where: Truth, what: str, fault: str, values: Real) -> list[str]:
    cells = np.argwhere(where)
    said = [
        f"{panel.units[unit]}, {panel.times[time]}: {what} {values[unit, time]:g} {fault}"
        for unit, time in cells[:_TOLD]
    ]
    return [*said, f"{len(cells) - _TOLD:,} more such cells"] if len(cells) > _TOLD else said


def _untold(panel: Panel, outcomes: Real, telling: separation.Telling) -> str:
    """Say why the programme's effect cannot be told."""
    if not outcomes[panel.treated].any():
        return (
            f"{panel.outcome} is 0 in every area and period with the programme, so that no ratio can be told: "
            "take a commoner outcome or longer periods"
        )
    if not (panel.treated & telling.used).any() or not (~panel.treated & panel.ever[:, None] & telling.used).any():
        return (
            f"no area has incidents in {panel.outcome} both before and after its programme began, once areas and "
            "periods that tell nothing are left out"
        )
    return (
        "the programme cannot be told from what all areas saw in those periods: every area that tells something had "
        "it at the same time, and fepois needs areas that did not"
    )


def _expected(panel: Panel, fitted: Real, present: Truth, slope: float) -> Real:
    """Give what was to be expected without the programme."""
    return np.where(present, np.where(panel.treated, fitted * np.exp(-slope), fitted), np.nan)


def _gaps(panel: Panel, expected: Real, log: _Log) -> tuple[Real, Real, Real]:
    """Give the mean gap of the treated areas by period, and its ends; the ends are unknown before the start."""
    ever = panel.ever
    treated, base, seen = panel.treated[ever], expected[ever], panel.outcomes[ever]
    known = np.isfinite(base)
    count = np.where(known.any(axis=0), known.sum(axis=0), np.nan)
    found = []
    for end in (log.slope, log.low, log.high):
        scaled = np.where(treated, base * np.exp(log.slope - end), base)
        found.append(np.where(known, seen - scaled, 0.0).sum(axis=0) / count)
    running = treated.any(axis=0)
    return found[0], np.where(running, found[1], np.nan), np.where(running, found[2], np.nan)


def _root_mean_square(gap: Real) -> float | None:
    known = gap[np.isfinite(gap)]
    return float(np.sqrt((known**2).mean())) if len(known) else None


def _counted(panel: Panel, telling: separation.Telling, present: Truth) -> dict[str, Any]:
    quiet = [unit for unit, at in zip(panel.units, telling.quiet_rows, strict=True) if at]
    treated = panel.ever & telling.used.any(axis=1)
    return {
        "rows_used": int(telling.used.sum()),
        "units_used": int(telling.used.any(axis=1).sum()),
        "treated_units_used": int(treated.sum()),
        "dropped": {
            "rows_missing": int((~present).sum()),
            "units_without_incidents": len(quiet),
            "units_named": quiet[:_NAMED],
            "periods_without_incidents": [
                time for time, at in zip(panel.times, telling.quiet_columns, strict=True) if at
            ],
            "units_of_one_row": int(telling.single_rows.sum()),
            "periods_of_one_row": int(telling.single_columns.sum()),
            "rows_separated": int(telling.separated.sum()),
        },
    }


def _told_slopes(names: Sequence[str], kept: Truth, slopes: Real, errors: Real) -> dict[str, Any]:
    """Give the coefficient and error of each covariate; None where areas and periods say the same already."""
    found = iter(zip(slopes, errors, strict=True))
    told: dict[str, Any] = {}
    for name, use in zip(names, kept, strict=True):
        told[name] = dict(zip(("coefficient", "se"), map(float, next(found)), strict=True)) if use else None
    return told


def _prevented(fitted: float, log: _Log) -> dict[str, float]:
    """Give how many fewer there were than expected without the programme, in all treated areas and periods."""
    value, low, high = (fitted * float(np.expm1(-end)) for end in (log.slope, log.high, log.low))
    return {"value": value, "low": low, "high": high}


def _linear(outcomes: Real, columns: Real, present: Truth, level: float) -> dict[str, float]:
    """Give least squares with the same effects: the difference an area and period, in the outcome's unit."""
    fit = panelfits.linear(outcomes, columns, weights=present.astype(np.float64))
    spread = clustered.one_way(fit)
    found = _Log.of(float(fit.slopes[0]), float(spread.error[0]), float(spread.freedom[0]), level)
    return {"value": found.slope, "se": found.se, "low": found.low, "high": found.high, "rows_used": fit.cells}


def _notes(
    panel: Panel, telling: separation.Telling, fit: panelfits.Fit, names: Sequence[str], kept: Truth
) -> list[str]:
    quiet, separated = int(telling.quiet_rows.sum()), int(telling.separated.sum())
    treated = int((panel.ever & telling.used.any(axis=1)).sum())
    same = [name for name, use in zip(names, kept, strict=True) if not use]
    said = {
        f"{quiet:,} areas without any incident tell nothing about a ratio and are left out.": quiet,
        f"{separated:,} rows of 0 that the model fits exactly (separated) are left out.": separated,
        f"Areas and periods say the same as {', '.join(same)}: left out.": same,
        f"Only {treated} areas with the programme tell something: clustered errors are then too small, and placebo "
        "runs say more.": treated < _FEW,
        "The fit did not settle: read its figures with care.": not fit.settled,
    }
    return [sentence for sentence, true in said.items() if true]
