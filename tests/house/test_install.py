"""The installation chooses a Python that runs, installs once, and says in a sentence what stands in the way."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SYSTEM = "/usr/bin:/bin"
BROKEN = "#!/bin/sh\necho 'not installed in this version' >&2\nexit 127\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout, in a folder with a space in its name, that nothing was installed in."""
    here = tmp_path / "a checkout"
    here.mkdir()
    for name in ("tools", "requirements"):
        shutil.copytree(ROOT / name, here / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("demo", "check", "pyproject.toml"):
        shutil.copy(ROOT / name, here / name)
    return here


def install(checkout: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not re.match(r"PIP_|UV_|ABATE_|PYENV_", name)}
    return subprocess.run(
        ["sh", checkout / "tools" / "install", "demo"],
        cwd="/",
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def command(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


def test_a_python_that_does_not_run_is_passed_over(checkout: Path, tmp_path: Path) -> None:
    shims, seen = tmp_path / "shims", tmp_path / "seen"
    command(shims, "python3.13", BROKEN)
    chosen = f"#!/bin/sh\necho \"$*\" >>'{seen}'\ncase $1 in -m) exit 1 ;; *) exec '{sys.executable}' \"$@\" ;; esac\n"
    command(shims, "python3.12", chosen)
    answer = install(checkout, PATH=f"{shims}:{SYSTEM}")
    assert answer.returncode == 1
    assert "-m venv --clear" in seen.read_text()
    assert "could not make .venv" in answer.stderr


def test_no_python_that_fits_is_a_sentence(checkout: Path, tmp_path: Path) -> None:
    shims = tmp_path / "shims"
    for name in ("python3.13", "python3.12", "python3.11", "python3"):
        command(shims, name, BROKEN)
    answer = install(checkout, PATH=f"{shims}:{SYSTEM}")
    assert answer.returncode == 1
    assert answer.stderr.startswith("abate: no Python from 3.11 to 3.13 with venv was found: install one")
    assert "not installed in this version" not in answer.stderr


def test_an_interpreter_that_was_asked_for_is_not_replaced(checkout: Path, tmp_path: Path) -> None:
    command(tmp_path / "shims", "mine", BROKEN)
    answer = install(checkout, PATH=f"{tmp_path / 'shims'}:{SYSTEM}", ABATE_PYTHON="mine")
    assert answer.returncode == 1
    assert "(ABATE_PYTHON=mine)" in answer.stderr


@pytest.mark.slow
def test_without_network_a_sentence_says_so(checkout: Path) -> None:
    answer = install(checkout, ABATE_PYTHON=sys.executable, PIP_NO_INDEX="1", UV_OFFLINE="1")
    assert answer.returncode == 1
    assert "They come from a package index over the network: connect" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not list((checkout / ".venv").glob("installed-*"))


def test_check_ends_with_the_count_when_nothing_could_be_installed(checkout: Path, tmp_path: Path) -> None:
    command(tmp_path / "shims", "mine", BROKEN)
    environment = {"PATH": f"{tmp_path / 'shims'}:{SYSTEM}", "ABATE_PYTHON": "mine"}
    answer = subprocess.run(
        ["sh", checkout / "check"], cwd="/", env=environment, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert answer.stdout.splitlines()[-1] == "0 passed, 1 failed, 0 skipped"


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / "requirements" / name).read_text().splitlines()
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", "\n".join(lines), re.MULTILINE))


def test_everything_is_pinned_by_hash_and_names_no_index() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        entries = re.split(r"\n(?=[a-z])", text.strip())
        assert all("--hash=sha256:" in entry and "==" in entry for entry in entries), path.name
        assert "://" not in text, path.name
        assert "--index" not in text
        assert "--find-links" not in text


def test_what_is_tested_is_what_is_installed() -> None:
    core, demo, dev = pins("core.txt"), pins("demo.txt"), pins("dev.txt")
    assert len(core) > 10
    assert core.items() <= demo.items() <= dev.items()


def test_every_part_that_the_project_names_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"]
    named = {
        "core.txt": project["project"]["dependencies"],
        "demo.txt": [part for extra in ("geo", "report") for part in extras[extra]],
        "dev.txt": [*project["dependency-groups"]["dev"], *extras["spark"]],
    }
    for name, parts in named.items():
        wanted = {re.split(r"[\[<>=;,! ]", part)[0].lower().replace("_", "-") for part in parts}
        assert wanted <= set(pins(name)), name
