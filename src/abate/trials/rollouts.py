"""A roll-out in which chance decided who starts when: the efficient estimator, with Fisher's p-value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import TableError
from abate.stats import staggered

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from abate.stats.staggered import Controls, Estimand

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Effect:
    """The mean effect of having started, per unit and period, in the outcome's own unit.

    `se` is the error adjusted for what is known of how effects differ, `se_neyman` the one that is not; `low` and
    `high` are `value` and 1.96 (for 95%) times `se` to either side. `p_fisher` comes from dealing the starts out anew
    (None when not asked for). `units`, `periods` and `cohorts` are what it rests on; `notes` what was left out.
    """

    estimate: float
    se: float
    se_neyman: float
    low: float
    high: float
    level: float
    p_fisher: float | None
    coefficient: float
    units: int
    periods: int
    cohorts: int
    notes: tuple[str, ...] = ()


def estimate(
    wide: pd.DataFrame,
    *,
    identifier: str,
    first_treated: str,
    estimand: Estimand | int = "simple",
    level: float = 0.95,
    draws: int = 0,
    seed: int = 0,
    coefficient: float | None = None,
    controls: Controls = "later",
) -> Effect:
    """Estimate the effect of a roll-out from a table with a row a unit and a column a period.

    The columns of periods are those that end in a whole number, such as `p1` to `p72`; `first_treated` holds the
    number of the period in which the unit started, blank if it never did. `estimand` and the rest are as in
    `abate.stats.staggered`. Cohorts of one unit have no variance, and cohorts that started in the first period no time
    before; they are left out and noted. Raises `TableError` with a sentence a fault. Source: Roth and Sant'Anna 2023,
    Journal of Political Economy Microeconomics 1, 669-709.
    """
    from statistics import NormalDist

    outcomes, first = _laid_out(wide, identifier, first_treated)
    kept, notes = _usable(first)
    outcomes, first = outcomes[kept], first[kept]
    combination = staggered.combine(first, outcomes.shape[1], estimand=estimand, controls=controls)
    found = staggered.estimate(outcomes, first, combination, coefficient=coefficient)
    reach = NormalDist().inv_cdf((1 + level) / 2) * found.error
    return Effect(
        *(found.value, found.error, found.error_neyman, found.value - reach, found.value + reach, level),
        p_fisher=staggered.permuted(outcomes, first, combination, draws=draws, seed=seed) if draws else None,
        coefficient=found.coefficient,
        units=len(first),
        periods=outcomes.shape[1],
        cohorts=len(combination.starts),
        notes=tuple(notes),
    )


def _laid_out(wide: pd.DataFrame, identifier: str, first_treated: str) -> tuple[Real, Whole]:
    faults = [
        f"the roll-out has no column '{name}': it has {', '.join(map(str, wide.columns[:5]))} ..."
        for name in (identifier, first_treated)
        if name not in wide.columns
    ]
    numbered = {
        int(found[1]): name
        for name in wide.columns
        if name not in {identifier, first_treated} and (found := re.search(r"(\d+)$", str(name)))
    }
    if len(numbered) < 2:
        faults.append("the roll-out has no columns of periods: their names end in the period's number, such as p1, p2")
    if faults:
        raise TableError(*faults)
    periods = sorted(numbered)
    columns = [numbered[period] for period in periods]
    faults = [*_broken(wide, identifier, columns), *_gaps(periods)]
    if faults:
        raise TableError(*faults)
    starts = wide[first_treated].to_numpy(dtype=float)
    first = np.where(np.isnan(starts), np.inf, starts) - periods[0]
    last = len(periods)
    return wide[columns].to_numpy(dtype=float), np.clip(np.minimum(first, last), 0, last).astype(np.int64)


def _broken(wide: pd.DataFrame, identifier: str, columns: list[Any]) -> list[str]:
    faults = []
    if again := int(wide[identifier].duplicated().sum()):
        faults.append(f"the roll-out names {again:,} units twice in '{identifier}': a row is a unit")
    blank = wide[columns].isna()
    if blank.to_numpy().any():
        row = int(blank.any(axis=1).to_numpy().argmax())
        faults.append(
            f"the roll-out is blank in {int(blank.to_numpy().sum()):,} unit-periods, first in row {row + 1} "
            f"('{wide[identifier].iloc[row]}'): units without a full record are left out before the analysis"
        )
    return faults


def _gaps(periods: list[int]) -> list[str]:
    missing = sorted(set(range(periods[0], periods[-1] + 1)) - set(periods))
    return [f"the roll-out has no column for period {missing[0]}"] if missing else []


def _usable(first: Whole) -> tuple[NDArray[np.bool_], list[str]]:
    starts, inverse, sizes = np.unique(first, return_inverse=True, return_counts=True)
    alone, early = sizes == 1, starts == 0
    notes = []
    if alone.any():
        notes.append(f"{int(alone.sum())} cohorts of one unit were left out: one unit has no variance")
    if early.any():
        notes.append(
            f"{int(sizes[early].sum())} units that started in the first period were left out: nothing is before"
        )
    kept: NDArray[np.bool_] = ~(alone | early)[inverse]
    return kept, notes
