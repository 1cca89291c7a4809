"""Synthetic control (`sc`): what each area would have seen, as a weighted mix of areas without the programme.

Each area with the programme has its own mix: weights of 0 or more that add up to 1, those with which the mix comes
nearest to the area's outcomes before its start. The optimum is exact. Areas that began at different times each have
their own time before; a control is used in a period only while it has not begun itself.

Options: `intercept` (true: areas may lie above or below their mix by a constant, so that only movements are matched);
`penalty` (0 or more: how much each control's own distance from the area counts, after Abadie and L'Hour 2021);
`ridge` (0 or more: spreads weights over more controls); `pooled` (true: one mix for the mean of the areas that began
together); `placebo_donors` (`controls`, or `all` to let the treated area be a donor in each placebo, as the first
paper did).

Sources: Abadie, Diamond and Hainmueller 2010, Journal of the American Statistical Association 105, 493-505; Doudchenko
and Imbens 2016, NBER working paper 22791 (intercept); Ferman and Pinto 2021, Quantitative Economics 12, 1197-1221.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import OptionError, nearest
from abate.impact import fits, inferences
from abate.impact.effects import Effect
from abate.stats import simplex

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.impact.effects import Setting
    from abate.impact.panels import Panel

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]


@dataclass(frozen=True)
class Choices:
    """The options of synthetic control, as the module tells them."""

    intercept: bool = False
    penalty: float = 0.0
    ridge: float = 0.0
    pooled: bool = False
    placebo_donors: str = "controls"


@dataclass(frozen=True)
class Mixed:
    """The mixes of some areas: `expected` has the shape (areas, periods), `weights` (areas, donors)."""

    expected: Real
    weights: Real
    shortfall: float


def estimate(panel: Panel, setting: Setting) -> Effect:
    """Estimate what the programme did, against a mix of controls for each area.

    `weights` are the mean over the treated areas of the weights in their first period with the programme. The value is
    the mean gap over treated areas and periods for which a control is left. Raises `OptionError` for gaps in the
    outcomes, too little before the start, no controls, or a wrong option.

    >>> from abate.impact.effects import Setting
    >>> from abate.impact.panels import Panel
    >>> outcomes = np.array([[2.0, 4, 2, 1], [1.0, 2, 1, 2], [3.0, 6, 3, 4]])
    >>> panel = Panel(("Essex", "Kent", "Surrey"), ("1", "2", "3", "4"), outcomes, np.array([3, 4, 4]))
    >>> found = estimate(panel, Setting("sc"))
    >>> round(found.value, 9), {name: round(weight, 9) for name, weight in found.weights.items()}
    (-2.0, {'Kent': 0.5, 'Surrey': 0.5})
    """
    choices = choose(setting)
    panel.whole("sc")
    check(panel, setting)
    counterfactual = np.full(panel.outcomes.shape, np.nan)
    weights, shortfall = np.zeros((int(panel.ever.sum()), len(panel.units))), 0.0
    rows = np.cumsum(panel.ever) - 1
    for start in panel.cohorts:
        areas = panel.first == start
        for begin, end, donors in _stretches(panel, start, setting):
            mixed = mix(panel.outcomes[areas], panel.outcomes[donors], start, choices)
            shortfall = max(shortfall, mixed.shortfall)
            if begin == start:
                counterfactual[areas, :start] = mixed.expected[:, :start]
                weights[np.ix_(rows[areas], donors)] = mixed.weights
            counterfactual[areas, begin:end] = mixed.expected[:, begin:end]
    return _effect(panel, setting, counterfactual, weights, shortfall)


def mix(areas: Real, donors: Real, start: int, choices: Choices, *, barred: NDArray[np.int64] | None = None) -> Mixed:
    """Mix the donors for each of some areas by the periods before `start`; both have the shape (areas, periods)."""
    targets = np.broadcast_to(areas.mean(axis=0), areas.shape) if choices.pooled and barred is None else areas
    found = simplex.fit_many(
        np.ascontiguousarray(targets[:, :start]),
        np.ascontiguousarray(donors[:, :start]),
        barred=barred,
        intercept=choices.intercept,
        ridge=choices.ridge,
        penalty=choices.penalty,
    )
    expected = found.weights @ donors + found.levels[:, None]
    if choices.pooled and barred is None:
        expected = expected + (areas - targets)[:, :start].mean(axis=1, keepdims=True)
    return Mixed(expected, found.weights, float(found.shortfall.max(initial=0.0)))


def choose(setting: Setting) -> Choices:
    """Read the options of a setting; raises `OptionError` with a sentence for each that is not right.

    >>> from abate.impact.effects import Setting
    >>> choose(Setting("sc", options={"penlty": 1}))
    Traceback (most recent call last):
    abate.errors.OptionError: sc has no option 'penlty'. Did you mean 'penalty'? Known are: intercept, penalty, ridge, \
pooled, placebo_donors.
    """
    known = [one.name for one in fields(Choices)]
    faults = [f"sc has no option '{name}'. {nearest(name, known)}" for name in setting.options if name not in known]
    for name, value in setting.options.items():
        if name in ("intercept", "pooled") and not isinstance(value, bool):
            faults.append(f"sc, {name} {value!r}: is either true or false")
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if name in ("penalty", "ridge") and not (number and 0 <= value < float("inf")):
            faults.append(f"sc, {name} {value!r}: is a number of 0 or more")
        if name == "placebo_donors" and value not in ("controls", "all"):
            faults.append(f"sc, placebo_donors {value!r}: is either controls or all")
    if faults:
        raise OptionError(*faults)
    return Choices(**dict(setting.options))


def check(panel: Panel, setting: Setting) -> None:
    """Raise `OptionError` where a synthetic control cannot be made of this panel."""
    faults = []
    if not panel.ever.any():
        faults.append("no area has the programme in this panel, so there is nothing to estimate")
    early = [panel.units[at] for at in np.flatnonzero(panel.first == 0)]
    if early:
        faults.append(
            f"{', '.join(early[:5])}: had the programme from the first period on, so there is no time before to match; "
            "leave such areas out"
        )
    last = max(panel.cohorts, default=0)
    if panel.ever.all() and (setting.controls == "never" or int(panel.first.min()) == last):
        faults.append(
            "every area has the programme in the end, so that there is no control: give areas that never had it"
            + (" or use --controls notyet" if len(panel.cohorts) > 1 else "")
        )
    if setting.covariates:
        faults.append("sc matches outcomes alone: for covariates use sc-predictors or ascm")
    if faults:
        raise OptionError(*faults)


def _stretches(panel: Panel, start: int, setting: Setting) -> list[tuple[int, int, Truth]]:
    """Give the stretches of periods after a start with the controls of each, as (from, until, which areas)."""
    end = len(panel.times)
    if setting.controls == "never":
        return [(start, end, ~panel.ever)]
    bounds = [start, *(later for later in panel.cohorts if later > start), end]
    found = []
    for begin, until in pairwise(bounds):
        donors = panel.first >= until
        if donors.any():
            found.append((begin, until, donors))
    return found


def _effect(panel: Panel, setting: Setting, counterfactual: Real, weights: Real, shortfall: float) -> Effect:
    gaps = panel.outcomes - counterfactual
    known = panel.treated & np.isfinite(gaps)
    before = ~panel.treated & panel.ever[:, None]
    told: dict[str, Any] = {
        "pre_l2_imbalance": float(np.sqrt(np.sum(gaps[before] ** 2))),
        "optimality_shortfall": shortfall,
        "cells": int(known.sum()),
    }
    notes = []
    left = int((panel.treated & ~known).sum())
    if left:
        notes.append(f"{left:,} treated areas and periods have no control left that has not begun: they are left out")
    effect = Effect(
        setting,
        panel,
        value=float(gaps[known].mean()),
        counterfactual=counterfactual,
        weights={
            unit: float(weight)
            for unit, weight, area in zip(panel.units, weights.mean(axis=0), panel.ever, strict=True)
            if weight > 0 or not area
        },
        pre_rmse=float(np.sqrt(np.mean(gaps[before] ** 2))),
        diagnostics=told,
        notes=tuple(notes),
    )
    return inferences.fill(fits.told(effect, weights, intercept=choose(setting).intercept))
