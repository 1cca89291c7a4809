from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from abate.errors import OptionError
from abate.jobs import recorded
from abate.reports.chapters import Chapter, Paragraph, Report

TODAY = date(2026, 3, 1)


@dataclass(frozen=True)
class Asked:
    file: Path
    level: float = 0.95
    blank: str | None = None


def report() -> Report:
    return Report(
        "A title", "OFFICIAL", "It was so.", (Chapter("one", "One", (Paragraph("Words."),)),), ("End.",), TODAY
    )


def test_a_report_goes_out_in_every_form_with_how_it_was_made(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("a\n")
    made = recorded.made(Asked(tmp_path / "in.csv"), inputs=[tmp_path / "in.csv"], today=TODAY, by="t")
    assert made["parameters"] == {"file": "in.csv", "level": 0.95}
    files = recorded.deliver("thing", report(), {"t.csv": [{"a": 1, "b": "x"}]}, made, tmp_path / "out")
    assert [path.name for path in files] == ["thing.html", "thing.pdf", "thing.docx", "t.csv", "provenance.json"]
    assert (tmp_path / "out" / "t.csv").read_text() == "a,b\n1,x\n"
    told = json.loads((tmp_path / "out" / "provenance.json").read_text())
    assert set(told["files"]) == {"thing.html", "thing.pdf", "thing.docx", "t.csv"}
    assert "It was so." in (tmp_path / "out" / "thing.html").read_text()


def test_the_same_answer_gives_the_same_bytes(tmp_path: Path) -> None:
    made = recorded.made(Asked(Path("x")), inputs=[], today=TODAY, by="t")
    one = recorded.deliver("r", report(), {}, made, tmp_path / "1")
    two = recorded.deliver("r", report(), {}, made, tmp_path / "2")
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_a_file_in_the_folders_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(OptionError, match="is a file; name a folder"):
        recorded.deliver("r", report(), {}, {}, tmp_path / "out")
