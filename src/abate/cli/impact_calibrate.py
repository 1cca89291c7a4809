"""`abate impact calibrate`: what a programme in many small places did, against places weighted to match them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

_BLOCKS = typer.Option("--blocks", help="CSV (or .gz) with a row a block: its name, whether treated, covariates.")
_COUNTS = typer.Option("--counts", help="CSV (or .gz) with a row a block and period: name, period, counts.")
_DESIGN = typer.Option("--design", help="TOML file that says which columns are what and what shall be matched.")
_PERMUTATIONS = typer.Option("--permutations", min=0, help="Random groups, instead of the design's; 0 for none.")
_JACKKNIFE = typer.Option("--jackknife", min=0, help="Groups left out in turn, instead of the design's; 0 for none.")
_SEED = typer.Option("--seed", min=0, help="Seed of the random groups, instead of the design's.")
_OUT = typer.Option("-o", "--out", help="Folder for the report, weights.csv, outcomes.csv, balance.csv.")
_JSON = typer.Option("--json", help="Print one JSON document and nothing else.")


def calibrate(
    blocks: Annotated[Path, _BLOCKS],
    counts: Annotated[Path, _COUNTS],
    design: Annotated[Path, _DESIGN],
    permutations: Annotated[int | None, _PERMUTATIONS] = None,
    jackknife: Annotated[int | None, _JACKKNIFE] = None,
    seed: Annotated[int | None, _SEED] = None,
    out: Annotated[Path | None, _OUT] = None,
    *,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Estimate what a programme in many small places did, for several outcomes at once.

    Untreated blocks are weighted so that before the start they agree with the treated ones in number, covariates and
    every outcome; what they show after it is what was to be expected. The design says what is matched and asked.

    Example: abate impact calibrate --blocks blocks.csv --counts counts.csv --design design.toml -o impact
    """
    from abate.cli import answers
    from abate.jobs import impact_calibrate as jobs

    options = jobs.Options(blocks, counts, design, permutations, jackknife, seed)
    with answers.progress("Calibrating", quiet=as_json) as tell:
        found = jobs.calibrate(options, tell=tell)
    files = () if out is None else jobs.deliver(found, out, options, today=answers.today(), by=answers.person())
    if as_json:
        answers.document(found.document())
    else:
        _print(found, files)


def _print(found: Any, files: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    from abate.cli import answers

    console = Console()
    for line in found.sentences():
        console.print(line, soft_wrap=True, highlight=False, markup=False)
    headings, rows = found.table()
    listed = Table(box=None, pad_edge=False)
    for heading in headings:
        if heading != "Interval":
            listed.add_column(heading, justify="left" if heading == headings[0] else "right")
    for row in rows:
        listed.add_row(*(cell for heading, cell in zip(headings, row, strict=True) if heading != "Interval"))
    console.print(listed)
    answers.close(console, notes=found.notes, files=files)
