"""From the gaps of single treated areas to an effect: its aggregates, its errors, and the inferences of all methods.

For methods that say for each treated area what would have been without the programme. Every treated area and period of
which both are known counts once; those that are missing count nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import OptionError
from abate.impact import cohortpaths, inferences, reruns
from abate.impact.effects import Effect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from abate.impact.cohortpaths import Figures
    from abate.impact.effects import Setting
    from abate.impact.lots import Lots
    from abate.impact.panels import Panel

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

_FEW = 2


@dataclass(frozen=True)
class Redraws:
    """Figures of many runs, how wide their spread is to be taken, and what else is to be told of them."""

    figures: Figures
    scale: float = 1.0
    told: Mapping[str, Any] | None = None


def figures(panel: Panel, gaps: Real, first: Whole) -> Figures:
    """Put together gaps (draws, areas, periods) of areas that begin in `first` (draws, areas).

    Event times and cohorts are those of the panel; NaN where a draw has no such cell.
    """
    periods = len(panel.times)
    since = np.arange(periods) - first[:, :, None]
    known = np.isfinite(gaps) & (first < periods)[:, :, None]
    values = np.where(known, gaps, 0.0)
    began = known & (since >= 0)
    events = np.arange(-int(panel.first[panel.ever].max()), periods - panel.start)
    cohorts = [first[:, :, None] == start for start in panel.cohorts]
    return cohortpaths.Figures(
        _mean(values, began, (1, 2)),
        np.stack([_mean(values, known & (since == event), (1, 2)) for event in events], axis=1),
        np.stack([_mean(values, began & cohort, (1, 2)) for cohort in cohorts], axis=1),
        _mean(values, began, (1,))[:, panel.start :],
        _mean(values, known, (1,)),
        np.stack([_mean(values, known & cohort, (1,)) for cohort in cohorts], axis=1),
        events,
    )


def assemble(
    setting: Setting,
    panel: Panel,
    counterfactual: Real,
    *,
    weights: Mapping[str, float] | None = None,
    diagnostics: Mapping[str, Any],
    notes: tuple[str, ...],
) -> Effect:
    """Make the effect of a counterfactual in the panel's shape: its mean over treated cells and all aggregates.

    Raises `OptionError` where no treated cell is known.
    """
    found = of(panel, counterfactual)
    if not np.isfinite(found.simple[0]):
        raise OptionError(
            f"{setting.method}: no treated area has a period with the programme of which both {panel.outcome} and what "
            "was to be expected are known"
        )
    before = found.dynamic[0, found.events < 0]
    before = before[np.isfinite(before)]
    return Effect(
        setting,
        panel,
        float(found.simple[0]),
        counterfactual=counterfactual,
        weights=weights or {},
        pre_rmse=float(np.sqrt(np.mean(before**2))) if len(before) else None,
        groups=_groups(panel, found, None),
        aggregations=cohortpaths.aggregations(panel, found, None, setting.level),
        diagnostics=diagnostics,
        notes=notes,
    )


def of(panel: Panel, counterfactual: Real) -> Figures:
    """Give the figures of one counterfactual."""
    ever = panel.ever
    return figures(panel, (panel.outcomes - counterfactual)[ever][None], panel.first[ever][None])


def infer(effect: Effect, own: Mapping[str, Callable[[], Redraws]], held: Mapping[str, Any]) -> Effect:
    """Fill in the inferences that the setting names: those in `own` by their redraws, others as for all methods.

    `held` are options that keep what was chosen by cross-validation, so that it is not chosen anew in each run.
    """
    setting = effect.setting
    found = effect
    for name in reversed(setting.inference):
        if name in own:
            found = _with_errors(found, own[name](), name)
        else:
            alone = replace(setting, inference=(name,), options={**setting.options, **held})
            found = replace(inferences.fill(replace(found, setting=alone), own=None), setting=setting)
    return found


def redrawn(panel: Panel, drawn: Lots, work: Callable[[Panel], Real]) -> tuple[Real, Whole]:
    """Run `work`, which gives the gaps of all areas of a panel, on every draw of areas.

    Gives the treated areas' gaps (draws, areas, periods) with their starts (draws, areas), filled up with areas that
    never begin.
    """
    panels = [
        taken(panel, rows[rows >= 0], first[rows >= 0]) for rows, first in zip(drawn.rows, drawn.first, strict=True)
    ]
    found = reruns.run(work, panels)
    widest = max(int(one.ever.sum()) for one in panels)
    gaps = np.full((len(panels), widest, len(panel.times)), np.nan)
    first = np.full((len(panels), widest), len(panel.times), dtype=np.int64)
    for place, (one, gap) in enumerate(zip(panels, found, strict=True)):
        count = int(one.ever.sum())
        gaps[place, :count], first[place, :count] = gap[one.ever], one.first[one.ever]
    return gaps, first


def taken(panel: Panel, rows: Whole, first: Whole) -> Panel:
    """Give the panel of some of its areas, which may come twice."""
    return replace(
        panel,
        units=tuple(f"{panel.units[row]} ({place})" for place, row in enumerate(rows)),
        outcomes=panel.outcomes[rows],
        first=first,
        covariates={name: values[rows] for name, values in panel.covariates.items()},
        exposure=None if panel.exposure is None else panel.exposure[rows],
    )


def leave_out(panel: Panel) -> Lots:
    """Leave out each area in turn. Raises `OptionError` where one area alone had the programme, or had it not."""
    from abate.impact import lots

    if int(panel.ever.sum()) < _FEW or int((~panel.ever).sum()) < _FEW:
        which = "had" if int(panel.ever.sum()) < _FEW else "had not"
        raise OptionError(
            f"--inference jackknife: leaves out one area at a time, and one alone {which} the programme: without it "
            "there is nothing to estimate. Take --inference placebo"
        )
    places = np.arange(len(panel.units))
    rows = np.stack([places[places != left_out] for left_out in places])
    return lots.Lots(rows, panel.first[rows], every=True)


def _mean(values: Real, chosen: Any, over: tuple[int, ...]) -> Real:
    count = chosen.sum(axis=over)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Real = np.where(chosen, values, 0.0).sum(axis=over) / count
    return found


def _groups(panel: Panel, found: Figures, errors: Figures | None) -> tuple[Any, ...]:
    return tuple(one for one in cohortpaths.groups(panel, found, errors) if np.isfinite(one.att))


def _with_errors(effect: Effect, redraws: Redraws, name: str) -> Effect:
    """Fill in errors, normal intervals and the band of every figure."""
    setting, panel = effect.setting, effect.panel
    counterfactual = effect.panel.outcomes if effect.counterfactual is None else effect.counterfactual
    found, errors = of(panel, counterfactual), cohortpaths.spread(redraws.figures, scale=redraws.scale)
    se = float(errors.simple[0])
    low, high, p = cohortpaths.interval(effect.value, se, setting.level)
    reach = cohortpaths.interval(0.0, 1.0, setting.level)[1]
    told = {"se": se, "low": low, "high": high, "p": p, "runs": len(redraws.figures.simple), **(redraws.told or {})}
    return replace(
        effect,
        se=se,
        low=low,
        high=high,
        p=p,
        band=(found.gap[0] - reach * errors.gap[0], found.gap[0] + reach * errors.gap[0]),
        groups=_groups(panel, found, errors),
        aggregations=cohortpaths.aggregations(panel, found, errors, setting.level),
        diagnostics=cohortpaths.noted(effect.diagnostics, name, told),
    )
