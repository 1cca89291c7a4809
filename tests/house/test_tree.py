"""What lies in the tree: tests mirror the code, nothing is oversized, no file knows the machine it was made on."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "abate"

SHOWN_ELSEWHERE: dict[str, str] = {}

HOSTS = {
    *("localhost", "127.0.0.1"),
    *("data.police.uk", "www.police.uk", "api.ons.gov.uk", "www.ons.gov.uk", "geoportal.statistics.gov.uk"),
    *("www.gov.uk", "assets.publishing.service.gov.uk", "www.legislation.gov.uk", "www.nationalarchives.gov.uk"),
    *("www.college.police.uk", "www.crim.cam.ac.uk", "youthendowmentfund.org.uk"),
    *(
        "doi.org",
        "osf.io",
        "ojp.gov",
        "nij.ojp.gov",
        "www.topografix.com",
        "www.w3.org",
        "www.rfc-editor.org",
        "semver.org",
        "keepachangelog.com",
    ),
    *("data.cityofnewyork.us", "data.cityofchicago.org", "www.openstreetmap.org", "opendatacommons.org"),
    *("epsg.io", "www.opengis.net", "geojson.org", "graphml.graphdrawing.org", "example.org", "example.com"),
}


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the project: what git keeps or would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    files = (ROOT / name for name in listed.split("\0") if name)
    return tuple(sorted(path for path in files if path.is_file()))


def texts() -> dict[str, str]:
    """The files that somebody wrote here, as text: not vendored parts, not data, not pictures."""
    found = {}
    for path in tracked():
        name = str(path.relative_to(ROOT))
        if "/vendor/" in name or path.suffix in {".png", ".gz", ".pdf", ".woff2"}:
            continue
        found[name] = path.read_text(encoding="utf-8")
    return found


def without_tests(modules: list[str], tests: set[str]) -> list[str]:
    """Modules that neither have the test file that mirrors them nor are shown by another."""
    mirrors = {module: str(Path(module).with_name(f"test_{Path(module).name}")) for module in modules}
    return [module for module in modules if mirrors[module] not in tests and module not in SHOWN_ELSEWHERE]


def test_every_module_has_its_tests() -> None:
    modules = sorted(str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.py") if path.name != "__init__.py")
    tests = {str(path.relative_to(ROOT / "tests")) for path in (ROOT / "tests").rglob("test_*.py")}
    assert len(modules) > 10
    assert without_tests(modules, tests) == []


def test_a_module_without_tests_is_found() -> None:
    assert without_tests(["places/grids.py", "space/grids.py"], {"space/test_grids.py"}) == ["places/grids.py"]


def test_what_is_shown_elsewhere_is_shown_there() -> None:
    for module, test in SHOWN_ELSEWHERE.items():
        text = (SOURCE / module).read_text()
        mirror = ROOT / "tests" / Path(module).with_name(f"test_{Path(module).name}")
        assert not mirror.exists(), f"{module} has its own test file now: take it off the list"
        shown = (ROOT / "tests" / test).read_text()
        names = {Path(module).stem, *re.findall(r"^(?:def|class) (?!_)(\w+)", text, re.MULTILINE)}
        assert any(re.search(rf"\b{name}\b", shown) for name in names), f"{test} names nothing of {module}"


def test_modules_and_functions_stay_small() -> None:
    large = []
    for name, text in texts().items():
        if not name.endswith(".py"):
            continue
        if text.count("\n") > 400:
            large.append(f"{name}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno
                if lines > 60:
                    large.append(f"{name}: {node.name} has {lines} lines")
    assert large == []


def machine_paths(text: str) -> list[str]:
    """Absolute paths that only one machine has."""
    return re.findall(r"(?<![\w.~\-/:}])/(?:home|root|work|farm|Users|opt|srv|mnt|tmp)/[\w.][^\s\"'`)]*", text)


def foreign_hosts(text: str) -> set[str]:
    """Hosts of addresses that are not on the list above: a source is added on purpose."""
    hosts = re.findall(r"https?://([\w.-]+\w)", text)
    made_up = (".example", ".invalid", ".test")
    return {host.lower() for host in hosts if host.lower() not in HOSTS and not host.lower().endswith(made_up)}


def test_no_file_names_a_path_of_one_machine() -> None:
    found = {name: paths for name, text in texts().items() if (paths := machine_paths(text))}
    assert found == {}


def test_no_file_names_a_host_that_is_not_a_source() -> None:
    found = {name: sorted(hosts) for name, text in texts().items() if (hosts := foreign_hosts(text))}
    assert found == {}


def test_a_planted_path_and_host_are_found() -> None:
    assert machine_paths("see " + "/".join(["", "home", "me", "crimes.csv"]))
    assert not machine_paths("docs/work/x and https://www.gov.uk/home/x and ../tmp/y")
    assert foreign_hosts("from https" + "://packages.example.net/simple") == {"packages.example.net"}
    assert foreign_hosts("see https://data.police.uk/data/") == set()


def unfinished(text: str) -> list[str]:
    """Notes to oneself, and code that only promises."""
    return re.findall(r"raise NotImplementedError|(?:#|//|<!--|\{#).*\b(?:TODO|FIXME|XXX)\b", text)


def test_nothing_is_left_unfinished() -> None:
    found = {name: notes for name, text in texts().items() if (notes := unfinished(text))}
    found.pop(str(Path(__file__).relative_to(ROOT)))
    assert found == {}


def test_a_planted_note_is_found() -> None:
    assert unfinished("x = 1  # TODO: the rest")
    assert not unfinished("except NotImplementedError:")


@pytest.mark.slow
def test_the_wheel_holds_everything_that_the_package_needs(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    (wheel,) = tmp_path.glob("abate-*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        str(path.relative_to(ROOT / "src"))
        for path in tracked()
        if path.is_relative_to(SOURCE) and path.suffix != ".pyc"
    }
    assert "abate/py.typed" in wanted
    assert wanted <= inside
    assert not [name for name in inside if name.startswith(("tests", "docs", "benchmarks"))]
