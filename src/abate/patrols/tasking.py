"""What a tasking sheet says: where a team goes in a shift, when, why there, by which walk, and what is new there.

A sheet is for one team and one shift, a page for one site. It speaks of places only and ends with a day on which it is
to be destroyed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd

from abate.errors import OptionError
from abate.patrols import mentions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from abate.patrols.shifts import Shift

MARKING = "OFFICIAL-SENSITIVE"


@dataclass(frozen=True)
class Background:
    """What is known of a site beside the timetable: sentences, each list as long as it needs to be.

    `why` has at most two; `problem` comes from its problem plan, `last_week` from dose and incidents, `changed` from
    the comparison with the week before, `notes` from what officers wrote back.
    """

    why: tuple[str, ...] = ()
    problem: tuple[str, ...] = ()
    last_week: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Visit:
    """One stay: when it begins by the local clock, how long it lasts, and which walk it takes (0: none is drawn)."""

    site_id: str
    name: str
    start: datetime
    minutes: float
    loop: int = 0

    @property
    def ends(self) -> datetime:
        """When the stay ends, by the local clock."""
        return datetime.fromtimestamp(self.start.timestamp() + 60 * self.minutes, tz=self.start.tzinfo)

    @property
    def words(self) -> str:
        """The stay as a sheet writes it.

        >>> Visit("a", "A", datetime(2025, 9, 1, 14, 5), 15.0).words
        '14:05 to 14:20'
        """
        return f"{self.start:%H:%M} to {self.ends:%H:%M}"


@dataclass(frozen=True)
class Page:
    """One site of a sheet: its visits in the shift, and what is known of it."""

    site_id: str
    name: str
    visits: tuple[Visit, ...]
    background: Background = field(default_factory=Background)

    @property
    def loops(self) -> tuple[int, ...]:
        """The walks of its visits, each once, in the order in which they come."""
        return tuple(dict.fromkeys(visit.loop for visit in self.visits if visit.loop))


@dataclass(frozen=True)
class Sheet:
    """The tasking sheet of one team and shift: its visits in order, a page a site, and sentences about the whole."""

    team: str
    shift: str
    starts: datetime
    ends: datetime
    expires: datetime
    visits: tuple[Visit, ...]
    pages: tuple[Page, ...]
    about: tuple[str, ...] = ()

    @property
    def marking(self) -> str:
        """What stands on every page: how sensitive it is, for which shift, and until when it may be kept."""
        return f"{MARKING} · {self.shift} · destroy by {moment(self.expires)}"


def moment(when: datetime) -> str:
    """Write a moment by the local clock.

    >>> moment(datetime(2025, 9, 2, 10, 0))
    '10:00, Tue 2 Sep 2025'
    """
    return f"{when:%H:%M}, {when:%a} {when.day} {when:%b %Y}"


def sheets(
    shifts: Sequence[Shift],
    sites: pd.DataFrame,
    *,
    loops: pd.DataFrame | None = None,
    known: Mapping[str, Background] | None = None,
    about: tuple[str, ...] = (),
    seed: int = 1,
) -> tuple[Sheet, ...]:
    """Write the sheets of some shifts: one a team and shift, one page a site in the order of its first visit.

    `sites` is `tables.PATROL_SITES`, `loops` `tables.LOOPS`, `known` what is told of each site,
    `about` of all. Which of a site's walks
    a visit takes is drawn by `draw_loop`.

    Raises `OptionError` with every fault at once: a visit to a site that is not on the list, a team whose name is no
    call sign.
    """
    names = dict(zip(sites["site_id"], sites["name"], strict=True))
    faults = [fault for team in sorted({each.team for each in shifts}) if (fault := mentions.call_sign(team))]
    missing = sorted({site for each in shifts for site in each.visits["site_id"]} - set(names))
    faults += [f"the timetable has visits to site '{site}', which is not on the list of sites" for site in missing]
    if faults:
        raise OptionError(*faults)
    walks = {} if loops is None else {str(site): sorted(rows["loop"]) for site, rows in loops.groupby("site_id")}
    return tuple(replace(_sheet(each, names, walks, known or {}, seed), about=about) for each in shifts)


def draw_loop(walks: Sequence[int], *, site_id: str, team: str, start: datetime, seed: int) -> int:
    """Draw which walk a visit takes, so that nobody can foresee it; 0 where the site has none.

    The draw comes from the visit itself and the seed (SHA-256), each walk being equally likely. So it stays as it is
    when other visits are re-planned.

    >>> draw_loop([1, 2, 3], site_id="a", team="P1", start=datetime(2025, 9, 1, 14, tzinfo=ZoneInfo("UTC")), seed=1)
    3
    """
    if not walks:
        return 0
    said = f"{seed}|{site_id}|{team}|{start.astimezone(ZoneInfo('UTC')).isoformat()}"
    return int(walks[int.from_bytes(hashlib.sha256(said.encode()).digest()[:8], "big") % len(walks)])


def _sheet(
    shift: Shift,
    names: Mapping[str, str],
    walks: Mapping[str, list[int]],
    known: Mapping[str, Background],
    seed: int,
) -> Sheet:
    rows: list[Any] = shift.visits.sort_values(["start", "site_id"]).to_dict("records")
    visits = tuple(_visit(row, shift, names, walks, seed) for row in rows)
    return Sheet(
        team=shift.team,
        shift=shift.words,
        starts=shift.starts,
        ends=shift.ends,
        expires=shift.expires,
        visits=visits,
        pages=tuple(_pages(visits, known)),
    )


def _visit(
    row: Mapping[str, Any], shift: Shift, names: Mapping[str, str], walks: Mapping[str, list[int]], seed: int
) -> Visit:
    site, start = str(row["site_id"]), pd.Timestamp(row["start"]).tz_convert("UTC").to_pydatetime(warn=False)
    loop = draw_loop(walks.get(site, []), site_id=site, team=shift.team, start=start, seed=seed)
    return Visit(site, names[site], start.astimezone(shift.starts.tzinfo), float(row["minutes"]), loop)


def _pages(visits: tuple[Visit, ...], known: Mapping[str, Background]) -> Iterable[Page]:
    for site in dict.fromkeys(visit.site_id for visit in visits):
        own = tuple(visit for visit in visits if visit.site_id == site)
        yield Page(site, own[0].name, own, known.get(site, Background()))
