"""Calibration weights for a panel of areas: controls weighted so that their totals before the start are those treated.

Areas without the programme get weights of 0 or more, by which their number, their outcome in every period before the
start, and the mean of each covariate before it agree with those of the treated areas together. All treated areas must
have begun in one period. With few areas and many periods no weights can do all that; then `ladders` tells what is given
up, and so does a note. For many small places and several outcomes at once there is `abate impact calibrate`.

Options of this method (`Setting.options`):

- `stretch`: balance the outcome in stretches of so many periods, counted back from the start (default 1).
- `errors`: `together` (default: an area's periods count as one draw) or `apart` (each as its own).

Inference: `analytic` (linearised, the default), and those of `inferences`. Source: Robbins, Saunders and Kilmer 2017,
Journal of the American Statistical Association 112, 109-126.
"""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError, nearest
from abate.impact import inferences, ladders
from abate.impact.effects import Effect
from abate.stats import weightedmeans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from abate.impact.effects import Setting
    from abate.impact.ladders import Ladder, Weighed
    from abate.impact.panels import Panel
    from abate.stats.weightedmeans import Draws

    Real = NDArray[np.float64]

_OPTIONS = ("stretch", "errors")
_ERRORS = ("together", "apart")
_SEEN = 1e-9
_SEVERAL = 2
GIVEN_UP = (
    "",
    "single periods before the start agree only as nearly as can be; their sum agrees",
    "single periods before the start and covariates agree only as nearly as can be; the sum of periods agrees",
    "all totals before the start agree only as nearly as can be",
)


def estimate(panel: Panel, setting: Setting) -> Effect:
    """Estimate what a programme did, against areas weighted to match those that had it before the start.

    `value` is the mean effect per treated area and period. Raises `OptionError` for an option that is not known, gaps,
    areas that began in different periods, or no area on one side.

    >>> from abate.impact.effects import Setting
    >>> from abate.impact.panels import Panel
    >>> outcomes = np.array([[4.0, 6.0, 3.0], [2.0, 4.0, 4.0], [6.0, 8.0, 8.0], [9.0, 1.0, 7.0]])
    >>> panel = Panel(("a", "b", "c", "d"), ("1", "2", "3"), outcomes, np.array([2, 3, 3, 3]))
    >>> round(estimate(panel, Setting("calibrate")).value, 6)
    -3.0
    """
    _check(panel, setting)
    ladder = _ladder(panel, setting)
    weighed = ladders.weigh(ladder, panel.ever, np.ones(len(panel.units), dtype=bool))
    held = np.where(panel.ever, 0.0, weighed.weights)
    expected = held @ panel.outcomes / held.sum()
    counterfactual = np.where(panel.ever[:, None], expected, np.nan)
    gaps = panel.outcomes[panel.ever].mean(axis=0) - expected
    effect = Effect(
        setting,
        panel,
        float(gaps[panel.start :].mean()),
        counterfactual=counterfactual,
        weights={panel.units[at]: float(held[at] / held.sum()) for at in np.flatnonzero(held > 0)},
        pre_rmse=float(np.sqrt(np.mean(gaps[: panel.start] ** 2))),
        diagnostics=_diagnostics(ladder, weighed, held),
        notes=_notes(weighed, held),
    )
    wanted = setting.inference or (("analytic",) if int(panel.ever.sum()) >= _SEVERAL else ())
    effect = inferences.fill(effect, own={"analytic": "linearised"})
    return _linearised(effect, weighed.weights) if "analytic" in wanted else effect


def _check(panel: Panel, setting: Setting) -> None:
    panel.whole("calibrate")
    faults = [
        f"option '{name}' is not one of calibrate's. {nearest(name, _OPTIONS)}"
        for name in setting.options
        if name not in _OPTIONS
    ]
    stretch, errors = setting.options.get("stretch", 1), setting.options.get("errors", "together")
    if not isinstance(stretch, int) or stretch < 1:
        faults.append(f"option stretch {stretch!r}: a number of periods from 1 on")
    if errors not in _ERRORS:
        faults.append(f"option errors '{errors}': {nearest(str(errors), _ERRORS)}")
    faults += [*_unfit_covariates(panel, setting), *_unfit_starts(panel)]
    if "analytic" in setting.inference and int(panel.ever.sum()) < _SEVERAL:
        faults.append("--inference analytic: one area alone had the programme; take --inference placebo")
    if faults:
        raise OptionError(*faults)


def _unfit_covariates(panel: Panel, setting: Setting) -> Iterator[str]:
    for name in setting.covariates:
        if name not in panel.covariates:
            yield f"--covariates {name}: no such column. {nearest(name, panel.covariates)}"
        elif not np.isfinite(panel.covariates[name][:, : panel.start]).any(axis=1).all():
            yield f"--covariates {name}: an area has no value before the start"


def _unfit_starts(panel: Panel) -> Iterator[str]:
    if not panel.cohorts:
        yield "no area of the panel had the programme, so there is no effect to estimate"
    elif len(panel.cohorts) > 1:
        yield "calibrate is for areas that all began in one period; use --method sdid or cs where starts differ"
    elif panel.start == 0:
        yield "the programme runs from the first period on, so there is nothing before it to go by"
    if panel.ever.all():
        yield "every area had the programme: calibrate needs areas that never had it"


def _ladder(panel: Panel, setting: Setting) -> Ladder:
    start, stretch = panel.start, int(setting.options.get("stretch", 1))
    return ladders.build(
        panel.times,
        range(start),
        {panel.outcome: panel.outcomes},
        {name: np.nanmean(panel.covariates[name][:, :start], axis=1) for name in setting.covariates},
        windows={panel.outcome: (stretch,) * -(-start // stretch)},
        places=len(panel.units),
    )


def _linearised(effect: Effect, weights: Real) -> Effect:
    """Fill in the linearised error where the setting names it first; its interval stands beside the others' always."""
    panel, setting = effect.panel, effect.setting
    draws: Draws = "apart" if setting.options.get("errors") == "apart" else "together"
    after = panel.outcomes[None, :, panel.start :]
    error = float(np.sqrt(weightedmeans.compare(after, weights, panel.ever, draws=draws).covariance[0, 0]))
    reach = NormalDist().inv_cdf((1 + setting.level) / 2) * error
    low, high = effect.value - reach, effect.value + reach
    told = {**effect.diagnostics}
    told["intervals"] = {**told.get("intervals", {}), "analytic": [low, high]}
    if setting.inference and setting.inference[0] != "analytic":
        return replace(effect, diagnostics=told)
    p = 2 * NormalDist().cdf(-abs(effect.value) / error) if error > 0 else None
    return replace(effect, se=error, p=p, low=low, high=high, diagnostics=told)


def _diagnostics(ladder: Ladder, weighed: Weighed, held: Real) -> dict[str, object]:
    size = np.abs(ladder.columns).sum(axis=0)
    off = np.abs(weighed.misfit) > _SEEN * np.maximum(size, 1.0)
    return {
        "balanced": ladders.RUNGS[weighed.rung],
        "approximate": [
            {"total": total.words, "off_by": float(gap)}
            for total, gap, wide in zip(ladder.totals, weighed.misfit, off, strict=True)
            if wide
        ],
        "controls_used": int((held > 0).sum()),
        "effective_donors": float(held.sum() ** 2 / (held**2).sum()),
        "largest_weight": float(held.max() / held.sum()),
    }


def _notes(weighed: Weighed, held: Real) -> tuple[str, ...]:
    notes = []
    if weighed.rung:
        notes.append(f"No weights of 0 or more match everything: {GIVEN_UP[weighed.rung]}.")
    if held.sum() ** 2 / (held**2).sum() < 3:
        notes.append("Almost all weight lies on one or two controls: the answer is a comparison with them.")
    return tuple(notes)
