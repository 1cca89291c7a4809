"""Effects by randomisation: the schedule is drawn again as it was drawn, and the trial is held against that.

Nothing is assumed about how incidents scatter or hang together: the chance is that of the draw itself. The p-value of
no effect at all on any place-day is exact. The interval assumes one effect for all place-days; because the statistic
is divided by its own error it also holds, for trials that are not small, for the mean of effects that differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from abate.errors import OptionError
from abate.stats import families, rerandomised, twoway
from abate.trials.effects import Effect

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from abate.stats.rerandomised import Redraws
    from abate.trials.effects import Standing
    from abate.trials.outcomes import Outcome, Panel, Washout

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

METHOD = "redraws of the schedule"
_ROUNDS = 200

ASSUMES_RATIO = (
    "The schedule was drawn as its scheme says and outcomes were recorded alike on patrol days and other days; patrol "
    "multiplies the incidents of its own place-day by one factor and leaves other place-days alone."
)
ASSUMES_DIFFERENCE = (
    "The schedule was drawn as its scheme says and outcomes were recorded alike on patrol days and other days; patrol "
    "adds one amount to its own place-day and leaves other place-days alone."
)


def prepare(panel: Panel, draws: Truth, *, washout: Washout | None = None) -> Redraws:
    """Lay out redraws of the schedule, in the shape (draws, days, sites), for the functions of this module.

    Sites and days stand in the panel's order (`arrange`).
    Place-days that the schedule left out before the draw are never patrolled in any draw. Days of a `washout` hang on
    the draw: each draw has its own, and they are compared with nothing in it.
    """
    possible, real = draws & panel.drawn.T[None], panel.patrol & panel.drawn
    if washout is None:
        return rerandomised.prepare(real, possible)
    return rerandomised.prepare(real, possible, aside=(washout.now & ~real, washout.draws & ~possible))


def arrange(panel: Panel, draws: Truth, *, sites: Sequence[str], starts: date) -> Truth:
    """Bring redraws into the order of a panel: its sites, and the days that it has.

    `draws` has the shape (draws, days, sites), the days running on from `starts`, the sites in the order of `sites`, as
    the scheme's own function gives them. A day that the schedule left out for every site has no place in a panel.
    Raises `OptionError` when the redraws lack a site or a day.
    """
    places = pd.Index([str(site) for site in sites]).get_indexer(pd.Index(panel.sites))
    days = (panel.days - pd.Timestamp(starts)).days.to_numpy()
    if (places < 0).any() or (days < 0).any() or (days >= draws.shape[1]).any() or draws.shape[2] != len(sites):
        raise OptionError(
            f"the redraws are of {draws.shape[2]} sites and {draws.shape[1]} days from {starts:%Y-%m-%d}; the panel "
            f"has {len(panel.sites)} sites and days from {panel.days[0]:%Y-%m-%d} to {panel.days[-1]:%Y-%m-%d}"
        )
    found: Truth = draws[:, days][:, :, places]
    return found


def ratio(
    panel: Panel,
    redraws: Redraws,
    *,
    outcome: Outcome = "incidents",
    level: float = 0.95,
    exposure: Real | None = None,
    standing: Standing = "supporting",
) -> Effect:
    """Say by what factor patrol changes an outcome, with p-value and interval from redraws.

    For each factor the outcomes of patrolled place-days are divided by it; what is left, less place and day, is
    compared with the redraws. `exposure` (sites, days) puts another treatment in the place of the one drawn, such as
    visits that took place: then the factor is that of one unit of it, and the draw serves as its instrument.
    """
    outcomes, given = panel.of(outcome), _exposure(panel, exposure)
    divided = _divided(panel, redraws, outcomes, given)
    start, step = _guess(outcomes, given, redraws)
    found = rerandomised.invert(divided, start=start, step=step, level=level)
    value, low, high = (float(np.exp(end)) for end in (found.value, found.low, found.high))
    return Effect(outcome, "rate ratio", METHOD, value, low, high, level, found.p, ASSUMES_RATIO, standing)


def difference(
    panel: Panel,
    redraws: Redraws,
    *,
    outcome: Outcome = "incidents",
    level: float = 0.95,
    exposure: Real | None = None,
    standing: Standing = "supporting",
) -> Effect:
    """Say how much patrol adds to an outcome of a place-day, with p-value and interval from redraws.

    As `ratio`, with an amount taken off in the place of a factor. For harm this is the safe figure: its mean is right
    however few events carry the harm.
    """
    outcomes, given = panel.of(outcome), _exposure(panel, exposure)
    whole = rerandomised.project(redraws, twoway.residuals(np.stack([outcomes, given]), _layout(panel, redraws.open)))
    moved = float(whole[1, :, 0].sum())
    start = float(whole[0, :, 0].sum()) / moved if moved else 0.0
    spread = float(np.linalg.norm(whole[0, :, 0] - start * whole[1, :, 0])) / max(abs(moved), 1e-12)

    def sums(amount: float) -> Real:
        found: Real = whole[0] - amount * whole[1]
        return found

    found = rerandomised.invert(sums, start=start, step=max(spread, 1e-9), level=level)
    return Effect(
        outcome, "difference", METHOD, found.value, found.low, found.high, level, found.p, ASSUMES_DIFFERENCE, standing
    )


def family(panel: Panel, redraws: Redraws, outcomes: Sequence[Real]) -> Real:
    """Give p-values of several outcomes, each in the shape (sites, days), adjusted for being several.

    All outcomes share each redraw (Westfall and Young), so that one that hangs together with another costs little.
    """
    nothing = np.zeros(panel.patrol.shape)
    sums = [_divided(panel, redraws, values, nothing)(0.0) for values in outcomes]
    told = np.stack([rerandomised.studentise(one) for one in sums])
    return families.step_down(told[:, 0], told[:, 1:])


def _divided(panel: Panel, redraws: Redraws, outcomes: Real, given: Real) -> Callable[[float], Real]:
    """Give, for each logarithm of a ratio, the projected outcomes divided by it, less place and day.

    Where the exposure is yes or no and no place-day was left out, what is left is a sum of four rectangles that do
    not change with the ratio, with factors that do: these are projected once.
    """
    rows, across = _effects(panel)
    able = redraws.open

    def slowly(log_ratio: float) -> Real:
        adjusted = np.where(able, outcomes * np.exp(-log_ratio * given), 0.0)
        fitted = _multiplied(adjusted, able, rows=rows, across=across)
        return rerandomised.project(redraws, np.where(able, adjusted - fitted, 0.0))

    if not (able.all() and rows and across and np.isin(given, (0, 1)).all()):
        return slowly
    arms = np.stack([outcomes * (1 - given), outcomes * given])
    down, along = arms.sum(axis=2), arms.sum(axis=1)
    parts = rerandomised.project(redraws, np.concatenate([arms, np.broadcast_to(along[:, None, :], arms.shape)]))

    def quickly(log_ratio: float) -> Real:
        factors = np.array([1.0, np.exp(-log_ratio)])
        share = factors @ down / max(float(factors @ down.sum(axis=1)), 1e-300)
        found: Real = parts[0] + factors[1] * parts[1] - share[:, None] * (parts[2] + factors[1] * parts[3])
        return found

    return quickly


def _exposure(panel: Panel, exposure: Real | None) -> Real:
    return panel.patrol.astype(np.float64) if exposure is None else exposure


def _effects(panel: Panel) -> tuple[bool, bool]:
    """Say whether place and day effects can be told from patrol: not where a place, or a day, is all or none."""
    patrolled, usual = panel.patrol & panel.drawn, ~panel.patrol & panel.drawn
    rows = bool((patrolled.any(axis=1) & usual.any(axis=1)).any())
    across = bool((patrolled.any(axis=0) & usual.any(axis=0)).any())
    return rows, across


def _layout(panel: Panel, able: Truth) -> twoway.Layout:
    rows, across = _effects(panel)
    return twoway.Layout(able.astype(np.float64), rows, across)


def _multiplied(values: Real, able: Truth, *, rows: bool, across: bool) -> Real:
    """Fit place effect times day effect: at once where no cell is left out, by turns where some are."""
    down, along = values.sum(axis=1, keepdims=True), values.sum(axis=0, keepdims=True)
    total = values.sum()
    if not total:
        return values
    if rows != across or not rows:
        sums, cells = (down, able.sum(axis=1, keepdims=True)) if rows else (along, able.sum(axis=0, keepdims=True))
        if not rows and not across:
            sums, cells = np.full((1, 1), total), np.full((1, 1), able.sum())
        found: Real = np.broadcast_to(sums / np.maximum(cells, 1), values.shape)
        return found
    if able.all():
        return np.asarray(down * along / total, dtype=np.float64)
    fitted = able.astype(np.float64)
    for _ in range(_ROUNDS):
        fitted *= np.divide(down, fitted.sum(axis=1, keepdims=True), out=np.zeros_like(down), where=down > 0)
        sums = fitted.sum(axis=0, keepdims=True)
        fitted *= np.divide(along, sums, out=np.zeros_like(along), where=sums > 0)
        if np.abs(fitted.sum(axis=1, keepdims=True) - down).max() <= 1e-9 * total:
            break
    return fitted


def _guess(outcomes: Real, exposure: Real, redraws: Redraws) -> tuple[float, float]:
    """Guess the logarithm of the ratio from the means of either side, and its error from how often anything happens."""
    treated = redraws.centred[:, 0] > 0
    usual = redraws.centred[:, 0] < 0
    per = max(float(exposure[treated].mean() - exposure[usual].mean()) if treated.any() and usual.any() else 1.0, 1e-6)
    days = max(int((outcomes[treated] > 0).sum()), 1), max(int((outcomes[usual] > 0).sum()), 1)
    means = outcomes[treated].mean() if treated.any() else 0.0, outcomes[usual].mean() if usual.any() else 0.0
    guess = float(np.log(means[0] / means[1])) if min(means) > 0 else 0.0
    return guess / per, float(np.sqrt(1 / days[0] + 1 / days[1])) / per
