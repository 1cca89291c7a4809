"""`abate trial` offers its commands."""

from __future__ import annotations

from abate.cli import trial


def test_the_commands_are_there():
    assert {"days", "power", "register", "analyse", "wdd", "scan", "rollout"} <= {
        command.name for command in trial.app.registered_commands
    }
