"""`abate score`: try methods of forecasting against what then happened, beside plain past counts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

_LAKE = typer.Option("--lake", help="Folder of the lake that `abate load` filled; goes with --force.")
_FORCE = typer.Option("--force", help="The police force, by its data.police.uk name.")
_EVENTS = typer.Option("--events", help="File of incidents, in the place of a lake; goes with --mapping.")
_MAPPING = typer.Option("--mapping", help="TOML file that says what the columns of --events are.")
_TEST = typer.Option("--test-events", help="File of later incidents, same mapping: the windows are judged on these.")
_CRIME = typer.Option(
    "--crime", help="Crime groups or crime types, with commas between (default: serious-violence; of a file, all)."
)
_FROM = typer.Option("--from", help="First month to learn from, as YYYY-MM (default: the first there is).")
_PLACE = typer.Option(
    "--place",
    help="What a place is: square:250, square:500ft, hex:150, lsoa (needs --boundaries), area:FILE or street:FILE.",
)
_ORIGIN = typer.Option("--origin", help="E,N of a corner of the grid, in the unit of the coordinate system.")
_WITHIN = typer.Option("--within", help="Polygon file of the whole area: needed for PAI; nothing else is counted.")
_BOUNDARIES = typer.Option("--boundaries", help="Polygon file of the areas for --place lsoa.")
_CRS = typer.Option("--crs", help="Coordinate system to measure in (default: that of the record; Britain: EPSG:27700).")
_TRAIN = typer.Option("--train-to", help="Last day that forecasts may know, YYYY-MM-DD (default: the origin rolls).")
_GAP = typer.Option("--gap", help="Days left out between training and window, for recording delay.")
_WINDOWS = typer.Option("--windows", help="Windows to forecast, in days or calendar months: 7d,14d,1m,3m.")
_FLAG = typer.Option("--flag-km2", help="Areas to flag, in square kilometres (for streets: kilometres of street).")
_METHOD = typer.Option("--method", help="Methods, with commas between; plain counts are always beside them.")
_FEATURES = typer.Option("--features", help="File of pubs, stations, schools: needed by --method risk.")
_ORIGINS = typer.Option("--origins", min=1, help="At most how many origins, where the origin rolls.")
_SEED = typer.Option("--seed", help="Seed of the random numbers: the same seed gives the same output.")
_OUT = typer.Option("-o", "--out", help="Folder for a report: score.html, scores.csv, scores.json.")
_JSON = typer.Option("--json", help="Print one JSON document, a list of records, and nothing else.")

_WIDTH = 116


def score(
    lake: Annotated[Path | None, _LAKE] = None,
    force: Annotated[str | None, _FORCE] = None,
    events: Annotated[Path | None, _EVENTS] = None,
    mapping: Annotated[Path | None, _MAPPING] = None,
    test_events: Annotated[Path | None, _TEST] = None,
    crime: Annotated[str | None, _CRIME] = None,
    first: Annotated[str | None, _FROM] = None,
    place: Annotated[str, _PLACE] = "hex:150",
    origin: Annotated[str | None, _ORIGIN] = None,
    within: Annotated[Path | None, _WITHIN] = None,
    boundaries: Annotated[Path | None, _BOUNDARIES] = None,
    crs: Annotated[str | None, _CRS] = None,
    train_to: Annotated[str | None, _TRAIN] = None,
    gap: Annotated[int, _GAP] = 0,
    windows: Annotated[str, _WINDOWS] = "1m",
    flag_km2: Annotated[str, _FLAG] = "1",
    method: Annotated[str, _METHOD] = "recommended,counts",
    features: Annotated[Path | None, _FEATURES] = None,
    origins: Annotated[int, _ORIGINS] = 12,
    seed: Annotated[int, _SEED] = 1,
    out: Annotated[Path | None, _OUT] = None,
    *,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Try methods of forecasting: frozen before each window, judged by what then happened, beside plain past counts.

    With --train-to there is one forecast origin; without it the origin rolls through the later half of the record.

    Example: abate score --lake lake --force essex --crime violence --place square:150 --train-to 2021-12-31
    --windows 1m,3m --flag-km2 1,5 --method recommended,counts
    """
    from abate.cli import answers
    from abate.jobs.score import Options, score

    options = Options(
        lake=lake,
        force=force,
        events=events,
        mapping=mapping,
        test_events=test_events,
        crime=crime,
        first=first,
        place=place,
        origin=origin,
        within=within,
        boundaries=boundaries,
        crs=crs,
        train_to=train_to,
        gap=gap,
        windows=windows,
        flag_km2=flag_km2,
        method=method,
        features=features,
        origins=origins,
        seed=seed,
        out=out,
    )
    with answers.progress("Trying the methods", quiet=as_json) as tell:
        found = score(options, tell=tell)
    answers.document(list(found.rows)) if as_json else _print(found)


def _print(found: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    from abate.cli import answers

    console = Console()
    if not console.is_terminal:
        console = Console(width=max(console.width, _WIDTH))
    console.print(found.sentence, soft_wrap=True, highlight=False)
    listed = Table(box=None, pad_edge=False)
    listed.add_column("Method", no_wrap=True)
    for heading in ("Origin", "Window", "Area", "Events", "Hits", "Hit rate", "PAI", "PEI*", "Log score", "Ahead"):
        listed.add_column(heading, justify="right", no_wrap=True)
    for row in found.rows:
        area = row["flagged_km2"] or row.get("flagged_km")
        listed.add_row(
            row["method"],
            row["origin"],
            row["window"],
            f"{area:g}",
            f"{row['events']:,}",
            f"{row['hits']:,}",
            *(
                _figure(row[name], form)
                for name, form in (("hit_rate", ".1%"), ("pai", ".1f"), ("pei_star", ".3f"), ("log_score", ".4f"))
            ),
            _ahead(row["gain_over_counts"]),
        )
    console.print(listed)
    console.print(
        "Area: as asked, in km² (of streets: km). Ahead: hit rate beyond plain past counts, in points, "
        "with its 95% interval.",
        highlight=False,
    )
    answers.close(console, notes=found.notes, files=found.files)


def _figure(value: float | None, form: str) -> str:
    return "-" if value is None or abs(value) == float("inf") else format(value, form)


def _ahead(gain: dict[str, Any] | None) -> str:
    if gain is None:
        return "-"
    low, value, high = (100 * gain[name] for name in ("low", "value", "high"))
    if low == value == high == 0:
        return "0 (the same hits)"
    return f"{value:+.1f} ({low:+.1f} to {high:+.1f})"
