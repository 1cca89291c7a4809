from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from abate.lake import records

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from abate.jobs.load import Load


def test_a_record_takes_the_place_of_the_one_before_whole(tmp_path: Path) -> None:
    place = tmp_path / "loads" / "abc"
    for turn in ("one", "two"):
        record = tmp_path / "record"
        record.mkdir()
        (record / turn).write_text(turn)
        records.publish(record, place)
    assert [path.name for path in place.iterdir()] == ["two"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["loads"]


@pytest.mark.slow
def test_months_that_are_there_just_so_are_counted(filled: Callable[..., Load]) -> None:
    filled("a", month="2021-03")
    assert filled("b", month="2021-03").months_already_there == 0
    assert filled("b", month="2021-03").months_already_there == 1
