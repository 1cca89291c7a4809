"""What is said of the data after a load."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from abate.jobs.demo import publish
from abate.jobs.load import load
from abate.jobs.quality import judge

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 22)


def test_the_page_is_written_beside_the_record_and_the_lines_say_the_same(tmp_path: Path):
    publish(tmp_path, seed=1)
    answer = load([tmp_path / "published"], lake=tmp_path / "lake", today=TODAY, by="a tester")
    judged = judge(answer, lake=tmp_path / "lake")
    assert judged.page is not None
    page = Path(judged.page)
    assert page.parent == Path(answer.written[0]).parent
    assert "working copy, not for publication" in page.read_text().lower()
    assert any("points are a fixed list" in line for line in judged.lines)
    assert any("1 Crime ID stands in more than one month" in sentence for sentence in judged.sentences)


def test_bedfordshire_has_one_repeat_elsewhere_and_no_gap(tmp_path: Path, shared: Callable[[str], Path]):
    file = shared("police-street/bedfordshire-street-2021-03-to-2022-03.csv.gz")
    answer = load([file], lake=tmp_path / "lake", today=TODAY, by="a tester")
    lines = "\n".join(judge(answer, lake=tmp_path / "lake").lines)
    assert answer.rows_repeated == 1
    assert "demonstration: published points are moved" in lines
    assert "none of 13 months of a force is missing" in lines
