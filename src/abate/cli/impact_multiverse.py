"""`abate impact multiverse`: every way of asking in one table, so that nobody can quote only the best."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

_FILE = typer.Argument(metavar="PANEL.csv", help="CSV (or .gz) with one row an area and period.")
_UNIT = typer.Option("--unit", help="Column of the areas' names.")
_TIME = typer.Option("--time", help="Column of periods.")
_OUTCOMES = typer.Option("--outcomes", help="Columns of what was counted, with commas.")
_METHODS = typer.Option("--methods", help="Methods, with commas.")
_TREATED = typer.Option("--treated", help="Areas that had the programme, with commas; needs --from.")
_FROM = typer.Option("--from", help="First period with the programme, as it stands in the file.")
_FIRST = typer.Option("--first-treated", help="Column of the period in which each area began.")
_TREATMENT = typer.Option("--treatment", help="Column that is 1 where the programme runs and 0 elsewhere.")
_WINDOW = typer.Option("--window", help="FIRST..LAST, a run on those periods alone; may be given often.")
_WITHOUT = typer.Option("--without", help="Areas to leave out one after another, with commas.")
_EXPOSURE = typer.Option("--exposure", help="Column of what counts are relative to, such as the population.")
_CONTROLS = typer.Option(
    "--controls", help="never: areas that never had it; notyet: also those that do not have it yet."
)
_LEVEL = typer.Option("--level", help="How sure the intervals are.")
_DRAWS = typer.Option("--draws", min=10, help="Placebo or bootstrap draws, where not all can be run.")
_SEED = typer.Option("--seed", min=0, help="Seed of the random numbers: the same seed gives the same output.")
_OUT = typer.Option("-o", "--out", help="Folder for multiverse.html, .pdf, .docx and .csv.")
_JSON = typer.Option("--json", help="Print one JSON document and nothing else.")


def multiverse(
    file: Annotated[Path, _FILE],
    unit: Annotated[str, _UNIT],
    time: Annotated[str, _TIME],
    outcomes: Annotated[str, _OUTCOMES],
    methods: Annotated[str, _METHODS] = "did,sdid,sc,ascm",
    treated: Annotated[str, _TREATED] = "",
    begins: Annotated[str | None, _FROM] = None,
    first_treated: Annotated[str | None, _FIRST] = None,
    treatment: Annotated[str | None, _TREATMENT] = None,
    window: Annotated[list[str] | None, _WINDOW] = None,
    without: Annotated[str, _WITHOUT] = "",
    exposure: Annotated[str | None, _EXPOSURE] = None,
    controls: Annotated[Literal["never", "notyet"], _CONTROLS] = "never",
    level: Annotated[float, _LEVEL] = 0.95,
    draws: Annotated[int, _DRAWS] = 200,
    seed: Annotated[int, _SEED] = 1,
    out: Annotated[Path | None, _OUT] = None,
    *,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Run every combination of outcome, areas, window and method, and show all of them.

    A run that cannot be made has a row too, with the sentence that says why.

    Example: abate impact multiverse forces.csv --unit force --time quarter --outcomes violence,robbery
    --methods did,sdid,sc --treated Essex,Kent --from "2019/20 Q1" --without Kent -o every-way
    """
    from abate.cli import answers
    from abate.jobs import impact as panels
    from abate.jobs import impact_multiverse as jobs

    ways = jobs.Ways(answers.listed(outcomes), answers.listed(methods), _windows(window or []), answers.listed(without))
    options = panels.Options(
        file=file,
        time=time,
        outcome=ways.outcomes[0],
        method=ways.methods[0],
        unit=unit,
        treated=answers.listed(treated),
        begins=begins,
        first_treated=first_treated,
        treatment=treatment,
        exposure=exposure,
        controls=controls,
        level=level,
        draws=draws,
        seed=seed,
    )
    with answers.progress("Running every way", quiet=as_json) as tell:
        found = jobs.impact_multiverse(options, ways, tell=tell)
    files = () if out is None else jobs.deliver(found, out, options, today=answers.today(), by=answers.person())
    if as_json:
        answers.document(found.document())
    else:
        _print(found, files)


def _windows(given: list[str]) -> tuple[tuple[str, str], ...]:
    from abate.errors import OptionError

    found = []
    for said in given:
        begins, dots, ends = said.partition("..")
        if not dots or not begins or not ends:
            raise OptionError(f"--window {said}: should be FIRST..LAST, such as 2015..2021")
        found.append((begins, ends))
    return tuple(found)


def _print(found: Any, files: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    from abate.cli import answers

    console = Console()
    console.print(found.sentence, soft_wrap=True, highlight=False, markup=False)
    listed = Table(box=None, pad_edge=False)
    for heading in ("Method", "Panel", "Window", "Effect", "Interval", "Per cent"):
        listed.add_column(heading)
    for row in found.table.to_dict("records"):
        if row["problem"]:
            listed.add_row(row["estimator"], row["panel"], row["window"], row["problem"])
            continue
        ends = f"{row['low']:.4g} to {row['high']:.4g}" if row["low"] == row["low"] else ""
        share = f"{row['per_cent']:+.1f}%" if row["per_cent"] == row["per_cent"] else ""
        listed.add_row(row["estimator"], row["panel"], row["window"], f"{row['value']:.4g}", ends, share)
    console.print(listed)
    answers.close(console, notes=found.notes, files=files)
