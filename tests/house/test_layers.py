"""The house stands as drawn: imports point down, and no string names a room above."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "abate"


def levels() -> dict[str, int]:
    """How high each room stands, from the contract in pyproject.toml; 0 is the ground."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["type"] == "layers")
    return {room.strip(): height for height, layer in enumerate(reversed(layers)) for room in re.split(r"[|:]", layer)}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    linter = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert linter
    return subprocess.run(
        [linter, "--no-cache"],
        check=False,
        cwd=folder,
        env={"PYTHONPATH": str(folder / "src"), "PATH": ""},
        capture_output=True,
        text=True,
    )


def rooms_named_above(text: str, room: str) -> list[str]:
    """The strings of a module, docstrings aside, that name a room which its own room may not import."""
    height = levels()
    tree = ast.parse(text)
    documents = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents
        for named in re.findall(r"\babate\.(\w+)", node.value)
        if named in height and named != room and height[named] >= height[room]
    ]


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("stats/planted.py", "from abate.jobs import planted\n"),
        ("places/planted.py", "import abate.hotspots\n"),
        ("hotspots/planted.py", "def run():\n    import duckdb\n"),
    ],
    ids=["a kernel imports a job", "a pillar imports its neighbour", "a pillar knows the engine"],
)
def test_a_planted_import_is_found(tmp_path: Path, module: str, line: str) -> None:
    shutil.copytree(SOURCE, tmp_path / "src" / "abate", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "src" / "abate" / "jobs" / "planted.py").write_text('"""Nothing."""\n')
    assert lint(tmp_path).returncode == 0
    (tmp_path / "src" / "abate" / module).write_text(f'"""Planted."""\n\n{line}')
    broken = lint(tmp_path)
    assert broken.returncode == 1
    assert "planted" in broken.stdout


def test_no_string_names_a_room_above() -> None:
    found = {}
    for path in SOURCE.rglob("*.py"):
        inside = path.relative_to(SOURCE)
        room = inside.parts[0].removesuffix(".py")
        if room != "__init__":
            found[str(inside)] = rooms_named_above(path.read_text(), room)
    assert found
    assert {name: strings for name, strings in found.items() if strings} == {}


def test_a_planted_string_is_found() -> None:
    text = '"""Not abate.jobs: this is a docstring."""\nimport importlib\nimportlib.import_module("abate.jobs.load")\n'
    assert rooms_named_above(text, "hotspots") == ["abate.jobs.load"]
    assert rooms_named_above(text, "cli") == []


def test_every_room_has_something_in_it() -> None:
    for room in levels():
        folder = SOURCE / room
        if folder.is_dir():
            assert [path for path in folder.rglob("*.py") if path.name != "__init__.py"], f"{room} is empty"
        else:
            assert folder.with_suffix(".py").exists(), f"{room} is in the contract, but not in the house"
