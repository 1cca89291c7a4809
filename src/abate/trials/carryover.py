"""Whether patrol lasts: the effect by days since the last patrol and by patrol days in a row, and a test of it.

A crossover compares a place's patrol days with its other days. If the effect lasts, the other days have some of it
too, and the plain comparison is too small. Since earlier days were drawn as well, the effect of each of them can be
estimated; the adjusted estimate compares patrol days with days that no patrol came shortly before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError
from abate.stats import clustered, panelfits, rerandomised
from abate.trials import randomisation, regressions
from abate.trials.effects import blank

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.stats.clustered import Errors
    from abate.stats.panelfits import Fit
    from abate.trials.effects import Effect
    from abate.trials.outcomes import Outcome, Panel

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Truth = NDArray[np.bool_]

LASTING = 3
LONGEST_RUN = 3
_LEAST_SHARE = 0.05
_ASSUMES = (
    "Place, day and patrol multiply the rate; what patrol leaves behind depends on the days since the last one alone, "
    "and is gone after {days} days; days before the trial count as long ago. Clustered by place (CR2)."
)
_ASSUMES_RUNS = (
    "Place, day and patrol multiply the rate; a patrol day's effect depends on how many patrol days in a row it ends, "
    "other days on the days since the last one, up to {days}. Clustered by place (CR2)."
)


@dataclass(frozen=True)
class Step:
    """The rate ratio of one kind of day against days that no patrol came shortly before, and what it rests on."""

    label: str
    effect: Effect
    place_days: int
    incidents: int


@dataclass(frozen=True)
class CarryOver:
    """What is left of a patrol on later days.

    `raw` is the plain comparison, `adjusted` the one against days that no patrol came shortly before. `since` has a
    step for patrol days and one for each number of days since; `runs` one for each number of patrol days in a row (the
    last stands for that many or more). `p` tests that nothing is left on later days by the model's errors, `p_redraws`
    by redraws of the schedule (None without them); `advice` says which of the two estimates the design supports. The
    adjusted estimate and the tests are missing where the design cannot tell.
    """

    raw: Effect
    adjusted: Effect | None
    since: tuple[Step, ...]
    runs: tuple[Step, ...]
    p: float | None
    p_redraws: float | None
    advice: str


def days_since(patrol: Truth) -> Whole:
    """Count the days since the last patrol, in the shape (sites, days); 0 on a patrol day, before the first one -1.

    >>> days_since(np.array([[False, True, False, False, True]])).tolist()
    [[-1, 0, 1, 2, 0]]
    """
    days = np.arange(patrol.shape[1])
    last = np.maximum.accumulate(np.where(patrol, days, -1), axis=1)
    return np.where(last >= 0, days - last, -1).astype(np.int64)


def days_running(patrol: Truth) -> Whole:
    """Count the patrol days in a row that each day ends, in the shape (sites, days); 0 on other days.

    >>> days_running(np.array([[True, True, False, True]])).tolist()
    [[1, 2, 0, 1]]
    """
    days = np.arange(patrol.shape[1])
    last = np.maximum.accumulate(np.where(patrol, -1, days), axis=1)
    return np.where(patrol, days - last, 0).astype(np.int64)


def examine(
    panel: Panel,
    draws: Truth | None = None,
    *,
    outcome: Outcome = "incidents",
    level: float = 0.95,
    lasting: int = LASTING,
) -> CarryOver:
    """Estimate what is left of a patrol for up to `lasting` days, test it, and say which estimate to use.

    The test is Wald's on the slopes of the days since, with errors clustered by place and the F distribution of
    Pustejovsky and Tipton's kind for few places; with redraws of the schedule, in the shape (draws, days, sites), the
    chance of the draw itself stands beside it. Raises `OptionError` when `lasting` is below 1.
    """
    if lasting < 1:
        raise OptionError(f"a patrol can last for at least 1 day afterwards, not {lasting}")
    raw = regressions.rate_ratio(panel, outcome=outcome, level=level)
    since = days_since(panel.patrol & panel.drawn)
    kinds = [since == gap for gap in range(lasting + 1)]
    faults = _cannot(panel, kinds, since)
    if faults:
        return CarryOver(raw, None, (), (), None, None, f"{faults} Only the plain comparison stands.")
    fit, errors = _fitted(panel, kinds, outcome)
    labels = ["patrol day", *(f"{gap} day{'s' if gap > 1 else ''} after" for gap in range(1, lasting + 1))]
    assumes = _ASSUMES.format(days=lasting)
    steps = _steps(panel, kinds, labels, fit, errors, outcome=outcome, level=level, assumes=assumes)
    p = joint(fit, errors, list(range(1, lasting + 1)))
    runs = _by_run(panel, since, outcome=outcome, level=level, lasting=lasting)
    again = None if draws is None else redrawn(panel, draws, outcome=outcome, lasting=lasting)
    judged = p if again is None else again
    return CarryOver(raw, steps[0].effect, steps, runs, p, again, _advice(judged, level, raw, steps[0].effect))


def redrawn(panel: Panel, draws: Truth, *, outcome: Outcome = "incidents", lasting: int = LASTING) -> float:
    """Give the p-value of nothing being left for up to `lasting` days, from redraws of the schedule.

    Patrol days are first divided by their own factor; the other days that a patrol came shortly before are then
    compared with the rest, less what both share with patrol days over the redraws, so that an error of that factor
    cancels.
    """
    own = randomisation.prepare(panel, draws)
    after = _lasting(panel.patrol & panel.drawn, lasting) & panel.drawn
    laid = (draws & panel.drawn.T[None]).transpose(0, 2, 1)
    later = _lasting(laid.reshape(-1, laid.shape[2]), lasting).reshape(laid.shape) & panel.drawn
    others = rerandomised.prepare(after, later.transpose(0, 2, 1))
    ratio = regressions.rate_ratio(panel, outcome=outcome).value
    outcomes = panel.of(outcome) / np.where(panel.patrol & np.isfinite(ratio), ratio, 1.0)
    layout = panelfits.poisson(outcomes, np.zeros((0, *outcomes.shape)), weights=panel.drawn.astype(np.float64))
    left = np.where(layout.used, outcomes - layout.mean, 0.0)
    own_sums, sums = (rerandomised.project(one, left) for one in (own, others))
    shared, total = own_sums.sum(axis=0), sums.sum(axis=0)
    factor = float(shared[1:] @ total[1:] / max(float(shared[1:] @ shared[1:]), 1e-300))
    return rerandomised.share_as_far(rerandomised.studentise(sums - factor * own_sums))


def _lasting(patrol: Truth, lasting: int) -> Truth:
    since = days_since(patrol)
    found: Truth = (since >= 1) & (since <= lasting)
    return found


def joint(fit: Fit, errors: Errors, places: list[int]) -> float:
    """Give the p-value of several slopes being 0 at once: Hotelling's F with the fewest degrees of freedom of them."""
    from scipy.special import fdtrc

    slopes = fit.slopes[places]
    covariance = errors.covariance[np.ix_(places, places)]
    wald = float(slopes @ np.linalg.pinv(covariance, hermitian=True) @ slopes)
    number, freedom = len(places), float(errors.freedom[places].min())
    second = max(freedom - number + 1, 1.0)
    return float(fdtrc(number, second, wald * second / (freedom * number)))


def _fitted(panel: Panel, kinds: list[Truth], outcome: Outcome) -> tuple[Fit, Errors]:
    columns = np.stack(kinds).astype(np.float64)
    fit = panelfits.poisson(panel.of(outcome), columns, weights=panel.drawn.astype(np.float64))
    return fit, clustered.bias_reduced(fit)


def _steps(
    panel: Panel,
    kinds: list[Truth],
    labels: list[str],
    fit: Fit,
    errors: Errors,
    *,
    outcome: Outcome,
    level: float,
    assumes: str,
) -> tuple[Step, ...]:
    steps = []
    for place, (kind, label) in enumerate(zip(kinds, labels, strict=True)):
        mine = kind & panel.drawn
        method = f"Poisson by days since patrol: {label}"
        empty = blank(outcome, "rate ratio", method, level=level, assumes=assumes)
        effect = regressions.fill(empty, fit, errors, place)
        steps.append(Step(label, effect, int(mine.sum()), int(panel.incidents[mine].sum())))
    return tuple(steps)


def _by_run(panel: Panel, since: Whole, *, outcome: Outcome, level: float, lasting: int) -> tuple[Step, ...]:
    """Give the effect of patrol days by how many in a row they end, beside the days since on other days."""
    running = days_running(panel.patrol & panel.drawn)
    runs = [running == length if length < LONGEST_RUN else running >= length for length in range(1, LONGEST_RUN + 1)]
    least = max(_LEAST_SHARE / 2 * panel.drawn.sum(), 1)
    runs = [run for run in runs if (run & panel.drawn).sum() >= least]
    if len(runs) < 2:
        return ()
    kinds = [*runs, *(since == gap for gap in range(1, lasting + 1))]
    fit, errors = _fitted(panel, kinds, outcome)
    labels = [
        f"patrol day {length} in a row" + (" or later" if length == LONGEST_RUN else "")
        for length in range(1, len(runs) + 1)
    ] + [f"{gap} after" for gap in range(1, lasting + 1)]
    assumes = _ASSUMES_RUNS.format(days=lasting)
    steps = _steps(panel, kinds, labels, fit, errors, outcome=outcome, level=level, assumes=assumes)
    return steps[: len(runs)]


def _cannot(panel: Panel, kinds: list[Truth], since: Whole) -> str:
    """Say why the design cannot tell what is left of a patrol; blank when it can."""
    within = panel.patrol & panel.drawn
    if not (within.any(axis=1) & (panel.drawn & ~within).any(axis=1)).any():
        return "No place has both patrol days and other days, so the design cannot tell what a patrol leaves behind."
    clean = panel.drawn & ((since < 0) | (since >= len(kinds)))
    share = float(clean.sum() / panel.drawn.sum())
    if share < _LEAST_SHARE:
        return (
            f"Only {share:.1%} of place-days had no patrol on them or in the {len(kinds) - 1} days before, too few to "
            "compare with: the places were patrolled too often to tell."
        )
    missing = [gap for gap, kind in enumerate(kinds) if not (kind & panel.drawn).any()]
    if missing:
        return f"No place-day came {missing[0]} days after a patrol, so its effect cannot be told."
    return ""


def _advice(p: float, level: float, raw: Effect, adjusted: Effect) -> str:
    if p < 1 - level:
        return (
            f"Something is left of a patrol on later days (p = {p:.3g}): the plain comparison, {raw}, has some of it "
            f"on both sides; use the one adjusted for it, {adjusted}. A further trial should give each place longer "
            "stretches of one kind, or stay with one kind throughout."
        )
    return (
        f"No sign that a patrol leaves anything on later days (p = {p:.3g}): the plain comparison, {raw}, stands; "
        f"adjusted for what may be left it is {adjusted}. A small remainder could be missed."
    )
