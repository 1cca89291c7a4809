"""Conformal inference: the effects under which the periods after the start look like those before it.

A supposed effect is taken off the treated areas' outcomes after the start; then the method is fitted to all periods
as if nothing had happened, and the residuals after the start are ranked among those of the residuals in other orders.
The p-value is that of no effect in any period, by the sum of absolute residuals in any order (5,000 drawn; right when
residuals are exchangeable); beside it stands the p-value by turning the series round (right when they are stationary,
but there are only as many turns as periods). The interval holds the constant effects that are not rejected by the
absolute sum of residuals, which sees a shift of their mean and bears an effect that swings about it, by turning round.
An end that no effect, however large, is rejected beyond is endless: the time before the start is then too short for
the time after it. For a single period all this comes to the share of residuals that are at least as large.

Source: Chernozhukov, Wüthrich and Zhu 2021, Journal of the American Statistical Association 116, 1849-1864.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from abate.impact import jackknives, methods

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from abate.impact.effects import Effect, Setting
    from abate.impact.panels import Panel

    Real = NDArray[np.float64]

ORDERS = 5_000
_TIE = 1e-9
_GRID = 24
_WIDEN = 16
_HALVINGS = 18


@dataclass(frozen=True)
class Judged:
    """The p-values of one supposed effect.

    `iid` and `block` are of the sum of absolute residuals, by any order and by turning round; `mean` is of the absolute
    sum of residuals, by turning round.
    """

    iid: float
    block: float
    mean: float


def judge(panel: Panel, setting: Setting, *, supposed: float = 0.0, periods: tuple[int, ...] | None = None) -> Judged:
    """Test whether the effect was `supposed` in each of the `periods` after the start (places; all unless said).

    Raises `OptionError` where areas began at different times, or the method gives no path.
    """
    jackknives.single(panel, "conformal inference")
    chosen = _chosen(panel, periods)
    left, after = _residuals(panel, setting, supposed, chosen), len(chosen)
    sizes = np.abs(left)
    block, mean = _by_turning(sizes, after), _by_turning(left, after)
    if after == 1:
        return Judged(block, block, mean)
    drawn = _orders(len(sizes), after, setting.seed) @ sizes
    own = float(sizes[-after:].sum()) * (1 - _TIE)
    return Judged(float((1 + (drawn >= own).sum()) / (1 + ORDERS)), block, mean)


def interval(
    panel: Panel, setting: Setting, *, about: float, reach: float, periods: tuple[int, ...] | None = None
) -> tuple[float, float] | None:
    """Give the constant effects that are not rejected at the setting's level; None where all are rejected.

    The search goes outward from `about` in steps of a share of `reach` until both ends are rejected, then halves the
    last step. An end is endless where no effect is ever rejected (too few periods for the level).
    """
    least, chosen = 1 - setting.level, _chosen(panel, periods)

    def kept(supposed: float) -> bool:
        return _by_turning(_residuals(panel, setting, supposed, chosen), len(chosen)) > least

    if reach <= 0:
        return about, about
    grid = about + reach * np.linspace(-1, 1, 2 * _GRID + 1)
    held = [float(value) for value in grid if kept(float(value))]
    if not held:
        return None
    step = reach / _GRID
    return _end(kept, min(held), -step), _end(kept, max(held), step)


def apply(effect: Effect) -> Effect:
    """Fill in the p-value and the interval of the mean effect; for `sc` also the band of each period.

    An endless end leaves the interval out; `diagnostics["conformal_interval"]` then holds the other end.
    """
    panel, setting = effect.panel, replace(effect.setting, inference=())
    tested = judge(panel, setting)
    gaps = jackknives.mean_gaps(effect)
    reach = 4 * float(np.sqrt(np.mean(gaps**2)))
    found = interval(panel, setting, about=effect.value, reach=reach)
    ends = tuple(end if np.isfinite(end) else None for end in found) if found is not None else (None, None)
    told = {
        "conformal_p_iid": tested.iid,
        "conformal_p_block": tested.block,
        "conformal_p_mean": tested.mean,
        "conformal_interval": list(ends),
    }
    bounded = None not in ends
    return replace(
        effect,
        se=None,
        p=tested.iid,
        low=ends[0] if bounded else None,
        high=ends[1] if bounded else None,
        band=_band(effect, reach) if setting.method == "sc" else None,
        diagnostics={**effect.diagnostics, **told},
        notes=effect.notes if bounded else (*effect.notes, _unbounded(found, setting.level)),
    )


def _unbounded(found: tuple[float, float] | None, level: float) -> str:
    if found is None:
        return f"conformal: no constant effect fits the periods after the start at {level:.0%}"
    short = f"conformal: the time before the start is too short to bound the mean effect at {level:.0%}"
    if np.isfinite(found[0]):
        return f"{short} from above: it is {found[0]:.4g} or more"
    return f"{short} from below: it is {found[1]:.4g} or less" if np.isfinite(found[1]) else f"{short} on either side"


def _band(effect: Effect, reach: float) -> tuple[Real, Real]:
    panel, setting = effect.panel, replace(effect.setting, inference=())
    gaps, ends = jackknives.mean_gaps(effect), np.full((2, len(panel.times)), np.nan)
    for place in range(panel.start, len(panel.times)):
        found = interval(panel, setting, about=float(gaps[place]), reach=reach, periods=(place,))
        if found is not None and np.isfinite(found).all():
            ends[:, place] = found
    return ends[0], ends[1]


def _chosen(panel: Panel, periods: tuple[int, ...] | None) -> tuple[int, ...]:
    return tuple(range(panel.start, len(panel.times))) if periods is None else periods


def _by_turning(left: Real, after: int) -> float:
    """Give the share of turns of the series in which the last values add up to as much as they do."""
    turns = (np.arange(-after, 0) - np.arange(len(left))[:, None]) % len(left)
    sums = np.abs(left[turns].sum(axis=1))
    return float((sums >= sums[0] * (1 - _TIE)).mean())


def _end(kept: Callable[[float], bool], held: float, step: float) -> float:
    """Go on from a value that is kept until one is not, then halve; endless where none is rejected."""
    for _ in range(_WIDEN):
        if not kept(held + step):
            break
        held, step = held + step, 2 * step
    else:
        return float(np.copysign(np.inf, step))
    for _ in range(_HALVINGS):
        step /= 2
        if kept(held + step):
            held += step
    return held


def _residuals(panel: Panel, setting: Setting, supposed: float, periods: tuple[int, ...]) -> Real:
    """Fit all periods before the start and those named as if nothing but `supposed` had happened in these.

    One more period, a copy of the last, stands behind so that the panel has a start; it is not fitted and not used.
    """
    from abate.impact import synthetic

    start = panel.start
    columns = np.array([*range(start), *periods, periods[-1]])
    outcomes = panel.outcomes.copy()
    outcomes[np.ix_(np.flatnonzero(panel.ever), np.array(periods))] -= supposed
    made = jackknives.reorder(replace(panel, outcomes=outcomes), columns, len(columns) - 1)
    if setting.method != "sc":
        return jackknives.mean_gaps(methods.estimate(made, replace(setting, inference=())))[:-1]
    areas, donors = made.outcomes[made.ever], made.outcomes[~made.ever]
    expected = synthetic.mix(areas, donors, len(columns) - 1, synthetic.choose(setting)).expected
    gaps: Real = (areas - expected).mean(axis=0)[:-1]
    return gaps


@lru_cache(maxsize=4)
def _orders(periods: int, after: int, seed: int) -> Real:
    """Draw which periods come after the start in each order, as 0 and 1 in the shape (orders, periods)."""
    generator = np.random.default_rng(seed)
    chosen = np.argsort(generator.random((ORDERS, periods)), axis=1)[:, :after]
    found = np.zeros((ORDERS, periods))
    np.put_along_axis(found, chosen, 1.0, axis=1)
    found.flags.writeable = False
    return found
