"""The options of `abate hotspots`, in groups: the list of hotspots, the list of sites, fairness and feedback."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


class Listed:
    """Which crimes, where, when, in what kind of place, how many."""

    lake: Annotated[
        Path, typer.Option("--lake", help="Folder of the lake that `abate load` filled.", show_default=False)
    ]
    force: Annotated[
        str, typer.Option("--force", help="The police force, by its data.police.uk name.", show_default=False)
    ]
    crime: Annotated[str, typer.Option("--crime", help="Crime groups or crime types, with commas between.")] = (
        "serious-violence"
    )
    first: Annotated[
        str | None, typer.Option("--from", help="First month, as YYYY-MM (default: the first that the lake holds).")
    ] = None
    last: Annotated[
        str | None, typer.Option("--to", help="Last month, as YYYY-MM (default: the last that the lake holds).")
    ] = None
    place: Annotated[
        str,
        typer.Option(
            "--place",
            help="What a place is: square:250, square:500ft, hex:150 (width across the flats), lsoa (needs "
            "--boundaries), area:FILE (any polygons) or street:FILE (segments of a street network).",
        ),
    ] = "hex:150"
    origin: Annotated[
        str | None, typer.Option("--origin", help="E,N of a corner of the grid, in the unit of the coordinate system.")
    ] = None
    within: Annotated[Path | None, typer.Option("--within", help="Polygon file: only what lies inside is counted.")] = (
        None
    )
    boundaries: Annotated[
        Path | None,
        typer.Option("--boundaries", help="Polygon file of the areas for --place lsoa; drawn on the map as well."),
    ] = None
    top: Annotated[
        int | None, typer.Option("--top", min=1, help="How many places to choose (default 20).", show_default=False)
    ] = None
    area_km2: Annotated[
        float | None,
        typer.Option("--area-km2", min=0.0, help="Choose places until this area is used up, instead of --top."),
    ] = None
    exclude: Annotated[
        Path | None,
        typer.Option("--exclude", help="Polygon file of places to leave out: hospitals, prisons, police stations."),
    ] = None
    streets: Annotated[
        Path | None, typer.Option("--streets", help="Street file (OSM GeoJSON or GraphML) to draw on the map.")
    ] = None
    basemap: Annotated[
        Path | None, typer.Option("--basemap", help="Your own PMTiles file to draw beneath the map.")
    ] = None
    crs: Annotated[
        str | None,
        typer.Option(
            "--crs", help="Coordinate system for the analysis (default: the British National Grid, EPSG:27700)."
        ),
    ] = None
    snap_limit_m: Annotated[
        float,
        typer.Option(
            "--snap-limit-m", min=0.0, help="With street:FILE, the farthest an incident may lie from its street."
        ),
    ] = 100.0
    seed: Annotated[
        int, typer.Option("--seed", help="Seed of the random numbers: the same seed gives the same output.")
    ] = 1
    draws: Annotated[int, typer.Option("--draws", min=100, help="Draws for probabilities and intervals.")] = 1000
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder to write into.")] = Path("hotspots")


class Sited:
    """The sites to patrol."""

    sites: Annotated[int, typer.Option("--sites", min=1, help="With --choose, how many sites at most.")] = 20
    site_km2: Annotated[
        float | None,
        typer.Option(
            "--site-km2",
            help="Area of a site at most (default 0.05, or one place where places are larger).",
            show_default=False,
        ),
    ] = None
    separation_m: Annotated[
        float, typer.Option("--separation-m", min=0.0, help="Metres of ground between any two sites, edge to edge.")
    ] = 500.0
    buffer_m: Annotated[
        float, typer.Option("--buffer-m", min=0.0, help="Metres around each site left clear for a trial.")
    ] = 100.0
    least_incidents: Annotated[
        int, typer.Option("--least-incidents", min=1, help="Incidents that a site must have seen.")
    ] = 3
    least_months: Annotated[
        int, typer.Option("--least-months", min=1, help="Months in which a site must have seen some.")
    ] = 2
    maximise: Annotated[
        str, typer.Option("--maximise", help="What the sites should hold most of: incidents or harm.")
    ] = "incidents"
    method: Annotated[
        str, typer.Option("--method", help="Method of forecasting the coming months, as in `abate score`.")
    ] = "recommended"
    ahead_months: Annotated[
        int, typer.Option("--ahead-months", min=1, help="How many months the coming period has.")
    ] = 3
    rehearse: Annotated[
        int,
        typer.Option(
            "--rehearse",
            min=0,
            help="On how many windows at the end of the record the forecast is tried beside plain counts; 0 is none.",
        ),
    ] = 2
    against: Annotated[
        Path | None,
        typer.Option("--against", help="An earlier sites.geojson: say which sites stay, move, leave and enter."),
    ] = None
    features: Annotated[
        Path | None, typer.Option("--features", help="Places that matter (pubs, stations, schools) for --method risk.")
    ] = None
    time_limit: Annotated[
        float, typer.Option("--time-limit", help="Seconds that the search for the best list may take.")
    ] = 60.0


class Checked:
    """What patrols find, what feeds back, and whom the list affects."""

    proactive: Annotated[
        str,
        typer.Option(
            "--proactive", help="Whether named crime groups hold the offences that patrols find: exclude or include."
        ),
    ] = "exclude"
    feedback_check: Annotated[
        bool,
        typer.Option(
            "--feedback-check",
            help="See whether the method sends all patrols to one place where recording follows them.",
        ),
    ] = False
    deprivation: Annotated[
        Path | None,
        typer.Option(
            "--deprivation", help="Deprivation table, for the equality sheet (needs --boundaries of small areas)."
        ),
    ] = None
    census: Annotated[
        list[str] | None,
        typer.Option("--census", help="NAME=FILE: a census table by group, for the equality sheet. May be repeated."),
    ] = None
    decision_maker: Annotated[
        str | None, typer.Option("--decision-maker", help="Who approves the list; printed on the equality sheet.")
    ] = None
    mitigation: Annotated[
        str | None, typer.Option("--mitigation", help="What is done about what the equality sheet shows.")
    ] = None
    review_by: Annotated[
        str | None, typer.Option("--review-by", help="The day on which the list is looked at again, as YYYY-MM-DD.")
    ] = None


class Answered:
    """What is made, and how it is told."""

    choose: Annotated[
        bool, typer.Option("--choose", help="Choose sites to patrol as well: connected ground, apart from one another.")
    ] = False
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False
