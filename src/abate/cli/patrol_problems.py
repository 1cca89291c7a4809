"""`abate patrols plans`: start problem plans for sites, and see how far they are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

_SITES = typer.Argument(help="The sites: sites.geojson of `abate hotspots --choose`, or a CSV file.")
_CHECK = typer.Option("--check", help="Problem plans to look through (CSV or TOML): every fault, and how far each is.")
_TODAY = typer.Option("--today", help="With --check: the day on which responses are overdue or not (default: today).")
_OUT = typer.Option("-o", "--out", help="File for the template: a row a site, below a row of prompts.")
_JSON = typer.Option("--json", help="Print one JSON document and nothing else.")


def plans(
    sites: Annotated[Path, _SITES],
    check: Annotated[Path | None, _CHECK] = None,
    today: Annotated[str | None, _TODAY] = None,
    out: Annotated[Path | None, _OUT] = None,
    *,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Start a problem plan for every site, or look through the plans there are.

    A plan has four steps: scanning (the problem), analysis (place, target, those who do it), response (what is to
    change, by which role, by when) and assessment (what came of it). It names roles, never people.

    Example: abate patrols plans sites.geojson -o plans.csv
    """
    from abate.cli import answers
    from abate.jobs import patrol_problems as jobs

    now = answers.today()
    options = jobs.Options(sites=sites, check=check, today=jobs.read_day(today) if today else now, out=out)
    found = jobs.plans(options)
    if as_json:
        answers.document(found.document())
    else:
        _print(found)


def _print(found: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console.print(found.sentence, soft_wrap=True, highlight=False, markup=False)
    if found.standing is not None:
        listed = Table(box=None, pad_edge=False)
        for place, heading in enumerate(
            ("Site", "Where", "Has come to", "Open", "Overdue", "Not assessed", "Next due")
        ):
            listed.add_column(heading, justify="right" if place in {3, 4, 5} else "left", overflow="fold")
        for row in found.rows():
            listed.add_row(*row)
        console.print(listed)
        for note in found.standing.notes:
            console.print(f"note: {note}", soft_wrap=True, highlight=False, markup=False)
    for path in found.files:
        console.print(f"  {path}", soft_wrap=True, highlight=False, markup=False)
