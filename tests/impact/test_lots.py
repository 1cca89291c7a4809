"""Lots: every way once where there are few, as many as asked where there are many, and refusals."""

from __future__ import annotations

import numpy as np
import pytest

from abate.errors import OptionError
from abate.impact import lots
from abate.impact.panels import Panel


def panel(first: list[int], periods: int = 6) -> Panel:
    names = tuple(f"{n:02d}" for n in range(len(first)))
    return Panel(names, tuple(map(str, range(periods))), np.zeros((len(first), periods)), np.array(first))


def test_two_alike_among_four_are_dealt_in_six_ways():
    found = lots.deal(panel([3, 3, 6, 6, 6, 6]), draws=10, seed=1)
    assert found.every
    assert {tuple(row[:2]) for row in found.rows.tolist()} == {(2, 3), (2, 4), (2, 5), (3, 4), (3, 5), (4, 5)}
    assert found.first.tolist() == [[3, 3, 6, 6]] * 6
    assert all(sorted(row) == [2, 3, 4, 5] for row in found.rows.tolist())


def test_starts_that_differ_are_dealt_in_order():
    found = lots.deal(panel([4, 2, 6, 6, 6]), draws=10, seed=1)
    assert len(found.rows) == 6
    assert len({tuple(row[:2]) for row in found.rows.tolist()}) == 6
    assert found.first[0].tolist() == [2, 4, 6]


def test_one_treated_area_is_dealt_to_each_whatever_the_draws():
    found = lots.deal(panel([3, *[6] * 30]), draws=10, seed=1)
    assert sorted(found.rows[:, 0].tolist()) == list(range(1, 31))


def test_many_ways_are_drawn_and_the_seed_decides():
    many = panel([3] * 5 + [6] * 20)
    found, again = lots.deal(many, draws=40, seed=1), lots.deal(many, draws=40, seed=1)
    assert (len(found.rows), found.every) == (40, False)
    assert found.rows.tolist() == again.rows.tolist()
    assert found.rows.tolist() != lots.deal(many, draws=40, seed=2).rows.tolist()
    assert set(found.rows.ravel().tolist()) == set(range(5, 25))


def test_draws_with_replacement_have_both_sides():
    found = lots.resample(panel([3, 3, 6, 6]), draws=200, seed=1)
    treated = (found.first < 6).sum(axis=1)
    assert found.rows.shape == (200, 4)
    assert treated.min() >= 1
    assert treated.max() <= 3
    assert lots.sizes(found, (3,))[:, 0].tolist() == treated.tolist()


def test_each_area_is_left_out_once():
    found = lots.leave_out(panel([3, 3, 6, 6]))
    assert found.rows.tolist() == [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]]
    assert found.first[0].tolist() == [3, 6, 6]


@pytest.mark.parametrize(
    ("first", "said"),
    [([3, 3, 6, 6], "more of them than the 2 that had it; there are 2"), ([3, 6], "there is 1")],
)
def test_too_few_areas_without_for_placebos(first: list[int], said: str):
    with pytest.raises(OptionError, match=said):
        lots.deal(panel(first), draws=10, seed=1)


def test_too_few_to_leave_out_or_draw_again():
    with pytest.raises(OptionError, match="only one began in 4"):
        lots.leave_out(panel([3, 3, 4, 6]))
    with pytest.raises(OptionError, match="1 area with and 1 area without it"):
        lots.resample(panel([3, 6]), draws=10, seed=1)


def test_parcels_come_back_in_order(monkeypatch: pytest.MonkeyPatch):
    found = lots.resample(panel([3, 3, 6, 6]), draws=23, seed=1)
    monkeypatch.setattr(lots, "_TOGETHER", 4)
    sums = lots.run(lambda rows, first: (rows + first).sum(axis=1).astype(float), found)
    assert sums.tolist() == (found.rows + found.first).sum(axis=1).tolist()


def test_without_joblib_the_answer_is_the_same(monkeypatch: pytest.MonkeyPatch):
    def missing(name: str):
        raise ImportError(name)

    found = lots.resample(panel([3, 3, 6, 6]), draws=60, seed=1)
    with_it = lots.run(lambda rows, first: rows.sum(axis=1).astype(float), found)
    monkeypatch.setattr(lots, "import_module", missing)
    assert lots.run(lambda rows, first: rows.sum(axis=1).astype(float), found).tolist() == with_it.tolist()
