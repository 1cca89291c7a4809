"""The door: one command a job. Nothing heavy is imported before the command that needs it is called."""

from __future__ import annotations

import os
import sys

import typer

from abate.cli import audit, costs, demo, fetch, fund, hotspots, impact, load, near_repeats, patrols, score, trial
from abate.errors import AbateError

app = typer.Typer(
    name="abate",
    help="Find the places where serious violence concentrates, patrol them, and know whether it worked.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
app.command(name="demo")(demo.demo)
app.command(name="fetch")(fetch.fetch)
app.command(name="load")(load.load)
app.command(name="hotspots")(hotspots.hotspots)
app.command(name="near-repeats")(near_repeats.near_repeats)
app.command(name="score")(score.score)
app.command(name="costs")(costs.costs)
app.command(name="fund")(fund.fund)
app.add_typer(audit.app, name="audit")
app.add_typer(patrols.app, name="patrols")
app.add_typer(trial.app, name="trial")
app.add_typer(impact.app, name="impact")


def main() -> None:
    """Run the command line: exit 0 when done, 1 when it could not be done, 2 when it was asked wrongly.

    What a person can put right is printed on standard error as sentences, without a traceback. Small matrices are
    multiplied by one thread unless the person says otherwise: sums then come in one order on every machine, and
    threads that wait for one another do not hold the rest up.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        app()
    except AbateError as fault:
        sys.stderr.write(f"{fault}\n")
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        sys.stderr.write("stopped by you; nothing is half-written, and the same command goes on from here\n")
        raise SystemExit(1) from None
