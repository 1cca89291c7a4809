"""Person-hours: the time that visits show, told apart by site, role and funding stream so that every split adds up.

The minutes are those of the visits (positions, check-ins); activity records and lists of teams only say whose they
are. For each site and day: minutes of a team on the list go to its roles, by how many of each are in it. What is left
goes to the roles that the day's activity records name, in proportion to their minutes; where these name less than
four fifths of it, the rest stays `role not recorded`. Minutes of activity that no visit shows are told apart and
never counted.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.stats import rounding
from abate.tables.patrols import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

UNRECORDED = "role not recorded"
UNFUNDED = "funding not recorded"
POLICE = ("officer", "pcso", "special")
KINDS = ("police", "partner or warden", UNRECORDED)
NAMED_SHARE = 0.8
UNIT = 0.1

Cell = tuple[str, str, str]
Staff = tuple[str, str]
Day = tuple[Any, str]


@dataclass(frozen=True)
class PersonHours:
    """The person-hours of some visits in whole tenths of an hour, split so that every split adds up to `total`.

    `cells` has a row a role and funding stream (columns `role`, `funding_stream`, `hours`), `sites` a row a site
    visited (`site_id`, `hours`). The hours of a cell, role, funding stream or site are less than a tenth of an hour
    from their exact value, and `total` is the exact one rounded. `exact` is the total in minutes before rounding;
    `beyond` are the hours that activity records name and no visit shows, on `beyond_days` site-days.
    """

    cells: pd.DataFrame
    sites: pd.DataFrame
    total: float
    exact: float
    beyond: float
    beyond_days: int

    def by(self, column: str) -> dict[str, float]:
        """Give the hours by `role` or `funding_stream`, in the order of the table."""
        tenths = self.cells.assign(tenths=np.rint(self.cells["hours"] * 10).astype("int64"))
        summed = tenths.groupby(column, sort=False)["tenths"].sum()
        return {str(name): int(count) / 10 for name, count in summed.items()}

    def by_kind(self) -> dict[str, float]:
        """Give the hours of the police, of partners and wardens, and of roles not recorded."""
        hours = self.by("role")
        tenths = dict.fromkeys(KINDS, 0)
        for role, value in hours.items():
            tenths[kind(role)] += round(value * 10)
        return {name: count / 10 for name, count in tenths.items()}


def kind(role: str) -> str:
    """Say whether a role is of the police or of a partner.

    >>> kind("pcso"), kind("warden"), kind("role not recorded")
    ('police', 'partner or warden', 'role not recorded')
    """
    if role == UNRECORDED:
        return UNRECORDED
    return "police" if role in POLICE else "partner or warden"


def split(visits: pd.DataFrame, activity: pd.DataFrame | None, teams: pd.DataFrame | None) -> PersonHours:
    """Split the officer-minutes of visits (`tables.ATTENDED_VISITS` with `date`) by site, role and funding stream.

    `activity` is `tables.ACTIVITY` of the same days, `teams` is `tables.TEAM_ROLES`; either may be None. The hours are
    rounded to a tenth by controlled rounding (`stats.rounding`), so that rows, columns and totals add up.
    """
    minutes: defaultdict[Cell, list[float]] = defaultdict(list)
    named = _named(activity)
    left: defaultdict[Day, list[float]] = defaultdict(list)
    shares = _shares(teams)
    for day, site, team, spent in _visits(visits):
        for staff, share in shares.get(team, {}).items():
            minutes[site, *staff].append(spent * share)
            _take(named[day, site], staff, spent * share)
        if team not in shares:
            left[day, site].append(spent)
    beyond: list[float] = []
    for key in sorted({*left, *named}):
        told, over = _join(fsum(left.get(key, ())), named.get(key, {}))
        for staff, spent in told.items():
            minutes[key[1], *staff].append(spent)
        beyond.append(over)
    cells = {cell: fsum(parts) for cell, parts in minutes.items()}
    over_days = [over for over in beyond if over > 0.5]
    return _rounded(cells, fsum(over_days), len(over_days))


def _visits(visits: pd.DataFrame) -> Iterable[tuple[Any, str, str, float]]:
    columns = (visits["date"], visits["site_id"], visits["team"].fillna(""), visits["officer_minutes"])
    return zip(*(column.tolist() for column in columns), strict=True)


def _shares(teams: pd.DataFrame | None) -> dict[str, dict[Staff, float]]:
    """Give each team's shares by role and funding stream, by how many of each are in it."""
    found: dict[str, dict[Staff, float]] = {}
    if teams is None:
        return found
    for team, rows in teams.groupby("team", sort=True):
        whole = float(rows["officers"].sum())
        found[str(team)] = {
            (str(row["role"]), _stream(row["funding_stream"])): float(row["officers"]) / whole
            for row in rows.to_dict("records")
        }
    return found


def _named(activity: pd.DataFrame | None) -> defaultdict[Day, dict[Staff, float]]:
    """Add up the minutes that activity records name, by day and site, role and funding stream."""
    found: defaultdict[Day, dict[Staff, float]] = defaultdict(dict)
    if activity is None:
        return found
    columns = ("date", "site_id", "role", "funding_stream", "officers", "minutes")
    for day, site, role, stream, officers, minutes in zip(*(activity[name].tolist() for name in columns), strict=True):
        staff = (role, _stream(stream))
        found[day, site][staff] = found[day, site].get(staff, 0.0) + officers * minutes
    return found


def _take(named: dict[Staff, float], staff: Staff, spent: float) -> None:
    """Take minutes that a team's list explains off what records name for the role, its own funding stream first."""
    for each in sorted(named, key=lambda other: (other != staff, other)):
        if each[0] == staff[0]:
            less = min(spent, named[each])
            named[each] -= less
            spent -= less


def _stream(text: object) -> str:
    return text.strip() if isinstance(text, str) and text.strip() else UNFUNDED


def _join(left: float, named: Mapping[Staff, float]) -> tuple[dict[Staff, float], float]:
    """Give the minutes of a site and day to the roles that its records name; and the minutes named beyond them."""
    known = {staff: spent for staff, spent in sorted(named.items()) if spent > 1e-6}
    whole = fsum(known.values())
    if not left:
        return {}, whole
    told: dict[Staff, float] = {}
    given = left if whole >= NAMED_SHARE * left else whole
    for staff, spent in known.items():
        told[staff] = given * spent / whole
    if left > given:
        told[UNRECORDED, UNFUNDED] = left - given
    return told, max(whole - left, 0.0)


def _rounded(cells: Mapping[Cell, float], beyond: float, beyond_days: int) -> PersonHours:
    roles = [role for role in (*ROLES, UNRECORDED) if any(cell[1] == role for cell in cells)]
    streams = sorted({cell[2] for cell in cells}, key=lambda stream: (stream == UNFUNDED, stream))
    staff = np.zeros((len(roles), len(streams)))
    for (_, role, stream), minutes in sorted(cells.items()):
        staff[roles.index(role), streams.index(stream)] += minutes
    names = sorted({cell[0] for cell in cells})
    grounds = np.array([fsum(minutes for cell, minutes in cells.items() if cell[0] == site) for site in names])
    tenths = rounding.controlled(staff / 60, unit=UNIT)
    told = [
        {"role": role, "funding_stream": stream, "hours": int(tenths[row, column]) / 10}
        for row, role in enumerate(roles)
        for column, stream in enumerate(streams)
        if staff[row, column] > 0
    ]
    return PersonHours(
        cells=pd.DataFrame(told, columns=["role", "funding_stream", "hours"]),
        sites=pd.DataFrame({"site_id": names, "hours": rounding.apportion(grounds / 60, unit=UNIT) / 10}),
        total=int(tenths.sum()) / 10,
        exact=fsum(cells.values()),
        beyond=int(rounding.half_up(np.array([beyond / 60]), unit=UNIT)[0]) / 10,
        beyond_days=beyond_days,
    )
