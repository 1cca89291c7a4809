"""Whatever a file holds, a reader reads it or refuses it with a sentence that names it; shown for every reader.

The short form breaks files by seed; the long form lets atheris look for what the short one does not meet.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sys
import tempfile
import time
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import abate.sources
import fuzz
from abate.errors import SourceError
from sources import mutations, readers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MUTATIONS = 60
COSTLY_MUTATIONS = 3
SECONDS = 9
TAKES_A_FILE = re.compile(r"Path|bytes|SmallTable|AreaTable|Features|Found|Piece")
OTHERWISE = {
    "moments.moment": "takes a column of a query, not a text",
    "moments.month_of": "takes a column of a query, not a text",
}


def written(reader: readers.Reader, folder: Path, content: bytes) -> Path:
    for name, held in {reader.file: content, **reader.beside()}.items():
        (folder / name).write_bytes(held)
    return folder / reader.file


def takers() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function of the sources that takes a file, its bytes, or what was made of them."""
    for found in pkgutil.iter_modules(abate.sources.__path__):
        module = importlib.import_module(f"abate.sources.{found.name}")
        for name, function in vars(module).items():
            if name.startswith("_") or not inspect.isfunction(function) or function.__module__ != module.__name__:
                continue
            taken = inspect.signature(function).parameters.values()
            if any(TAKES_A_FILE.search(str(each.annotation)) or each.name == "text" for each in taken):
                yield f"{found.name}.{name}", inspect.unwrap(function)


def _marks(reader: readers.Reader) -> list[pytest.MarkDecorator]:
    return [pytest.mark.slow] if reader.costly else []


@cache
def entered() -> set[tuple[str, str]]:
    """Read every file that is right, and note which functions of the sources were called."""
    seen = set()

    def note(frame: Any, event: str, _: Any) -> None:
        if event == "call":
            seen.add((Path(frame.f_code.co_filename).stem, frame.f_code.co_name))

    for reader in readers.every().values():
        for content in reader.contents():
            with tempfile.TemporaryDirectory() as folder:
                path = written(reader, Path(folder), content)
                sys.setprofile(note)
                try:
                    reader.read(path)
                finally:
                    sys.setprofile(None)
    return seen


@pytest.mark.parametrize("name", readers.every())
def test_a_file_that_is_right_is_read(name: str, tmp_path: Path) -> None:
    reader = readers.every()[name]
    assert reader.contents()
    for content in reader.contents():
        reader.read(written(reader, tmp_path, content))
        assert mutations.fault(reader, tmp_path, content) is None


def test_every_function_that_takes_a_file_is_tried() -> None:
    untried = {name for name, _ in takers() if tuple(name.split(".")) not in entered()}
    assert untried == set(OTHERWISE), "give each a reader in readers.py, or its reason here"


@pytest.mark.parametrize("name", [pytest.param(one.name, marks=_marks(one)) for one in readers.every().values()])
def test_a_broken_file_is_read_or_refused_in_words(name: str, tmp_path: Path) -> None:
    reader = readers.every()[name]
    contents = reader.contents()
    faults = {}
    for seed in range(COSTLY_MUTATIONS if reader.costly else MUTATIONS):
        content = mutations.broken(contents[seed % len(contents)], seed)
        if (fault := mutations.fault(reader, tmp_path, content)) is not None:
            faults[seed] = fault
    assert not faults


def test_broken_files_are_the_same_for_the_same_seed() -> None:
    right = b"date,site_id\n2026-01-01,A\n"
    drawn = [mutations.broken(right, seed) for seed in range(200)]
    assert drawn == [mutations.broken(right, seed) for seed in range(200)]
    assert len(set(drawn)) > 150


@pytest.mark.parametrize(
    ("does", "told"),
    [
        (lambda path: int("x"), "ValueError at outside"),
        (lambda path: _refuse("it is wrong"), "names no file"),
        (lambda path: warnings.warn("odd", UserWarning, stacklevel=1), "UserWarning"),
        (lambda path: path.with_name("left.csv").write_text(""), "leaves left.csv behind"),
        (lambda path: time.sleep(5), "takes more than 1 s"),
    ],
)
def test_what_no_reader_may_do_is_told(does: Callable[[Path], Any], told: str, tmp_path: Path) -> None:
    reader = readers.Reader("a", "a.csv", lambda: (b"",), does)
    assert told in str(mutations.fault(reader, tmp_path, b"", seconds=1))


def test_a_sentence_that_names_the_file_is_allowed(tmp_path: Path) -> None:
    reader = readers.Reader("a", "a.csv", lambda: (b"",), lambda path: _refuse(f"{path.name}: it is wrong"))
    assert mutations.fault(reader, tmp_path, b"") is None


def _refuse(sentence: str) -> None:
    raise SourceError(sentence)


@pytest.mark.long
def test_atheris_finds_no_file_that_breaks_a_reader(proof: Callable[[str, str, str], None]) -> None:
    """Every reader for a while, led by coverage: about twelve minutes in all."""
    outcomes = list(fuzz.run(fuzz.names(), seconds=SECONDS))
    inputs = sum(one.inputs for one in outcomes)
    faults = [f"{one.reader}: {fault}" for one in outcomes for fault in one.faults]
    proof("readers of files tried by atheris", f"{len(outcomes)} of {len(readers.every())}", "all")
    proof("files that atheris made up for them", f"{inputs:,}", "100,000 or more")
    proof("fewest for any one of them", f"{min(one.inputs for one in outcomes):,}", "5 or more")
    proof("of them not read and not refused in a sentence", str(len(faults)), "0")
    assert not faults
    assert len(outcomes) == len(readers.every())
    assert inputs >= 100_000
    assert min(one.inputs for one in outcomes) >= 5
