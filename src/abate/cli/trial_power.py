"""`abate trial power`: what a trial could find, tried on paper with the force's own record."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

_FILE = typer.Argument(help="CSV of place-days: date, site_id, incidents and, where known, harm, area and pair.")
_SCHEME = typer.Option(
    "--scheme",
    help="daily: some places each day anew; parallel: some throughout; pairs: one of each pair; stepped: in waves.",
)
_TREAT = typer.Option("--treat", min=1, help="Places patrolled (default: 4 in 10 a day, or half throughout).")
_WAVES = typer.Option("--waves", min=2, help="With --scheme stepped: waves in which patrols begin.")
_DAYS = typer.Option("--days", min=1, help="Days of the trial.")
_FROM = typer.Option("--from", formats=["%Y-%m-%d"], help="First day (default: the day after the history ends).")
_EFFECT = typer.Option("--effect", help="Rate ratios to plant, with commas: 0.8 is 20% fewer.")
_OUTCOME = typer.Option("--outcome", help="incidents, any (days with any incident), harm, with commas (default: all).")
_CARRY = typer.Option("--carry-over", help="Share of a patrol's effect left a day later, 0 to 1; several with commas.")
_COMPLIANCE = typer.Option("--compliance", help="Share of the planned patrols that take place.")
_BLOCK = typer.Option("--block", help="Spread the draw evenly over: weekday, area, or both with a comma.")
_RUN = typer.Option("--longest-run", min=1, help="Most patrol days running at a place.")
_REST = typer.Option("--rest", min=0, help="Least usual days between two runs at a place.")
_LEVEL = typer.Option("--level", help="How sure the trial wants to be: 0.95 allows 5% false alarms.")
_SIMULATIONS = typer.Option("--simulations", min=100, help="How many trials are run on paper.")
_SEED = typer.Option("--seed", min=0, help="Seed of the random numbers: the same seed gives the same output.")
_SEARCH = typer.Option("--search/--no-search", help="Find how many days each effect takes.")
_SITES = typer.Option("--sites", help="Coordinates of the places: near ones then share bad days as the record says.")
_OUT = typer.Option("-o", "--out", help="Folder for power.html, power.csv and provenance.json.")
_JSON = typer.Option("--json", help="Print one JSON document and nothing else.")


def power(
    file: Annotated[Path, _FILE],
    scheme: Annotated[Literal["daily", "parallel", "pairs", "stepped"], _SCHEME] = "daily",
    treat: Annotated[int | None, _TREAT] = None,
    waves: Annotated[int | None, _WAVES] = None,
    days: Annotated[int, _DAYS] = 90,
    starts: Annotated[datetime | None, _FROM] = None,
    effect: Annotated[str, _EFFECT] = "0.5,0.6,0.7,0.8,0.9",
    outcome: Annotated[str | None, _OUTCOME] = None,
    carry_over: Annotated[str, _CARRY] = "0",
    compliance: Annotated[float, _COMPLIANCE] = 1.0,
    block: Annotated[str, _BLOCK] = "",
    longest_run: Annotated[int | None, _RUN] = None,
    rest: Annotated[int, _REST] = 0,
    level: Annotated[float, _LEVEL] = 0.95,
    simulations: Annotated[int, _SIMULATIONS] = 2_000,
    seed: Annotated[int, _SEED] = 1,
    search: Annotated[bool, _SEARCH] = True,
    sites: Annotated[Path | None, _SITES] = None,
    out: Annotated[Path | None, _OUT] = None,
    *,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Say which effects a trial would find, and how many days it takes, from the record of its own places.

    The trial is run on paper, thousands of times: drawn by the scheme, with incidents that vary as the record's do and
    an effect planted, and analysed as it would be. Warns where a crossover is the wrong design.

    Example: abate trial power history.csv --treat 8 --days 90 --carry-over 0,0.5 -o power
    """
    from abate.cli import answers
    from abate.jobs import trial_power as jobs

    rules: dict[str, Any] = {"block": block, "longest_run": longest_run, "rest": rest}
    options = jobs.Options(
        file=file,
        scheme=scheme,
        treat=treat,
        waves=waves,
        days=days,
        starts=None if starts is None else starts.date(),
        effects=effect,
        outcomes=outcome,
        carry_over=carry_over,
        compliance=compliance,
        **rules,
        level=level,
        simulations=simulations,
        seed=seed,
        search=search,
        sites=sites,
        out=out,
    )
    with answers.progress("Running the trial on paper", quiet=as_json) as tell:
        found = jobs.trial_power(options, today=answers.today(), by=answers.person(), tell=tell)
    _answer(found, as_json=as_json)


def _answer(found: Any, *, as_json: bool) -> None:
    from abate.cli import answers

    if as_json:
        answers.document(found.document())
    else:
        _print(found)


def _print(found: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    from abate.reports import powers

    console = Console()
    console.print(found.sentence, soft_wrap=True, highlight=False)
    listed = Table(box=None, pad_edge=False)
    for place, heading in enumerate(powers.HEADINGS):
        listed.add_column(heading, justify="right" if place > 1 else "left", no_wrap=True)
    for row in powers.rows(found.tried, found.asked):
        listed.add_row(*row)
    console.print(listed)
    for noun, share, said in map(powers.smallest_words, found.smallest):
        console.print(f"smallest fall found, {noun}, carry-over {share}: {said}", soft_wrap=True, highlight=False)
    for line in powers.days_lines(found.needed, found.asked):
        console.print(line, soft_wrap=True, highlight=False)
    for warning in found.warnings:
        console.print(f"warning: {warning}", soft_wrap=True, highlight=False, markup=False)
    for path in found.files:
        console.print(f"  {path}", soft_wrap=True, highlight=False, markup=False)
