"""Synthetic difference in differences: areas and periods weighted so that a double difference compares like with like.

Areas without the programme are weighted so that they run along with the treated ones before the start (at any level),
periods before the start so that they stand for those after it. The effect is the treated areas' change less the
weighted areas' change, from the weighted periods to those after the start. Areas that began in different periods are
taken cohort by cohort, each against areas that never began; the figure over all counts every treated area and period
once.

Options of this method (`Setting.options`):

- `weights`: `sdid` (default); `difp` (weighted areas, all periods alike); `sc` (weighted areas at the same level,
  nothing taken off); `did` (all areas and all periods alike).
- `solver`: `published` (default) stops where the authors' descent stops; `exact` goes on to the minimiser.
- `zeta_omega`, `zeta_lambda`: the ridges of the areas' and the periods' weights, in the outcome's unit; without them
  those of the paper.
- `adjust`: how covariates are taken out: `projected` (default; slopes from areas without the programme, with effects of
  area and period) or `optimised` (slopes and weights in one sum, on covariates brought to one scale).

Sources: Arkhangelsky, Athey, Hirshberg, Imbens and Wager 2021, American Economic Review 111, 4088-4118 (estimator and
the three errors); Clarke, Pailañir, Athey and Imbens 2024, Stata Journal 24, 557-598 (cohorts, event times); Kranz
2022, working paper (`projected`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import OptionError, nearest
from abate.impact import cohortpaths, lots
from abate.impact.effects import Effect
from abate.stats import blockslopes, blockweights, panelfits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from abate.impact.cohortpaths import Figures
    from abate.impact.effects import Setting
    from abate.impact.panels import Panel

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

_RULES = {
    "sdid": blockweights.Rules(),
    "difp": blockweights.Rules(columns=blockweights.EVEN_COLUMNS, spread=False),
    "sc": blockweights.Rules(level=False, columns=blockweights.NO_COLUMNS, spread=False),
    "did": blockweights.Rules(rows=False, columns=blockweights.EVEN_COLUMNS),
}
_WORDS = {"weights": tuple(_RULES), "solver": ("published", "exact"), "adjust": ("projected", "optimised")}
_NUMBERS = ("zeta_omega", "zeta_lambda")
_INFERENCE = ("placebo", "bootstrap", "jackknife")
_FEW = 5


@dataclass(frozen=True)
class Block:
    """One cohort: its start, its areas and those it is compared with (places in the panel), and the weights found.

    `outcomes` (areas, periods) have what covariates explain taken out, by `slopes`; `gaps` are the treated areas' mean
    less the weighted others, less the weighted periods before the start.
    """

    start: int
    areas: Whole
    free: Whole
    outcomes: Real
    slopes: Mapping[str, float]
    weights: blockweights.Weights
    gaps: Real


def estimate(panel: Panel, setting: Setting) -> Effect:
    """Estimate by synthetic difference in differences what a programme did.

    `value` is the mean effect per treated area and period, in the outcome's unit. `aggregations["dynamic"]` gives it by
    time since the start, and what the weights leave before it. Raises `OptionError` for an option that is not known, a
    panel with gaps, without areas that never had the programme, or without two periods before it.

    >>> from abate.impact.effects import Setting
    >>> from abate.impact.panels import Panel
    >>> outcomes = np.add.outer(np.array([5.0, 1.0, 2.0, 4.0]), np.array([0.0, 1.0, 0.0, 2.0, 1.0]))
    >>> outcomes[0, 3:] -= 3
    >>> panel = Panel(("a", "b", "c", "d"), ("1", "2", "3", "4", "5"), outcomes, np.array([3, 5, 5, 5]))
    >>> round(estimate(panel, Setting("sdid")).value, 6)
    -3.0
    """
    rules = rules_of(setting)
    _check(panel, setting, rules)
    blocks = blocks_of(panel, setting, rules)
    counts = np.array([[float(len(block.areas)) for block in blocks]])
    found = cohortpaths.figures(np.stack([block.gaps for block in blocks])[None], counts, panel.cohorts)
    effect = Effect(
        setting,
        panel,
        float(found.simple[0]),
        counterfactual=_counterfactual(panel, blocks),
        weights=_mean_weights(panel, blocks, [block.weights.rows for block in blocks]),
        pre_rmse=_pre_rmse(blocks, level=rules.level),
        groups=cohortpaths.groups(panel, found, None),
        aggregations=cohortpaths.aggregations(panel, found, None, setting.level),
        diagnostics=_diagnostics(panel, setting, blocks),
        notes=_notes(panel, setting),
    )
    for name in reversed(setting.inference):
        errors, more = _errors(panel, setting, rules, blocks, name)
        effect = _with_errors(effect, found, errors, name, more)
    return effect


def rules_of(setting: Setting) -> blockweights.Rules:
    """Give the rules by which weights are found. Raises `OptionError` for options that are not known."""
    faults = [
        f"option '{name}' is not one of sdid's. {nearest(name, [*_WORDS, *_NUMBERS])}"
        for name in setting.options
        if name not in _WORDS and name not in _NUMBERS
    ]
    for name, known in _WORDS.items():
        given = setting.options.get(name, known[0])
        if given not in known:
            faults.append(f"option {name} '{given}': {nearest(f'{given}', known)}")
    for name in _NUMBERS:
        given = setting.options.get(name, 0.0)
        if not isinstance(given, int | float) or not given >= 0:
            faults.append(f"option {name} '{given}' should be a number of at least 0, such as 10.2")
    faults += [
        f"--inference {name} does not go with sdid: take {', '.join(_INFERENCE)}"
        for name in setting.inference
        if name not in _INFERENCE
    ]
    if setting.controls != "never":
        faults.append(
            f"--controls {setting.controls}: sdid compares with areas that never had the programme: take never"
        )
    if faults:
        raise OptionError(*faults)
    ridges = [float(setting.options.get(name, np.nan)) for name in _NUMBERS]
    chosen = _RULES[setting.options.get("weights", "sdid")]
    exact = setting.options.get("solver", "published") == "exact"
    return chosen._replace(row_ridge=ridges[0], column_ridge=ridges[1], exact=exact)


def _check(panel: Panel, setting: Setting, rules: blockweights.Rules) -> None:
    panel.whole("sdid")
    faults = [
        f"--covariates {name}: no such column. {nearest(name, panel.covariates)}"
        for name in setting.covariates
        if name not in panel.covariates
    ]
    for name in set(setting.covariates) & set(panel.covariates):
        missing = np.argwhere(~np.isfinite(panel.covariates[name]))
        if len(missing):
            unit, time = missing[0]
            faults.append(
                f"--covariates {name}: is missing in {len(missing):,} places, first for {panel.units[unit]} in "
                f"{panel.times[time]}; sdid needs a value for every area and period: leave it out, or take did"
            )
    if not panel.ever.any():
        faults.append("no area of the panel had the programme, so there is no effect to estimate")
    elif panel.ever.all():
        faults.append("every area had the programme: sdid compares with areas that never had it. Take cs with notyet")
    needed = 1 if rules.level else 2
    early = [unit for unit, first in zip(panel.units, panel.first, strict=True) if first < needed]
    if early:
        faults.append(
            f"{', '.join(early[:5])}{' and others' if len(early) > 5 else ''} began in {panel.times[0]}"
            f"{'' if needed == 1 else f' or {panel.times[1]}'}: at least {needed} period{'' if needed == 1 else 's'} "
            "before the start are needed. Leave these areas out, or add earlier periods"
        )
    if faults:
        raise OptionError(*faults)


def blocks_of(panel: Panel, setting: Setting, rules: blockweights.Rules) -> list[Block]:
    """Find the weights and the gaps of each cohort."""
    free = np.flatnonzero(~panel.ever)
    together = _projected(panel, setting.covariates) if setting.options.get("adjust") != "optimised" else {}
    blocks = []
    for start in panel.cohorts:
        areas = np.flatnonzero(panel.first == start)
        slopes, found = together, None
        if setting.options.get("adjust") == "optimised" and setting.covariates:
            slopes, found = _optimised(panel, setting.covariates, start, rules)
        outcomes = panel.outcomes - _explained(panel, slopes)
        unchanged, changed = outcomes[free], outcomes[areas].mean(axis=0)
        weights = found or blockweights.weigh(unchanged, changed, start=start, number=len(areas), rules=rules)
        gaps = blockweights.gaps(unchanged, changed, weights)
        blocks.append(Block(start, areas, free, outcomes, slopes, weights, gaps))
    return blocks


def _explained(panel: Panel, slopes: Mapping[str, float]) -> Real:
    found = np.zeros(panel.outcomes.shape)
    for name, slope in slopes.items():
        found += slope * panel.covariates[name]
    return found


def _projected(panel: Panel, covariates: tuple[str, ...]) -> dict[str, float]:
    """Slopes of the covariates among areas that never had the programme, with effects of area and of period."""
    if not covariates:
        return {}
    free = ~panel.ever
    columns = np.stack([panel.covariates[name][free] for name in covariates])
    slopes = panelfits.linear(panel.outcomes[free], columns).slopes
    return dict(zip(covariates, map(float, slopes), strict=True))


def _optimised(
    panel: Panel, covariates: tuple[str, ...], start: int, rules: blockweights.Rules
) -> tuple[dict[str, float], blockweights.Weights]:
    """Slopes and weights found together, on covariates with mean 0 and standard deviation 1."""
    areas, free = panel.first == start, ~panel.ever
    columns = np.stack([panel.covariates[name] for name in covariates])
    scales = columns.std(axis=(1, 2), ddof=1)
    scaled = (columns - columns.mean(axis=(1, 2), keepdims=True)) / np.where(scales > 0, scales, 1.0)[:, None, None]
    slopes, weights = blockslopes.fit(
        panel.outcomes[free],
        panel.outcomes[areas].mean(axis=0),
        (scaled[:, free], scaled[:, areas].mean(axis=1)),
        start=start,
        number=int(areas.sum()),
        rules=rules,
    )
    return dict(zip(covariates, map(float, slopes / np.where(scales > 0, scales, 1.0)), strict=True)), weights


def _counterfactual(panel: Panel, blocks: list[Block]) -> Real:
    """What each treated area would have seen: the weighted others, at the area's own level before the start."""
    found = np.full(panel.outcomes.shape, np.nan)
    for block in blocks:
        for area in block.areas:
            own = blockweights.gaps(block.outcomes[block.free], block.outcomes[area], block.weights)
            found[area] = panel.outcomes[area] - own
    return found


def _cells(panel: Panel, blocks: list[Block]) -> Real:
    return np.array([len(block.areas) * (len(panel.times) - block.start) for block in blocks], dtype=np.float64)


def _mean_weights(panel: Panel, blocks: list[Block], weights: list[Real]) -> dict[str, float]:
    mean = np.average(np.stack(weights), axis=0, weights=_cells(panel, blocks))
    return {panel.units[area]: float(one) for area, one in zip(blocks[0].free, mean, strict=True) if one > 0}


def _pre_rmse(blocks: list[Block], *, level: bool) -> float:
    """What the areas' weights leave before the start, as a root mean square (about its mean where a level is free)."""
    squares = [
        len(block.areas) * np.mean((before - (before.mean() if level else 0.0)) ** 2)
        for block in blocks
        for before in [block.gaps[: block.start]]
    ]
    return float(np.sqrt(np.sum(squares) / sum(len(block.areas) for block in blocks)))


def _diagnostics(panel: Panel, setting: Setting, blocks: list[Block]) -> dict[str, Any]:
    cohorts = []
    for block in blocks:
        weights = block.weights
        times = {panel.times[at]: float(one) for at, one in enumerate(weights.columns) if one > 0}
        cohorts.append(
            {
                "first": panel.times[block.start],
                "areas": [panel.units[area] for area in block.areas],
                "att": float(block.gaps[block.start :].mean()),
                "noise": weights.noise,
                "zeta_omega": weights.row_ridge,
                "zeta_lambda": weights.column_ridge,
                "effective_controls": float(1 / np.sum(weights.rows**2)),
                "time_weights": times,
                "weights": {panel.units[area]: float(one) for area, one in zip(block.free, weights.rows, strict=True)},
                **({"slopes": dict(block.slopes)} if block.slopes else {}),
            }
        )
    told: dict[str, Any] = {"cohorts": cohorts, "weights": setting.options.get("weights", "sdid")}
    if len(cohorts) == 1:
        told.update({name: cohorts[0][name] for name in ("noise", "zeta_omega", "zeta_lambda", "time_weights")})
    return told


def _notes(panel: Panel, setting: Setting) -> tuple[str, ...]:
    notes = []
    if len(panel.cohorts) > 1:
        notes.append(
            f"Areas began in {len(panel.cohorts)} different periods: each of these groups has its own weights, and "
            "the figure over all counts every treated area and period once."
        )
    if panel.start == 1 and setting.options.get("weights", "sdid") != "did":
        notes.append(
            f"Areas that began in {panel.times[1]} have one period before it, from which no weights can be found: for "
            "them all areas count alike, as in did."
        )
    if setting.inference and setting.covariates:
        notes.append("The covariates' slopes are held as they are in all redraws.")
    return tuple(notes)


def _errors(
    panel: Panel, setting: Setting, rules: blockweights.Rules, blocks: list[Block], name: str
) -> tuple[Figures, dict[str, Any]]:
    if name == "jackknife":
        return _jackknife(panel, blocks), {"runs": len(panel.units)}
    if name == "placebo":
        drawn = lots.deal(panel, draws=setting.draws, seed=setting.seed)
    else:
        drawn = lots.resample(panel, draws=setting.draws, seed=setting.seed)
    paths = redrawn(blocks, drawn, panel.cohorts, rules)
    figures = cohortpaths.figures(paths, lots.sizes(drawn, panel.cohorts), panel.cohorts)
    more: dict[str, Any] = {"runs": len(drawn.rows), "every_way": drawn.every}
    if name == "placebo":
        value = float(np.average([block.gaps[block.start :].mean() for block in blocks], weights=_cells(panel, blocks)))
        as_large = int((np.abs(figures.simple) >= abs(value) * (1 - 1e-12)).sum())
        more["rank_p"] = (1 + as_large) / (1 + len(figures.simple))
        more["mean"] = float(figures.simple.mean())
    return cohortpaths.spread(figures), more


def redrawn(blocks: list[Block], drawn: lots.Lots, starts: tuple[int, ...], rules: blockweights.Rules) -> Real:
    """Run the estimator on every draw: gaps in the shape (draws, cohorts, periods)."""
    outcomes = np.stack([block.outcomes for block in blocks])
    work = partial(_redrawn, outcomes=outcomes, starts=np.array(starts, dtype=np.int64), rules=rules)
    return lots.run(work, drawn)


def _redrawn(rows: Whole, first: Whole, *, outcomes: Real, starts: Whole, rules: blockweights.Rules) -> Real:
    return blockweights.redraw(outcomes, rows, first, starts, rules=rules)


def _jackknife(panel: Panel, blocks: list[Block]) -> Figures:
    """Leave out each area in turn, with the weights held (those of the areas that stay brought to a sum of 1)."""
    drawn = lots.leave_out(panel)
    if any((block.weights.rows > 0).sum() < 2 for block in blocks):
        raise OptionError(
            "--inference jackknife: one area alone has all the weight, and without it there is nothing to compare "
            "with. Take --inference placebo"
        )
    paths = np.empty((len(panel.units), len(blocks), len(panel.times)))
    for left_out in range(len(panel.units)):
        for place, block in enumerate(blocks):
            areas, kept = block.areas[block.areas != left_out], block.free != left_out
            rows = block.weights.rows[kept]
            weights = replace(block.weights, rows=rows / rows.sum())
            changed = block.outcomes[areas].mean(axis=0)
            paths[left_out, place] = blockweights.gaps(block.outcomes[block.free[kept]], changed, weights)
    found = cohortpaths.figures(paths, lots.sizes(drawn, panel.cohorts), panel.cohorts)
    return cohortpaths.spread(found, scale=float(np.sqrt(len(panel.units) - 1)))


def _with_errors(effect: Effect, found: Figures, errors: Figures, name: str, more: dict[str, Any]) -> Effect:
    """Fill in the errors, the interval, the band and the errors of every figure."""
    setting, panel = effect.setting, effect.panel
    se = float(errors.simple[0])
    low, high, p = cohortpaths.interval(effect.value, se, setting.level)
    reach = cohortpaths.interval(0.0, 1.0, setting.level)[1]
    told = {"se": se, "low": low, "high": high, "p": p, **more}
    notes = effect.notes
    if name != "placebo" and panel.ever.sum() < _FEW:
        few = f"Only {int(panel.ever.sum())} areas had the programme, so the error by {name} may be far too small"
        notes = (*notes, f"{few}: hold it against the placebo's.")
    return replace(
        effect,
        se=se,
        low=low,
        high=high,
        p=p,
        band=(found.gap[0] - reach * errors.gap[0], found.gap[0] + reach * errors.gap[0]),
        groups=cohortpaths.groups(panel, found, errors),
        aggregations=cohortpaths.aggregations(panel, found, errors, setting.level),
        diagnostics=cohortpaths.noted(effect.diagnostics, name, told),
        notes=notes,
    )
