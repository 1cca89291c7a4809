"""How commands answer: one JSON document and nothing else, progress on the side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from abate.cli import answers

if TYPE_CHECKING:
    import pytest


def test_a_document_is_json_whatever_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    answers.document({"share": np.float64("nan"), "rows": np.int64(3), "files": (Path("out/a.csv"),), "none": None})
    text = capsys.readouterr().out
    assert json.loads(text) == {"share": None, "rows": 3, "files": ["out/a.csv"], "none": None}
    assert "NaN" not in text


def test_figures_without_end_become_null(capsys: pytest.CaptureFixture[str]) -> None:
    answers.document([float("inf"), float("-inf"), 1.5, True, "é"])
    text = capsys.readouterr().out
    assert json.loads(text) == [None, None, 1.5, True, "é"]
    assert "é" in text


def test_progress_never_stands_in_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    with answers.progress("Loading", quiet=False) as tell:
        tell(0.5, "half")
    assert capsys.readouterr().out == ""


def test_quiet_progress_says_nothing_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    with answers.progress("Loading", quiet=True) as tell:
        tell(0.5, "half")
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "")


def test_an_answer_ends_with_what_else_is_to_be_known_and_the_files(capsys: pytest.CaptureFixture[str]) -> None:
    from rich.console import Console

    long = "a note that is longer than a narrow window and is neither broken nor [bold]read as markup[/bold] " * 2
    answers.close(Console(), notes=[long.strip()], files=[Path("out/a.csv")])
    assert capsys.readouterr().out == f"note: {long.strip()}\n  out/a.csv\n"
