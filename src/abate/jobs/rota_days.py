"""From the files of a rota to the problem of one day: sites, hours, teams, ways, the schedule, what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import OptionError, SourceError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from abate.patrols.rotadays import Drawn, Problem
    from abate.patrols.rotas import Rota

NEAR_STREET_M = 300.0


@dataclass(frozen=True)
class Posed:
    """A day's problem with the rota it is of, notes, and the files that were read with their SHA-256."""

    problem: Problem
    rota: Rota
    crs: str
    notes: tuple[str, ...]
    read: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Files:
    """The files that a person names on the command line beside the rota."""

    sites: Path | None = None
    teams: Path | None = None
    travel: Path | None = None
    streets: Path | None = None
    schedule: Path | None = None


def pose(rota_file: Path, files: Files, *, day: date | None, today: date, crs: str | None) -> Posed:
    """Read everything and lay out the day; raises `AbateError` with every fault that the files have."""
    from abate.patrols import rotadays
    from abate.sources import rota_files

    told = rota_files.read(rota_file, sites=files.sites, teams=files.teams, crs=crs)
    when = day or told.day or today
    read = list(told.read)
    times, notes = _times(told.rota, files.travel or told.travel, files.streets, told.crs, read)
    drawn, more = _scheduled(files.schedule, told.rota, when, read)
    problem = rotadays.pose(told.rota, when, times, drawn=drawn)
    if not problem.teams:
        raise OptionError(f"{rota_file.name}: no team is on duty on {when:%A %-d %B %Y}; look at the days of the teams")
    return Posed(problem, told.rota, told.crs, (*notes, *more), tuple(read))


def _times(
    rota: Rota, travel: Path | None, streets: Path | None, crs: str, read: list[tuple[str, str]]
) -> tuple[list[Any], list[str]]:
    """Give each team's matrix of minutes, sites first and its base last, and say what the ways rest on."""
    from abate.patrols import journeys

    if travel is not None and streets is not None:
        raise OptionError("--travel and --streets: give one of them; travel times come from one source")
    if travel is not None:
        return _from_table(rota, travel, read), [f"travel times are those of {travel.name}"]
    points = _points(rota, crs)
    if streets is None:
        metres = journeys.straight(points, detour=rota.detour)
        notes = [f"no street network was given: ways are straight lines times {rota.detour:g}"]
    else:
        metres, notes = _on_streets(rota, points, streets, crs=crs, read=read)
    sites, found, made = len(rota.sites), [], {}
    for place, team in enumerate(rota.teams):
        if (team.easting, team.northing, team.mode) not in made:
            chosen = [*range(sites), sites + place]
            taken = journeys.minutes(metres[np.ix_(chosen, chosen)], kmh=rota.speeds_kmh[team.mode])
            made[team.easting, team.northing, team.mode] = journeys.shortest(taken)
        found.append(made[team.easting, team.northing, team.mode])
    return found, notes


def _points(rota: Rota, crs: str) -> Any:
    """Give sites and then bases as rows x, y in metres."""
    from abate.space import projections

    unit = projections.unit_m(crs)
    places = [*((site.easting, site.northing) for site in rota.sites), *((t.easting, t.northing) for t in rota.teams)]
    return np.array(places, dtype=np.float64).reshape(-1, 2) * unit


def _on_streets(
    rota: Rota, points: Any, streets: Path, *, crs: str, read: list[tuple[str, str]]
) -> tuple[Any, list[str]]:
    from abate.patrols import journeys
    from abate.sources import streets as street_files
    from abate.sources.rota_values import contents
    from abate.space import projections

    contents(streets, read)
    unit = projections.unit_m(crs)
    segments = street_files.read(streets, crs=crs)
    open_ = segments[~segments["motorway"] & ~segments["private"]]
    if not len(open_):
        raise SourceError(f"{streets.name}: has no street that is neither a motorway nor private")
    metres, apart = journeys.along(points / unit, open_["shape"].to_numpy(dtype=object), limit=NEAR_STREET_M / unit)
    names = [f"site '{site.site_id}'" for site in rota.sites] + [f"the base of team '{t.team}'" for t in rota.teams]
    off = [name for name, away in zip(names, apart, strict=True) if not np.isfinite(away)]
    if off:
        raise SourceError(
            *(
                f"{streets.name}: {name} lies more than {NEAR_STREET_M:g} m from every street of the network: "
                "give streets that reach it, or look at its coordinates"
                for name in off[:20]
            )
        )
    lost = np.argwhere(~np.isfinite(metres))
    notes = [f"ways lead along the {len(open_):,} streets of {streets.name}"]
    if len(lost):
        one, other = lost[0]
        notes.append(f"no way leads along the streets from {names[one]} to {names[other]} ({len(lost):,} such pairs)")
    return metres * unit, notes


def _from_table(rota: Rota, travel: Path, read: list[tuple[str, str]]) -> list[Any]:
    from abate.patrols import journeys
    from abate.sources import travel_tables

    ids = [site.site_id for site in rota.sites]
    teams = list(dict.fromkeys(team.team for team in rota.teams))
    if both := sorted(set(ids) & set(teams)):
        raise SourceError(f"{travel.name}: '{both[0]}' is the name of a site and of a team: give them different names")
    taken = travel_tables.read(travel, stops=[*ids, *teams], sites=len(ids), files=read)
    found = []
    for team in rota.teams:
        chosen = [*range(len(ids)), len(ids) + teams.index(team.team)]
        found.append(journeys.shortest(taken[np.ix_(chosen, chosen)]))
    return found


def _scheduled(
    schedule: Path | None, rota: Rota, day: date, read: list[tuple[str, str]]
) -> tuple[Drawn | None, list[str]]:
    """Name the sites that the schedule draws for patrol on the day and the day after; None without a schedule."""
    if schedule is None:
        return None, []
    import pandas as pd

    from abate.patrols.rotadays import Drawn
    from abate.sources import schedules

    told = schedules.read(schedule)
    read.append((told.file.name, told.sha256))
    dates, patrol = told.rows["date"], told.rows["arm"] == "patrol"
    if not (dates == pd.Timestamp(day)).any():
        first, last = dates.min(), dates.max()
        raise OptionError(
            f"{told.file.name}: {day} is not in the schedule, which runs from {first:%Y-%m-%d} to {last:%Y-%m-%d}"
        )
    chosen, after = (
        frozenset(told.rows.loc[patrol & (dates == pd.Timestamp(each)), "site_id"])
        for each in (day, day + timedelta(days=1))
    )
    if strangers := sorted(chosen - {site.site_id for site in rota.sites}):
        raise OptionError(
            *(f"{told.file.name}: site '{name}' is drawn for {day} and is not in the rota" for name in strangers)
        )
    note = (
        f"only the {len(chosen)} sites drawn for patrol on {day} are visited, and after midnight those drawn for the "
        f"day after ({told.file.name})"
    )
    return Drawn(chosen, after), [note]


def visits(rows: Sequence[dict[str, Any]], problem: Problem, *, name: str) -> list[Any]:
    """Turn the visits of an earlier plan into those of a problem; raises `SourceError` with each that is not of it."""
    from abate.patrols.rotadays import Visit

    found, faults = [], []
    for number, row in enumerate(rows, start=1):
        start, site = minute(problem, row["start"]), row["site_id"]
        team = team_at(problem, row["team"], start)
        if team is None:
            faults.append(
                f"{name}, row {number}: no team '{row['team']}' is on shift then in the rota of {problem.day}"
            )
        elif site not in problem.sites:
            faults.append(f"{name}, row {number}: site '{site}' is not in the rota")
        else:
            found.append(Visit(team, start, problem.sites.index(site), round(row["minutes"])))
    if faults:
        raise SourceError(*faults[:20])
    return found


def minute(problem: Problem, moment: Any) -> int:
    """Give the minute of the problem's day of a moment."""
    return round(float((moment - problem.moment(0)).total_seconds()) / 60)


def team_at(problem: Problem, name: str, start: int) -> int | None:
    """Find the shift of a team in which a minute lies; a team may have several."""
    for team, known in enumerate(problem.teams):
        begin, end = problem.shifts[team]
        if known == name and begin <= start <= end:
            return team
    return None
