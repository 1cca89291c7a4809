"""One day of a rota as figures: which visits may begin when, what each is worth, how long teams are on their way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from abate.patrols.dose_curves import returns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from abate.patrols.dose_curves import DoseCurve
    from abate.patrols.rotas import Band, Rota, Site, Team

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]

NOWHERE = 1_000_000


@dataclass(frozen=True, order=True)
class Visit:
    """One visit: the positions of its team and site, the minute at which it begins, and how long it lasts."""

    team: int
    start: int
    site: int
    minutes: int


@dataclass(frozen=True, order=True)
class Rest:
    """One break that is taken: whose, from which minute, how long, and whether at the base."""

    team: int
    start: int
    minutes: int
    at_base: bool = False


@dataclass(frozen=True)
class Drawn:
    """The sites drawn for patrol on a day, and on the day after, to which the hours past midnight belong."""

    today: frozenset[str]
    tomorrow: frozenset[str]


@dataclass(frozen=True)
class Problem:
    """A day's problem in minutes since its local midnight; S sites, K teams, D lengths of stay, T minutes.

    `weight` (S, T) is what a full visit that begins in that minute is worth, below 0 where the site is shut or out of
    its hours; `room` (S, T) the minutes from then until its hours end. `time` has for each team the minutes between
    sites, (S + 1, S + 1), its base last. `breaks` has for each team rows of earliest start, latest end, minutes,
    whether at the base. `budget` is in officer-minutes. `kept` are visits that stand already (done or begun) at `now`,
    `rested` breaks that were taken; `away` says from when a team is not there any more; `undrawn` are the sites that
    the day's schedule leaves to usual policing.
    """

    day: date
    zone: str
    sites: tuple[str, ...]
    teams: tuple[str, ...]
    stays: tuple[int, ...]
    curve: DoseCurve
    weight: Real
    room: Whole
    returns: tuple[float, ...]
    least: tuple[int, ...]
    most: tuple[int, ...]
    gap: int
    shifts: tuple[tuple[int, int], ...]
    officers: tuple[int, ...]
    time: tuple[Whole, ...]
    breaks: tuple[tuple[tuple[int, int, int, bool], ...], ...]
    budget: float
    charge_travel: bool
    loss: float
    kept: tuple[Visit, ...] = ()
    rested: tuple[Rest, ...] = ()
    now: int | None = None
    away: tuple[int | None, ...] = ()
    undrawn: frozenset[str] = frozenset()

    def moment(self, minute: int) -> datetime:
        """Give the moment of a minute of the day, on the local clock with its zone."""
        return (midnight(self.day, self.zone) + timedelta(minutes=minute)).astimezone(ZoneInfo(self.zone))

    def worth(self, site: int, start: int, minutes: int) -> float:
        """Say what a visit is worth alone; nothing where it begins out of hours."""
        weight = float(self.weight[site, start]) if start < self.weight.shape[1] else -1.0
        return max(0.0, weight) * self.curve.at(minutes)

    def units(self) -> Real:
        """Give what each visit is worth alone, (S, D, T); below 0 where it may not begin."""
        stays = np.array(self.stays)
        fits = (self.weight[:, None, :] > 0) & (self.room[:, None, :] >= stays[None, :, None])
        doses = np.array([self.curve.at(stay) for stay in self.stays])
        return np.where(fits, self.weight[:, None, :] * doses[None, :, None], -1.0)


def midnight(day: date, zone: str) -> datetime:
    """Give the local midnight with which a day begins, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def elapsed(day: date, wall: int, zone: str) -> int:
    """Say how many minutes after a day's midnight a local clock shows `wall` minutes; clock changes are minded.

    >>> elapsed(date(2026, 12, 4), 600, "Europe/London"), elapsed(date(2026, 10, 25), 600, "Europe/London")
    (600, 660)
    """
    then = day + timedelta(days=wall // (24 * 60))
    shown = datetime(then.year, then.month, then.day, wall // 60 % 24, wall % 60, tzinfo=ZoneInfo(zone))
    return round((shown.astimezone(UTC) - midnight(day, zone)).total_seconds() / 60)


def pose(rota: Rota, day: date, times: Sequence[Whole], *, drawn: Drawn | None = None) -> Problem:
    """Lay one day of a rota out in minutes; `times` has for each team of the rota its matrix (see `Problem.time`).

    Only sites that are `drawn` for patrol are open (None: all); what begins after midnight belongs to the day after.
    Teams that are not on duty that day are left out.
    """
    on_duty = [place for place, team in enumerate(rota.teams) if day.weekday() in team.days]
    teams = [rota.teams[place] for place in on_duty]
    shifts = tuple((elapsed(day, t.begins, rota.zone), elapsed(day, t.ends, rota.zone)) for t in teams)
    span = max([end for _, end in shifts], default=0) + 1
    weight, room = np.full((len(rota.sites), span), -1.0), np.zeros((len(rota.sites), span), dtype=np.int64)
    if day not in rota.closed:
        for place, site in enumerate(rota.sites):
            _open(weight[place], room[place], site, day, rota.zone)
        _mind_events(weight, room, rota, day)
        if drawn is not None:
            _mind_draw(weight, rota, drawn, elapsed(day, 24 * 60, rota.zone))
    most = max([site.most for site in rota.sites], default=1)
    return Problem(
        day=day,
        zone=rota.zone,
        sites=tuple(site.site_id for site in rota.sites),
        teams=tuple(team.team for team in teams),
        stays=tuple(sorted(rota.stays)),
        curve=rota.curve,
        weight=weight,
        room=room,
        returns=returns(max(most, 1), factor=rota.returns),
        least=tuple(site.least for site in rota.sites),
        most=tuple(site.most for site in rota.sites),
        gap=rota.gap,
        shifts=shifts,
        officers=tuple(team.officers for team in teams),
        time=tuple(times[place] for place in on_duty),
        breaks=tuple(_breaks(team, day, rota.zone) for team in teams),
        budget=float("inf") if rota.budget_hours is None else rota.budget_hours * 60,
        charge_travel=rota.budget_counts == "stays and travel",
        loss=rota.loss,
        away=(None,) * len(teams),
        undrawn=frozenset() if drawn is None else frozenset(site.site_id for site in rota.sites) - drawn.today,
    )


def _breaks(team: Team, day: date, zone: str) -> tuple[tuple[int, int, int, bool], ...]:
    rows = [(elapsed(day, b.earliest, zone), elapsed(day, b.latest, zone), b.minutes, b.at_base) for b in team.breaks]
    return tuple(sorted(rows))


def stretches(band: Band, day: date, zone: str) -> list[tuple[int, int]]:
    """Give the minutes of a day (and of the night after) that a band covers, those of the night before included."""
    found = []
    for shift in (-1, 0, 1):
        if (day + timedelta(days=shift)).weekday() in band.days:
            begins, ends = (elapsed(day, shift * 24 * 60 + wall, zone) for wall in (band.begins, band.ends))
            found.append((begins, ends))
    return found


def _open(weight: Real, room: Whole, site: Site, day: date, zone: str) -> None:
    """Open a site in its bands; where bands overlap the heavier counts, where they touch a visit may run on."""
    span = len(weight)
    opened = np.zeros(span + 24 * 60 * 2, dtype=bool)
    for band in site.bands:
        for begins, ends in stretches(band, day, zone):
            if ends > 0 and begins < span:
                opened[max(0, begins) : max(0, ends)] = True
                stretch = slice(max(0, begins), min(ends, span))
                weight[stretch] = np.maximum(weight[stretch], site.priority * band.weight)
    left = 0
    for minute in range(len(opened) - 1, -1, -1):
        left = left + 1 if opened[minute] else 0
        if minute < span:
            room[minute] = left


def _mind_draw(weight: Real, rota: Rota, drawn: Drawn, ends: int) -> None:
    """Close sites on a day for which they were not drawn; a stay that began before midnight may run on."""
    for place, site in enumerate(rota.sites):
        if site.site_id not in drawn.today:
            weight[place, :ends] = -1.0
        if site.site_id not in drawn.tomorrow:
            weight[place, ends:] = -1.0


def _mind_events(weight: Real, room: Whole, rota: Rota, day: date) -> None:
    places = {site.site_id: place for place, site in enumerate(rota.sites)}
    start = midnight(day, rota.zone)
    span = weight.shape[1]
    for event in rota.events:
        first, last = (round((moment - start).total_seconds() / 60) for moment in (event.begins, event.ends))
        low, high = max(0, first), min(span, last)
        if high <= low:
            continue
        place = places[event.site_id]
        stretch = weight[place, low:high]
        if event.weight > 0:
            weight[place, low:high] = np.where(stretch > 0, stretch * event.weight, stretch)
        else:
            weight[place, low:high] = -1.0
            room[place, :low] = np.minimum(room[place, :low], low - np.arange(low))
