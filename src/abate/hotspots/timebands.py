"""At which hours of which days a site is busy: incidents known only as a span count in part in every hour of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from abate.tables.sites import TIME_BANDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

HOURS = 168
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MOST_BANDS = 3
_BORROWED = 20.0
_RAISED = 1.5
_SHORTEST, _LONGEST = 3, 8
_SECOND = 1 / 3600


def spread(start: Real, hours: Real, group: Whole, weight: Real, *, groups: int) -> Real:
    """Lay incidents out over the hours of the week, in the shape (groups, 168).

    `start` is the hour of the week (0 is Monday from midnight to one) at which each can have begun, with fractions;
    `hours` how long it can have been until it ended, at most a week: an incident counts in each hour with the part of
    its span that lies there (aoristic weights), one without a span in its hour alone. `group` is the row it counts in
    and `weight` how many incidents it stands for. Source: Ratcliffe 2000, International Journal of Geographical
    Information Science 14, 669-679.

    >>> both = spread(np.array([23.5, 3.0]), np.array([2.0, 0.0]), np.array([0, 0]), np.ones(2), groups=1)
    >>> both[0, [23, 24, 25, 3]].round(6).tolist()
    [0.25, 0.5, 0.25, 1.0]
    """
    laid = np.zeros((groups, HOURS))
    length = np.maximum(hours, _SECOND)
    first = np.floor(start).astype(np.int64)
    for step in range(int(np.ceil((start - first + length).max(initial=0.0)))):
        hour = first + step
        part = np.minimum(start + length, hour + 1) - np.maximum(start, hour)
        there = part > 1e-12
        np.add.at(laid, (group[there], hour[there] % HOURS), weight[there] * (part / length)[there])
    return laid


def find(laid: Real, every: Real, site_ids: list[str]) -> pd.DataFrame:
    """Find the stretches of hours that hold most of each site's incidents for their length (`tables.TIME_BANDS`).

    `laid` has the shape (sites, 168), `every` the week of all places together. A site's week is first drawn towards
    that of all places, as if it held twenty incidents more of them, since few incidents bunch by chance. A band is the
    same three to eight hours on one day or several in a row; that one is taken whose share is most above one and a
    half times its part of the week, then the next among the hours left, three at most. A site without such hours has
    no row.

    >>> week = np.zeros((1, 168))
    >>> week[0, 4 * 24 + 20:4 * 24 + 24] = 50
    >>> find(week, np.ones(168), ["a"])[["days", "from_hour", "to_hour"]].values.tolist()
    [['Fri', 20, 24]]
    """
    rows = []
    for site, week in zip(site_ids, drawn_in(laid, every), strict=True):
        left = week.copy()
        for band in range(1, MOST_BANDS + 1):
            found = _best(left)
            if found is None:
                break
            hours = _hours(*found)
            share = float(left[hours].sum())
            rows.append(_row(site, band, found, share))
            left[hours] = -1.0
    told = pd.DataFrame(rows, columns=list(TIME_BANDS.columns)) if rows else TIME_BANDS.empty()
    return TIME_BANDS.check(told)


def drawn_in(laid: Real, every: Real) -> Real:
    """Give each row's shares of the week, drawn towards those of all places; a row without hours has theirs."""
    all_shares = every / max(float(every.sum()), 1e-12)
    shares: Real = (laid + _BORROWED * all_shares) / (laid.sum(axis=1, keepdims=True) + _BORROWED)
    return shares


def words(bands: pd.DataFrame) -> str:
    """Say the bands of one site.

    >>> one = {"days": "Fri, Sat", "from_hour": 21, "to_hour": 2, "share": 0.31, "times_even": 5.2}
    >>> words(pd.DataFrame([one]))
    'Fri, Sat 21:00 to 02:00 (31% of incidents, 5.2 times an even week)'
    """
    if not len(bands):
        return "no hours stand out"
    return "; ".join(
        f"{row['days']} {row['from_hour']:02d}:00 to {row['to_hour']:02d}:00 "
        f"({row['share']:.0%} of incidents, {row['times_even']:.1f} times an even week)"
        for row in bands.to_dict("records")
    )


def _best(left: Real) -> tuple[int, int, int, int] | None:
    """Find the band (first day, days, hour, hours) with most above what is asked; None where none is."""
    best, least = None, 1e-9
    for length in range(_SHORTEST, _LONGEST + 1):
        window = np.concatenate([left, left[: length - 1]])
        mass = np.lib.stride_tricks.sliding_window_view(window, length)
        able = (mass >= 0).all(axis=1).reshape(7, 24)
        above = np.where(able, mass.sum(axis=1).reshape(7, 24) - _RAISED * length / HOURS, -np.inf)
        for days in range(1, 8):
            rows = (np.arange(7)[:, None] + np.arange(days)) % 7
            over = above[rows].sum(axis=1)
            first, hour = np.unravel_index(int(np.argmax(over)), over.shape)
            if over[first, hour] > least:
                least, best = float(over[first, hour]) + 1e-9, (int(first), days, int(hour), length)
    return best


def _hours(first: int, days: int, hour: int, length: int) -> Whole:
    starts = ((first + np.arange(days)) % 7) * 24 + hour
    within: Whole = (starts[:, None] + np.arange(length)).ravel() % HOURS
    return within


def _row(site: str, band: int, found: tuple[int, int, int, int], share: float) -> tuple[object, ...]:
    first, days, hour, length = found
    end = hour + length
    return (
        site,
        band,
        day_words([(first + each) % 7 for each in range(days)]),
        hour,
        end if end <= 24 else end - 24,
        days * length,
        min(share, 1.0),
        share / (days * length / HOURS),
    )


def day_words(days: list[int]) -> str:
    """Name days of the week in order, a run of three or more by its ends.

    >>> day_words([4, 5]), day_words([0, 1, 2]), day_words([0, 1, 2, 3, 4, 5, 6]), day_words([5, 6, 0])
    ('Fri, Sat', 'Mon to Wed', 'every day', 'Sat to Mon')
    """
    if len(days) == len(DAYS):
        return "every day"
    return f"{DAYS[days[0]]} to {DAYS[days[-1]]}" if len(days) > 2 else ", ".join(DAYS[day] for day in days)
