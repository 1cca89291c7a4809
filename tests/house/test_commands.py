"""Every command says what it does, shows how, has its page, and costs nothing before it is called."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pages import commands, commands_page

HEAVY = (
    *("altair", "deltalake", "django", "duckdb", "geopandas", "httpx", "ibis", "jinja2", "numpy", "pandas"),
    *("pyarrow", "pyogrio", "pyproj", "pyspark", "python_calamine", "scipy", "shapely", "typst", "vl_convert"),
)
COMMANDS = dict(commands())


def abate(*words: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "abate"
    return subprocess.run([program, *words], capture_output=True, text=True, check=False)


def processor_seconds(*words: str) -> float:
    """Time that the processor spent, which is what a quiet machine would take; other tests run beside this one."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    abate(*words)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.parametrize(("name", "command"), COMMANDS.items(), ids=COMMANDS)
def test_every_command_is_explained(name: str, command: Any) -> None:
    told = command.help or ""
    assert told.split("\n")[0].rstrip().endswith("."), "the help begins with a sentence"
    assert f"Example: {name} " in told.replace("`", "")
    for parameter in command.params:
        assert parameter.help, f"{parameter.name} does not say what it means"


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_the_example(name: str) -> None:
    answer = abate(*name.split()[1:], "--help")
    assert answer.returncode == 0, answer.stderr
    assert "Example" in answer.stdout


def test_every_command_is_in_the_reference_with_its_options() -> None:
    page = commands_page()
    for name, command in COMMANDS.items():
        section = page.split(f"\n## {name}\n")[1].split("\n## ")[0]
        assert f"```text\n{name} " in section
        for parameter in command.params:
            if parameter.param_type_name == "option" and parameter.name != "help" and not parameter.hidden:
                assert parameter.opts[0] in section


def test_a_wrong_word_is_wrong_usage() -> None:
    assert abate("hotspot").returncode == 2
    assert abate("load", "--no-such-option").returncode == 2


def test_help_imports_nothing_heavy() -> None:
    text = (
        "import sys\nfrom abate.cli.main import app\n"
        "try:\n    app(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print('heavy:', sorted(set({HEAVY}) & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == "heavy: []"


def test_help_comes_in_under_half_a_second() -> None:
    assert min(processor_seconds("--help") for _ in range(5)) < 0.5
