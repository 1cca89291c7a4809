"""`abate trial rollout`: a roll-out in which chance decided who starts when."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

_FILE = typer.Argument(metavar="WIDE.csv", help="One row a unit, a column a period whose name ends in its number.")
_ID = typer.Option("--id", help="The column of the units' names.")
_FIRST = typer.Option("--first-treated", help="The column of the period in which each unit started; blank if never.")
_ESTIMAND = typer.Option("--estimand", help="Mean over all treated unit-periods, over cohorts, or over periods.")
_LEVEL = typer.Option("--level", help="How sure the interval is.")
_DRAWS = typer.Option("--draws", min=0, help="How often the starts are dealt out anew for p_fisher; 0 for none.")
_SEED = typer.Option("--seed", min=0, help="Seed of the random numbers: the same seed gives the same output.")
_JSON = typer.Option("--json", help="Print one JSON document and nothing else.")


def rollout(
    file: Annotated[Path, _FILE],
    identifier: Annotated[str, _ID],
    first_treated: Annotated[str, _FIRST],
    estimand: Annotated[Literal["simple", "cohort", "calendar"], _ESTIMAND] = "simple",
    level: Annotated[float, _LEVEL] = 0.95,
    draws: Annotated[int, _DRAWS] = 500,
    seed: Annotated[int, _SEED] = 1,
    *,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Estimate what starting does, when chance decided who starts in which period.

    The efficient estimator for random timing, with an error adjusted for how effects differ, and a p-value from dealing
    the starts out anew.

    Example: abate trial rollout wide.csv --id uid --first-treated first_trained --estimand cohort
    """
    from abate.cli import answers
    from abate.jobs import trial_rollout as jobs

    options = jobs.Options(
        file=file,
        identifier=identifier,
        first_treated=first_treated,
        estimand=estimand,
        level=level,
        draws=draws,
        seed=seed,
    )
    with answers.progress("Dealing the starts out anew", quiet=as_json) as tell:
        found = jobs.trial_rollout(options, tell=tell)
    if as_json:
        answers.document(found.document())
    else:
        _print(found)


def _print(found: Any) -> None:
    from rich.console import Console

    console = Console()
    console.print(found.sentence, soft_wrap=True, highlight=False, markup=False)
    for note in found.effect.notes:
        console.print(f"note: {note}", soft_wrap=True, highlight=False, markup=False)
