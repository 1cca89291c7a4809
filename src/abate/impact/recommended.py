"""What is recommended for a programme of whole areas: change in the logarithm, held against areas alike before.

Each area's logarithm in a period under the programme, less its mean over the last year before, is compared between
areas with and without it, holding alike four things that are known before the start: the level of the last year, where
the last period stood against that year, how the last year moved from the one before, and the level of the whole time
before. A programme given to the worst is given by what is then held alike, so that regression to the mean and the run
of the years before are not counted as effect. Ratios are turned back on what was observed in the treated areas, so
that small and large areas both tell how much, and the total is in offences. Errors are by area, for few areas
(`stats.comparisons`).

Areas that began in different periods are taken cohort by cohort. Missing values are borne: an area is left out where
its last year before the start, or the period, is missing. Outcomes must be above 0.

Options of this method (`Setting.options`):

- `year`: periods that make a year, or another stretch over which seasons even out; 4 by default.
- `alike`: `all` (default; the four), `level` (the last year's level alone) or `none` (nothing: difference in
  differences of logarithms from the last year).

Covariates that the setting names are held alike as well, by their mean over the last year before the start.

Sources: Lechner 2011, Foundations and Trends in Econometrics 4, 165-224 (differences in differences with what stood
before held alike); Imai, Kim and Wang 2023, American Journal of Political Science 67, 587-605 (past outcomes held
alike in panels); Imbens and Kolesár 2016, Review of Economics and Statistics 98, 701-712 (errors).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import OptionError, nearest
from abate.impact import cohortpaths, ratiocohorts
from abate.impact.effects import PER, Aggregate, Effect, GroupEffect

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.impact.effects import Setting
    from abate.impact.panels import Panel
    from abate.impact.ratiocohorts import Cohort, Total

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

_OPTIONS = ("year", "alike")
SHARED = ("placebo",)
LEAST_TO_SEE = 2.8
"""Errors to which a fall must come to be seen in four of five records: 1.96 + 0.84."""
_TOLD = 5
_NARROW = 0.2


def estimate(panel: Panel, setting: Setting) -> Effect:
    """Estimate what a programme did by change in the logarithm, held against areas that were alike before.

    `value`, `groups` and `aggregations` are mean effects per treated area and period, in the outcome's unit.
    `diagnostics["log_ratio"]` is the ratio over all with its interval (-0.05 is about 5% fewer), those by cohort and
    period stand in `diagnostics["cohorts"]`, and `diagnostics["overlap"]` says how much of who was treated the things
    held alike leave open: below 0.2 the answer rests on their straight line. Raises `OptionError` for values that are
    not above 0, options that are not known, and where there is no area to compare with.

    >>> from abate.impact.effects import Setting
    >>> from abate.impact.panels import Panel
    >>> outcomes = np.outer([10.0, 20.0, 30.0, 40.0, 80.0], [1.0, 1.2, 1.1, 1.3])
    >>> outcomes[:2, 2:] *= 0.9
    >>> panel = Panel(tuple("abcde"), ("1", "2", "3", "4"), outcomes, np.array([2, 2, 4, 4, 4]))
    >>> found = estimate(panel, Setting("recommended", options={"year": 2, "alike": "none"}))
    >>> round(found.diagnostics["log_ratio"]["value"], 6) == round(float(np.log(0.9)), 6)
    True
    """
    _check(panel, setting)
    cohorts = [ratiocohorts.compare(panel, setting, start) for start in panel.cohorts]
    wanted = ratiocohorts.expected(panel, cohorts)
    plain = ratiocohorts.total(panel, cohorts, wanted, scale=None, level=setting.level)
    if plain is None:
        raise OptionError("recommended: no treated area has values both in its last year before the start and after it")
    people = None if panel.exposure is None else panel.exposure / PER
    counted = ratiocohorts.total(panel, cohorts, wanted, scale=people, level=setting.level) or plain
    effect = Effect(
        setting,
        panel,
        value=-plain.value / plain.cells,
        se=plain.se / plain.cells,
        low=-plain.high / plain.cells,
        high=-plain.low / plain.cells,
        p=plain.p,
        counterfactual=wanted,
        band=_band(panel, cohorts, wanted, setting.level),
        weights=_weights(panel, cohorts),
        pre_rmse=_pre_rmse(panel, wanted),
        groups=_groups(panel, cohorts, wanted, setting.level),
        aggregations=_aggregations(panel, cohorts, wanted, plain, setting.level),
        diagnostics=_diagnostics(panel, cohorts, plain, counted),
        notes=_notes(panel, cohorts),
    )
    for name in reversed(setting.inference):
        if name in SHARED:
            effect = cohortpaths.shared(effect, name)
    return effect


def _check(panel: Panel, setting: Setting) -> None:
    faults = [
        f"option '{name}' is not one of recommended's. {nearest(name, _OPTIONS)}"
        for name in setting.options
        if name not in _OPTIONS
    ]
    year = setting.options.get("year", 4)
    if isinstance(year, bool) or not isinstance(year, int) or year < 1:
        faults.append(f"option year '{year}' should be a whole number of periods from 1 upwards, such as 4 or 12")
    elif panel.ever.any() and panel.start < year:
        faults.append(
            f"recommended needs a year before the start ({year} periods), and there are {panel.start}: give earlier "
            "periods, or say with the option year how many make one"
        )
    if (alike := setting.options.get("alike", "all")) not in ratiocohorts.ALIKE:
        faults.append(f"option alike '{alike}': {nearest(f'{alike}', ratiocohorts.ALIKE)}")
    faults += [
        f"--covariates {name}: no such column. {nearest(name, panel.covariates)}"
        for name in setting.covariates
        if name not in panel.covariates
    ]
    faults += [
        f"--inference {name} does not go with recommended: take analytic, {', '.join(SHARED)}"
        for name in setting.inference
        if name not in ("analytic", *SHARED)
    ]
    if not panel.ever.any():
        faults.append("no area of the panel had the programme, so there is no effect to estimate")
    bare = np.argwhere(panel.outcomes <= 0)
    if len(bare):
        said = "; ".join(f"{panel.units[at]} in {panel.times[time]}" for at, time in bare[:_TOLD])
        faults.append(
            f"recommended compares ratios, and {panel.outcome} is not above 0 for {said}"
            f"{f' and {len(bare) - _TOLD:,} more' if len(bare) > _TOLD else ''}: take longer periods or larger areas, "
            "or fepois, which bears zeros"
        )
    if faults:
        raise OptionError(*faults)


def _band(panel: Panel, cohorts: list[Cohort], wanted: Real, level: float) -> tuple[Real, Real]:
    """Give the ends of the treated areas' mean gap, one a period; NaN before the start."""
    ends = np.full((2, len(panel.times)), np.nan)
    for place in range(panel.start, len(panel.times)):
        if found := ratiocohorts.total(panel, cohorts, wanted, scale=None, level=level, only=_in(panel, place)):
            ends[:, place] = -found.high / found.cells, -found.low / found.cells
    return ends[0], ends[1]


def _pre_rmse(panel: Panel, wanted: Real) -> float | None:
    gaps = (panel.outcomes - wanted)[panel.ever][:, : panel.start]
    means = ratiocohorts.mean(gaps.T)
    known = means[np.isfinite(means)]
    return float(np.sqrt(np.mean(known**2))) if len(known) else None


def _weights(panel: Panel, cohorts: list[Cohort]) -> dict[str, float]:
    """Give what each other area counts in the comparison, as the mean over treated areas and periods."""
    cells = np.array([float(each.areas.sum()) * np.isfinite(each.logs).sum() for each in cohorts])
    found = np.average(np.stack([each.weights for each in cohorts]), axis=0, weights=cells)
    return {unit: float(weight) for unit, weight in zip(panel.units, found, strict=True) if weight != 0}


def _groups(panel: Panel, cohorts: list[Cohort], wanted: Real, level: float) -> tuple[GroupEffect, ...]:
    """Give the mean gap of each cohort in each period, in the outcome's unit."""
    return tuple(
        GroupEffect(each.start, place, -one.value / one.cells, one.se / one.cells)
        for each in cohorts
        for place in range(each.start, len(panel.times))
        if (one := ratiocohorts.total(panel, [each], wanted, scale=None, level=level, only=_in(panel, place)))
    )


def _in(panel: Panel, place: int) -> Truth:
    found: Truth = np.broadcast_to(np.arange(len(panel.times)) == place, panel.outcomes.shape)
    return found


def _aggregations(
    panel: Panel, cohorts: list[Cohort], wanted: Real, plain: Total, level: float
) -> dict[str, Aggregate]:
    """Give the mean gap over all, and by time since the start, in the outcome's unit."""
    since = np.arange(len(panel.times))[None, :] - panel.first[:, None]
    lines = []
    for event in range(len(panel.times) - panel.start):
        if one := ratiocohorts.total(panel, cohorts, wanted, scale=None, level=level, only=since == event):
            value, low, high, se = (part / one.cells for part in (-one.value, -one.high, -one.low, one.se))
            lines.append({"at": event, "value": value, "se": se, "low": low, "high": high})
    mean, error = -plain.value / plain.cells, plain.se / plain.cells
    return {"simple": Aggregate(mean, error), "dynamic": Aggregate(mean, error, tuple(lines))}


def _diagnostics(panel: Panel, cohorts: list[Cohort], plain: Total, counted: Total) -> dict[str, Any]:
    return {
        "log_ratio": {"value": plain.log_ratio, "se": plain.log_se, "low": plain.log_low, "high": plain.log_high},
        "prevented": {"value": counted.value, "low": counted.low, "high": counted.high, "se": counted.se},
        "freedom": plain.freedom,
        "cells": plain.cells,
        "overlap": min(each.overlap for each in cohorts),
        "least_weight": min(float(each.weights[each.others].min()) for each in cohorts),
        "least_to_see": LEAST_TO_SEE * counted.se,
        "cohorts": [
            {
                "first": panel.times[each.start],
                "areas": [unit for unit, own in zip(panel.units, each.areas, strict=True) if own],
                "compared_with": int(each.others.sum()),
                "overlap": each.overlap,
                "freedom": each.freedom,
                "slopes": dict(each.slopes),
                "log_ratios": _logs(panel, each),
            }
            for each in cohorts
        ],
    }


def _logs(panel: Panel, each: Cohort) -> list[dict[str, Any]]:
    errors = np.sqrt((each.pulls**2).sum(axis=0))
    return [
        {"time": panel.times[each.start + place], "value": float(log), "se": float(error)}
        for place, (log, error) in enumerate(zip(each.logs, errors, strict=True))
        if np.isfinite(log)
    ]


def _notes(panel: Panel, cohorts: list[Cohort]) -> tuple[str, ...]:
    notes = []
    overlap = min(each.overlap for each in cohorts)
    if overlap < _NARROW:
        notes.append(
            f"What is held alike tells most of who was treated (overlap {overlap:.2f}): hardly any area without the "
            "programme is like those with it, and the answer rests on a straight line drawn from the others."
        )
    left = [
        panel.units[at]
        for each in cohorts
        for at in np.flatnonzero(panel.first == each.start)
        if not each.areas[at] or not np.isfinite(panel.outcomes[at, each.start :]).any()
    ]
    if left:
        notes.append(
            f"Left out, because values are missing in the last year before the start or after it: "
            f"{', '.join(left[:_TOLD])}{' and others' if len(left) > _TOLD else ''}."
        )
    if missing := int((~np.isfinite(panel.outcomes)).sum()):
        notes.append(f"Left out as missing, and not counted as zeros: {missing:,} of {panel.outcomes.size:,} values.")
    if min(int(each.areas.sum()) for each in cohorts) == 1:
        notes.append(
            "One area alone began in its period: how such an area scatters cannot be seen from it, and the error is "
            "that of the others."
        )
    return tuple(notes)
