"""`abate trial`: design a trial of patrols, register it before it starts, and analyse it as it was drawn."""

from __future__ import annotations

import typer

from abate.cli import (
    trial_analyse,
    trial_days,
    trial_power,
    trial_register,
    trial_rollout,
    trial_scan,
    trial_wdd,
)

app = typer.Typer(help="Design, register and analyse trials of patrols.", no_args_is_help=True)


@app.callback()
def trial() -> None:
    """Design, register and analyse trials of patrols."""


app.command(name="days")(trial_days.days)
app.command(name="power")(trial_power.power)
app.command(name="register")(trial_register.register)
app.command(name="analyse")(trial_analyse.analyse)
app.command(name="wdd")(trial_wdd.wdd)
app.command(name="scan")(trial_scan.scan)
app.command(name="rollout")(trial_rollout.rollout)
