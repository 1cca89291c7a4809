"""Synthetic control matched on predictors (`sc-predictors`): a mix of controls that is like the area before its start.

Each area with the programme has its own mix of controls, with weights of 0 or more that add up to 1, nearest to it on
predictors such as means of income and a few earlier outcomes, each on the scale of its spread over the areas. How much
each predictor counts is sought so that the mix follows the area's outcomes over the fit window best; given that, the
weights are the exact optimum.

Options: `design` (an `abate.impact.designs.Design`, from `--design FILE`; without one the means of `--covariates` and
three earlier outcomes are taken, and a note says so); `leave_out` (true: also without each predictor in turn, in
`diagnostics["without_predictor"]`; false for none); `search` (`full`, or `quick` where many areas had the programme).

Sources: Abadie, Diamond and Hainmueller 2010, Journal of the American Statistical Association 105, 493-505; Abadie,
Diamond and Hainmueller 2015, American Journal of Political Science 59, 495-510 (a training window for the importances);
Becker and Klößner 2018, Econometrics and Statistics 5, 1-19 (why the outer search has to be thorough).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import OptionError, nearest
from abate.impact import designs, donors, inferences
from abate.impact.designs import Design
from abate.stats import importances

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from abate.impact.effects import Effect, Setting
    from abate.impact.panels import Panel

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

_OPTIONS = ("design", "leave_out", "search")
_INFERENCES = ("placebo",)


@dataclass(frozen=True)
class Matched:
    """One area's mix: weights of its donors, importances of the predictors, mean square over the fit window."""

    weights: Real
    importances: Real
    fit_mspe: float
    starts: int | None


def estimate(panel: Panel, setting: Setting) -> Effect:
    """Estimate what the programme did, against mixes of controls that are like the treated areas on predictors.

    The diagnostics hold `fit_mspe` (mean squared gap over the fit window), `importances` by predictor, `balance` (each
    predictor of the area, of its mix and of the mean control) and `without_predictor`; for several treated areas
    `by_area` has those of each. Raises `OptionError` with every fault of the design.
    """
    _check(panel, setting)
    design = setting.options.get("design") or designs.usual(panel, setting.covariates)
    designs.check(design, panel)
    effect = _estimate(panel, setting, design)
    if not setting.options.get("design"):
        effect = replace(effect, notes=(*effect.notes, _usual_note(design)))
    if setting.options.get("leave_out", True) and len(design.predictors) > 1:
        effect = replace(effect, diagnostics={**effect.diagnostics, "without_predictor": leave_out(effect)})
    plain = replace(setting, options={**setting.options, "design": design, "leave_out": False})
    return replace(inferences.fill(replace(effect, setting=plain)), setting=setting)


def leave_out(effect: Effect) -> list[dict[str, Any]]:
    """Estimate again without each predictor in turn, by a quick search: `predictor`, `value` and `pre_rmse` without."""
    panel, setting = effect.panel, effect.setting
    design = setting.options.get("design") or designs.usual(panel, setting.covariates)
    quick = replace(setting, options={**setting.options, "search": "quick"})
    found = []
    for place, left in enumerate(design.predictors):
        kept = tuple(one for at, one in enumerate(design.predictors) if at != place)
        without = _estimate(panel, quick, replace(design, predictors=kept))
        found.append({"predictor": left.name, "value": without.value, "pre_rmse": without.pre_rmse})
    return found


def _estimate(panel: Panel, setting: Setting, design: Design) -> Effect:
    counterfactual = np.full(panel.outcomes.shape, np.nan)
    areas = np.flatnonzero(panel.ever)
    weights = np.zeros((len(areas), len(panel.units)))
    told = []
    for row, area in enumerate(areas):
        start = int(panel.first[area])
        for begin, until, able in donors.stretches(panel, start, setting.controls):
            matched = match(panel, design, int(area), able, quick=setting.options.get("search") == "quick")
            expected = matched.weights @ panel.outcomes[able]
            counterfactual[area, begin:until] = expected[begin:until]
            if begin == start:
                counterfactual[area, :start] = expected[:start]
                weights[row, able] = matched.weights
                told.append(_told(panel, design, int(area), able, matched))
    names = [panel.units[area] for area in areas]
    mine: dict[str, Any] = told[0] if len(told) == 1 else {"by_area": dict(zip(names, told, strict=True))}
    mspe = float(np.mean([one["fit_mspe"] for one in told]))
    return donors.tell(panel, setting, counterfactual, weights, {**mine, "fit_mspe": mspe})


def match(panel: Panel, design: Design, area: int, able: Truth, *, quick: bool = False) -> Matched:
    """Find one area's mix of the areas that are able to be donors; the design must have been checked."""
    window = slice(0, int(panel.first[area])) if design.fit is None else designs.span(design.fit, panel)
    used = able.copy()
    used[area] = True
    follow = panel.outcomes[:, window]
    outcomes = (follow[able] - follow[area]).T
    main = _scaled(designs.gather(design, panel), used)
    if all(one.weight is not None for one in design.predictors):
        given = np.array([one.weight for one in design.predictors], dtype=np.float64)
        weights = importances.match((main[able] - main[area]).T, given / given.sum())
        return Matched(weights, given / given.sum(), float(np.mean((outcomes @ weights) ** 2)), None)
    training = _scaled(designs.gather(design, panel, training=True), used)
    starts = importances.regressed(training[used], follow[used])[None]
    found = importances.search((training[able] - training[area]).T, outcomes, starts=starts, quick=quick)
    weights = found.weights
    if any(one.training is not None for one in design.predictors):
        weights = importances.match((main[able] - main[area]).T, found.importances)
    return Matched(weights, found.importances, float(np.mean((outcomes @ weights) ** 2)), found.starts)


def _scaled(values: Real, used: Truth) -> Real:
    """Put each predictor on the scale of its spread over the areas used; one that never varies is 0 throughout."""
    centred = values - values[used].mean(axis=0)
    spread = values[used].std(axis=0, ddof=1)
    varies = spread > 1e-12 * np.abs(values[used]).max(axis=0)
    found: Real = np.where(varies, centred / np.where(varies, spread, 1.0), 0.0)
    return found


def _told(panel: Panel, design: Design, area: int, able: Truth, matched: Matched) -> dict[str, Any]:
    values = designs.gather(design, panel)
    balance = [
        {"predictor": one.name, "area": float(own), "mix": float(mix), "controls": float(mean)}
        for one, own, mix, mean in zip(
            design.predictors, values[area], matched.weights @ values[able], values[able].mean(axis=0), strict=True
        )
    ]
    found: dict[str, Any] = {
        "fit_mspe": matched.fit_mspe,
        "importances": [
            {"predictor": one.name, "importance": float(value)}
            for one, value in zip(design.predictors, matched.importances, strict=True)
        ],
        "balance": balance,
    }
    return found if matched.starts is None else {**found, "searches_at_the_best": matched.starts}


def _check(panel: Panel, setting: Setting) -> None:
    faults = [*_faults(setting.options)]
    faults += [
        f"--inference {name}: sc-predictors has placebo alone, since a design is bound to its periods"
        for name in setting.inference
        if name not in _INFERENCES
    ]
    if faults:
        raise OptionError(*faults)
    donors.check(panel, setting)


def _faults(options: Mapping[str, Any]) -> list[str]:
    faults = [
        f"sc-predictors has no option '{name}'. {nearest(name, _OPTIONS)}" for name in options if name not in _OPTIONS
    ]
    if not isinstance(options.get("design"), Design | None):
        faults.append("sc-predictors, design: is a design of predictors, such as a file given with --design holds")
    if not isinstance(options.get("leave_out", True), bool):
        faults.append(f"sc-predictors, leave_out {options['leave_out']!r}: is either true or false")
    if options.get("search", "full") not in ("full", "quick"):
        faults.append(f"sc-predictors, search {options['search']!r}: is either full or quick")
    return faults


def _usual_note(design: Design) -> str:
    said = "; ".join(one.name for one in design.predictors)
    return f"no --design was given, so the predictors are chosen by rule: {said}"
