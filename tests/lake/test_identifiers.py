from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from abate.jobs.load import Load


pytestmark = pytest.mark.slow


def shared(lake: Path, answer: Load) -> list[tuple[str, ...]]:
    frame = pd.read_csv(lake / "loads" / answer.load_id / "months-shared.csv", dtype=str)
    return [tuple(one) for one in frame[["crime_id", "force", "month", "loaded"]].to_numpy().tolist()]


@pytest.mark.slow
def test_ids_of_several_months_are_listed_with_all_their_rows(filled: Callable[..., Load], tmp_path: Path) -> None:
    filled("a", "b", "c", month="2021-03")
    filled("b", "x", month="2021-04")
    answer = filled("b", "c", "y", month="2021-05")
    assert answer.ids_in_several_months == 2
    assert shared(tmp_path / "lake", answer) == [
        ("b", "essex", "2021-03", "before"),
        ("b", "essex", "2021-04", "before"),
        ("b", "essex", "2021-05", "now"),
        ("c", "essex", "2021-03", "before"),
        ("c", "essex", "2021-05", "now"),
    ]


def test_another_force_or_the_month_that_is_replaced_does_not_count(
    filled: Callable[..., Load], tmp_path: Path
) -> None:
    filled("a", month="2021-03")
    filled("a", month="2021-04", force="Kent Police")
    answer = filled("a", month="2021-03")
    assert (answer.ids_in_several_months, shared(tmp_path / "lake", answer)) == (0, [])


@pytest.mark.slow
def test_two_old_months_that_share_an_id_are_not_listed_again(filled: Callable[..., Load], tmp_path: Path) -> None:
    filled("a", month="2021-03")
    filled("a", month="2021-04")
    assert filled("z", month="2021-05").ids_in_several_months == 0
