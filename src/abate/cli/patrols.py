"""`abate patrols`: from chosen sites to walks, timetables, a randomised schedule, tasking sheets, dose and return."""

from __future__ import annotations

import typer

from abate.cli import (
    patrol_dosage,
    patrol_loops,
    patrol_plan,
    patrol_print,
    patrol_problems,
    patrol_randomise,
    patrol_return,
)

app = typer.Typer(help="Plan, randomise, print and measure patrols, and make the monthly return.", no_args_is_help=True)


@app.callback()
def patrols() -> None:
    """Plan, randomise, print and measure patrols, and make the monthly return."""


app.command(name="print")(patrol_print.hand_out)
app.command(name="plans")(patrol_problems.plans)
app.command(name="return")(patrol_return.make_return)
app.command(name="randomise")(patrol_randomise.randomise)
app.command(name="dosage")(patrol_dosage.dosage)
app.command(name="loops")(patrol_loops.draw_loops)
app.command(name="plan")(patrol_plan.plan)
