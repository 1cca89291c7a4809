"""Cohorts compared in the logarithm: areas that began together against areas that have not, alike before the start.

The pieces of `recommended`: what is held alike, the log ratio of each period with what each area adds to its error,
what was to be expected without the programme, and totals with intervals that are even in the logarithm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError
from abate.impact import eventtimes
from abate.stats import comparisons

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from abate.impact.effects import Setting
    from abate.impact.panels import Panel

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Truth = NDArray[np.bool_]

ALIKE = ("all", "level", "none")


@dataclass(frozen=True)
class Cohort:
    """Areas that began together against those they are compared with, by period after the start.

    `logs` are the log ratios (periods,), `pulls` what each area adds to their errors (areas, periods), both NaN where a
    period could not be compared; `areas` and `others` tell who took part; `base` is each area's level (areas,).
    `weights` are what each other area counts in the comparison (areas,), as the mean over periods; they add up to 1.
    """

    start: int
    areas: Truth
    others: Truth
    logs: Real
    pulls: Real
    freedom: float
    overlap: float
    base: Real
    slopes: Mapping[str, float]
    weights: Real


def compare(panel: Panel, setting: Setting, start: int) -> Cohort:
    """Compare one cohort with the areas that have not begun, period by period after its start."""
    logs = np.log(panel.outcomes)
    base, held = _held(panel, setting, logs, start)
    names = list(held)
    columns = np.column_stack([*held.values()]) if held else np.empty((len(panel.units), 0))
    fit = np.isfinite(base) & np.isfinite(columns).all(axis=1)
    own = (panel.first == start) & fit
    changes = logs[:, start:] - base[:, None]
    shape = changes.shape
    found, pulls = np.full(shape[1], np.nan), np.full(shape, np.nan)
    freedom, overlap, slopes, others = np.inf, 1.0, np.zeros((len(names), 0)), np.zeros(len(own), dtype=bool)
    weights = np.zeros(len(own))
    for rows, places in _alike_in_rows(panel, changes, own, fit, start=start, controls=setting.controls):
        if not (own[rows].any() and (~own[rows]).any() and rows.sum() > columns.shape[1] + 2):
            continue
        try:
            one = comparisons.compare(changes[np.ix_(rows, places)], own[rows], columns[rows])
        except ZeroDivisionError:
            raise OptionError(_apart(panel, start)) from None
        found[places], pulls[:, places] = one.difference, 0.0
        pulls[np.ix_(rows, places)] = one.pulls
        weights[rows] -= np.where(own[rows], 0.0, one.weights) * len(places)
        freedom, overlap = min(freedom, one.freedom), min(overlap, one.overlap)
        slopes, others = np.column_stack([slopes, one.slopes]), others | (rows & ~own)
    if not np.isfinite(found).any():
        raise OptionError(
            f"for the areas that began in {panel.times[start]} there are too few others to compare with: what is held "
            "alike needs more areas than it has parts. Take the option alike = none, or more areas"
        )
    mean = dict(zip(names, slopes.mean(axis=1).tolist(), strict=True)) if names else {}
    return Cohort(start, own, others, found, pulls, freedom, overlap, base, mean, weights / np.isfinite(found).sum())


def _apart(panel: Panel, start: int) -> str:
    return (
        f"what is held alike tells the areas that began in {panel.times[start]} from all others, so that none is like "
        "them: take the option alike = none, fewer covariates, or more areas"
    )


def _alike_in_rows(
    panel: Panel, changes: Real, own: Truth, fit: Truth, *, start: int, controls: str
) -> list[tuple[Truth, Whole]]:
    """Put together the periods in which the same areas can be compared."""
    number = len(panel.times)
    together: dict[bytes, tuple[Truth, list[int]]] = {}
    for place in range(changes.shape[1]):
        waiting = panel.first > start + place if controls == "notyet" else panel.first >= number
        rows = (own | (waiting & fit)) & np.isfinite(changes[:, place])
        together.setdefault(rows.tobytes(), (rows, []))[1].append(place)
    return [(rows, np.array(places)) for rows, places in together.values()]


def _held(panel: Panel, setting: Setting, logs: Real, start: int) -> tuple[Real, dict[str, Real]]:
    """Give each area's level over the last year before the start, and all that is held alike."""
    year, alike = int(setting.options.get("year", 4)), setting.options.get("alike", "all")
    base = logs[:, start - year : start].mean(axis=1)
    held: dict[str, Real] = {}
    if alike != "none":
        held["level"] = base
    if alike == "all":
        held["last"] = logs[:, start - 1] - base
        if start >= 2 * year:
            held["change"] = base - mean(logs[:, start - 2 * year : start - year])
            held["long_level"] = mean(logs[:, :start])
    for name in setting.covariates:
        held[name] = mean(panel.covariates[name][:, start - year : start])
    return base, held


def mean(values: Real) -> Real:
    """Give the mean of each row over what is known; NaN where nothing is."""
    known = np.isfinite(values)
    count = known.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Real = np.where(known, values, 0.0).sum(axis=1) / count
    return found


def expected(panel: Panel, cohorts: Sequence[Cohort]) -> Real:
    """Give what was to be expected without the programme; before the start, the others' path at the area's level."""
    found = np.full(panel.outcomes.shape, np.nan)
    logs = np.log(panel.outcomes)
    for each in cohorts:
        found[each.areas, each.start :] = panel.outcomes[each.areas, each.start :] * np.exp(-each.logs)
        path = mean((logs[each.others, : each.start] - each.base[each.others, None]).T)
        found[each.areas, : each.start] = np.exp(each.base[each.areas, None] + path[None, :])
    return found


@dataclass(frozen=True)
class Total:
    """What was prevented in all treated cells: `value` with its ends, its error, and the ratio in the logarithm."""

    value: float
    low: float
    high: float
    se: float
    p: float
    cells: int
    log_ratio: float
    log_se: float
    log_low: float
    log_high: float
    freedom: float


def total(
    panel: Panel,
    cohorts: Sequence[Cohort],
    wanted: Real,
    *,
    scale: Real | None,
    level: float,
    only: Truth | None = None,
) -> Total | None:
    """Add up what was prevented in all treated areas and periods, or in some (`only`); None where there is none.

    `wanted` is what was expected (areas, periods); each cell counts `scale` times (once where None). The total is
    (expected / observed - 1) times what was observed. The logarithm of that ratio has the error of the cohorts' log
    ratios, each weighted by what was expected then; the interval is even in the logarithm.
    """
    pulled, seen, sought, count = np.zeros(len(panel.units)), 0.0, 0.0, 0
    pieces = []
    for each in cohorts:
        cells = each.areas[:, None] & np.isfinite(wanted) & np.isfinite(panel.outcomes) & panel.treated
        if only is not None:
            cells &= only
        if not cells.any():
            continue
        size = np.where(cells, 1.0 if scale is None else scale, 0.0)
        weights = (size * np.where(cells, wanted, 0.0)).sum(axis=0)[each.start :]
        pull = np.where(weights > 0, np.nan_to_num(each.pulls), 0.0) @ weights
        pulled += pull
        pieces.append((float(pull @ pull), each.freedom))
        seen += float((size * np.where(cells, panel.outcomes, 0.0)).sum())
        sought += float(weights.sum())
        count += int(cells.sum())
    if not count:
        return None
    freedom = sum(one for one, _ in pieces) ** 2 / max(sum(one**2 / free for one, free in pieces), 1e-300)
    ratio, error = float(np.log(seen / sought)), float(np.sqrt(pulled @ pulled)) / sought
    low, high, p = eventtimes.interval(ratio, error, level, freedom)
    ends = seen * float(np.expm1(-high)), seen * float(np.expm1(-low))
    return Total(sought - seen, *ends, error * sought, p, count, ratio, error, low, high, freedom)
