"""How sure an effect by interactive fixed effects is: simulated panels, resampled areas, areas left out.

The parametric bootstrap is for few treated areas. First, all controls in turn are taken as treated and forecast from a
resample of the others: their errors are those of a forecast. Then whole panels without any effect are made of what was
fitted plus resampled residuals (controls) and resampled forecast errors (treated areas), each series kept whole so that
what hangs together in time stays so, and fitted again. Source: Xu 2017, Political Analysis 25, 57-76, algorithm 2.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError
from abate.impact import factorfits, lots, treatedgaps
from abate.impact.treatedgaps import Redraws
from abate.stats.factors import Rectangles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.impact.effects import Setting
    from abate.impact.factorfits import Force, Sides, Synthesis
    from abate.impact.panels import Panel

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]
    Whole = NDArray[np.int64]

_CELLS = 1_000_000
_LOOSE = 1e-4
_SPARE = 4


def parametric(panel: Panel, setting: Setting, given: Sides, found: Synthesis, rank: int) -> Redraws:
    """Simulate panels as the module tells. Raises `OptionError` where there are too few controls to forecast with.

    `given` and `found` are of the panel itself, with one draw.
    """
    controls, treated = given.controls.outcomes.shape[1], given.outcomes.shape[1]
    if controls <= treated or controls < rank + _SPARE:
        needed = max(treated + 1, rank + _SPARE)
        raise OptionError(
            f"--inference bootstrap: each control is forecast from the others, and with {treated} treated areas and "
            f"{rank} factors that needs {needed} controls or more; there are {controls}. Add controls, or take "
            "--inference conformal"
        )
    generator = np.random.default_rng(setting.seed)
    at_once = max(1, _CELLS // given.controls.outcomes[0].size)
    sizes = [min(at_once, setting.draws - done) for done in range(0, setting.draws, at_once)]
    starts = [panel.first == start for start in panel.cohorts]
    before = np.stack([~panel.treated[cohort][0] for cohort in starts])
    pool = np.concatenate([_forecast(given, before, rank, size, generator) for size in sizes])
    place = np.searchsorted(panel.cohorts, panel.first[panel.ever])
    gaps = np.concatenate([_simulated((given, found), (pool, place), rank, size, generator) for size in sizes])
    first = np.broadcast_to(panel.first[panel.ever], gaps.shape[:2])
    absent = ~np.isfinite(panel.outcomes[panel.ever])
    drawn = treatedgaps.figures(panel, np.where(absent, np.nan, gaps), first)
    tail = (1 - setting.level) / 2
    own = float(treatedgaps.figures(panel, (given.outcomes - found.expected)[:1], first[:1]).simple[0])
    ends = [own + float(end) for end in np.quantile(drawn.simple, [tail, 1 - tail])]
    return Redraws(drawn, told={"kind": "parametric", "percentiles": ends})


def resampled(panel: Panel, setting: Setting, rank: int, force: Force) -> Redraws:
    """Draw areas with replacement, treated and others, with the number of factors held."""
    drawn = lots.resample(panel, draws=setting.draws, seed=setting.seed)
    work = partial(gaps_of, covariates=setting.covariates, rank=rank, force=force)
    found = treatedgaps.figures(panel, *treatedgaps.redrawn(panel, drawn, work))
    return Redraws(found, told={"kind": "areas"})


def left_out(panel: Panel, setting: Setting, rank: int, force: Force) -> Redraws:
    """Leave out each area in turn, with the number of factors held."""
    drawn = treatedgaps.leave_out(panel)
    work = partial(gaps_of, covariates=setting.covariates, rank=rank, force=force)
    found = treatedgaps.figures(panel, *treatedgaps.redrawn(panel, drawn, work))
    return Redraws(found, scale=float(np.sqrt(len(drawn.rows) - 1)))


def gaps_of(panel: Panel, *, covariates: tuple[str, ...], rank: int, force: Force) -> Real:
    """Give the gaps of the treated areas of a panel, in its shape; NaN for others."""
    given = factorfits.sides(panel, covariates, force)
    found = factorfits.synthesise(given, rank, tolerance=_LOOSE)
    gaps = np.full(panel.outcomes.shape, np.nan)
    gaps[panel.ever] = panel.outcomes[panel.ever] - found.expected[0]
    return gaps


def _forecast(given: Sides, before: Truth, rank: int, size: int, generator: np.random.Generator) -> Real:
    """Take single controls as treated at each start: their errors (draws, starts, periods), NaN where unknown."""
    controls = given.controls
    number = controls.outcomes.shape[1]
    chosen = generator.permutation(np.arange(size) % number)
    others = generator.integers(0, number - 1, (size, number))
    rows = others + (others >= chosen[:, None])
    made = _taken(controls, rows)
    used = np.repeat(controls.used[0][chosen][:, None], len(before), axis=1)
    seen = np.repeat(controls.outcomes[0][chosen][:, None], len(before), axis=1)
    columns = controls.columns[0][:, chosen].swapaxes(0, 1)[:, :, None]
    found = factorfits.synthesise(
        factorfits.Sides(made, seen, np.repeat(columns, len(before), axis=2), used & before), rank, tolerance=_LOOSE
    )
    return np.where(used, seen - found.expected, np.nan)


def _simulated(
    fitted_to: tuple[Sides, Synthesis], pool: tuple[Real, Whole], rank: int, size: int, generator: np.random.Generator
) -> Real:
    """Make panels without any effect and fit them: the gaps of treated areas (draws, areas, periods)."""
    given, found = fitted_to
    errors, place = pool
    controls = given.controls
    number, treated = controls.outcomes.shape[1], given.outcomes.shape[1]
    residual = _filled(np.where(controls.used[0], found.fit.residual[0], np.nan), generator)
    rows = generator.integers(0, number, (size, number))
    fitted = found.fit.expected(controls.columns)[0]
    made = _taken(controls, rows)
    outcomes = np.where(made.used, fitted[rows] + residual[generator.integers(0, number, (size, number))], 0.0)
    chosen = generator.integers(0, len(errors), (size, treated))
    drawn = errors[chosen, place[None, :]]
    seen = found.expected + _filled(drawn.reshape(-1, drawn.shape[2]), generator).reshape(drawn.shape)
    columns = np.broadcast_to(given.columns, (size, *given.columns.shape[1:]))
    before = np.broadcast_to(given.before, seen.shape)
    again = factorfits.synthesise(
        factorfits.Sides(replace(made, outcomes=outcomes), seen, columns, before), rank, tolerance=_LOOSE
    )
    gaps: Real = seen - again.expected
    return gaps


def _taken(controls: Rectangles, rows: Whole) -> Rectangles:
    """Give the rectangles made of some rows of the first, one for each draw."""
    columns = controls.columns[0][:, rows].swapaxes(0, 1)
    return Rectangles(
        controls.outcomes[0][rows], columns, controls.used[0][rows], rows=controls.rows, across=controls.across
    )


def _filled(series: Real, generator: np.random.Generator) -> Real:
    """Fill the gaps of each series (a row) with values of its own, drawn at random."""
    found = series.copy()
    for row in np.flatnonzero(~np.isfinite(series).all(axis=1)):
        known = np.isfinite(series[row])
        if known.any():
            found[row, ~known] = generator.choice(series[row, known], int((~known).sum()))
        else:
            found[row] = 0.0
    return found
