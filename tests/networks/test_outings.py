from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from abate.networks import outings
from networks.small_towns import square

if TYPE_CHECKING:
    from abate.networks.relaxations import Ground


def walked(ground: Ground, row: np.ndarray) -> float:
    at, total = 0, 0.0
    for entry in row.tolist():
        edge, back = divmod(entry, 2)
        total += float(ground.apart[at, ground.tips[edge, back]] + ground.length[edge])
        at = int(ground.tips[edge, 1 - back])
    return total + float(ground.apart[at, 0])


@pytest.mark.parametrize("seed", range(6))
def test_rows_keep_to_the_budget_and_take_no_edge_twice(seed: int) -> None:
    ground = square(seed)
    parts = (ground.tips, ground.length, ground.worth, ground.apart)
    luck = np.random.default_rng(seed).random(997)
    few = outings.search(parts, 25.0, 1, luck)
    many = outings.search(parts, 25.0, 400, luck)
    for row in (few, many):
        assert walked(ground, row) <= 25.0
        assert len(set((row // 2).tolist())) == len(row)
    assert ground.worth[many // 2].sum() >= ground.worth[few // 2].sum()


def test_the_plain_parts_do_as_the_compiled_ones() -> None:
    ground = square(3)
    parts = (ground.tips, ground.length, ground.worth, ground.apart)
    even = np.ones(len(ground.length))
    for fill, turn in ((outings.fill_plain, outings.turn_plain), (outings._fill, outings._turn)):
        row = np.zeros(len(ground.length), dtype=np.int64)
        many, total = fill(row, 0, 0.0, parts, 30.0, even)
        assert total == pytest.approx(walked(ground, row[:many]))
        shorter = turn(row, many, parts)
        assert shorter <= total + 1e-9
        assert shorter == pytest.approx(walked(ground, row[:many]))
        assert shorter == pytest.approx(outings.length_plain(row, many, ground.tips, ground.length, ground.apart))
