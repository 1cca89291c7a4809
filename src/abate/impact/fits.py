"""How well a mix of controls fits before the start, and whether the controls reach the area at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.stats import simplex

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.impact.effects import Effect

    Real = NDArray[np.float64]

_GOOD = 0.8
_TRACE = 1e-6
_INSIDE = 1e-6
_OUTSIDE = 0.2
_FEW = 2.0


def told(effect: Effect, weights: Real, *, intercept: bool = False) -> Effect:
    """Add to an effect what there is to know of its fit before the start, and sentences where it is weak.

    `weights` has the shape (treated areas, areas). In the diagnostics stand, as the worst of the treated areas:
    `pre_r2` (share of the area's own movement before the start that the mix follows), `outside_range` (share of
    periods before the start in which the area lies above or below every control), `effective_donors` (1 / sum of
    squared weights), `largest_weight`; `inside_hull` tells whether every treated area could be matched without error,
    `unique_weights` whether no other weights fit as well; for several areas `by_area` holds the figures of each.
    """
    panel = effect.panel
    areas = [int(at) for at in np.flatnonzero(panel.ever)]
    gaps = effect.gaps
    if gaps is None:
        return effect
    each = []
    for row, area in enumerate(areas):
        start = int(panel.first[area])
        donors = panel.first > start if effect.setting.controls == "notyet" else ~panel.ever
        each.append(
            _one(panel.outcomes[area, :start], panel.outcomes[donors, :start], gaps[area, :start], weights[row])
            | {"unique_weights": _unique(effect, area, donors, intercept)}
        )
    worst = {
        "donors": min(one["donors"] for one in each),
        "pre_r2": min(one["pre_r2"] for one in each),
        "outside_range": max(one["outside_range"] for one in each),
        "effective_donors": min(one["effective_donors"] for one in each),
        "largest_weight": max(one["largest_weight"] for one in each),
        "inside_hull": all(one["inside_hull"] for one in each),
        "unique_weights": all(one["unique_weights"] for one in each),
    }
    if len(each) > 1:
        worst["by_area"] = {panel.units[area]: one for area, one in zip(areas, each, strict=True)}
    return replace(
        effect, diagnostics={**effect.diagnostics, **worst}, notes=(*effect.notes, *_warned(worst, intercept))
    )


def _one(own: Real, donors: Real, gaps: Real, weights: Real) -> dict[str, Any]:
    spread = float(np.sum((own - own.mean()) ** 2))
    left = float(np.sum(gaps**2))
    return {
        "donors": len(donors),
        "pre_rmse": float(np.sqrt(np.mean(gaps**2))),
        "pre_r2": 1 - left / spread if spread > 0 else float(left == 0),
        "outside_range": float(np.mean((own > donors.max(axis=0)) | (own < donors.min(axis=0)))),
        "effective_donors": float(1 / np.sum(weights**2)),
        "largest_weight": float(weights.max()),
        "used_donors": int((weights > _TRACE).sum()),
        "inside_hull": bool(left <= (_INSIDE**2) * float(np.sum(own**2))),
    }


def _unique(effect: Effect, area: int, donors: NDArray[np.bool_], intercept: bool) -> bool:
    start, options = int(effect.panel.first[area]), effect.setting.options
    found = simplex.fit(
        effect.panel.outcomes[area, :start],
        np.ascontiguousarray(effect.panel.outcomes[donors, :start]),
        intercept=intercept,
        ridge=float(options.get("ridge", 0.0)),
        penalty=float(options.get("penalty", 0.0)),
    )
    return found.unique


def _warned(worst: dict[str, Any], intercept: bool) -> list[str]:
    notes = []
    if worst["pre_r2"] < _GOOD:
        notes.append(
            f"the mix of controls follows only {max(worst['pre_r2'], 0):.0%} of the movement before the start: the gap "
            "after it may be misfit rather than effect"
        )
    if worst["outside_range"] > _OUTSIDE and not intercept:
        notes.append(
            f"in {worst['outside_range']:.0%} of the periods before the start a treated area lies above or below every "
            "control: no mix can reach it there; think of the option intercept"
        )
    if worst["effective_donors"] < _FEW and worst["donors"] > _FEW:
        notes.append("almost all weight lies on one control: the answer is a comparison of two areas")
    if not worst["unique_weights"]:
        notes.append(
            "other weights fit the time before as well (more controls than the periods can tell apart): the corner "
            "that the search comes to is used; a penalty or a ridge makes the choice unique"
        )
    return notes
