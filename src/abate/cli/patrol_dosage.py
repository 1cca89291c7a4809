"""`abate patrols dosage`: from tracks to visits and minutes by site, day and team."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

_TRACKS = typer.Argument(help="Files or folders of positions: GPX, CSV (device, time, latitude, longitude) or GeoJSON.")
_SITES = typer.Option("--sites", help="The sites: CSV or GeoJSON.")
_PLAN = typer.Option("--plan", help="The planned visits: visits.csv or plan.json of `abate patrols plan`.")
_SCHEDULE = typer.Option("--schedule", help="The randomised schedule of `abate patrols randomise`.")
_CHECK_INS = typer.Option("--check-ins", help="Officers' own check-ins: CSV of time, site_id, team.")
_DEVICES = typer.Option("--devices", help="Which team carried which device: CSV of device, team, clock_seconds.")
_TOLERANCE = typer.Option("--tolerance-m", help="How far outside the outline a stay still goes on, in metres.")
_GAP = typer.Option("--gap-seconds", help="The longest absence that a stay bridges.")
_LEAST = typer.Option("--least-minutes", help="How long a visit must be to count as attended.")
_RADIUS = typer.Option("--radius-m", help="Radius of a site of which only the middle is known.")
_ASSESSMENT = typer.Option("--impact-assessment", help="Reference of the force's assessment that covers the tracks.")
_PURPOSE = typer.Option("--purpose", help="Only `dose`; any other is refused and recorded.")
_OFFICER = typer.Option("--officer", hidden=True, help="Refused and recorded.")
_DEVICE = typer.Option("--device", hidden=True, help="Refused and recorded.")
_KEEP = typer.Option("--keep-days", help="How many days tracks may be kept.")
_PURGE = typer.Option("--purge", help="Erase the track files in this folder that are older than --keep-days; no more.")
_FROM = typer.Option("--from", help="First day to be told of (YYYY-MM-DD).", formats=["%Y-%m-%d"])
_TO = typer.Option("--to", help="Last day to be told of (YYYY-MM-DD).", formats=["%Y-%m-%d"])
_ZONE = typer.Option("--zone", help="Time zone of the days, and of times that do not say theirs.")
_CRS = typer.Option("--crs", help="Coordinate system to measure in (default: the one that suits the sites).")
_TRACKS_CRS = typer.Option("--tracks-crs", help="Coordinate system of eastings and northings in the tracks.")
_OUT = typer.Option("-o", "--out", help="Folder for the files and the ledger.")
_JSON = typer.Option("--json", help="Print one JSON document and nothing else.")


def dosage(
    tracks: Annotated[list[Path] | None, _TRACKS] = None,
    sites: Annotated[Path | None, _SITES] = None,
    plan: Annotated[Path | None, _PLAN] = None,
    schedule: Annotated[Path | None, _SCHEDULE] = None,
    check_ins: Annotated[Path | None, _CHECK_INS] = None,
    devices: Annotated[Path | None, _DEVICES] = None,
    tolerance_m: Annotated[float, _TOLERANCE] = 20.0,
    gap_seconds: Annotated[float, _GAP] = 120.0,
    least_minutes: Annotated[float, _LEAST] = 10.0,
    radius_m: Annotated[float, _RADIUS] = 75.0,
    impact_assessment: Annotated[str | None, _ASSESSMENT] = None,
    purpose: Annotated[str, _PURPOSE] = "dose",
    officer: Annotated[str | None, _OFFICER] = None,
    device: Annotated[str | None, _DEVICE] = None,
    keep_days: Annotated[int, _KEEP] = 31,
    purge: Annotated[Path | None, _PURGE] = None,
    since: Annotated[datetime | None, _FROM] = None,
    until: Annotated[datetime | None, _TO] = None,
    zone: Annotated[str, _ZONE] = "Europe/London",
    crs: Annotated[str | None, _CRS] = None,
    tracks_crs: Annotated[str | None, _TRACKS_CRS] = None,
    out: Annotated[Path, _OUT] = Path("dosage"),
    *,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Measure the dose that patrols delivered: tracks to visits and minutes by site, day and team.

    Tracks are personal data of officers. They are read where they lie, nothing of them is stored, no output names a
    device or an officer, and any use but the dose is refused and recorded. The force's data protection impact
    assessment must be named.

    Example: abate patrols dosage tracks.csv --sites sites.geojson --devices devices.csv --plan visits.csv
    --impact-assessment "DPIA 2026/114" -o dosage
    """
    asked = dict(locals())
    days = {name: asked[name].date() if asked[name] else None for name in ("since", "until")}
    _measure({**asked, "tracks": tuple(tracks or ()), **days}, as_json=as_json)


def _measure(asked: dict[str, Any], *, as_json: bool) -> None:
    from dataclasses import fields

    from abate.cli import answers
    from abate.jobs import patrol_dosage as jobs

    options = jobs.Options(**{field.name: asked[field.name] for field in fields(jobs.Options)})
    now, by = datetime.now(UTC), answers.person()
    if options.purge is not None:
        erased = jobs.purge(options, now=now, by=by)
        answers.document(erased.document()) if as_json else _print_purged(erased)
        return
    with answers.progress("Measuring the dose", quiet=as_json) as tell:
        found = jobs.dosage(options, now=now, by=by, tell=tell)
    answers.document(found.document()) if as_json else _print(found)


def _print_purged(erased: Any) -> None:
    from rich.console import Console

    console = Console()
    console.print(f"{len(erased.erased):,} track files erased; recorded in the ledger.", highlight=False)
    for line in (*erased.erased, *(f"note: {note}" for note in erased.notes)):
        console.print(f"  {line}", soft_wrap=True, highlight=False, markup=False)


def _print(found: Any) -> None:
    from rich.console import Console

    from abate.cli import answers

    console = Console()
    for line in found.sentences():
        console.print(line, soft_wrap=True, highlight=False, markup=False)
    answers.close(console, notes=found.notes, files=found.files)
