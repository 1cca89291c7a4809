"""Every reader of files that people give: small files that are right, and how a job calls it."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rota_files_made
from abate.impact.blockdesigns import BlockDesign
from abate.jobs import ledgers, load
from abate.reports import basemaps
from abate.sources import (
    archives,
    area_panels,
    bare_schedules,
    before_counts,
    block_counts,
    block_designs,
    boundaries,
    census,
    check_ins,
    cost_tables,
    dated_points,
    deprivation,
    displacement_cases,
    excel,
    excluded_days,
    features,
    files,
    funding_areas,
    guess,
    harm_scales,
    impact_designs,
    intake,
    mapped,
    mapping,
    parking_points,
    patrol_activity,
    patrol_doses,
    patrol_loops,
    patrol_plans,
    patrol_sites,
    period_counts,
    place_days,
    problem_plans,
    protocols,
    ring_widths,
    rollout_panels,
    rota_files,
    schedules,
    site_lists,
    site_notes,
    streets,
    tracks,
    travel_tables,
    trial_answers,
    trial_doses,
)
from sources import readers_ground as ground
from sources import readers_made as made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BNG = "EPSG:27700"
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
LONDON = "Europe/London"
PLANS = "team,site_id,start,minutes\nB,x,2026-07-04T18:30:00+01:00,15\nA,y,2026-07-04T17:00:00+01:00,10\n"
DESIGN = BlockDesign(("a", "a"), ("b", "b"), ("thefts",))


@dataclass(frozen=True)
class Reader:
    """A reader: the name of the file that it is tried with, contents that are right, and the call.

    `beside` are files that stand in the same folder. `costly` readers take a tenth of a second and more a file.
    """

    name: str
    file: str
    contents: Callable[[], tuple[bytes, ...]]
    read: Callable[[Path], Any]
    beside: Callable[[], dict[str, bytes]] = field(default=dict)
    costly: bool = False


def said(*texts: str | bytes) -> Callable[[], tuple[bytes, ...]]:
    """Give contents that are written out here."""
    return lambda: tuple(text.encode() if isinstance(text, str) else text for text in texts)


@contextmanager
def elsewhere() -> Iterator[Path]:
    """Give a folder apart from that of the file, for what a reader writes on purpose."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def police(path: Path, told: mapping.Mapping | None = None) -> list[files.Unpacked]:
    """Find, recognise and unpack files of crimes, as a load does before the lake takes them."""
    found = files.find([path])
    with elsewhere() as folder:
        taken = intake.recognise(found, today=TODAY, force=None, mapping=told, folder=folder)
        if taken.faults:
            raise files.SourceError(*taken.faults)
        return [files.unpack(one.piece, folder / f"{place}.csv") for place, one in enumerate(taken.known)]


def loaded(path: Path, told: Path | None = None) -> load.Load:
    """Load a file into a lake of its own."""
    with elsewhere() as folder:
        return load.load([path], lake=folder / "lake", today=TODAY, by="analyst", mapping=told)


def described_extract(path: Path) -> list[files.Unpacked]:
    """Find, recognise and unpack an extract by the mapping beside it."""
    return police(path, mapping.read(path.with_name("my.toml")))


def described(path: Path) -> Any:
    """Read a mapping and make the format of an extract from it."""
    return mapped.format_of(mapping.read(path), ("Kind", "When", "x", "y"), today=TODAY)


def archive(path: Path) -> list[archives.Taken]:
    """Take every published file out of an archive that was downloaded whole."""
    with archives.open_here(path) as opened, elsewhere() as folder:
        named = [archives._NAMED.fullmatch(name) for name in opened.listing.packed]
        wanted = [archives.Wanted(*each.groups()) for each in named if each]
        return [opened.take(each, folder / f"{place}.csv") for place, each in enumerate(wanted)]


def sheet(path: Path) -> list[Path]:
    """Write every sheet of a workbook out as CSV."""
    with elsewhere() as folder:
        found = []
        for place, name in enumerate(excel.sheets(path)):
            (folder / str(place)).mkdir()
            found.append(excel.to_csv(path, name, folder / str(place)))
        return found


def notes(path: Path) -> Any:
    """Read a plan that is given to be planned again: its rows, and what the document says beside them."""
    rows = patrol_plans.read(path)
    return rows, patrol_plans.standing(path.read_text("utf-8-sig"), file=path.name)


def blocks(path: Path) -> Any:
    return block_counts.read(path.with_name("blocks.csv"), path.with_name("counts.csv"), made.block_design())


def travel(path: Path) -> Any:
    return travel_tables.read(path, stops=["a", "b", "T"], sites=2, files=[])


def positions(path: Path) -> Any:
    tracks.reach(path, zone=LONDON)
    return tracks.read([path], crs=BNG, zone=LONDON, now=NOW)


def tables() -> Iterator[Reader]:
    """Readers of tables as text."""
    yield Reader("area-panels", "panel.csv", said(made.PANEL), lambda path: area_panels.read(path, made.columns()))
    yield Reader("bare-schedules", "bare.csv", said(made.BARE), bare_schedules.read)
    yield Reader("before-counts", "before.csv", said(*made.BEFORE), before_counts.read)
    yield Reader("blocks", "blocks.csv", said(made.BLOCKS), blocks, lambda: {"counts.csv": made.COUNTS.encode()})
    yield Reader("block-counts", "counts.csv", said(made.COUNTS), blocks, lambda: {"blocks.csv": made.BLOCKS.encode()})
    yield Reader("census", "census.csv", said(made.CENSUS), census.read)
    yield Reader(
        "check-ins", "in.csv", said(made.CHECK_INS), lambda path: check_ins.read(path, site_ids={"a"}, zone=LONDON)
    )
    yield Reader("deflator", "gdp.csv", said(made.DEFLATOR), cost_tables.deflator)
    yield Reader("unit-costs", "unit.csv", said(made.UNIT_COSTS), cost_tables.unit_costs)
    yield Reader("prevented", "prevented.csv", said(made.PREVENTED), cost_tables.prevented)
    yield Reader("dated-points", "points.csv", made.points, dated_points_read)
    yield Reader("deprivation", "imd.csv", said(made.DEPRIVATION), deprivation.read)
    yield Reader("displacement-cases", "cases.csv", said(made.CASES), displacement_cases.read)
    yield Reader("excluded-days", "events.csv", said(made.EVENTS), lambda path: excluded_days.read(str(path)))
    yield Reader("features-csv", "pubs.csv", said(*made.PUBS), lambda path: features.read(path, crs=BNG))
    yield Reader("funding-areas", "areas.csv", said(made.AREAS), funding_areas.read)
    yield Reader("parking-points", "parking.csv", said(*made.PARKING), lambda path: parking_points.read(path, crs=BNG))
    yield Reader("patrol-activity", "activity.csv", said(made.ACTIVITY), patrol_activity.read)
    yield Reader("patrol-roles", "teams.csv", said(made.ROLES), patrol_activity.read_roles)
    yield Reader("attended-visits", "visits.csv", lambda: made.doses()[:1], patrol_doses.read_visits)
    yield Reader("doses", "dose.csv", lambda: made.doses()[1:], patrol_doses.read_doses)
    yield Reader("plans-csv", "plan.csv", said(PLANS), patrol_plans.read)
    yield Reader("patrol-sites-csv", "SITES.csv", said(*made.SITES), patrol_sites.read)
    yield Reader("period-counts", "series.csv", said(made.SERIES), period_counts.read)
    yield Reader("place-days", "days.csv", said(made.PLACE_DAYS), place_days.read)
    yield Reader("problem-plans-csv", "plans.csv", said(made.PROBLEMS), problem_plans.read)
    yield Reader(
        "rollout-panels",
        "rollout.csv",
        said(made.ROLLOUT),
        lambda path: rollout_panels.read(path, identifier="uid", first_treated="from"),
    )
    yield Reader("site-notes", "notes.csv", said(made.NOTES), site_notes.read)
    yield Reader("travel-tables", "travel.csv", said(*made.TRAVEL), travel)
    yield Reader("trial-doses", "dosed.csv", said(made.DOSED), trial_doses.read)
    yield Reader("tracks-csv", "radio.csv", lambda: ground.tracks_of("csv"), positions)
    yield Reader("devices", "devices.csv", said(made.DEVICES), tracks.read_devices)


def dated_points_read(path: Path) -> Any:
    points = dated_points.read(path)
    return points, dated_points.suspicion(points)


def documents() -> Iterator[Reader]:
    """Readers of TOML and JSON."""
    yield Reader("block-designs", "design.toml", said(made.BLOCK_DESIGN), block_designs.read)
    yield Reader("impact-designs", "predictors.toml", said(made.IMPACT_DESIGN), impact_designs.read)
    yield Reader("mapping", "my.toml", made.mappings, described)
    yield Reader("problem-plans-toml", "plans.toml", said(made.PROBLEMS_TOML), problem_plans.read)
    yield Reader("protocols", "protocol.toml", said(made.PROTOCOL), protocols.read)
    yield Reader("protocol-records", "protocol.json", made.records, protocols.read_record)
    yield Reader("plans-json", "plan.json", said(made.PLAN), notes)
    yield Reader("trial-fall", "trial.json", said(made.TRIAL_ANSWER), trial_answers.trial_fall)
    yield Reader("impact-total", "impact.json", said(made.IMPACT_ANSWER), trial_answers.impact_total)
    yield Reader("ledgers", "schedule.ledger.jsonl", made.ledger, ledgers.read)
    frozen = made.frozen
    yield Reader(
        "schedules-csv",
        "schedule.csv",
        lambda: (frozen()["schedule.csv"],),
        schedules.read,
        lambda: {"schedule.json": frozen()["schedule.json"]},
    )
    yield Reader(
        "schedules-json",
        "schedule.json",
        lambda: (frozen()["schedule.json"],),
        schedules.read,
        lambda: {"schedule.csv": frozen()["schedule.csv"]},
    )
    rota = {
        "rota.toml": rota_files_made.ROTA,
        "sites.csv": rota_files_made.SITES,
        "teams.csv": rota_files_made.TEAMS,
        "site_hours.csv": made.HOURS,
    }
    more = {"rota.toml": (made.ROTA,)}
    for file, text in rota.items():
        yield Reader(
            f"rota-{file.replace('.', '-')}",
            file,
            said(text, *more.get(file, ())),
            lambda path: rota_files.read(path.with_name("rota.toml")),
            partial(_others, rota, file),
        )


def _others(every: dict[str, str], file: str) -> dict[str, bytes]:
    return {name: text.encode() for name, text in every.items() if name != file}


def shapes() -> Iterator[Reader]:
    """Readers of what lies on the ground."""
    for kind in ("geojson", "gpkg", "zip"):
        areas = partial(ground.areas, kind)
        yield Reader(f"boundaries-{kind}", f"areas.{kind}", areas, lambda path: boundaries.read(path, crs=BNG))
        yield Reader(f"patrol-sites-{kind}", f"sites.{kind}", areas, patrol_sites.read)
    for kind in ("geojson", "graphml", "gpkg", "zip", "osm.pbf"):
        yield Reader(
            f"streets-{kind}",
            f"streets.{kind}",
            partial(ground.streets, kind),
            lambda path: streets.read(path, crs=BNG),
        )
    yield Reader("site-lists", "s.geojson", partial(ground.areas, "list"), lambda path: site_lists.read(path, crs=BNG))
    yield Reader("ring-widths", "s.geojson", partial(ground.areas, "list"), ring_widths.read)
    yield Reader("features-geojson", "pubs.geojson", ground.pubs, lambda path: features.read(path, crs=BNG))
    yield Reader("patrol-loops", "loops.geojson", ground.loops, lambda path: patrol_loops.read(path, crs=BNG))
    for kind in ("gpx", "geojson"):
        yield Reader(f"tracks-{kind}", f"radio.{kind}", partial(ground.tracks_of, kind), positions)
    yield Reader("basemaps", "town.pmtiles", made.basemap, lambda path: basemaps.extent(basemaps.read(path)))


def extracts() -> Iterator[Reader]:
    """Readers of crime files, workbooks and archives."""
    street = "2021-03-essex-street.csv"
    yield Reader("police-csv", street, made.police, police)
    yield Reader("police-gzip", f"{street}.gz", made.police_gzip, police)
    yield Reader("police-zip", "2021-03.zip", made.police_zip, police)
    yield Reader("archives", "latest.zip", made.police_zip, archive)
    yield Reader("police-load", street, made.police, loaded, costly=True)
    own = {"my.toml": made.OWN_MAPPING.encode()}
    yield Reader("mapped-csv", "extract.csv", made.extract, described_extract, lambda: own)
    yield Reader("mapped-xlsx", "extract.xlsx", made.workbook, described_extract, lambda: own)
    yield Reader(
        "mapped-load",
        "extract.csv",
        made.extract,
        lambda path: loaded(path, path.with_name("my.toml")),
        lambda: own,
        costly=True,
    )
    yield Reader("guess-csv", "extract.csv", made.extract, guess.draft)
    yield Reader("guess-xlsx", "extract.xlsx", made.workbook, guess.draft)
    yield Reader("excel-xlsx", "extract.xlsx", made.workbook, sheet)
    yield Reader("excel-ods", "extract.ods", made.open_document, sheet)
    yield Reader("harm-scales", "cchi.xlsx", made.harm_workbook, harm_scales.read)


@cache
def every() -> dict[str, Reader]:
    """Give all readers by name."""
    found = [*tables(), *documents(), *shapes(), *extracts()]
    assert len({one.name for one in found}) == len(found)
    return {one.name: one for one in found}
