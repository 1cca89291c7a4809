"""`abate patrols print`: what officers get for their shift, and nothing that outlasts it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

_PLAN = typer.Argument(help="The timetable: visits.csv or plan.json, as `abate patrols plan` writes them; one a day.")
_SITES = typer.Option("--sites", help="The sites: sites.geojson of `abate hotspots --choose`, or a CSV file.")
_LOOPS = typer.Option("--loops", help="loops.geojson of `abate patrols loops`: the walks on the maps.")
_STREETS = typer.Option("--streets", help="Street file (OSM GeoJSON, GraphML, PBF, OS Open Roads) under the maps.")
_SCHEDULE = typer.Option(
    "--schedule", help="Frozen schedule.csv: visits on place-days drawn for usual policing are left out."
)
_LEDGER = typer.Option("--ledger", help="With --schedule: its ledger (default: the one in its folder).")
_LAST = typer.Option("--last-week", help="visits.csv of `abate patrols dosage`: what was done the week before.")
_LAKE = typer.Option("--lake", help="Lake that incidents of the week before are counted from.")
_FORCE = typer.Option("--force", help="With --lake: whose incidents.")
_EVENTS = typer.Option("--events", help="Instead of --lake: an extract of incidents, with --mapping.")
_MAPPING = typer.Option("--mapping", help="With --events: TOML file that says what its columns are.")
_CRIME = typer.Option("--crime", help="Crime groups or types to count, with commas between (default: all).")
_PROBLEMS = typer.Option("--problem-plans", help="Problem plans of the sites, CSV or TOML.")
_NOTES = typer.Option("--notes", help="CSV file with the columns site_id, note: what officers wrote back. No names.")
_TEAM = typer.Option("--team", help="Teams to print, by call sign, with commas between (default: all).")
_SHIFT = typer.Option(
    "--shift", help="Shifts to print, such as 14:00-22:00, with commas between (default: those of the plan)."
)
_FROM = typer.Option("--from", help="First day to print (default: the first planned day).")
_DAYS = typer.Option("--days", help="How many days to print, seven at most.")
_ZONE = typer.Option("--zone", help="Time zone of the local clock.")
_CRS = typer.Option("--crs", help="Coordinate system to measure in (default: the one that suits the sites).")
_SEED = typer.Option("--seed", min=0, help="Seed by which the walk of each visit is drawn.")
_OUT = typer.Option("-o", "--out", help="Folder for the sheets (PDF), calendars (ICS), walks (GPX) and tasking.csv.")
_JSON = typer.Option("--json", help="Print one JSON document and nothing else.")


def hand_out(
    plan: Annotated[list[Path], _PLAN],
    sites: Annotated[Path, _SITES],
    out: Annotated[Path, _OUT] = Path("tasking"),
    loops: Annotated[Path | None, _LOOPS] = None,
    streets: Annotated[Path | None, _STREETS] = None,
    schedule: Annotated[Path | None, _SCHEDULE] = None,
    ledger: Annotated[Path | None, _LEDGER] = None,
    last_week: Annotated[Path | None, _LAST] = None,
    lake: Annotated[Path | None, _LAKE] = None,
    force: Annotated[str | None, _FORCE] = None,
    events: Annotated[Path | None, _EVENTS] = None,
    mapping: Annotated[Path | None, _MAPPING] = None,
    crime: Annotated[str | None, _CRIME] = None,
    problem_plans: Annotated[Path | None, _PROBLEMS] = None,
    notes: Annotated[Path | None, _NOTES] = None,
    team: Annotated[str | None, _TEAM] = None,
    hours: Annotated[str | None, _SHIFT] = None,
    first: Annotated[str | None, _FROM] = None,
    days: Annotated[int, _DAYS] = 7,
    zone: Annotated[str, _ZONE] = "Europe/London",
    crs: Annotated[str | None, _CRS] = None,
    seed: Annotated[int, _SEED] = 1,
    *,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Print tasking sheets: a page a site with map, times, reasons and walk, for each team and shift.

    Beside each sheet stand a calendar and the walks as GPX; tasking.csv is for a force's own systems. Every page is
    marked OFFICIAL-SENSITIVE with its shift and the time by which it is to be destroyed; no print reaches further than
    seven days, and nothing in it names a person.

    Example: abate patrols print rota/visits.csv --sites sites/sites.geojson --loops loops/loops.geojson -o tasking
    """
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from abate.cli import answers
    from abate.jobs import patrol_print as jobs

    options = jobs.Options(
        plan=tuple(plan), sites=sites, out=out, loops=loops, streets=streets, schedule=schedule, ledger=ledger,
        last_week=last_week, lake=lake, force=force, events=events, mapping=mapping, crime=crime,
        problem_plans=problem_plans, notes=notes, team=team, hours=hours, first=first, days=days, zone=zone, crs=crs,
        seed=seed,
    )  # fmt: skip
    now = datetime.now(ZoneInfo("Europe/London"))
    with answers.progress("Printing the sheets", quiet=as_json) as tell:
        found = jobs.hand_out(options, today=now.date(), now=now, by=answers.person(), tell=tell)
    if as_json:
        answers.document(found.document())
    else:
        _print(found)


def _print(found: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    from abate.cli import answers

    console = Console()
    listed = Table(box=None, pad_edge=False)
    listed.add_column("Team")
    listed.add_column("Shift")
    listed.add_column("Sites", justify="right")
    listed.add_column("Pages", justify="right")
    for sheet in found.printed.sheets:
        listed.add_row(sheet["team"], sheet["shift"], str(sheet["sites"]), str(sheet["pages"]))
    console.print(listed)
    words = found.document()
    console.print(f"{words['marking']}; to be destroyed by {words['expires']}.", soft_wrap=True, highlight=False)
    answers.close(console, notes=found.notes, files=found.printed.files)
