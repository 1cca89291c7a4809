from __future__ import annotations

import warnings
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from abate.space import conditioning, neighbours

if TYPE_CHECKING:
    from collections.abc import Callable


def exact(values: np.ndarray, around: neighbours.Neighbours, unit: int) -> tuple[float, float]:
    """The shares of all ways to deal the others' values that reach, or do not pass, the sum seen."""
    first, last = around.starts[unit], around.starts[unit + 1]
    rest = np.delete(values, unit)
    dealt = np.array([*permutations(rest, int(last - first))]) @ around.weights[first:last]
    seen = around.lag(values)[unit]
    return float((dealt >= seen - 1e-9).mean()), float((dealt <= seen + 1e-9).mean())


@pytest.mark.parametrize("even", [True, False])
def test_tails_are_those_of_every_way_to_deal_the_values(even: bool) -> None:
    generator = np.random.default_rng(5)
    points = generator.random((9, 2))
    around = neighbours.within(points, 0.45)
    if not even:
        around = neighbours.Neighbours(around.starts, around.others, generator.random(len(around.others)))
    values = generator.poisson(2, 9).astype(float)
    found = conditioning.tails(values, around, draws=40_000, seed=1)
    for unit in np.flatnonzero((around.degree > 0) & (around.degree < 8)):
        high, low = exact(values, around, unit)
        assert found.high[unit] == pytest.approx(high, abs=0.012)
        assert found.low[unit] == pytest.approx(low, abs=0.012)


def test_weights_alike_give_the_same_counts_either_way() -> None:
    generator = np.random.default_rng(2)
    around = neighbours.within(generator.random((40, 2)), 0.3)
    values = generator.poisson(1, 40).astype(float)
    fast = conditioning.tails(values, around, draws=500, seed=3)
    able = (around.degree > 0) & (around.degree < 39)
    made = int(np.ceil(500 / (1 - float(around.degree[able].mean()) / 40)))
    sample = conditioning.draw(40, int(around.degree[able].max()), draws=made, seed=3)
    slow = conditioning._unevenly(values, around, able, sample)
    for ours, theirs in zip((fast.at_least, fast.at_most, fast.drawn), slow, strict=True):
        assert ours.tolist() == theirs.tolist()


def test_negative_weights_turn_the_tails() -> None:
    generator = np.random.default_rng(2)
    around = neighbours.within(generator.random((40, 2)), 0.3)
    turned = neighbours.Neighbours(around.starts, around.others, -around.weights)
    values = generator.random(40)
    one, other = (conditioning.tails(values, each, draws=200, seed=1) for each in (around, turned))
    assert one.at_least.tolist() == other.at_most.tolist()


def test_draws_are_different_units_each_as_often_as_any() -> None:
    drawn = conditioning.draw(7, 4, draws=20_000, seed=1)
    assert (np.sort(drawn, axis=1)[:, 1:] > np.sort(drawn, axis=1)[:, :-1]).all()
    shares = np.array([np.bincount(column, minlength=7) for column in drawn.T]) / 20_000
    assert np.abs(shares - 1 / 7).max() < 0.012


def test_a_unit_alone_and_one_with_everybody_have_no_p() -> None:
    star = neighbours.given([[0, 1, 1, 0], [1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]])
    found = conditioning.tails(np.array([1.0, 2.0, 3.0, 4.0]), star, draws=99, seed=1)
    assert np.isnan(found.high).tolist() == [False, False, False, True]
    all_of_it = neighbours.given(1 - np.eye(3))
    assert np.isnan(conditioning.tails(np.arange(3.0), all_of_it, draws=99, seed=1).low).all()


def test_the_same_seed_gives_the_same_counts() -> None:
    around = neighbours.within(np.random.default_rng(1).random((30, 2)), 0.3)
    values = np.random.default_rng(2).random(30)
    once, again = (conditioning.tails(values, around, draws=99, seed=7) for _ in range(2))
    assert once.at_least.tolist() == again.at_least.tolist()


def test_the_plain_kernels_agree_with_the_compiled_ones() -> None:
    chances = np.random.default_rng(1).random((20, 3))
    plain = conditioning._shuffle_plain(np.arange(9), chances)
    assert plain.tolist() == conditioning._shuffle(np.arange(9), chances).tolist()


@pytest.mark.slow
def test_p_values_are_those_of_esda() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import esda
        import libpysal

        peer = libpysal.weights.lat2W(20, 20, rook=False)
        values = np.random.default_rng(1).gamma(1.0, 1.0, 400)
        theirs = esda.G_Local(values, peer, transform="B", star=True, permutations=9999, seed=1, n_jobs=1)
    column, row = (index.ravel() for index in np.meshgrid(np.arange(20), np.arange(20)))
    found = conditioning.tails(values, neighbours.cells(column, row), draws=99_999, seed=1)
    gap = np.abs(found.directed - theirs.p_sim)
    assert gap.mean() < 0.004
    assert gap.max() < 0.02


@pytest.mark.slow
def test_where_nothing_is_there_p_is_even(proof: Callable[[str, str, str], None]) -> None:
    around = neighbours.cells(*(index.ravel() for index in np.meshgrid(np.arange(12), np.arange(12))))
    generator = np.random.default_rng(11)
    below = []
    for _ in range(400):
        found = conditioning.tails(generator.normal(size=144), around, draws=999, seed=int(generator.integers(1 << 30)))
        below.append((found.high <= 0.05).mean())
    share = float(np.mean(below))
    proof("Gi* p at most 0.05 where nothing is there", f"{share:.4f}", "0.045 to 0.055")
    assert 0.045 < share < 0.055
