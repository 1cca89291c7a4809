"""Forecasts rehearsed inside the past: what would have been known then, and the window that followed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError
from abate.hotspots import rolling
from abate.hotspots.histories import Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.hotspots.histories import History

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Flags = NDArray[np.bool_]

MOST = 6
_LEARNT = 0.5


@dataclass(frozen=True)
class Rehearsal:
    """A forecast as it could have been made: the past up to then, the window after it, and what each place then saw.

    `kept` says which of the places of the whole past are among those of this one.
    """

    past: History
    window: Window
    seen: Whole
    kept: Flags


def rehearse(past: History, window: Window, *, most: int = MOST) -> list[Rehearsal]:
    """List forecasts inside the past that are like the one asked for: as long, after as long a gap, latest first.

    Their windows lie end to end back from the last day of the record, at most `most` of them, as long as at least half
    of the record comes before each. A window longer than half of the record is rehearsed by one as long as that half.
    None where the record is a single day or month.

    Where every place has seen something, the places were listed because they had: a rehearsal then has only those that
    would have been listed at its time. Otherwise the quiet places would all be ones where something was about to
    happen, and a method would learn that quiet places are not to be trusted. Raises `OptionError` when the window
    begins inside the record.
    """
    gap = (window.first - past.span.last).days - 1
    if gap < 0:
        raise OptionError(f"the window begins on {window.first}, inside the record, which ends on {past.span.last}")
    return _by_day(past, window, gap, most) if past.unit == "day" else _by_month(past, window, gap, most)


def _by_day(past: History, window: Window, gap: int, most: int) -> list[Rehearsal]:
    free = int(past.span.days * (1 - _LEARNT))
    length = min(window.days, free)
    gap = min(gap, free - length)
    ends = [past.span.days - length * turn for turn in range(most)]
    return [
        _rehearsal(past, end - length - gap, end - length, end)
        for end in ends
        if length > 0 and end - length - gap >= past.span.days * _LEARNT
    ]


def _by_month(past: History, window: Window, gap: int, most: int) -> list[Rehearsal]:
    starts = past.starts
    months = len(starts) - 1
    free = int(months * (1 - _LEARNT))
    length = min(_months(window.first, window.last + timedelta(days=1)), free)
    wait = min(_months(past.span.last + timedelta(days=1), window.first) if gap else 0, free - length)
    ends = [months - length * turn for turn in range(most)]
    return [
        _rehearsal(past, int(starts[end - length - wait]), int(starts[end - length]), int(starts[end]))
        for end in ends
        if length > 0 and end - length - wait >= max(1.0, months * _LEARNT)
    ]


def _months(first: date, before: date) -> int:
    """Count the months from one day to another, at least one."""
    return max(1, round((before - first).days / 30.4375))


def _rehearsal(past: History, known: int, begins: int, ends: int) -> Rehearsal:
    """Cut the past after `known` days, with the window from day `begins` to before day `ends`."""
    first = past.span.first
    window = Window(first + timedelta(days=begins), first + timedelta(days=ends - 1))
    before, seen = past.until(first + timedelta(days=known - 1)), past.during(window)
    if not rolling.known(past).all() or (kept := rolling.known(before)).all() or not kept.any():
        return Rehearsal(before, window, seen, np.ones(len(seen), dtype=bool))
    return Rehearsal(rolling.narrow(before, kept), window, seen[kept], kept)


def bunch(rehearsals: list[Rehearsal], means: list[Real], expected: Real) -> Real:
    """Give each place's negative binomial size, from how far the rehearsed forecasts lay from what was then seen.

    `means` are what the method would have forecast in each rehearsal, `expected` is what it forecasts now. Not a
    number, which is Poisson, where there is nothing to rehearse.
    """
    from abate.stats import bunching

    if not rehearsals:
        return np.full(len(expected), np.nan)
    seen = np.concatenate([one.seen for one in rehearsals])
    return bunching.fit(seen, np.concatenate(means)).size(expected)
