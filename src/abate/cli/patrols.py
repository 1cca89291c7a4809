"""`abate patrols`: from chosen sites to walks, timetables, a randomised schedule, tasking sheets, dose and return."""

from __future__ import annotations

import typer

app = typer.Typer(help="Plan, randomise, print and measure patrols, and make the monthly return.", no_args_is_help=True)


@app.callback()
def patrols() -> None:
    """Plan, randomise, print and measure patrols, and make the monthly return."""
