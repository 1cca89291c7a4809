"""Which areas may be donors to a mix, and the effect that follows from what the mixes say."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import OptionError
from abate.impact.effects import Effect

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.impact.effects import Setting
    from abate.impact.panels import Panel

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

_TOLD = 5
_GOOD = 0.8
_TRACE = 1e-9


def check(panel: Panel, setting: Setting) -> None:
    """Raise `OptionError` with every reason why no mix of controls can be made of this panel."""
    faults = []
    if not panel.ever.any():
        faults.append("no area has the programme in this panel, so there is nothing to estimate")
    early = [panel.units[at] for at in np.flatnonzero(panel.first == 0)]
    if early:
        more = f" and {len(early) - _TOLD:,} more" if len(early) > _TOLD else ""
        faults.append(
            f"{', '.join(early[:_TOLD])}{more}: had the programme from the first period on, so that there is no time "
            "before to match; leave such areas out"
        )
    lacking = [
        panel.times[start]
        for start in panel.cohorts
        if start > 0 and not any(donors.any() for _, _, donors in stretches(panel, start, setting.controls))
    ]
    if lacking:
        later = " or use --controls notyet" if setting.controls == "never" and len(panel.cohorts) > 1 else ""
        faults.append(
            f"there is no control for the areas that began in {', '.join(lacking)}: give areas that never had the "
            f"programme{later}"
        )
    unknown = [name for name in setting.covariates if name not in panel.covariates and name != panel.outcome]
    faults += [f"--covariates {name}: no such column in the panel" for name in unknown]
    if faults:
        raise OptionError(*faults)
    panel.whole(setting.method)


def stretches(panel: Panel, start: int, controls: str) -> list[tuple[int, int, Truth]]:
    """Give the stretches of periods after a start, as (from, until, which areas are donors then).

    Areas that never had the programme are donors throughout; with `notyet` so are those that begin later, until they
    do. A stretch without donors is left out.

    >>> from abate.impact.panels import Panel
    >>> panel = Panel(("a", "b", "c"), ("1", "2", "3", "4"), np.ones((3, 4)), np.array([1, 3, 4]))
    >>> [(begin, until, donors.tolist()) for begin, until, donors in stretches(panel, 1, "notyet")]
    [(1, 3, [False, True, True]), (3, 4, [False, False, True])]
    """
    end = len(panel.times)
    later = [at for at in panel.cohorts if at > start] if controls == "notyet" else []
    edges = [start, *later, end]
    found = [(begin, until, panel.first >= (until if later else end)) for begin, until in itertools.pairwise(edges)]
    return [one for one in found if one[2].any()]


def tell(panel: Panel, setting: Setting, counterfactual: Real, weights: Real, told: dict[str, Any]) -> Effect:
    """Give the effect by what was expected (areas, periods) and the weights (treated areas, areas).

    `pre_rmse` is over all periods before each treated area's own start. Diagnostics gain, as the worst of the treated
    areas, `pre_r2`, `effective_donors` (1 / sum of squared weights) and `least_weight` (below 0 where a mix reaches
    beyond the donors).
    """
    gaps = panel.outcomes - counterfactual
    known = panel.treated & np.isfinite(gaps)
    before = ~panel.treated & panel.ever[:, None]
    follows = min(_share(panel, gaps, int(area)) for area in np.flatnonzero(panel.ever))
    notes = []
    if follows < _GOOD:
        notes.append(
            f"the mix of controls follows only {max(follows, 0.0):.0%} of the movement before the start: the gap after "
            "it may be misfit rather than effect"
        )
    if left := int((panel.treated & ~known).sum()):
        notes.append(f"{left:,} treated areas and periods have no control left that has not begun: they are left out")
    mean = weights.mean(axis=0)
    return Effect(
        setting,
        panel,
        value=float(gaps[known].mean()),
        counterfactual=counterfactual,
        weights={unit: float(weight) for unit, weight in zip(panel.units, mean, strict=True) if abs(weight) > _TRACE},
        pre_rmse=float(np.sqrt(np.mean(gaps[before] ** 2))),
        diagnostics={
            "pre_r2": follows,
            "effective_donors": float((1 / (weights**2).sum(axis=1)).min()),
            "least_weight": float(weights.min()),
            "cells": int(known.sum()),
            **told,
        },
        notes=tuple(notes),
    )


def _share(panel: Panel, gaps: Real, area: int) -> float:
    start = int(panel.first[area])
    own, left = panel.outcomes[area, :start], float(np.sum(gaps[area, :start] ** 2))
    spread = float(np.sum((own - own.mean()) ** 2))
    return 1 - left / spread if spread > 0 else float(left == 0)
