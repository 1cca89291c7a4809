"""`abate trial scan`: from which period on a treated area parts from its control, when the date was looked for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

_FILE = typer.Argument(metavar="COUNTS.csv", help="Counts by period: period, treated, control; one row a period.")
_LEAST = typer.Option("--least", help="Fewest periods before a cut, and after it.")
_DRAWS = typer.Option("--draws", help="How often the incidents of each period are dealt out anew.")
_SEED = typer.Option("--seed", min=0, help="Seed of the random numbers: the same seed gives the same output.")
_JSON = typer.Option("--json", help="Print one JSON document and nothing else.")


def scan(
    file: Annotated[Path, _FILE],
    least: Annotated[int, _LEAST] = 2,
    draws: Annotated[int, _DRAWS] = 999,
    seed: Annotated[int, _SEED] = 1,
    *,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Try every cut between before and after, and say what the best is worth, now that it was looked for.

    The p-value is that of the largest z over all cuts, from redraws in which the treated area's share of each period's
    incidents never changes. As with any before and after, nothing was drawn, so the figures describe.

    Example: abate trial scan counts.csv --least 3
    """
    from abate.cli import answers
    from abate.jobs import trial_scan as jobs

    found = jobs.trial_scan(jobs.Options(file=file, least=least, draws=draws, seed=seed))
    if as_json:
        answers.document(found.document())
    else:
        _print(found)


def _print(found: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console.print(found.sentence, soft_wrap=True, highlight=False, markup=False)
    listed = Table(box=None, pad_edge=False)
    listed.add_column("From")
    for heading in ("Difference a period", "Error", "z"):
        listed.add_column(heading, justify="right")
    for row in found.table.to_dict("records"):
        listed.add_row(str(row["cut"]), f"{row['wdd']:+.2f}", f"{row['se']:.2f}", f"{row['z']:+.2f}")
    console.print(listed)
