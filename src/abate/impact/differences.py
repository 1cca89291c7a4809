"""Difference in differences: how much more the treated areas changed than the others, with errors by area.

The figure is the slope of "the programme has begun" in a regression with an effect of each area and of each period; for
areas that began together, without gaps, it is the difference of two changes of means. Gaps in the panel are borne.

Options of this method (`Setting.options`):

- `exposure_weights`: true weights each area and period by the panel's exposure (such as population); false by default.
- `errors`: `clustered` (default: the usual errors by area, with the correction for few areas) or `reduced` (those that
  stay right for few treated areas, with degrees of freedom of their own).

Sources: Bertrand, Duflo and Mullainathan 2004, Quarterly Journal of Economics 119, 249-275 (errors by area);
Bell and McCaffrey 2002, Survey Methodology 28, 169-181 (`reduced`); de Chaisemartin and D'Haultfœuille 2020, American
Economic Review 110, 2964-2996 (negative weights where starts differ).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import OptionError, nearest
from abate.impact import cohortpaths, eventtimes, lots
from abate.impact.effects import Aggregate, Effect
from abate.impact.twowaydesigns import Design, design, expected, negative_share
from abate.stats import clustered, panelfits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.impact.effects import Setting
    from abate.impact.panels import Panel

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

_OPTIONS = ("exposure_weights", "errors")
_ERRORS = ("clustered", "reduced")
_OWN = ("analytic", "placebo", "bootstrap", "jackknife")
_NOTHING = 1e-9
_FEW = 10


def estimate(panel: Panel, setting: Setting) -> Effect:
    """Estimate by difference in differences what a programme did.

    `value` is the mean effect per treated area and period, in the outcome's unit. `aggregations["dynamic"]` holds the
    event study: effects by time since the start, and before it, against the last period before it; and
    `diagnostics["pretest_p"]` whether those before the start are all 0. Raises `OptionError` for an option that is not
    known, or a panel in which the programme cannot be told from the effects of areas and periods.

    >>> from abate.impact.effects import Setting
    >>> from abate.impact.panels import Panel
    >>> outcomes = np.array([[9.0, 8.0, 4.0], [8.0, 7.0, 3.5], [5.0, 4.0, 4.0], [6.0, 5.0, 4.5]])
    >>> panel = Panel(("a", "b", "c", "d"), ("1", "2", "3"), outcomes, np.array([2, 2, 3, 3]))
    >>> round(estimate(panel, Setting("did")).value, 6)
    -3.5
    """
    _check(panel, setting)
    made = design(panel, setting.covariates, exposure=bool(setting.options.get("exposure_weights", False)))
    fit = panelfits.linear(made.outcomes, made.columns, weights=made.weights)
    if float((fit.inside[0] ** 2 * made.weights).sum()) < _NOTHING * max(float(made.weights.sum()), 1.0):
        raise OptionError(
            "did cannot tell the programme from the effects of areas and periods: there must be areas that do not "
            "have it when others do, and values from before and after the start"
        )
    value = float(fit.slopes[0])
    counterfactual = expected(panel, made, dict(zip(setting.covariates, fit.slopes[1:].tolist(), strict=True)))
    effect = Effect(
        setting,
        panel,
        value,
        counterfactual=counterfactual,
        pre_rmse=_pre_rmse(panel, counterfactual),
        aggregations={"simple": Aggregate(value, None)},
        diagnostics=_diagnostics(panel, setting, made, fit),
        notes=_notes(panel, made),
    )
    found, errors = eventtimes.study(panel, made, errors=setting.options.get("errors", "clustered"))
    effect = _with_study(effect, found, errors)
    told = setting.inference or (("analytic",) if _several(panel) else ())
    for name in reversed(told):
        effect = _with_errors(effect, made, fit, name) if name in _OWN else cohortpaths.shared(effect, name)
    return effect


def _check(panel: Panel, setting: Setting) -> None:
    faults = [
        f"option '{name}' is not one of did's. {nearest(name, _OPTIONS)}"
        for name in setting.options
        if name not in _OPTIONS
    ]
    if (given := setting.options.get("errors", "clustered")) not in _ERRORS:
        faults.append(f"option errors '{given}': {nearest(f'{given}', _ERRORS)}")
    if setting.options.get("exposure_weights") and panel.exposure is None:
        faults.append("option exposure_weights: the panel has no exposure; name its column with --exposure")
    faults += [
        f"--covariates {name}: no such column. {nearest(name, panel.covariates)}"
        for name in setting.covariates
        if name not in panel.covariates
    ]
    faults += [
        f"--inference {name} does not go with did: take {', '.join((*_OWN, 'conformal'))}"
        for name in setting.inference
        if name not in (*_OWN, "conformal")
    ]
    if not panel.ever.any():
        faults.append("no area of the panel had the programme, so there is no effect to estimate")
    if "analytic" in setting.inference and not _several(panel):
        faults.append(
            "--inference analytic: one area alone had (or had not) the programme, and how such an area scatters cannot "
            "be seen from it. Take --inference placebo"
        )
    if faults:
        raise OptionError(*faults)


def _several(panel: Panel) -> bool:
    began = panel.ever & (panel.first > 0)
    free = int((~panel.ever).sum())
    return int(began.sum()) > 1 and (free > 1 or len(panel.cohorts) > 1)


def _pre_rmse(panel: Panel, counterfactual: Real) -> float | None:
    """How far the treated areas' mean lay from what was expected, before the first start."""
    gaps = (panel.outcomes - counterfactual)[panel.ever][:, : panel.start]
    known = np.isfinite(gaps)
    if not known.any():
        return None
    count = np.maximum(known.sum(axis=0), 1)
    means = np.where(known, gaps, 0.0).sum(axis=0) / count
    return float(np.sqrt(np.mean(means[known.any(axis=0)] ** 2)))


def _diagnostics(panel: Panel, setting: Setting, made: Design, fit: panelfits.Fit) -> dict[str, Any]:
    told: dict[str, Any] = {
        "cells": fit.cells,
        "missing_cells": int((made.weights == 0).sum()),
        "areas_with": int(panel.ever.sum()),
        "areas_without": int((~panel.ever).sum()),
        "negative_weight": negative_share(fit, made),
        "slopes": dict(zip(setting.covariates, fit.slopes[1:].tolist(), strict=True)),
    }
    if _several(panel):
        test = eventtimes.pretest(panel, made)
        told.update({"pretest_p": test.p, "pretest": test.kind})
    return told


def _notes(panel: Panel, made: Design) -> tuple[str, ...]:
    notes = []
    if len(panel.cohorts) > 1:
        notes.append(
            "Areas began in different periods. A regression with effects of area and period then compares some areas "
            "with others that already had the programme, and is wrong where the effect changes with time or differs "
            "between areas: use --method cs (or sdid) for the figure, and this one only beside it."
        )
    if made.always:
        notes.append(
            f"Left out, because they had the programme from the first period on: {', '.join(made.always[:5])}"
            f"{' and others' if len(made.always) > 5 else ''}."
        )
    if missing := int((~np.isfinite(panel.outcomes)).sum()):
        notes.append(f"{missing:,} missing values are left out; they are not counted as zeros.")
    if not _several(panel):
        notes.append(
            "One area alone had the programme: errors by area cannot be had from it. Take --inference placebo."
        )
    elif int(panel.ever.sum()) < _FEW or 0 < int((~panel.ever).sum()) < _FEW:
        notes.append(
            "Fewer than ten areas had (or had not) the programme: the usual errors by area are then too small. Hold "
            "them against the option errors = reduced and --inference placebo."
        )
    return tuple(notes)


def _with_study(effect: Effect, found: Real, errors: Real | None) -> Effect:
    """Put the event study in: one line an event time, with the reference as 0."""
    events = eventtimes.events(effect.panel)
    level = effect.setting.level
    lines = eventtimes.lines(events, found, errors, level)
    dynamic = Aggregate(effect.value, effect.se, lines)
    return replace(effect, aggregations={**effect.aggregations, "dynamic": dynamic})


def _spread(values: Real) -> Real:
    """Give the standard deviation of each column over the runs in which it is known; NaN where it never is."""
    known = np.isfinite(values)
    count = np.where(known.any(axis=0), known.sum(axis=0), np.nan)
    mean = np.where(known, values, 0.0).sum(axis=0) / count
    found: Real = np.sqrt(np.where(known, (values - mean) ** 2, 0.0).sum(axis=0) / count)
    return found


def _with_errors(effect: Effect, made: Design, fit: panelfits.Fit, name: str) -> Effect:
    """Fill in one kind of error, its interval, its p-value and (where it redraws) the errors of the event study."""
    panel, setting = effect.panel, effect.setting
    freedom, study = float("inf"), None
    more: dict[str, Any] = {}
    if name == "analytic":
        reduced = setting.options.get("errors") == "reduced"
        errors = clustered.bias_reduced(fit) if reduced else clustered.one_way(fit)
        se, freedom = float(errors.error[0]), float(errors.freedom[0])
    else:
        drawn = _lots(panel, setting, name)
        values = lots.run(partial(eventtimes.redrawn, panel=panel, made=made), drawn)
        scale = float(np.sqrt(len(values) - 1)) if name == "jackknife" else 1.0
        spread = _spread(values) * scale
        se, study = float(spread[0]), spread[1:]
        more = {"runs": len(values), "every_way": drawn.every}
        if name == "placebo":
            as_large = int((np.abs(values[:, 0]) >= abs(effect.value) * (1 - 1e-12)).sum())
            more["rank_p"] = (1 + as_large) / (1 + len(values))
    low, high, p = eventtimes.interval(effect.value, se, setting.level, freedom)
    told = {"se": se, "low": low, "high": high, "p": p, **more}
    if np.isfinite(freedom):
        told["freedom"] = freedom
    effect = replace(
        effect,
        se=se,
        low=low,
        high=high,
        p=p,
        aggregations={**effect.aggregations, "simple": Aggregate(effect.value, se)},
        diagnostics=cohortpaths.noted(effect.diagnostics, name, told),
    )
    if study is None:
        return effect
    return _with_study(effect, eventtimes.values(panel, made), study)


def _lots(panel: Panel, setting: Setting, name: str) -> lots.Lots:
    if name == "placebo":
        return lots.deal(panel, draws=setting.draws, seed=setting.seed)
    if name == "bootstrap":
        return lots.resample(panel, draws=setting.draws, seed=setting.seed)
    return lots.leave_out(panel)
