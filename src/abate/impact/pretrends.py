"""Before the start there can be no effect: what the periods before show, and what they could not have shown.

A test that finds no difference before the start is no proof that there was none (Roth 2022, *American Economic Review:
Insights* 4, 305-322). So beside the test stands its power: how steep a drift apart it would have missed one time in
five, and what effect that drift alone would have feigned after the start.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.stats import bands

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.impact.groupcells import Cells

    Real = NDArray[np.float64]

_POWER = 0.8
_SIZE = 0.05
_MANY = 100


@dataclass(frozen=True)
class Reading:
    """What the periods before the start say, as plain values that print as JSON, and in a sentence."""

    values: dict[str, Any]
    note: str


def read(cells: Cells, gathered: Real, shares: Real, *, value: float, anticipation: int) -> Reading:
    """Test that effects before the start are 0, and say how steep a drift the test would have missed.

    `gathered` is the influence by area or cluster, `shares` the weight of each cell in the effect `value`. The drift
    is one number a period, the same for all groups; its own test stands even where there are too few areas for the
    joint one. Periods in which areas may have anticipated the programme are not used.
    """
    before = (cells.time < cells.group - anticipation) & (cells.time != cells.base)
    if not before.any():
        note = "No period before the start can be compared with another: the trends cannot be checked"
        return Reading({"pretest_p": None}, note)
    distance = (cells.time - cells.base).astype(np.float64)
    influence, seen = gathered[:, before], cells.value[before]
    joint = bands.wald(seen, influence)
    drift, error = _drift(seen, influence, distance[before])
    least = _missed(influence, distance[before], error, joint)
    feigned = least * float(shares @ distance)
    chance = _normal(drift, error)
    values = {
        "pretest_p": None if joint is None else joint.p,
        "pretest_wald": None if joint is None else joint.statistic,
        "pretest_df": int(before.sum()),
        "pretest_drift": {"value": drift, "se": error, "p": chance},
        "pretest_missed_drift": least,
        "pretest_feigned_effect": feigned,
    }
    begun = _begun(joint, chance, cells=int(before.sum()), rows=len(gathered))
    return Reading(values, f"{begun}. {_missing(least, feigned, value)}")


def _drift(seen: Real, influence: Real, distance: Real) -> tuple[float, float]:
    """Fit one drift a period to the effects before the start, by least squares."""
    leaning = distance / float(distance @ distance)
    error = float(bands.errors((influence @ leaning)[:, None])[0])
    return float(leaning @ seen), error if np.isfinite(error) else 0.0


def _normal(value: float, error: float) -> float | None:
    return erfc(abs(value) / error / sqrt(2)) if error > 0 else None


def _missed(influence: Real, distance: Real, error: float, joint: bands.Wald | None) -> float:
    """Give the drift that the joint test (or else the drift's own) finds four times in five."""
    from scipy.special import chdtri, chndtrinc

    if joint is None:
        return (NormalDist().inv_cdf(1 - _SIZE / 2) + NormalDist().inv_cdf(_POWER)) * error
    edge = float(chdtri(joint.freedom, _SIZE))
    needed = float(chndtrinc(edge, joint.freedom, 1 - _POWER))
    return sqrt(needed / float(distance @ np.linalg.solve(bands.covariance(influence), distance)))


def _begun(joint: bands.Wald | None, drift: float | None, *, cells: int, rows: int) -> str:
    """Say what was found before the start: by the joint test where there are areas enough, and by the one drift."""
    one = "" if drift is None else f"; as one drift for all: p = {drift:.3g}"
    if joint is None:
        return f"{cells} effects before the start cannot be tested together with {rows} areas or clusters{one}"
    if joint.p < _SIZE and (rows >= _MANY or drift is None or drift < _SIZE):
        return f"Before the start the groups did not move alike (p = {joint.p:.3g}{one}), on which the effect rests"
    if joint.p < _SIZE:
        return (
            f"Before the start the groups seem not to have moved alike (p = {joint.p:.3g}{one}); with {rows} areas or "
            "clusters the joint test says so too often"
        )
    return (
        f"No difference was found before the start (p = {joint.p:.3g}{one}), which does not prove that there was none"
    )


def _missing(least: float, feigned: float, value: float) -> str:
    return (
        f"A drift apart of {least:.3g} a period would be missed one time in five, and would by itself feign an effect "
        f"of {abs(feigned):.3g}; the effect found is {value:.3g}"
    )
