"""`abate trial analyse`: a trial of patrols, analysed as it was drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

_FILE = typer.Argument(metavar="PLACE_DAYS.csv", help="Place-days: date, site_id, incidents and, where known, harm.")
_SCHEDULE = typer.Option("--schedule", help="The schedule, as `abate patrols randomise` wrote it.")
_DOSE = typer.Option("--dose", help="What took place: date, site_id, minutes, officers.")
_BUFFERS = typer.Option("--buffers", help="Place-days of the ring about each site: date, site_id, incidents.")
_PROTOCOL = typer.Option("--protocol", help="The record that `abate trial register` wrote.")
_LEDGER = typer.Option("--ledger", help="The record of draws (default: schedule.ledger.jsonl beside the schedule).")
_BEFORE = typer.Option(
    "--before", help="What all candidate places had before, of which sites were chosen: site_id, incidents, days."
)
_SITES = typer.Option("--sites", help="Where the sites lie (as for `abate patrols randomise`): draws the map.")
_RING = typer.Option("--ring-m", help="Width of the rings on the map in metres (default: what the sites' file says).")
_CRS = typer.Option("--crs", help="System of coordinates of the map, such as EPSG:27700.")
_LEVEL = typer.Option("--level", help="How sure intervals are.")
_DRAWS = typer.Option("--draws", help="How often the schedule is drawn again.")
_SEED = typer.Option("--seed", min=0, help="Seed of the redraws: the same seed gives the same output.")
_LASTING = typer.Option("--lasting", help="For how many days afterwards a patrol may still act.")
_LEAST = typer.Option("--least-minutes", help="Minutes of presence that make a visit.")
_OUT = typer.Option(
    "-o", "--out", help="Folder for trial.html, trial.pdf, trial.docx, effects.csv, places.csv, provenance.json."
)
_JSON = typer.Option("--json", help="Print one JSON document and nothing else.")


def analyse(
    place_days: Annotated[Path, _FILE],
    schedule: Annotated[Path, _SCHEDULE],
    dose: Annotated[Path | None, _DOSE] = None,
    buffers: Annotated[Path | None, _BUFFERS] = None,
    protocol: Annotated[Path | None, _PROTOCOL] = None,
    ledger: Annotated[Path | None, _LEDGER] = None,
    before: Annotated[Path | None, _BEFORE] = None,
    sites: Annotated[Path | None, _SITES] = None,
    ring_m: Annotated[float | None, _RING] = None,
    crs: Annotated[str | None, _CRS] = None,
    level: Annotated[float, _LEVEL] = 0.95,
    draws: Annotated[int, _DRAWS] = 10_000,
    seed: Annotated[int, _SEED] = 1,
    lasting: Annotated[int, _LASTING] = 3,
    least_minutes: Annotated[float, _LEAST] = 10.0,
    out: Annotated[Path | None, _OUT] = None,
    *,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Say what patrols did in a trial, by intention to treat, with p-values from redraws of its own schedule.

    Beside it: what is left on later days, the rings about the sites, what visits that took place did, and what the
    result hangs on. What differs from the registered protocol is named. A number of the time before is shown with
    --before alone, beside the fall that comes of having chosen the worst places.

    Example: abate trial analyse place-days.csv --schedule schedule.csv --protocol protocol.json -o result
    """
    from abate.cli import answers
    from abate.jobs import trial_analyse as jobs

    options = jobs.Options(
        place_days=place_days,
        schedule=schedule,
        dose=dose,
        buffers=buffers,
        protocol=protocol,
        ledger=ledger,
        before=before,
        sites=sites,
        ring_m=ring_m,
        crs=crs,
        level=level,
        draws=draws,
        seed=seed,
        lasting=lasting,
        least_minutes=least_minutes,
        out=out,
    )
    with answers.progress("Analysing the trial", quiet=as_json) as tell:
        found = jobs.trial_analyse(options, today=answers.today(), by=answers.person(), tell=tell)
    if as_json:
        answers.document(found.document())
    else:
        _print(found)


def _print(found: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    from abate.cli import answers
    from abate.reports import trialwords

    console = Console()
    console.print(found.sentence, soft_wrap=True, highlight=False, markup=False)
    listed = Table(box=None, pad_edge=False)
    for heading in ("Outcome", "Reckoned by", "Effect", "p"):
        listed.add_column(heading, overflow="fold")
    for effect in found.analysis.effects():
        listed.add_row(effect.outcome, effect.method, trialwords.said(effect), trialwords.chance(effect.p))
    console.print(listed)
    if found.before is not None:
        console.print(str(found.before), soft_wrap=True, highlight=False, markup=False)
    registered = found.evidence.registered
    console.print(
        "No protocol was given: nothing here is registered." if registered is None else registered.sentence,
        soft_wrap=True,
        highlight=False,
        markup=False,
    )
    for line in found.departures:
        console.print(f"departure: {line}", soft_wrap=True, highlight=False, markup=False)
    answers.close(
        console,
        notes=(found.evidence.drawn.standing, *found.evidence.notes, *found.analysis.missing),
        files=found.files,
    )
