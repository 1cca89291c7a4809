"""Interactive fixed effects: what common forces would have done to the treated areas, had there been no programme.

A few forces that no column tells of (factors) move all areas, each area by as much as its own loads say. Factors and
slopes of covariates are found among areas that never had the programme; each treated area's loads from its own periods
before the start; together they say what was to be expected afterwards. Gaps are borne: what is missing is left out.

Options of this method (`Setting.options`):

- `r`: the number of factors; without it it is chosen by leaving out periods before the start in turn.
- `r_max`: the most factors tried (5 by default).
- `force`: additive effects: `two-way` (default: of areas and of periods), `unit`, `time` or `none`.
- `bootstrap`: `parametric` (default: simulated panels, for few treated areas) or `areas` (areas drawn again).

Inferences of its own are `bootstrap` and `jackknife` (each area left out in turn); `placebo` and `conformal` are those
of all methods, with the number of factors held. Source: Xu 2017, Political Analysis 25, 57-76; Bai 2009, Econometrica
77, 1229-1279.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from abate.errors import OptionError, nearest
from abate.impact import factordraws, factorfits, treatedgaps
from abate.impact.factorfits import FORCES, Force

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.impact.effects import Effect, Setting
    from abate.impact.factorfits import Sides, Synthesis
    from abate.impact.panels import Panel

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

_OPTIONS = ("r", "r_max", "force", "bootstrap")
_BOOTSTRAPS = ("parametric", "areas")
_INFERENCE = ("bootstrap", "jackknife", "placebo", "conformal")
_TRIED = 5
_FEW_BEFORE = 7


class Choices(NamedTuple):
    """The options, checked."""

    rank: int | None
    most: int
    force: Force
    bootstrap: str


def estimate(panel: Panel, setting: Setting) -> Effect:
    """Estimate by interactive fixed effects what a programme did.

    `value` is the mean effect per treated area and period, in the outcome's unit; `aggregations["dynamic"]` gives it by
    time since the start. `diagnostics` hold `r`, the table of the cross-validation (`cv`), `beta` (slopes), and each
    factor's share of the scatter. Raises `OptionError` for options that are not known, areas with too few periods
    before the start, and periods in which no area without the programme is known.

    >>> from abate.impact.effects import Setting
    >>> from abate.impact.panels import Panel
    >>> force = np.array([0.0, 2.0, 1.0, 3.0, 0.0, 2.0, 4.0, 1.0])
    >>> outcomes = np.outer([1.0, 2.0, 3.0, 5.0, 4.0], force) + np.array([[9.0], [4.0], [7.0], [1.0], [2.0]])
    >>> outcomes[0, 6:] -= 3
    >>> panel = Panel(tuple("abcde"), tuple("12345678"), outcomes, np.array([6, 8, 8, 8, 8]))
    >>> found = estimate(panel, Setting("ife", options={"r": 1}))
    >>> round(found.value, 6)
    -3.0
    """
    choices = choose(setting)
    _check(panel, setting, choices)
    kept = _kept(panel, setting, choices)
    given = factorfits.sides(panel, setting.covariates, choices.force, controls=kept)
    rank, table = _rank(panel, given, choices)
    found = factorfits.synthesise(given, rank)
    effect = treatedgaps.assemble(
        setting,
        panel,
        _counterfactual(panel, setting, given, found, kept),
        weights=_weights(panel, kept, found, choices.force),
        diagnostics={
            **_diagnostics(panel, setting, given, found, rank),
            "cv": table,
            "cv_mspe": next((line["mspe"] for line in table if line["r"] == rank), None),
        },
        notes=_notes(panel, kept, given, found),
    )
    clean = panel.only(kept | panel.ever)
    own = {
        "bootstrap": partial(factordraws.parametric, panel, setting, given, found, rank)
        if choices.bootstrap == "parametric"
        else partial(factordraws.resampled, clean, setting, rank, choices.force),
        "jackknife": partial(factordraws.left_out, clean, setting, rank, choices.force),
    }
    return treatedgaps.infer(effect, own, {"r": rank})


def choose(setting: Setting) -> Choices:
    """Check the options and inferences. Raises `OptionError` for those that are not known."""
    given = setting.options
    faults = [
        f"option '{name}' is not one of ife's. {nearest(name, _OPTIONS)}" for name in given if name not in _OPTIONS
    ]
    for name, lead in (("r", "such as 2"), ("r_max", "such as 5")):
        number = given.get(name, 0)
        if isinstance(number, bool) or not isinstance(number, int) or number < 0:
            faults.append(f"option {name} '{number}' should be a whole number of at least 0, {lead}")
    for name, known in (("force", tuple(FORCES)), ("bootstrap", _BOOTSTRAPS)):
        if (word := given.get(name, known[0])) not in known:
            faults.append(f"option {name} '{word}': {nearest(f'{word}', known)}")
    faults += [
        f"--inference {name} does not go with ife: take {', '.join(_INFERENCE)}"
        for name in setting.inference
        if name not in _INFERENCE
    ]
    if setting.controls != "never":
        faults.append(f"--controls {setting.controls}: ife finds its factors in areas that never had the programme")
    if faults:
        raise OptionError(*faults)
    force = FORCES[given.get("force", "two-way")]
    return Choices(given.get("r"), given.get("r_max", _TRIED), force, given.get("bootstrap", "parametric"))


def _check(panel: Panel, setting: Setting, choices: Choices) -> None:
    """Raise `OptionError` with all that is wrong with the panel."""
    faults = [
        f"--covariates {name}: no such column. {nearest(name, panel.covariates)}"
        for name in setting.covariates
        if name not in panel.covariates
    ]
    if not panel.ever.any():
        faults.append("no area of the panel had the programme, so there is no effect to estimate")
    if faults:
        raise OptionError(*faults)
    known = _known(panel, setting)
    lacking = [panel.times[at] for at in np.flatnonzero(~known[~panel.ever].any(axis=0))]
    if lacking:
        faults.append(
            f"in {', '.join(lacking[:5])}{' and others' if len(lacking) > 5 else ''} no area without the programme is "
            "known: ife compares with areas that never had it. Leave these periods out, or take cs with notyet"
        )
    needed = 1 + (choices.rank or 0) + int(choices.force.areas)
    before = (known & ~panel.treated).sum(axis=1)
    short = [unit for unit, ever, count in zip(panel.units, panel.ever, before, strict=True) if ever and count < needed]
    if short:
        faults.append(
            f"{', '.join(short[:5])}{' and others' if len(short) > 5 else ''}: fewer than {needed} known periods "
            "before the start, which loads of the factors are found from. Leave these areas out, or take fewer factors"
        )
    if faults:
        raise OptionError(*faults)


def _known(panel: Panel, setting: Setting) -> Truth:
    known = np.isfinite(panel.outcomes)
    for name in setting.covariates:
        known = known & np.isfinite(panel.covariates[name])
    return known


def _kept(panel: Panel, setting: Setting, choices: Choices) -> Truth:
    """Tell which controls have enough values to say something of the factors."""
    needed = (choices.most if choices.rank is None else choices.rank) + 2
    counts = _known(panel, setting).sum(axis=1)
    kept = ~panel.ever & (counts >= min(needed, int(counts[~panel.ever].max())))
    return np.asarray(kept)


def _rank(panel: Panel, given: Sides, choices: Choices) -> tuple[int, list[dict[str, Any]]]:
    """Give the number of factors asked for or chosen, and the table of the cross-validation."""
    if choices.rank is None:
        return factorfits.validate(given, factorfits.most(given, choices.most))
    rows, periods = given.controls.outcomes.shape[1:]
    limit = min(rows - int(choices.force.periods), periods - int(choices.force.areas)) - 1
    if choices.rank > limit:
        raise OptionError(
            f"option r {choices.rank}: {rows} areas without the programme and {len(panel.times)} periods tell at most "
            f"{limit} factors"
        )
    return choices.rank, []


def _counterfactual(panel: Panel, setting: Setting, given: Sides, found: Synthesis, kept: Truth) -> Real:
    counterfactual = np.full(panel.outcomes.shape, np.nan)
    counterfactual[panel.ever] = found.expected[0]
    counterfactual[kept] = found.fit.expected(given.controls.columns)[0]
    for name in setting.covariates:
        counterfactual[~np.isfinite(panel.covariates[name])] = np.nan
    return counterfactual


def _weights(panel: Panel, kept: Truth, found: Synthesis, force: Force) -> dict[str, float]:
    weights = factorfits.implied(found, ones=force.periods).mean(axis=0)
    return {panel.units[at]: float(one) for at, one in zip(np.flatnonzero(kept), weights, strict=True)}


def _diagnostics(panel: Panel, setting: Setting, given: Sides, found: Synthesis, rank: int) -> dict[str, Any]:
    names = [unit for unit, ever in zip(panel.units, panel.ever, strict=True) if ever]
    return {
        "r": rank,
        "beta": dict(zip(setting.covariates, found.fit.slopes[0].tolist(), strict=True)),
        "sigma2": factorfits.variance(given, found.fit, rank),
        "factor_shares": factorfits.shares(found.fit, rank),
        "factors": found.basis[0].T.tolist(),
        "loads": {name: loads.tolist() for name, loads in zip(names, found.carried.loads[0][:, :rank], strict=True)},
        "periods_before": int(given.before.sum(axis=2).min()),
        "controls": int(given.controls.outcomes.shape[1]),
        "missing_cells": int((~_known(panel, setting)).sum()),
        "steps": int(found.fit.steps[0]),
        "settled": bool(found.fit.settled[0]),
    }


def _notes(panel: Panel, kept: Truth, given: Sides, found: Synthesis) -> tuple[str, ...]:
    notes = []
    if missing := int((~np.isfinite(panel.outcomes)).sum()):
        notes.append(f"{missing:,} missing values are left out; they are not counted as zeros.")
    left = [unit for unit, out in zip(panel.units, ~panel.ever & ~kept, strict=True) if out]
    if left:
        more = " and others" if len(left) > 5 else ""
        notes.append(f"Left out, because too few of their values are known: {', '.join(left[:5])}{more}.")
    fewest = int(given.before.sum(axis=2).min())
    if fewest < _FEW_BEFORE:
        notes.append(
            f"One treated area or more has only {fewest} known periods before its start: loads found from so few are "
            "unsure, and few factors can be tried."
        )
    if not found.fit.settled[0]:
        notes.append("The search for the factors did not settle: read the figures with care.")
    return tuple(notes)
