"""The week behind: what was done and recorded at each site in the seven days before, and what has changed since."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING

import pandas as pd

from abate.patrols.shifts import days_of
from abate.tables.patrols import ATTENDED_VISITS, PLANNED_VISITS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

DAYS = 7
_SURE = 0.05


@dataclass(frozen=True)
class Recorded:
    """Incidents at each site in the stretch before the sheets, and in the one before that.

    `counts` has one row a site: `site_id`, `incidents`, `before`. `window` and `earlier` say in words which stretches
    they are (`in the last seven days`, `in August 2025`); `days` and `days_before` how long each is. `earlier` is blank
    where nothing is held of the stretch before.
    """

    counts: pd.DataFrame
    window: str
    earlier: str
    days: int
    days_before: int


def attended(visits: pd.DataFrame, site_id: str, *, first: date, zone: str) -> str:
    """Say in a sentence how much presence a site had in the seven days before `first`.

    `visits` is `tables.ATTENDED_VISITS`. The range adds up the 95% intervals of the single visits: it is wider than a
    95% interval of their sum.

    >>> start = pd.to_datetime(["2025-08-30 13:00", "2025-08-31 13:00"], utc=True)
    >>> rows = pd.DataFrame({"site_id": "a", "start": start, "minutes": [15.0, 12.0], "low": 11.0, "high": 17.0})
    >>> rows = rows.assign(officers=2, officer_minutes=30.0, team="P1", planned_start=start, source="gps")
    >>> attended(rows, "a", first=start[1].date(), zone="Europe/London")
    'Patrolled once, 15 minutes (11 to 17).'
    """
    own = _week(ATTENDED_VISITS.check(visits), site_id, first, zone)
    if own.empty:
        return "No visit was recorded here."
    times = "once" if len(own) == 1 else "twice" if len(own) == 2 else f"{len(own)} times"
    minutes, low, high = (float(own[name].sum()) for name in ("minutes", "low", "high"))
    return f"Patrolled {times}, {minutes:.0f} minutes ({low:.0f} to {high:.0f})."


def kept(planned: pd.DataFrame, visits: pd.DataFrame, site_id: str, *, first: date, zone: str) -> str:
    """Say how many of last week's planned visits to a site were made; nothing where the plan does not reach back.

    `planned` is `tables.PLANNED_VISITS`, `visits` `tables.ATTENDED_VISITS`. A visit counts as made where an attended
    one answers its start.
    """
    meant = _week(PLANNED_VISITS.check(planned), site_id, first, zone)
    if meant.empty:
        return ""
    answered = set(visits.loc[visits["site_id"] == site_id, "planned_start"].dropna())
    made = sum(start in answered for start in meant["start"])
    return f"{made} of {len(meant)} planned visits were made."


def recorded(told: Recorded, site_id: str) -> str:
    """Say in a sentence how many incidents a site saw in the stretch before."""
    seen, _ = _seen(told, site_id)
    what = "No incident was" if seen == 0 else "1 incident was" if seen == 1 else f"{seen} incidents were"
    return f"{what} recorded here {told.window}."


def changed(told: Recorded, site_id: str) -> str:
    """Say whether a site saw more or fewer incidents than in the stretch before; small differences are said to be none.

    The two counts are compared with the exact binomial test (two-sided, 5%), which is what two Poisson counts ask for
    (Przyborowski and Wilenski 1940): 3 after 1 is no news, 12 after 2 is.

    >>> counts = pd.DataFrame({"site_id": ["a", "b"], "incidents": [3, 12], "before": [1, 2]})
    >>> told = Recorded(counts, "last week", "the week before", 7, 7)
    >>> changed(told, "a"), changed(told, "b")
    ('Incidents: 3, after 1 the week before: no clear change.', 'Incidents: 12, after 2 the week before: more.')
    """
    if not told.earlier:
        return ""
    seen, before = _seen(told, site_id)
    share = told.days / (told.days + told.days_before)
    if p_value(seen, seen + before, share=share) > _SURE:
        verdict = "no clear change"
    else:
        verdict = "more" if seen / told.days > before / told.days_before else "fewer"
    return f"Incidents: {seen}, after {before} {told.earlier}: {verdict}."


def p_value(seen: int, both: int, *, share: float) -> float:
    """Give the two-sided exact binomial p-value of `seen` of `both`, each falling here with chance `share`.

    All outcomes that are no likelier than the one seen are added up.

    >>> p_value(12, 14, share=0.5), p_value(0, 0, share=0.5)
    (0.012939453125, 1.0)
    """
    chances = [comb(both, k) * share**k * (1 - share) ** (both - k) for k in range(both + 1)]
    return min(1.0, sum(chance for chance in chances if chance <= chances[seen] * (1 + 1e-9)))


def planned_change(planned: pd.DataFrame, *, first: date, days: int, zone: str) -> Mapping[str, str]:
    """Say for each site how many visits are planned in the days from `first` on, and in the seven before.

    Sites without a visit before are said to be new, unless the plan does not reach back at all.
    """
    day = days_of(planned["start"], zone)
    start = pd.Timestamp(first)
    coming = planned[(day >= start) & (day < start + pd.Timedelta(days=days))]["site_id"].value_counts()
    past = planned[(day < start) & (day >= start - pd.Timedelta(days=DAYS))]["site_id"].value_counts()
    if past.empty:
        return {}
    told = {}
    for site, number in coming.items():
        before = int(past.get(site, 0))
        words = f"after {before} last week" if before else "none last week: new on the timetable"
        told[str(site)] = f"Visits planned by all teams: {number}, {words}."
    return told


def _seen(told: Recorded, site_id: str) -> tuple[int, int]:
    row = told.counts[told.counts["site_id"] == site_id]
    return (int(row["incidents"].iloc[0]), int(row["before"].iloc[0])) if len(row) else (0, 0)


def _week(visits: pd.DataFrame, site_id: str, first: date, zone: str) -> pd.DataFrame:
    day, start = days_of(visits["start"], zone), pd.Timestamp(first)
    past = (day < start) & (day >= start - pd.Timedelta(days=DAYS))
    return visits[past & (visits["site_id"] == site_id)]
