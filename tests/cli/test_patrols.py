"""The door to patrols: which commands stand behind it, and that none loads anything heavy to say what it does."""

from __future__ import annotations

import subprocess
import sys

from typer.testing import CliRunner

from abate.cli.main import app

COMMANDS = {"loops", "plan", "randomise", "print", "dosage", "plans", "return"}
HEAVY = ("pandas", "scipy", "shapely", "numba", "typst", "duckdb", "openpyxl", "icalendar", "osmium")


def test_every_command_is_there_and_says_how_it_is_called() -> None:
    told = CliRunner().invoke(app, ["patrols", "--help"])
    assert told.exit_code == 0
    assert all(f" {name} " in told.stdout for name in COMMANDS)
    for name in sorted(COMMANDS):
        page = CliRunner().invoke(app, ["patrols", name, "--help"])
        assert page.exit_code == 0
        assert f"Example: abate patrols {name}" in " ".join(page.stdout.replace("│", " ").split())


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys\nfrom typer.testing import CliRunner\nfrom abate.cli.main import app\n"
        "assert CliRunner().invoke(app, ['patrols', 'plan', '--help']).exit_code == 0\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
