"""`abate fund`: how a budget would be shared among areas, by rules that stand side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

_FILE = typer.Argument(metavar="AREAS.csv", help="CSV of area, population, need and, where known, current_grant ...")
_BUDGET = typer.Option("--budget", help="The money to share, in pounds.")
_RULE = typer.Option("--rule", help="How it is shared; all sets the rules side by side.")
_DIMINISHING = typer.Option(
    "--diminishing", help="Power by which returns flatten: 1 not at all, 0.5 by the square root."
)
_EQUITY = typer.Option("--equity", help="per-head: weight of need per head, 0 (all people alike) to 1 (by need).")
_DRAWS = typer.Option("--draws", min=50, help="Draws of what a pound prevents, for intervals and steadiness.")
_SEED = typer.Option("--seed", min=0, help="Seed of the random numbers: the same seed gives the same output.")
_OUT = typer.Option("-o", "--out", help="Folder for funding.html, .pdf, .docx, allocations.csv and provenance.json.")
_JSON = typer.Option("--json", help="Print one JSON document and nothing else.")
_LARGE = 10_000_000


def fund(
    file: Annotated[Path, _FILE],
    budget: Annotated[float, _BUDGET],
    rule: Annotated[Literal["today", "need", "share80", "harm", "regret", "per-head", "all"], _RULE] = "all",
    diminishing: Annotated[float, _DIMINISHING] = 0.5,
    equity: Annotated[float, _EQUITY] = 0.5,
    draws: Annotated[int, _DRAWS] = 400,
    seed: Annotated[int, _SEED] = 1,
    out: Annotated[Path | None, _OUT] = None,
    *,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Share a budget among areas by need, by people, or so that most violence is expected to be prevented.

    Floors and caps are kept and the amounts add up to the penny. Each rule is told with what it is expected to prevent,
    who gains and loses against today, and how steady that is.

    Example: abate fund areas.csv --budget 30000000 --rule all -o funding
    """
    from abate.cli import answers
    from abate.jobs import fund as jobs

    options = jobs.Options(file, budget, rule, diminishing, equity, draws, seed)
    with answers.progress("Sharing", quiet=as_json) as tell:
        found = jobs.fund(options, tell=tell)
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
    millions = found.terms.budget >= _LARGE
    unit, size, digits = ("£m", 1e8, 3) if millions else ("£", 1e2, 0)
    listed = Table(box=None, pad_edge=False)
    listed.add_column("Area", no_wrap=True)
    for each in found.allocations:
        listed.add_column(f"{each.rule}\n{unit}", justify="right", no_wrap=True)
    for place, area in enumerate(found.areas["area"]):
        listed.add_row(area, *(f"{each.pence[place] / size:,.{digits}f}" for each in found.allocations))
    console.print(listed)
    answers.close(console, notes=found.notes, files=files)
