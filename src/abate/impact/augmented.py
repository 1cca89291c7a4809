"""Augmented synthetic control (`ascm`): a mix of controls, put right by a ridge regression where it does not fit.

Synthetic control is biased when no mix comes near the area before its start. Here the mix is made first; what it
leaves is carried over by a ridge regression of later outcomes on earlier ones. The weights still add up to 1 but may
fall below 0, which reaches beyond the controls: the penalty, chosen by leaving out periods, says how far. Covariates of
the setting are averaged over the time before, put on the scale of the outcomes, and balanced together with these.

Areas that began together are taken as one, by their mean (option `pooled`); each start has its own time before.

Options: `lambda` (0 or more: the penalty, instead of choosing it), `rule` (`1se`: the largest penalty within a standard
error of the best; or `min`), `holdout` (periods left out at a time, 1), `intercept` (true: only movements about each
area's own mean before the start are matched), `pooled` (false: each area by itself).

Source: Ben-Michael, Feller and Rothstein 2021, Journal of the American Statistical Association 116, 1789-1803, with the
choice of the penalty as in its software augsynth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from abate.errors import OptionError, nearest
from abate.impact import donors, inferences
from abate.stats import augmentation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from abate.impact.effects import Effect, Setting
    from abate.impact.panels import Panel

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]
    Whole = NDArray[np.int64]

_OPTIONS = ("lambda", "rule", "holdout", "intercept", "pooled")
_FEWEST = 3
_TOLD = 5


@dataclass(frozen=True)
class Choices:
    """The options of augmented synthetic control, as the module tells them; `penalty` is `lambda`."""

    penalty: float | None = None
    rule: Literal["1se", "min"] = "1se"
    holdout: int = 1
    intercept: bool = False
    pooled: bool = True


@dataclass(frozen=True)
class Fitted:
    """The mix for one target: `expected` by period, weights of its donors, the same without the ridge, the penalty."""

    expected: Real
    weights: Real
    plain: Real
    penalty: float


def estimate(panel: Panel, setting: Setting) -> Effect:
    """Estimate what the programme did, against mixes of controls that a ridge regression puts right.

    The diagnostics hold `lambda`, `pre_l2_imbalance` (length of the gap before the start), `scaled_l2_imbalance` (that
    over the gap to the mean control), `without_ridge` (the effect and imbalance of the mix alone), `bias_removed` (what
    the ridge took off the effect) and `negative_weight` (sum of the weights below 0). Raises `OptionError` for gaps, a
    covariate that cannot be balanced, too little before the start, or a wrong option.
    """
    choices = choose(setting)
    donors.check(panel, setting)
    _check(panel, setting, choices)
    expected, plain = (np.full(panel.outcomes.shape, np.nan) for _ in range(2))
    weights = np.zeros((int(panel.ever.sum()), len(panel.units)))
    rows, told = np.cumsum(panel.ever) - 1, []
    for areas in _targets(panel, choices):
        start = int(panel.first[areas[0]])
        for begin, until, able in donors.stretches(panel, start, setting.controls):
            fitted = fit(panel, areas, able, setting=setting)
            shift = _shift(panel, areas, start)
            low = 0 if begin == start else begin
            expected[areas, low:until] = (fitted.expected + shift)[:, low:until]
            plain[areas, low:until] = (_path(panel, areas, able, fitted.plain, choices) + shift)[:, low:until]
            if begin == start:
                weights[np.ix_(rows[areas], able)] = fitted.weights
                told.append(_told(panel, areas, able, fitted))
    effect = donors.tell(panel, setting, expected, weights, _diagnostics(panel, plain, expected, told))
    return _sure(effect, told)


def _sure(effect: Effect, told: list[dict[str, Any]]) -> Effect:
    """Fill in the inferences asked for, the first last; those that refit the same areas keep the penalty found."""
    setting = effect.setting
    held = {**setting.options, "lambda": told[0]["lambda"]} if len(told) == 1 else setting.options
    for name in reversed(setting.inference):
        options = setting.options if name == "placebo" else held
        effect = inferences.fill(replace(effect, setting=replace(setting, inference=(name,), options=options)))
    return replace(effect, setting=setting)


def choose(setting: Setting) -> Choices:
    """Read the options of a setting; raises `OptionError` with a sentence for each that is not right.

    >>> from abate.impact.effects import Setting
    >>> choose(Setting("ascm", options={"lamda": 1}))
    Traceback (most recent call last):
    abate.errors.OptionError: ascm has no option 'lamda'. Did you mean 'lambda'? Known are: lambda, rule, holdout, \
intercept, pooled.
    """
    options = setting.options
    if faults := [*_unknown(options), *_wrong(options)]:
        raise OptionError(*faults)
    given = {("penalty" if name == "lambda" else name): value for name, value in options.items()}
    return Choices(**given)


def fit(panel: Panel, areas: Whole, able: Truth, *, setting: Setting) -> Fitted:
    """Fit the mean of some areas that began together by the areas that are able to be donors."""
    choices = choose(setting)
    target, pool = _matched(panel, areas, able, setting.covariates, choices)
    chosen = choices.penalty
    if chosen is None:
        level = int(panel.first[areas[0]]) if choices.intercept else 0
        found = augmentation.choose(target, pool, holdout=choices.holdout, rule=choices.rule, level=level)
        chosen = found.penalty
    plain, weights = augmentation.weigh(target, pool, penalties=np.array([np.inf, chosen]))
    return Fitted(_path(panel, areas, able, weights, choices), weights, plain, chosen)


def _matched(
    panel: Panel, areas: Whole, able: Truth, covariates: tuple[str, ...], choices: Choices
) -> tuple[Real, Real]:
    """Give what is matched of the areas' mean and of each donor, both less the donors' mean."""
    start = int(panel.first[areas[0]])
    before = panel.outcomes[:, :start]
    if choices.intercept:
        before = before - before.mean(axis=1, keepdims=True)
    middle = before[able].mean(axis=0)
    target, pool = before[areas].mean(axis=0) - middle, before[able] - middle
    scale = float(np.std(pool, ddof=1))
    for name in covariates:
        values = _mean_before(panel, name, start)
        centre, spread = values[able].mean(), values[able].std(ddof=1)
        target = np.append(target, (values[areas].mean() - centre) / spread * scale)
        pool = np.column_stack([pool, (values[able] - centre) / spread * scale])
    return target, pool


def _mean_before(panel: Panel, name: str, start: int) -> Real:
    """Give each area's mean of a covariate over the values that are there before the start; NaN where none is."""
    values = (panel.outcomes if name == panel.outcome else panel.covariates[name])[:, :start]
    known = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        found: Real = np.where(known, values, 0.0).sum(axis=1) / known.sum(axis=1)
    return found


def _path(panel: Panel, areas: Whole, able: Truth, weights: Real, choices: Choices) -> Real:
    expected: Real = weights @ panel.outcomes[able]
    if not choices.intercept:
        return expected
    start = int(panel.first[areas[0]])
    return expected + float((panel.outcomes[areas].mean(axis=0) - expected)[:start].mean())


def _shift(panel: Panel, areas: Whole, start: int) -> Real:
    """Give how far each area lies from the areas' mean before the start, which its own path keeps."""
    before = panel.outcomes[areas, :start]
    found: Real = (before - before.mean(axis=0)).mean(axis=1, keepdims=True)
    return found


def _targets(panel: Panel, choices: Choices) -> list[Whole]:
    if choices.pooled:
        return [np.flatnonzero(panel.first == start) for start in panel.cohorts]
    return [np.array([area]) for area in np.flatnonzero(panel.ever)]


def _told(panel: Panel, areas: Whole, able: Truth, fitted: Fitted) -> dict[str, Any]:
    start = int(panel.first[areas[0]])
    own = panel.outcomes[areas, :start].mean(axis=0)
    length = float(np.linalg.norm(own - fitted.expected[:start]))
    mean = float(np.linalg.norm(own - panel.outcomes[able, :start].mean(axis=0)))
    return {
        "began": panel.times[start],
        "areas": [panel.units[area] for area in areas],
        "lambda": fitted.penalty,
        "pre_l2_imbalance": length,
        "scaled_l2_imbalance": length / mean if mean > 0 else float(length > 0),
    }


def _diagnostics(panel: Panel, plain: Real, expected: Real, told: list[dict[str, Any]]) -> dict[str, Any]:
    """Put the figures of all targets together: lengths and penalties by the number of areas."""
    known = panel.treated & np.isfinite(expected)
    values = [float((panel.outcomes - path)[known].mean()) for path in (plain, expected)]
    before = ~panel.treated & panel.ever[:, None]
    found: dict[str, Any] = {
        "without_ridge": {
            "value": values[0],
            "pre_rmse": float(np.sqrt(np.mean((panel.outcomes - plain)[before] ** 2))),
        },
        "bias_removed": values[0] - values[1],
    }
    if len(told) == 1:
        return {**told[0], **found}
    return {"by_target": told, **found}


def _check(panel: Panel, setting: Setting, choices: Choices) -> None:
    faults = []
    few = [panel.times[start] for start in panel.cohorts if start < max(_FEWEST, choices.holdout + 2)]
    if few and choices.penalty is None:
        faults.append(
            f"ascm chooses its penalty by leaving out periods before the start, and before {', '.join(few)} there are "
            f"fewer than {max(_FEWEST, choices.holdout + 2)}: give the option lambda, or use sc"
        )
    for start in panel.cohorts:
        for _, _, able in donors.stretches(panel, start, setting.controls):
            if int(able.sum()) < 2:
                faults.append(f"ascm needs two controls or more, and there is one for {panel.times[start]}: use did")
            else:
                faults += _covariate_faults(panel, setting, start, able)
    if faults:
        raise OptionError(*dict.fromkeys(faults))


def _covariate_faults(panel: Panel, setting: Setting, start: int, able: Truth) -> list[str]:
    faults = []
    used = able | (panel.first == start)
    for name in setting.covariates:
        values = _mean_before(panel, name, start)
        empty = [panel.units[at] for at in np.flatnonzero(used & ~np.isfinite(values))]
        if empty:
            more = f" and {len(empty) - _TOLD:,} more" if len(empty) > _TOLD else ""
            faults.append(
                f"--covariates {name}: has no value before {panel.times[start]} for {', '.join(empty[:_TOLD])}{more}: "
                "leave those areas or the covariate out"
            )
        elif np.ptp(values[able]) <= 1e-12 * np.abs(values[able]).max():
            faults.append(f"--covariates {name}: is the same in every control, so that there is nothing to balance")
    return faults


def _unknown(options: Mapping[str, Any]) -> list[str]:
    return [f"ascm has no option '{name}'. {nearest(name, _OPTIONS)}" for name in options if name not in _OPTIONS]


def _wrong(options: Mapping[str, Any]) -> list[str]:
    faults = []
    penalty, holdout = options.get("lambda"), options.get("holdout", 1)
    number = isinstance(penalty, int | float) and not isinstance(penalty, bool) and 0 <= penalty < float("inf")
    if penalty is not None and not number:
        faults.append(f"ascm, lambda {penalty!r}: is a number of 0 or more")
    if not isinstance(holdout, int) or isinstance(holdout, bool) or holdout < 1:
        faults.append(f"ascm, holdout {holdout!r}: is a number of periods, 1 or more")
    if options.get("rule", "1se") not in ("1se", "min"):
        faults.append(f"ascm, rule {options['rule']!r}: is either 1se or min")
    wrong = [name for name in ("intercept", "pooled") if not isinstance(options.get(name, False), bool)]
    return faults + [f"ascm, {name} {options[name]!r}: is either true or false" for name in wrong]
