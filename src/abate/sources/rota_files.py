"""A rota from its files: one TOML file with the rules, and sites, hours and teams in it or in CSV files beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from abate.errors import OptionError, SourceError
from abate.patrols import dose_curves
from abate.patrols.rotas import SPEEDS_KMH, Event, Rota, Team
from abate.sources import markup, rota_sites
from abate.sources.rota_values import Row, contents, rows
from abate.space import projections

if TYPE_CHECKING:
    from pathlib import Path

    from abate.patrols.dose_curves import DoseCurve

SETTINGS = (
    "name", "zone", "date", "crs", "sites", "hours", "teams", "travel", "stay_minutes", "gap_minutes", "least_visits",
    "most_visits", "budget_officer_hours", "budget_counts", "closed_dates", "loss", "further_visits", "detour",
    "speeds_kmh", "dose", "site", "team", "event",
)  # fmt: skip
TEAM_COLUMNS = (
    "team", "longitude", "latitude", "easting", "northing", "from", "to", "officers", "mode", "breaks", "days",
)  # fmt: skip
_MOST_TOLD = 30


@dataclass(frozen=True)
class RotaFile:
    """A rota as its files say it: the rota, the coordinate system, its date if it names one, and the files read.

    `travel` is the file of travel times that the rota names, if any; `read` are the files with their SHA-256.
    """

    rota: Rota
    crs: str
    day: date | None
    travel: Path | None
    read: tuple[tuple[str, str], ...]


def read(path: Path, *, sites: Path | None = None, teams: Path | None = None, crs: str | None = None) -> RotaFile:
    """Read a rota with its sites and teams; `sites` and `teams` take the place of the files that it names.

    Raises `SourceError` with every fault at once: file, row, value, and what would be right.
    """
    files: list[tuple[str, str]] = []
    faults: list[str] = []
    told = Row(_toml(path, files), path.name, faults)
    told.unknown(SETTINGS)
    beside = path.parent
    listed = rota_sites.gather(
        told,
        sites or (beside / told.text("sites") if told.has("sites") else None),
        beside / told.text("hours") if told.has("hours") else None,
        crs=crs or (told.text("crs") if told.has("crs") else None),
        files=files,
    )
    team_rows = _team_rows(told, teams or (beside / told.text("teams") if told.has("teams") else None), files)
    on_duty = _teams(team_rows, told, listed.crs, faults)
    rota = _rota(told, listed, on_duty, faults)
    if rota is None or faults:
        more = [f"{path.name}: {len(faults) - _MOST_TOLD:,} more faults"] if len(faults) > _MOST_TOLD else []
        raise SourceError(*faults[:_MOST_TOLD], *more)
    day = told.values.get("date")
    return RotaFile(
        rota=rota,
        crs=listed.crs,
        day=day.date() if isinstance(day, datetime) else day if isinstance(day, date) else None,
        travel=beside / told.text("travel") if told.has("travel") else None,
        read=tuple(files),
    )


def _toml(path: Path, files: list[tuple[str, str]]) -> dict[str, Any]:
    content = contents(path, files)
    try:
        return markup.load_toml(content.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise SourceError(f"{path.name}: is not UTF-8 text (byte {fault.start + 1})") from None
    except ValueError as fault:
        raise SourceError(f"{path.name}: is no TOML: {fault}") from None


def _team_rows(told: Row, path: Path | None, files: list[tuple[str, str]]) -> list[Row]:
    inline = told.values.get("team") or []
    found = [Row(each, f"{told.label}, team {place}", told.faults) for place, each in enumerate(inline, start=1)]
    if path is not None:
        found = rows(path, files, ("team", "from", "to"), told.faults)
    if not found and not told.faults:
        told.faults.append(
            f"{told.label}: has no team: write [[team]] sections, or name a file with teams = 'teams.csv'"
        )
    for row in found:
        row.unknown(TEAM_COLUMNS)
    return found


def _teams(listed: list[Row], told: Row, crs: str, faults: list[str]) -> tuple[Team, ...]:
    """Read the teams; shifts of one team must not overlap."""
    modes = tuple({**SPEEDS_KMH, **(told.values.get("speeds_kmh") or {})})
    found: list[Team] = []
    for row in listed:
        easting, northing = _base(row, crs)
        begins, ends = row.span("from", "to")
        team = Team(
            team=row.text("team"),
            easting=easting,
            northing=northing,
            begins=begins,
            ends=ends,
            officers=row.whole("officers", 2, least=1, most=50),
            mode=row.text("mode", "foot", one_of=modes),
            breaks=tuple(_in_shift(each, begins) for each in row.breaks()),
            days=row.days(),
        )
        for other in found:
            meet = other.begins < ends and begins < other.ends and set(other.days) & set(team.days)
            if other.team == team.team and meet:
                faults.append(
                    f"{row.label}: team '{team.team}' has another shift at the same time; one at a time is right"
                )
        found.append(team)
    return tuple(found)


def _in_shift(rest: Any, begins: int) -> Any:
    """Move a break to the day after where the shift runs past midnight and the break lies after it."""
    if rest.latest <= begins:
        return replace(rest, earliest=rest.earliest + 24 * 60, latest=rest.latest + 24 * 60)
    return rest


def _base(row: Row, crs: str) -> tuple[float, float]:
    if row.has("easting") or row.has("northing"):
        return row.number("easting", right="metres such as 587400"), row.number(
            "northing", right="metres such as 186100"
        )
    x = row.number("longitude", right="degrees such as -0.1246")
    y = row.number("latitude", right="degrees such as 51.5007")
    placed = projections.convert([x], [y], source=projections.LONGITUDE_LATITUDE, target=crs)
    return float(placed.easting[0]), float(placed.northing[0])


def _rota(told: Row, listed: rota_sites.Listed, teams: tuple[Team, ...], faults: list[str]) -> Rota | None:
    zone = told.text("zone", "Europe/London")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        told.fault("zone", "a time zone such as Europe/London")
        zone = "Europe/London"
    budget = told.number("budget_officer_hours", -1.0, least=0, right="officer-hours of 0 or more")
    settings: dict[str, Any] = {
        "sites": listed.sites,
        "teams": teams,
        "zone": zone,
        "name": told.text("name", told.label.removesuffix(".toml")),
        "stays": _stays(told),
        "gap": told.whole("gap_minutes", 120),
        "returns": told.number("further_visits", dose_curves.RETURNS, least=0),
        "curve": _curve(told, faults),
        "budget_hours": None if budget < 0 else budget,
        "budget_counts": told.text("budget_counts", "stays and travel", one_of=("stays and travel", "stays")),
        "closed": _dates(told),
        "events": _events(told, listed, zone),
        "loss": told.number("loss", 0.01, least=0),
        "speeds_kmh": _speeds(told),
        "detour": told.number("detour", 1.3, least=1, right="a factor of 1 or more, such as 1.3"),
    }
    try:
        dose_curves.returns(1, factor=settings["returns"])
        return Rota(**settings)
    except OptionError as fault:
        faults += [f"{told.label}: {said}" for said in fault.faults]
        return None


def _stays(told: Row) -> tuple[int, ...]:
    value = told.values.get("stay_minutes", 15)
    stays = value if isinstance(value, list) else [value]
    if not stays or any(isinstance(stay, bool) or not isinstance(stay, int) or not 1 <= stay <= 240 for stay in stays):
        told.fault("stay_minutes", "whole minutes from 1 to 240 such as 15, or several such as [10, 15]")
        return (15,)
    return tuple(sorted(set(stays)))


def _curve(told: Row, faults: list[str]) -> DoseCurve:
    if not told.has("dose"):
        return dose_curves.KOPER
    dose = told.values["dose"]
    try:
        return dose_curves.DoseCurve(
            tuple(map(float, dose["minutes"])), tuple(map(float, dose["worth"])), str(dose.get("source", told.label))
        )
    except (KeyError, TypeError, ValueError):
        faults.append(f"{told.label}: [dose] should have minutes and worth, two lists of numbers of one length")
    except OptionError as fault:
        faults += [f"{told.label}, [dose]: {said}" for said in fault.faults]
    return dose_curves.KOPER


def _dates(told: Row) -> tuple[date, ...]:
    value = told.values.get("closed_dates") or []
    if not isinstance(value, list) or not all(
        isinstance(each, date) and not isinstance(each, datetime) for each in value
    ):
        told.fault("closed_dates", "a list of days such as [2026-12-25, 2026-12-26]")
        return ()
    return tuple(sorted(value))


def _speeds(told: Row) -> dict[str, float]:
    value = told.values.get("speeds_kmh") or {}
    if not isinstance(value, dict):
        told.fault("speeds_kmh", "a section [speeds_kmh] with foot, bicycle and car")
        return dict(SPEEDS_KMH)
    row = Row(value, f"{told.label}, [speeds_kmh]", told.faults)
    given = {name: row.number(name, 1.0, least=0.1, right="kilometres an hour above 0") for name in row.values}
    return {**SPEEDS_KMH, **given}


def _events(told: Row, listed: rota_sites.Listed, zone: str) -> tuple[Event, ...]:
    known = {site.site_id for site in listed.sites}
    found = []
    for place, each in enumerate(told.values.get("event") or [], start=1):
        row = Row(each, f"{told.label}, event {place}", told.faults)
        row.unknown(("site", "from", "to", "weight", "closed", "name"))
        site, begins, ends = row.text("site"), row.moment("from"), row.moment("to")
        closed = row.values.get("closed") is True
        weight = 0.0 if closed else row.number("weight", least=0, right="a number such as 2 (or closed = true)")
        if site not in known:
            row.fault("site", "a site of the list")
        if begins is None or ends is None:
            continue
        begins, ends = (each if each.tzinfo else each.replace(tzinfo=ZoneInfo(zone)) for each in (begins, ends))
        if ends <= begins:
            row.fault("to", f"a moment after {begins:%Y-%m-%d %H:%M}")
        found.append(Event(site, begins, ends, weight))
    return tuple(found)
