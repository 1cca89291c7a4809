"""`abate hotspots`: rank, map and explain the places where the chosen crimes concentrate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

_LAKE = typer.Option("--lake", help="Folder of the lake that `abate load` filled.", show_default=False)
_FORCE = typer.Option("--force", help="The police force, by its data.police.uk name.", show_default=False)
_CRIME = typer.Option("--crime", help="Crime groups or crime types, with commas between.")
_FROM = typer.Option("--from", help="First month, as YYYY-MM (default: the first that the lake holds).")
_TO = typer.Option("--to", help="Last month, as YYYY-MM (default: the last that the lake holds).")
_PLACE = typer.Option(
    "--place",
    help="What a place is: square:250, square:500ft, hex:150 (width across the flats), lsoa (needs --boundaries), "
    "area:FILE (any polygons) or street:FILE (segments of a street network).",
)
_ORIGIN = typer.Option("--origin", help="E,N of a corner of the grid, in the unit of the coordinate system.")
_WITHIN = typer.Option("--within", help="Polygon file: only what lies inside is counted.")
_BOUNDARIES = typer.Option("--boundaries", help="Polygon file of the areas for --place lsoa; drawn on the map as well.")
_TOP = typer.Option("--top", min=1, help="How many places to choose (default 20).", show_default=False)
_AREA = typer.Option("--area-km2", min=0.0, help="Choose places until this area is used up, instead of --top.")
_EXCLUDE = typer.Option("--exclude", help="Polygon file of places to leave out: hospitals, prisons, police stations.")
_STREETS = typer.Option("--streets", help="Street file (OSM GeoJSON or GraphML) to draw on the map.")
_BASEMAP = typer.Option("--basemap", help="Your own PMTiles file to draw beneath the map.")
_CRS = typer.Option(
    "--crs", help="Coordinate system for the analysis (default: the British National Grid, EPSG:27700)."
)
_SNAP = typer.Option(
    "--snap-limit-m", min=0.0, help="With street:FILE, the farthest an incident may lie from its street."
)
_SEED = typer.Option("--seed", help="Seed of the random numbers: the same seed gives the same output.")
_DRAWS = typer.Option("--draws", min=100, help="Draws for probabilities and intervals.")
_OUT = typer.Option("-o", "--out", help="Folder to write into.")
_JSON = typer.Option("--json", help="Print one JSON document and nothing else.")


def hotspots(
    lake: Annotated[Path, _LAKE],
    force: Annotated[str, _FORCE],
    crime: Annotated[str, _CRIME] = "serious-violence",
    first: Annotated[str | None, _FROM] = None,
    last: Annotated[str | None, _TO] = None,
    place: Annotated[str, _PLACE] = "hex:150",
    origin: Annotated[str | None, _ORIGIN] = None,
    within: Annotated[Path | None, _WITHIN] = None,
    boundaries: Annotated[Path | None, _BOUNDARIES] = None,
    top: Annotated[int | None, _TOP] = None,
    area_km2: Annotated[float | None, _AREA] = None,
    exclude: Annotated[Path | None, _EXCLUDE] = None,
    streets: Annotated[Path | None, _STREETS] = None,
    basemap: Annotated[Path | None, _BASEMAP] = None,
    crs: Annotated[str | None, _CRS] = None,
    snap_limit_m: Annotated[float, _SNAP] = 100.0,
    seed: Annotated[int, _SEED] = 1,
    draws: Annotated[int, _DRAWS] = 1000,
    out: Annotated[Path, _OUT] = Path("hotspots"),
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Rank, map and explain the places where the chosen crimes concentrate.

    Writes hotspots.csv, hotspots.geojson, hotspots.gpkg, report.html, report.pdf and provenance.json, and prints one
    sentence and a table.

    Example: abate hotspots --lake lake --force essex --crime violence,robbery,weapons --from 2021-03 --to 2022-03
    --place hex:150 -o out
    """
    from abate.cli import answers
    from abate.jobs.hotspots import Options, hotspots

    options = Options(
        lake=lake,
        force=force,
        crime=crime,
        first=first,
        last=last,
        place=place,
        origin=origin,
        within=within,
        boundaries=boundaries,
        top=top,
        area_km2=area_km2,
        exclude=exclude,
        streets=streets,
        basemap=basemap,
        crs=crs,
        snap_limit_m=snap_limit_m,
        seed=seed,
        draws=draws,
        out=out,
    )
    with answers.progress("Finding the places", quiet=as_json) as tell:
        found = hotspots(options, tell=tell)
    if as_json:
        answers.document(found.document())
    else:
        _print(found)


def _print(found: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console.print(found.sentence, soft_wrap=True, highlight=False)
    listed = Table(box=None, pad_edge=False)
    for heading in ("Rank", "Incidents", "Share", "So far", "Chance"):
        listed.add_column(heading, justify="right", no_wrap=True)
    listed.add_column("Name", overflow="fold")
    listed.add_column("Place", no_wrap=True)
    for row in found.hotspots.to_dict("records"):
        listed.add_row(
            f"{row['rank']}",
            f"{row['incidents']:,}",
            f"{row['share']:.1%}",
            f"{row['cumulative_share']:.1%}",
            f"{row['probability_top']:.0%}",
            row["name"],
            row["place_id"],
        )
    console.print(listed)
    console.print("Chance: how likely the place truly belongs on this list.", highlight=False)
    for note in found.notes:
        console.print(f"note: {note}", soft_wrap=True, highlight=False, markup=False)
    console.print("Written:", highlight=False)
    for path in found.files:
        console.print(f"  {path}", soft_wrap=True, highlight=False, markup=False)
