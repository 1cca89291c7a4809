"""Settings of a forecast chosen by what they would have forecast: learn from the earlier past, judge by the later.

Nothing beyond `past` is looked at: its last quarter (a year at most) plays the future. What is judged is the share of
the incidents that each place is given, by the likelihood of what the places then saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.hotspots.histories import History, Window

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Flags = NDArray[np.bool_]

LEAST = 20
_YEAR = 365
_HALVINGS = 50
_MONTH = 30.44


@dataclass(frozen=True)
class Holdout:
    """Which records a forecast may learn from (`early`), and how many incidents each place saw after them (`seen`).

    `used` are the records of both parts, and `first` the first day of them, counted from the start of the span.
    """

    used: Flags
    early: Flags
    seen: Whole
    first: int


@dataclass(frozen=True)
class Verdict:
    """How likely shares made the later incidents (mean logarithm), and the part best shared out evenly (`even`)."""

    likelihood: float
    even: float


@dataclass(frozen=True)
class Fit:
    """The bandwidth chosen (metres), the part of the incidents shared out evenly, and the negative binomial's size.

    `candidates` are the bandwidths that were tried, with the mean log likelihood of the later past under each.
    """

    bandwidth_m: float
    even: float
    size: float
    candidates: tuple[float, ...]
    likelihood: tuple[float, ...]


def given(past: History, used: Flags, bandwidth_m: float) -> Fit:
    """Take a bandwidth as given, for the records `used`; raises `OptionError` when it is no length."""
    if not bandwidth_m > 0:
        raise OptionError(f"a bandwidth is a length above 0, not {bandwidth_m:g} metres")
    return Fit(bandwidth_m, 1 / (float(past.incidents[used].sum()) + 1), np.nan, (), ())


def begin(past: History, months: int | None) -> int:
    """Give the day, counted from the start of the span, that the last `months` of it begin on; 0 without `months`.

    Months known only as months are taken whole. Raises `OptionError` for less than one month.
    """
    if months is None:
        return 0
    if months < 1:
        raise OptionError(f"a forecast looks back over at least 1 month, not {months}")
    if past.unit == "month":
        return int(past.starts[max(0, len(past.starts) - 1 - months)])
    return max(0, round(past.span.days - months * _MONTH))


def hold_out(past: History, *, months: int | None = None) -> Holdout:
    """Part the last `months` (all without) of a past into an earlier part to learn from and a later one to judge by.

    The later part is the last quarter, a year at most, a month at least where months are all that is known. Raises
    `OptionError` when one of the parts has too few incidents.
    """
    first = begin(past, months)
    days = past.span.days - first
    wanted = past.span.days - min(_YEAR, days / 4)
    inner = past.starts[(past.starts > first) & (past.starts < past.span.days)]
    cut = int(inner[np.argmin(np.abs(inner - wanted))]) if len(inner) else past.span.days
    used = past.day >= first
    early, late = used & (past.day < cut), used & (past.day >= cut)
    counts = [int(past.incidents[part].sum()) for part in (early, late)]
    if sum(counts) < LEAST or min(counts) < 2:
        raise OptionError(
            f"choosing a bandwidth by likelihood takes at least {LEAST} incidents, some of them in the last quarter of "
            f"the past: here are {sum(counts)}, {counts[1]} of them late. Take more kinds of crime or a longer past, "
            "or give the bandwidth"
        )
    seen = np.bincount(past.place[late], weights=past.incidents[late], minlength=len(past.places))
    return Holdout(used, early, np.rint(seen).astype(np.int64), first)


def judge(shares: Real, even: Real, seen: Whole) -> Verdict:
    """Say how likely shares of the incidents made what was seen, mixed with even shares as suits them best.

    `shares` and `even` add up to 1. The part of the even shares keeps a place that saw nothing from being given no
    chance at all; it is at least half an incident's.

    >>> found = judge(np.array([1.0, 0.0]), np.array([0.5, 0.5]), np.array([9, 1]))
    >>> round(found.even, 2), round(found.likelihood, 3)
    (0.2, -0.325)
    """
    where = np.flatnonzero(seen)
    count, kernel, flat = seen[where].astype(np.float64), shares[where], even[where]
    # the likelihood is concave in the part; a floor under it keeps the chance of a quiet place above 0
    low, high = 1 / (2 * float(count.sum())), 1.0
    for _ in range(_HALVINGS):
        part = (low + high) / 2
        rising = float((count * (flat - kernel) / ((1 - part) * kernel + part * flat)).sum()) > 0
        low, high = (part, high) if rising else (low, part)
    part = (low + high) / 2
    mixed = (1 - part) * kernel + part * flat
    return Verdict(float((count * np.log(mixed)).sum() / count.sum()), part)


def level(past: History, window: Window) -> float:
    """Give the incidents expected in a window in all places together, at the rate of the last year of the past."""
    starts = past.starts
    since = int(starts[np.argmin(np.abs(starts - max(0, past.span.days - _YEAR)))])
    since = since if since < past.span.days else 0
    return float(past.totals(since).sum()) / (past.span.days - since) * window.days


def size(seen: Whole, mean: Real) -> float:
    """Give the size of the negative binomial that suits counts best, given their means: by maximum likelihood.

    Large where the counts vary no more than chance; never above a million, which is Poisson in effect.

    >>> drawn = np.random.default_rng(1).negative_binomial(2, 2 / (2 + 3.0), size=4000)
    >>> 1.8 < size(drawn, np.full(4000, 3.0)) < 2.2
    True
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import gammaln

    kinds, times = np.unique(seen, return_counts=True)
    held = mean > 0
    total, sums = mean[held], seen[held] + 0.0

    def against(log_size: float) -> float:
        one = float(np.exp(log_size))
        rising = float((times * (gammaln(kinds + one) - gammaln(one))).sum())
        rest = (sums + one) * np.log1p(total / one) + sums * np.log(one)
        return float(rest.sum()) - rising

    found = minimize_scalar(against, bounds=(np.log(1e-3), np.log(1e6)), method="bounded")
    return float(np.exp(found.x))
