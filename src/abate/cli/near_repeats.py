"""`abate near-repeats`: whether incidents are soon followed by others close by, more often than by chance."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

_FILE = typer.Argument(help="CSV file (or .gz) with the columns x, y in metres and date; anything else with --mapping.")
_BINS_M = typer.Option(
    "--bins-m", help="Edges of the distance bands in metres, from 0; the same place is its own band."
)
_BINS_DAYS = typer.Option(
    "--bins-days", help="Edges of the time bands in whole days, from 0; each runs to before the next."
)
_METRIC = typer.Option("--metric", help="How distance is measured: along a grid of streets, or in a straight line.")
_DRAWS = typer.Option("--draws", min=1, help="How often the days are shuffled.")
_SEED = typer.Option("--seed", min=0, help="Seed of the random numbers: the same seed gives the same output.")
_MAPPING = typer.Option("--mapping", help="TOML file that says what the columns of any other extract are.")
_CRIME = typer.Option("--crime", help="With --mapping: crime groups or types, with commas between (default: all).")
_CRS = typer.Option("--crs", help="With --mapping: coordinate system to measure in (default: the one that suits).")
_OUT = typer.Option("-o", "--out", help="Folder for near-repeats.html, near-repeats.csv and provenance.json.")
_JSON = typer.Option("--json", help="Print one JSON document and nothing else.")


def near_repeats(
    file: Annotated[Path, _FILE],
    bins_m: Annotated[str, _BINS_M] = "0,100,200,300",
    bins_days: Annotated[str, _BINS_DAYS] = "0,7,14,21",
    metric: Annotated[Literal["manhattan", "euclidean"], _METRIC] = "manhattan",
    draws: Annotated[int, _DRAWS] = 999,
    seed: Annotated[int, _SEED] = 1,
    mapping: Annotated[Path | None, _MAPPING] = None,
    crime: Annotated[str | None, _CRIME] = None,
    crs: Annotated[str | None, _CRS] = None,
    out: Annotated[Path | None, _OUT] = None,
    *,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Count pairs of incidents by distance and days apart, against chance (the Knox table).

    Chance is the same places with their days shuffled. A ratio well above 1 close by and soon after is a near repeat.

    Example: abate near-repeats arson.csv.gz --bins-m 0,200,400,600 --bins-days 0,1,2,3 -o near
    """
    from abate.cli import answers
    from abate.jobs import near_repeats as jobs

    options = jobs.Options(
        file=file,
        bins_m=bins_m,
        bins_days=bins_days,
        metric=metric,
        draws=draws,
        seed=seed,
        mapping=mapping,
        crime=crime,
        crs=crs,
        out=out,
    )
    with answers.progress("Comparing pairs", quiet=as_json) as tell:
        found = jobs.near_repeats(options, today=answers.today(), by=answers.person(), tell=tell)
    if as_json:
        answers.document(found.document())
    else:
        _print(found)


def _print(found: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    from abate.cli import answers

    console = Console()
    console.print(found.near.sentence, soft_wrap=True, highlight=False)
    listed = Table(box=None, pad_edge=False, title_justify="left")
    listed.add_column("Pairs (times as many as by chance)", no_wrap=True)
    for heading in found.near.observed.columns:
        listed.add_column(heading, justify="right")
    for row in found.near.observed.index:
        cells = [_cell(found.near, row, column) for column in found.near.observed.columns]
        listed.add_row(row, *cells)
    console.print(listed)
    console.print(
        f"* p at most 0.05, of {found.near.draws:,} shuffles; "
        f"{found.near.events:,} events, {found.near.metric} distance.",
        highlight=False,
    )
    answers.close(console, notes=found.notes, files=found.files)


def _cell(near: Any, row: str, column: str) -> str:
    seen, ratio, p = (table.at[row, column] for table in (near.observed, near.ratio, near.p))
    times = f"({ratio:.2f})" if ratio == ratio else "(-)"  # noqa: PLR0124 - not a number
    return f"{seen:,} {times}{'*' if p <= 0.05 else ' '}"
