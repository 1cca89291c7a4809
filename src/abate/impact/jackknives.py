"""Jackknife+ over the periods before the start, for any method that gives a path without the programme.

Each period before the start is left out of the fit in turn and moved behind it, so that the method says what it would
have expected there: that error, put on the effect which the same fit gives, is one value; the interval runs between
the quantiles of effect less |error| and effect plus |error| (with linear interpolation, (1 - level)/2 on either side).
It covers a further period at least 1 - 2 (1 - level) of the time when periods are exchangeable, as a rule about
`level`. For the mean effect the error of single periods is used, which is wide rather than narrow.

Sources: Barber, Candès, Ramdas and Tibshirani 2021, Annals of Statistics 49, 486-507; Ben-Michael, Feller and
Rothstein 2021, Journal of the American Statistical Association 116, 1789-1803.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError
from abate.impact import methods, reruns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.impact.effects import Effect, Setting
    from abate.impact.panels import Panel

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

_LEAST = 3


@dataclass(frozen=True)
class LeftOut:
    """What is found when each period before the start is left out in turn.

    `errors` has one entry a period left out: its mean gap, not having been matched. `gaps` has the shape (left out,
    periods after the start): the mean gaps that the same fit gives.
    """

    errors: Real
    gaps: Real

    def ends(self, gaps: Real, level: float) -> tuple[float, float]:
        """Give the interval of an effect from what it is with each period left out."""
        reach, tail = np.abs(self.errors), (1 - level) / 2
        return float(np.quantile(gaps - reach, tail)), float(np.quantile(gaps + reach, 1 - tail))


def leave_out(panel: Panel, setting: Setting) -> LeftOut:
    """Leave out each period before the start in turn. Raises `OptionError` for several starts, or fewer than 3."""
    single(panel, "jackknife+")
    if panel.start < _LEAST:
        raise OptionError(
            f"jackknife+ leaves out one period before the start in turn: it needs {_LEAST} or more, and there are "
            f"{panel.start}"
        )
    work = partial(_held_out, setting=replace(setting, inference=()))
    found = reruns.run(work, [_behind(panel, period) for period in range(panel.start)])
    return LeftOut(np.array([error for error, _ in found]), np.array([gaps for _, gaps in found]))


def apply(effect: Effect) -> Effect:
    """Fill in the interval of the mean effect and the band of each period after the start by jackknife+."""
    panel, level = effect.panel, effect.setting.level
    left = leave_out(panel, effect.setting)
    low, high = left.ends(left.gaps.mean(axis=1), level)
    ends = np.full((2, len(panel.times)), np.nan)
    for place in range(left.gaps.shape[1]):
        ends[:, panel.start + place] = left.ends(left.gaps[:, place], level)
    errors = {panel.times[at]: float(error) for at, error in enumerate(left.errors)}
    told = {
        "held_out_errors": errors,
        "held_out_rmse": float(np.sqrt(np.mean(left.errors**2))),
        "jackknife_effects": [float(gaps.mean()) for gaps in left.gaps],
    }
    return replace(
        effect,
        se=None,
        p=None,
        low=low,
        high=high,
        band=(ends[0], ends[1]),
        diagnostics={**effect.diagnostics, **told},
    )


def single(panel: Panel, what: str) -> None:
    """Raise `OptionError` where areas began at different times."""
    if len(panel.cohorts) > 1:
        began = ", ".join(panel.times[at] for at in panel.cohorts)
        raise OptionError(f"{what} needs one start for all treated areas, and here they began in {began}: use placebo")


def reorder(panel: Panel, columns: Whole, start: int) -> Panel:
    """Give the panel with its periods in another order, or some of them, and one start for all treated areas."""
    return replace(
        panel,
        times=tuple(panel.times[at] for at in columns),
        outcomes=panel.outcomes[:, columns],
        first=np.where(panel.ever, start, len(columns)).astype(np.int64),
        covariates={name: values[:, columns] for name, values in panel.covariates.items()},
        exposure=None if panel.exposure is None else panel.exposure[:, columns],
    )


def mean_gaps(effect: Effect) -> Real:
    """Give the treated areas' mean gap by period. Raises `OptionError` where the method gives no path."""
    gaps = effect.gaps
    if gaps is None:
        raise OptionError(f"{effect.setting.method} gives no path without the programme, which this inference needs")
    found: Real = gaps[effect.panel.ever].mean(axis=0)
    return found


def _behind(panel: Panel, period: int) -> Panel:
    """Give the panel in which a period before the start comes as the first after it."""
    start, periods = panel.start, len(panel.times)
    columns = np.array([*(at for at in range(start) if at != period), period, *range(start, periods)])
    return reorder(panel, columns, start - 1)


def _held_out(panel: Panel, setting: Setting) -> tuple[float, Real]:
    path = mean_gaps(methods.estimate(panel, setting))
    return float(path[panel.start]), path[panel.start + 1 :]
