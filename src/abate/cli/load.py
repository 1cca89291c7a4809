"""`abate load`: read crime files into the lake."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from abate.jobs.load import Load
    from abate.jobs.quality import Judged

_PATHS = typer.Argument(help="CSV, .csv.gz, zip (or, with --mapping, a workbook), or folders of them.")
_LAKE = typer.Option("--lake", help="Folder of the lake; made when it is not there.", show_default=False)
_MAPPING = typer.Option("--mapping", help="TOML file that says what the columns of any other extract are.")
_FORCE = typer.Option("--force", help="The police force, where the rows do not say it, such as essex.")
_GUESS = typer.Option("--guess-mapping", help="Print a first draft of a mapping for this file, and load nothing.")
_JSON = typer.Option("--json", help="Print one JSON document and nothing else.")


def load(
    paths: Annotated[list[Path] | None, _PATHS] = None,
    lake: Annotated[Path | None, _LAKE] = None,
    mapping: Annotated[Path | None, _MAPPING] = None,
    force: Annotated[str | None, _FORCE] = None,
    guess_mapping: Annotated[Path | None, _GUESS] = None,
    *,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Read crime files into the lake, and say what became of every row.

    Kinds of file are told by their header, months and forces by their rows. A month that was there before is replaced.

    Example: abate load police-street/ --lake lake
    """
    from dataclasses import asdict

    from abate.cli import answers
    from abate.jobs.load import load as run
    from abate.jobs.quality import judge

    if guess_mapping is not None:
        _print_draft(guess_mapping)
        return
    if not paths or lake is None:
        raise typer.BadParameter("give at least one file or folder, and --lake DIR")
    with answers.progress("loading", quiet=as_json) as tell:
        answer = run(
            paths, lake=lake, today=answers.today(), by=answers.person(), mapping=mapping, force=force, progress=tell
        )
        tell(0.98, "looking at the data")
        judged = judge(answer, lake=lake)
    if as_json:
        written = [*answer.written, *([judged.page] if judged.page else [])]
        answers.document({**asdict(answer), "written": written, "quality": judged.sentences})
    else:
        _print(answer, judged)


def _print_draft(path: Path) -> None:
    from abate.sources import guess

    typer.echo(guess.draft(path), nl=False)


def _print(answer: Load, judged: Judged) -> None:
    """Say in words and a table what became of the rows, and what may be said of the data."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(box=None, pad_edge=False)
    table.add_column("file", overflow="fold")
    for word in ("read", "loaded", "rejected", "repeats", "left out", "no place"):
        table.add_column(word, justify="right", no_wrap=True)
    for one in answer.files:
        counts = ("rows_read", "rows_loaded", "rows_rejected", "rows_repeated", "rows_dropped", "without_coordinates")
        table.add_row(f"{one['file']} ({one['format']})", *(f"{one[count]:,}" for count in counts))
    console.print(table)
    console.print(sentence(answer), soft_wrap=True, highlight=False)
    for rule, count in answer.rejected_by_rule.items():
        console.print(f"  {count:,} rows: {rule}", highlight=False, soft_wrap=True)
    for note in answer.notes:
        console.print(f"note: {note}", highlight=False, soft_wrap=True, markup=False)
    console.print("\nThe data:", highlight=False)
    for line in judged.lines:
        console.print(line, highlight=False, soft_wrap=True, markup=False)
    if judged.page:
        console.print(f"As a page: {judged.page}", highlight=False, soft_wrap=True, markup=False)


def sentence(answer: Load) -> str:
    """Say in words what became of a load."""
    told = [f"{answer.rows_loaded:,} of {answer.rows_read:,} rows are in the lake"]
    if answer.months:
        told.append(f"({answer.months[0]} to {answer.months[-1]}, {len(answer.forces)} force(s))")
    lost = answer.rows_rejected + answer.rows_repeated + answer.rows_dropped
    words = [
        f"{answer.rows_rejected:,} were rejected" if answer.rows_rejected else "",
        f"{answer.rows_repeated:,} repeat a Crime ID ({answer.repeats_elsewhere:,} of them at another place)"
        if answer.rows_repeated
        else "",
        f"{answer.rows_dropped:,} were left out by filters" if answer.rows_dropped else "",
    ]
    ending = f"; {', '.join(filter(None, words))}: see {Path(answer.written[0]).parent}" if lost else ""
    there = (
        f". {answer.months_already_there:,} months were there just so already" if answer.months_already_there else ""
    )
    return " ".join(told) + ending + there + "."
