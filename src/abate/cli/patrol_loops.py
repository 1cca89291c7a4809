"""`abate patrols loops`: closed walks through each site that pass as much expected harm as the stay allows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

_SITES = typer.Argument(help="Sites: CSV with site_id, name, longitude, latitude, or sites.geojson of abate hotspots.")
_STREETS = typer.Option(
    "--streets",
    help="Street file: OSM lines (GeoJSON, .osm.pbf), a street graph (GraphML), Open Roads (.gpkg, .shp).",
)
_LAKE = typer.Option("--lake", help="Folder of the loaded incidents; with --force.")
_FORCE = typer.Option("--force", help="Whose incidents in the lake, by its data.police.uk name.")
_EVENTS = typer.Option("--events", help="Instead of a lake: a CSV file of incidents; with --mapping.")
_MAPPING = typer.Option("--mapping", help="With --events: TOML file that says what its columns are.")
_CRIME = typer.Option(
    "--crime", help="Crime groups or types, with commas between (default: serious-violence of a lake, all of a file)."
)
_MAXIMISE = typer.Option("--maximise", help="What a walk is to pass: expected incidents, or expected harm.")
_MINUTES = typer.Option("--minutes", help="The stay: the longest that a walk may take.")
_PACE = typer.Option("--pace-kmh", help="How fast one walks, in kilometres an hour.")
_LOOPS = typer.Option("--loops", help="How many distinct walks a site gets.")
_AGAIN = typer.Option("--again", help="What a street that an earlier walk passed still counts for, from 0 to 1.")
_AROUND = typer.Option("--around", help="Metres around the outline that still count as the site.")
_RADIUS = typer.Option("--radius", help="Metres around the middle, for sites without an outline.")
_EVEN = typer.Option("--even", help="Part of what is recorded that is spread evenly over the site's streets, 0 to 1.")
_PARKING = typer.Option("--parking", help="CSV of points to park at: longitude, latitude, optional site_id.")
_CRS = typer.Option("--crs", help="Coordinate system to measure in (default: the one that suits the sites).")
_SEED = typer.Option("--seed", min=0, help="Seed of the search: the same seed gives the same walks.")
_OUT = typer.Option("-o", "--out", help="Folder for the maps, tracks and directions.")
_JSON = typer.Option("--json", help="Print one JSON document and nothing else.")


def draw_loops(
    sites: Annotated[Path, _SITES],
    streets: Annotated[Path, _STREETS],
    lake: Annotated[Path | None, _LAKE] = None,
    force: Annotated[str | None, _FORCE] = None,
    events: Annotated[Path | None, _EVENTS] = None,
    mapping: Annotated[Path | None, _MAPPING] = None,
    crime: Annotated[str | None, _CRIME] = None,
    maximise: Annotated[Literal["incidents", "harm"], _MAXIMISE] = "incidents",
    minutes: Annotated[float, _MINUTES] = 15.0,
    pace_kmh: Annotated[float, _PACE] = 4.5,
    loops: Annotated[int, _LOOPS] = 3,
    again: Annotated[float, _AGAIN] = 0.25,
    around: Annotated[float, _AROUND] = 20.0,
    radius: Annotated[float, _RADIUS] = 75.0,
    even: Annotated[float, _EVEN] = 0.1,
    parking: Annotated[Path | None, _PARKING] = None,
    crs: Annotated[str | None, _CRS] = None,
    seed: Annotated[int, _SEED] = 1,
    out: Annotated[Path, _OUT] = Path("loops"),
    *,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Draw walking loops: from a parking point at the edge of each site, past as much as the stay allows, and back.

    Each walk states the most that any such walk could pass, and how far short of it it is.

    Example: abate patrols loops sites.geojson --streets streets.geojson --lake lake --force essex -o loops
    """
    from abate.cli import answers
    from abate.jobs import patrol_loops as jobs
    from abate.patrols.loops import Rules

    options = jobs.Options(
        sites=sites,
        streets=streets,
        out=out,
        lake=lake,
        force=force,
        events=events,
        mapping=mapping,
        crime=crime,
        aim=maximise,
        parking=parking,
        crs=crs,
        seed=seed,
        rules=Rules(minutes, pace_kmh, loops, again=again, radius_m=radius, around_m=around, even=even),
    )
    with answers.progress("Drawing loops", quiet=as_json) as tell:
        found = jobs.draw_loops(options, today=answers.today(), by=answers.person(), tell=tell)
    if as_json:
        answers.document(found.document())
    else:
        _print(found)


def _print(found: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    from abate.cli import answers

    console = Console()
    console.print(found.sentence, soft_wrap=True, highlight=False)
    listed = Table(box=None, pad_edge=False)
    for heading in ("Site", "Loop"):
        listed.add_column(heading)
    for heading in ("Metres", "Minutes", "Passes", "Gap", "Shared with another", "Inside"):
        listed.add_column(heading, justify="right")
    for row in found.drawn.loops.itertuples():
        gap = "0 (proven)" if row.proven and row.gap < 1e-9 else f"{row.gap:.1%}"
        cells = (f"{row.length_m:,.0f}", f"{row.minutes:.1f}", f"{row.share:.0%}", gap)
        listed.add_row(row.name, str(row.loop), *cells, f"{row.repeated:.0%}", f"{row.inside:.0%}")
    console.print(listed)
    answers.close(console, notes=found.notes, files=found.files)
