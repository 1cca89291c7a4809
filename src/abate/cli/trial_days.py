"""`abate trial days`: what each site saw on each day, from the lake, as the other commands of a trial read it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

_LAKE = typer.Option("--lake", help="Folder of the lake that holds the incidents, with the day of each.")
_FORCE = typer.Option("--force", help="The force, such as essex.")
_CRIME = typer.Option("--crime", help="Crime groups or types, with commas between.")
_SITES = typer.Option("--sites", help="Outlines of the sites: sites.geojson of `abate hotspots --choose`.")
_FROM = typer.Option("--from", formats=["%Y-%m-%d"], help="First day (default: the first that the lake covers).")
_TO = typer.Option("--to", formats=["%Y-%m-%d"], help="Last day (default: the last that the lake covers).")
_RINGS = typer.Option("--rings", help="Metres: count too what lies so near to each site, the sites cut out.")
_HARM = typer.Option("--harm", help="Harm too: a scale's name, or the workbook of the Cambridge Crime Harm Index.")
_PROACTIVE = typer.Option("--proactive", help="Offences that patrols find by searching: exclude or include.")
_CRS = typer.Option("--crs", help="Coordinate system to measure in (default: the one that suits the sites).")
_OUT = typer.Option("-o", "--out", help="File for the place-days; a .json beside it says how it was made.")
_RINGS_OUT = typer.Option("--rings-out", help="File for the rings (default: buffers.csv beside the place-days).")
_JSON = typer.Option("--json", help="Print one JSON document and nothing else.")


def days(
    lake: Annotated[Path, _LAKE],
    force: Annotated[str, _FORCE],
    crime: Annotated[str, _CRIME],
    sites: Annotated[Path, _SITES],
    first: Annotated[datetime | None, _FROM] = None,
    last: Annotated[datetime | None, _TO] = None,
    rings: Annotated[float | None, _RINGS] = None,
    harm: Annotated[str | None, _HARM] = None,
    proactive: Annotated[str, _PROACTIVE] = "exclude",
    crs: Annotated[str | None, _CRS] = None,
    out: Annotated[Path, _OUT] = Path("place-days.csv"),
    rings_out: Annotated[Path | None, _RINGS_OUT] = None,
    *,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Count the incidents at each site on each day, quiet days included, as place-days for a trial.

    Needs a record with the day of each incident, which published crime has not. Days that the lake does not hold are
    left out and named: missing is not 0.

    Example: abate trial days --lake lake --force essex --crime violence --sites sites.geojson -o place-days.csv
    """
    from abate.cli import answers
    from abate.jobs import trial_days as jobs

    options = jobs.Options(
        lake=lake,
        force=force,
        crime=crime,
        sites=sites,
        first=None if first is None else first.date(),
        last=None if last is None else last.date(),
        rings=rings,
        harm=harm,
        proactive=proactive,
        crs=crs,
        out=out,
        rings_out=rings_out,
    )
    with answers.progress("Counting by site and day", quiet=as_json) as tell:
        found = jobs.trial_days(options, today=answers.today(), by=answers.person(), tell=tell)
    if as_json:
        answers.document(found.document())
    else:
        _print(found)


def _print(found: Any) -> None:
    from rich.console import Console

    from abate.cli import answers

    console = Console()
    console.print(found.sentence, soft_wrap=True, highlight=False, markup=False)
    if found.rings is not None:
        seen = int(found.rings["incidents"].sum())
        console.print(f"In the rings about them: {seen:,}.", soft_wrap=True, highlight=False, markup=False)
    answers.close(console, notes=found.notes, files=found.files)
