"""Before and after, with control and displacement areas: the weighted displacement difference and its relatives.

Counts are taken as Poisson and control areas as what would have happened to the treated ones; nothing was drawn, so
these figures describe. They are the ones that analysts can work out for a single operation.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from abate.errors import OptionError, TableError
from abate.stats import etest
from abate.tables.trials import DISPLACEMENT_CASES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]

_SIGNS = {"treated": 1, "control": -1, "displacement_treated": 1, "displacement_control": -1}
_WEIGHTS = ("pre_time", "post_time", "area_weight", "harm_weight")


@dataclass(frozen=True)
class Difference:
    """The weighted displacement difference of one case.

    `wdd` is the change of the treated area less that of its control, plus the same of the displacement areas (`local`
    and `displaced` are the two parts); below 0 is a fall. `se`, `z`, `low` and `high` rest on Poisson counts; `wdq` is
    the displacement quotient (None without displacement areas), `p_exact` the exact test of after against before in
    the treated area alone.
    """

    case: str
    wdd: float
    se: float
    z: float | None
    low: float
    high: float
    wdq: float | None
    p_exact: float | None
    local: float
    displaced: float | None
    level: float


@dataclass(frozen=True)
class Change:
    """How an area's rate changed from before to after, as a ratio with its exact interval."""

    case: str
    area: str
    pre: int
    post: int
    ratio: float
    low: float
    high: float
    p_exact: float
    level: float


def weigh(cases: pd.DataFrame, *, level: float = 0.95) -> list[Difference]:
    """Give the weighted displacement difference of each case, in the order in which the cases come.

    `cases` has the columns of `DISPLACEMENT_CASES`; weights that are missing or blank are 1. Counts are divided by
    their time and area weight and multiplied by their harm weight; rows of one area add up; the variance is the sum of
    the counts times their squared weights. Raises `TableError` with a sentence a fault. Sources: Wheeler and Ratcliffe
    2018, Crime Science 7, 11 (the difference); Bowers and Johnson 2003, Journal of Quantitative Criminology 19,
    275-301 (the quotient); Krishnamoorthy and Thomson 2004 (the exact test).

    >>> rows = [("a", "treated", 20, 10), ("a", "control", 20, 20)]
    >>> found = weigh(pd.DataFrame(rows, columns=["case", "area", "pre", "post"]))[0]
    >>> found.wdd, round(found.se, 4)
    (-10.0, 8.3666)
    """
    if not 0 < level < 1:
        raise OptionError(f"an interval's level lies between 0 and 1, not at {level}")
    complete = _complete(cases)
    return [_weighed(str(case), rows, level) for case, rows in complete.groupby("case", sort=False)]


def change(cases: pd.DataFrame, *, level: float = 0.95) -> list[Change]:
    """Give the change of each area of each case, with its exact interval and the exact test; harm does not count here.

    Rows of one area whose times before and after stand in one ratio add up; an area whose rows differ in that ratio
    has no single rate to change and is left out.
    """
    found = []
    for (case, area), rows in _complete(cases).groupby(["case", "area"], sort=False):
        times = _times(rows)
        if times is None:
            continue
        pre, post = int(rows["pre"].sum()), int(rows["post"].sum())
        exposures = {"first_exposure": times[1], "second_exposure": times[0]}
        value, low, high = etest.rate_ratio(post, pre, **exposures, level=level)
        p = etest.equal_rates(post, pre, **exposures)
        found.append(Change(str(case), str(area), pre, post, value, low, high, p, level))
    return found


@dataclass(frozen=True)
class Scan:
    """The cut between before and after at which two series part most, and how far chance alone parts them.

    `cut` is the first period after; `table` has a row a cut: `cut, wdd, se, z`. `p` is the chance of a largest |z| as
    large as this over all cuts, when the treated area's share of all incidents never changed.
    """

    cut: int
    z: float
    p: float
    table: pd.DataFrame


def scan(treated: Real, control: Real, *, least: int = 2, draws: int = 999, seed: int) -> Scan:
    """Try every cut of two equally long series of counts, and say what the best of them is worth.

    For each cut the mean rates before and after are compared (the weighted displacement difference with the lengths
    as times), with at least `least` periods on either side. Choosing the cut after the event makes some z large by
    chance; the p-value is that of the largest, from redraws in which each period's incidents fall to the treated area
    with one chance throughout. Raises `OptionError` when the series are too short or differ in length.
    """
    if treated.shape != control.shape or treated.ndim != 1 or len(treated) < 2 * least or least < 1:
        raise OptionError(f"a scan needs two series of one length, at least {2 * least} periods long")
    totals = np.rint(treated + control).astype(np.int64)
    share = float(treated.sum() / max(totals.sum(), 1))
    redrawn = np.random.default_rng(seed).binomial(totals, share, size=(draws, len(totals))).astype(np.float64)
    wdd, se = _cuts(np.vstack([treated, redrawn]), np.vstack([control, totals - redrawn]), least)
    z = np.divide(wdd, se, out=np.zeros_like(wdd), where=se > 0)
    largest = np.abs(z).max(axis=1)
    best = int(np.abs(z[0]).argmax())
    cuts = np.arange(least, len(treated) - least + 1)
    table = pd.DataFrame({"cut": cuts, "wdd": wdd[0], "se": se[0], "z": z[0]})
    return Scan(int(cuts[best]), float(z[0, best]), float((largest >= largest[0] * (1 - 1e-9)).mean()), table)


def _cuts(treated: Real, control: Real, least: int) -> tuple[Real, Real]:
    """Give the difference and its error for each series (rows) and cut (columns)."""
    periods = treated.shape[1]
    before = np.arange(least, periods - least + 1, dtype=np.float64)
    after = periods - before
    sides = []
    for counts in (treated, control):
        sums = np.cumsum(counts, axis=1)
        pre = sums[:, least - 1 : periods - least]
        sides.append((pre, sums[:, -1:] - pre))
    (t0, t1), (c0, c1) = sides
    wdd = (t1 - c1) / after - (t0 - c0) / before
    return wdd, np.sqrt((t1 + c1) / after**2 + (t0 + c0) / before**2)


def _weighed(case: str, rows: pd.DataFrame, level: float) -> Difference:
    from statistics import NormalDist

    before, after = _weights(rows)
    sign = rows["area"].map(_SIGNS).to_numpy(dtype=float)
    pre, post = rows["pre"].to_numpy(dtype=float), rows["post"].to_numpy(dtype=float)
    moved = sign * (post * after - pre * before)
    spill = rows["area"].str.startswith("displacement").to_numpy()
    se = sqrt(float((post * after**2 + pre * before**2).sum()))
    wdd, reach = float(moved.sum()), NormalDist().inv_cdf((1 + level) / 2) * se
    sums = {
        area: (float((pre * before)[mine].sum()), float((post * after)[mine].sum()))
        for area in _SIGNS
        if (mine := (rows["area"] == area).to_numpy()).any()
    }
    treated = rows[rows["area"] == "treated"]
    times = _times(treated)
    return Difference(
        *(case, wdd, se, wdd / se if se else None, wdd - reach, wdd + reach, _quotient(sums)),
        p_exact=None
        if times is None
        else etest.equal_rates(
            int(treated["post"].sum()), int(treated["pre"].sum()), first_exposure=times[1], second_exposure=times[0]
        ),
        local=float(moved[~spill].sum()),
        displaced=float(moved[spill].sum()) if spill.any() else None,
        level=level,
    )


def _weights(rows: pd.DataFrame) -> tuple[Real, Real]:
    pre_time, post_time, area, harm = (rows[name].to_numpy(dtype=float) for name in _WEIGHTS)
    return harm / (pre_time * area), harm / (post_time * area)


def _quotient(sums: dict[str, tuple[float, float]]) -> float | None:
    """Displacement over success, both relative to the control area: (D1/C1 - D0/C0) / (T1/C1 - T0/C0)."""
    if "displacement_treated" not in sums or min(sums["control"]) <= 0:
        return None
    (t0, t1), (c0, c1), (d0, d1) = sums["treated"], sums["control"], sums["displacement_treated"]
    success = t1 / c1 - t0 / c0
    return (d1 / c1 - d0 / c0) / success if success else None


def _times(rows: pd.DataFrame) -> tuple[float, float] | None:
    """Give the times before and after; None when rows differ in how the two stand to each other."""
    pre, post = rows["pre_time"].to_numpy(dtype=float), rows["post_time"].to_numpy(dtype=float)
    return (float(pre[0]), float(post[0])) if np.allclose(post / pre, post[0] / pre[0], rtol=1e-12) else None


def _complete(cases: pd.DataFrame) -> pd.DataFrame:
    """Fill weights that are missing, and name everything that is wrong with the cases."""
    filled = cases.assign(
        **{name: cases[name].astype(float).fillna(1.0) if name in cases.columns else 1.0 for name in _WEIGHTS}
    )
    DISPLACEMENT_CASES.check(filled)
    faults = [
        f"displacement_cases, row {row + 1}: {name} is above 0, not {filled[name].iloc[row]:g}"
        for name in _WEIGHTS[:3]
        for row in np.flatnonzero(~(filled[name].to_numpy() > 0))
    ]
    for case, rows in filled.groupby("case", sort=False):
        missing = [area for area in ("treated", "control") if area not in set(rows["area"])]
        faults += [f"displacement_cases: case '{case}' has no row with area '{area}'" for area in missing]
    if faults:
        raise TableError(*faults)
    return filled
