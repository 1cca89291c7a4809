"""The generated pages of the documentation say what the code says."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pages
from examples import fenced
from pages import figures, generated, moved, rooms

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_links_of_the_root_lead_on_from_where_the_page_stands_now() -> None:
    text = "[a](CHANGELOG.md) [b](docs/decisions/index.md) [c](GLOSSARY.md#hotspot) [d](https://osf.io) [e](#here)"
    assert moved(text, "changelog.md") == (
        "[a](changelog.md) [b](decisions/index.md) [c](reference/glossary.md#hotspot) [d](https://osf.io) [e](#here)"
    )
    assert "](../changelog.md)" in moved(text, "reference/glossary.md")


def test_every_room_and_each_of_its_modules_has_its_page() -> None:
    made = generated()
    for room in rooms():
        page = made[f"reference/python/{room}.md"]
        for path in (ROOT / "src" / "abate" / room).glob("*.py"):
            if not path.stem.startswith("_"):
                assert f"::: abate.{room}.{path.stem}\n" in page + "\n"
                assert importlib.util.find_spec(f"abate.{room}.{path.stem}")


def test_every_generated_page_is_in_the_contents() -> None:
    contents = (ROOT / "mkdocs.yml").read_text()
    assert [page for page in generated() if f" {page}\n" not in contents] == []


def test_an_example_ends_at_a_blank_line() -> None:
    text = "Add.\n\n>>> 1 + 1\n2\n\nMore."
    assert fenced(text) == "Add.\n\n```pycon\n>>> 1 + 1\n2\n```\n\nMore."
    assert fenced("Nothing >>> here.") == "Nothing >>> here."


def test_figures_of_a_benchmark_are_printed_with_their_full_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = {"ours": {"seconds": 1.5}, "runs": [1, 2], "peers": [{"name": "a|b"}]}
    table = figures(result)
    assert "| ours, seconds | 1.5 |" in table
    assert "| runs | 1, 2 |" in table
    assert "| peers 1, name | a\\|b |" in table
    summed = figures(
        {"date": "2026-11-22", "versions": {"duckdb": "2.0.0"}, "summary": [{"work": "load", "ratio": 1.2}]}
    )
    assert summed == "| work | ratio |\n| --- | --- |\n| load | 1.2 |\n\n2026-11-22; duckdb 2.0.0."
    kept = tmp_path / "benchmarks" / "results"
    kept.mkdir(parents=True)
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    assert "No figures have been recorded yet." in pages.benchmarks_page()
    (kept / "load_20m.json").write_text(json.dumps(result))
    assert "## load 20m\n" in pages.benchmarks_page()


def test_the_page_of_benchmarks_is_what_the_results_say() -> None:
    written = (pages.ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert written == pages.benchmarks_page() + "\n"
