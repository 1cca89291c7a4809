"""`abate patrols return`: the monthly return to the funder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

_MONTH = typer.Option("--month", help="The month, as YYYY-MM.")
_VISITS = typer.Option("--visits", help="Attended visits, as `abate patrols dosage` writes them; once for each source.")
_SITES = typer.Option("--sites", help="The sites: sites.geojson of `abate hotspots --choose`, or a CSV file.")
_PLAN = typer.Option("--plan", help="Planned visits, as `abate patrols plan` writes them; once for each day's file.")
_ACTIVITY = typer.Option(
    "--activity",
    help="CSV: date, site_id, role, funding_stream, officers, minutes, arrests, searches, weapons, powers.",
)
_ROLES = typer.Option("--roles", help="CSV: team, role, funding_stream, officers: who teams are made of.")
_PLANS = typer.Option("--plans", help="Problem plans of the sites (CSV or TOML; see `abate patrols plans`).")
_LAKE = typer.Option("--lake", help="Lake of recorded crime: gives incidents in the sites. Needs --force.")
_FORCE = typer.Option("--force", help="With --lake: the force, such as essex.")
_EVENTS = typer.Option("--events", help="Instead of --lake: a file of recorded crime.")
_MAPPING = typer.Option("--mapping", help="With --events: TOML file that says what its columns are.")
_CRIME = typer.Option("--crime", help="Crime groups or types shown beside all crime, with commas between.")
_PROACTIVE = typer.Option("--proactive", help="Offences that patrols find by searching: exclude or include.")
_CRS = typer.Option("--crs", help="Coordinate system to measure in (default: the one that suits the sites).")
_ZONE = typer.Option("--zone", help="Time zone of the clocks: says on which day a visit begins.")
_OUT = typer.Option("-o", "--out", help="Folder for return.csv, return.xlsx, return.pdf, return.html, provenance.json.")
_JSON = typer.Option("--json", help="Print one JSON document and nothing else.")


def make_return(
    month: Annotated[str, _MONTH],
    visits: Annotated[list[Path], _VISITS],
    sites: Annotated[Path, _SITES],
    plan: Annotated[list[Path] | None, _PLAN] = None,
    activity: Annotated[Path | None, _ACTIVITY] = None,
    roles: Annotated[Path | None, _ROLES] = None,
    plans: Annotated[Path | None, _PLANS] = None,
    lake: Annotated[Path | None, _LAKE] = None,
    force: Annotated[str | None, _FORCE] = None,
    events: Annotated[Path | None, _EVENTS] = None,
    mapping: Annotated[Path | None, _MAPPING] = None,
    crime: Annotated[str, _CRIME] = "serious-violence",
    proactive: Annotated[str, _PROACTIVE] = "exclude",
    crs: Annotated[str | None, _CRS] = None,
    zone: Annotated[str, _ZONE] = "Europe/London",
    out: Annotated[Path | None, _OUT] = None,
    *,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Make the monthly return: visits, person-hours, incidents in sites, arrests, searches, weapons, problem plans.

    Hours are told apart by role and funding stream, and every split adds up. Searches stand beside hours on patrol and
    are never a measure of success; incidents are counts, not an estimate of what the patrols did.

    Example: abate patrols return --month 2026-10 --visits dose/visits.csv --sites sites.geojson -o return
    """
    from abate.cli import answers
    from abate.jobs import patrol_return as jobs
    from abate.jobs.return_records import Record

    options = jobs.Options(
        month=month,
        visits=tuple(visits),
        sites=sites,
        plan=tuple(plan or ()),
        activity=activity,
        roles=roles,
        plans=plans,
        record=Record(lake=lake, force=force, events=events, mapping=mapping, crime=crime, proactive=proactive),
        crs=crs,
        zone=zone,
        out=out,
    )
    with answers.progress("Making the return", quiet=as_json) as tell:
        found = jobs.make_return(options, today=answers.today(), by=answers.person(), tell=tell)
    if as_json:
        answers.document(found.document())
    else:
        _print(found)


def _print(found: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    from abate.cli import answers
    from abate.reports import returnwords

    console = Console()
    console.print(returnwords.lede(found.made), soft_wrap=True, highlight=False, markup=False)
    matrix = returnwords.matrix(found.made)
    listed = Table(box=None, pad_edge=False, title="Person-hours", title_justify="left")
    for place, heading in enumerate(matrix["headings"]):
        listed.add_column(heading, justify="right" if place else "left")
    for row in matrix["rows"]:
        listed.add_row(*row)
    console.print(listed)
    for what, number in (*returnwords.done(found.made), *returnwords.plans(found.made)):
        console.print(f"{what}: {number}", highlight=False, markup=False)
    answers.close(console, notes=found.made.notes, files=found.files)
