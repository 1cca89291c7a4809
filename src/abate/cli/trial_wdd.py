"""`abate trial wdd`: before and after, with control and displacement areas."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

_FILE = typer.Argument(
    metavar="CASES.csv",
    help="Areas: case, area (treated, control, displacement_treated, displacement_control), pre, post and, where they "
    "are not 1, pre_time, post_time, area_weight, harm_weight.",
)
_LEVEL = typer.Option("--level", help="How sure intervals are.")
_JSON = typer.Option("--json", help="Print one JSON document and nothing else.")


def wdd(
    file: Annotated[Path, _FILE],
    level: Annotated[float, _LEVEL] = 0.95,
    *,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Give the weighted displacement difference of each case: the change less the control's, displacement included.

    Nothing was drawn, so these figures describe. Places that were chosen for a bad spell get better by themselves.

    Example: abate trial wdd cases.csv
    """
    from abate.cli import answers
    from abate.jobs import trial_wdd as jobs

    found = jobs.trial_wdd(file, level=level)
    if as_json:
        answers.document(found.document())
    else:
        _print(found)


def _print(found: Any) -> None:
    from rich.console import Console

    console = Console()
    for line in found.sentences():
        console.print(line, soft_wrap=True, highlight=False, markup=False)
