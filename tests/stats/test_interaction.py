from __future__ import annotations

import warnings
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.errors import OptionError
from abate.stats import interaction

if TYPE_CHECKING:
    from collections.abc import Callable


def slow(x: Any, y: Any, days: Any, edges: Any, edges_days: Any, metric: str) -> list[list[int]]:
    """Every pair looked at with Python's whole numbers."""
    counted = [[0] * len(edges_days) for _ in range(len(edges) + 1)]
    for one, other in combinations(range(len(x)), 2):
        across, up = abs(int(x[one]) - int(x[other])), abs(int(y[one]) - int(y[other]))
        if metric == "manhattan":
            row = sum(across + up > int(edge) for edge in edges)
        else:
            row = sum(across**2 + up**2 > int(edge) ** 2 for edge in edges)
        column = sum(abs(int(days[one]) - int(days[other])) >= int(edge) for edge in edges_days[1:])
        counted[row][column] += 1
    return counted


@settings(max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    metric=st.sampled_from(["manhattan", "euclidean"]),
    reach=st.sampled_from([1, 5, 13, 40, 500]),
)
def test_counts_are_those_of_looking_at_every_pair(seed: int, metric: Any, reach: int) -> None:
    generator = np.random.default_rng(seed)
    x, y = generator.integers(-40, 40, (2, 60))
    days = generator.integers(0, 30, 60)
    edges = np.unique(np.array([0, reach // 3, reach]))
    edges_days = np.array([0, 1, 5, 20])
    found = interaction.knox(x, y, days, edges=edges, edges_days=edges_days, metric=metric, draws=2, seed=1)
    assert found.observed.tolist() == slow(x, y, days, edges, edges_days, metric)
    shuffles = np.random.default_rng(1)
    order = interaction._lay_out(x, y, reach).order
    for draw in (1, 2):
        shuffled = np.empty(60, dtype=np.int64)
        shuffled[order] = shuffles.permutation((days - days.min()).astype(np.int16)[order])
        assert found.counts[draw].tolist() == slow(x, y, shuffled, edges, edges_days, metric)


def test_an_edge_that_rounding_would_miss() -> None:
    far = 3 * 10**14 + 1
    x, y = np.array([0, far]), np.array([0, 4 * 10**14])
    exact = int(np.floor(5e14))
    for edge, row in ((exact, 2), (exact + 1, 1)):
        found = interaction.knox(
            x,
            y,
            np.array([0, 0]),
            edges=np.array([0, edge]),
            edges_days=np.array([0, 1]),
            metric="euclidean",
            draws=1,
            seed=1,
        )
        assert found.observed[row, 0] == 1
    assert far**2 + 16 * 10**28 > exact**2


@given(number=st.integers(0, 2**62 - 1))
def test_squares_in_two_parts_are_whole(number: int) -> None:
    high, low = interaction._wide_fast(number)
    assert (int(high) << 62) + int(low) == number**2


def test_many_more_than_a_set_of_shuffles_and_a_long_time() -> None:
    generator = np.random.default_rng(4)
    x, y = generator.integers(0, 100, (2, 80))
    days = generator.integers(0, 30_000, 80)
    edges, edges_days = np.array([0, 20]), np.array([0, 10_000, 40_000])
    found = interaction.knox(x, y, days, edges=edges, edges_days=edges_days, metric="euclidean", draws=200, seed=1)
    assert found.counts.shape == (201, 3, 3)
    assert found.observed.tolist() == slow(x, y, days, edges, edges_days, "euclidean")
    assert (found.counts.sum(axis=(1, 2)) == 80 * 79 // 2).all()
    assert (found.counts[:, :, 2] == 0).all()
    assert (found.counts.sum(axis=1) == found.observed.sum(axis=0)).all()


def test_a_crowd_at_one_spot_overflows_nothing() -> None:
    crowd = np.zeros(700, dtype=np.int64)
    found = interaction.knox(
        crowd, crowd, crowd, edges=np.array([0, 5]), edges_days=np.array([0, 1]), metric="manhattan", draws=3, seed=1
    )
    assert found.counts[:, 0, 0].tolist() == [700 * 699 // 2] * 4


def test_p_counts_what_was_seen_as_one() -> None:
    found = interaction.Pairs(np.array([[[3]], [[1]], [[3]], [[2]]]))
    assert (found.p.tolist(), found.expected.tolist()) == ([[0.5]], [[2.0]])


def test_the_plain_kernel_agrees_with_the_compiled_one() -> None:
    generator = np.random.default_rng(1)
    x, y = generator.integers(0, 30, (2, 25))
    ground = interaction._lay_out(x, y, 10)
    times = next(interaction._shuffled(generator.integers(0, 9, 25).astype(np.int16), draws=3, seed=1))
    given_to = (0, 25, ground.x, ground.y, ground.strip, ground.starts, times, np.array([0, 10]))
    limits, manhattan = np.array([1, 5], dtype=np.uint8), True
    counted = []
    for kernel in (interaction._count_plain, interaction._count):
        running = np.zeros((2, 2, times.shape[1]), dtype=np.uint8)
        apart = np.empty(times.shape[1], dtype=np.uint8)
        counted.append(kernel(*given_to, limits, manhattan, running, apart).tolist())
    assert counted[0] == counted[1]


def test_days_too_far_apart_are_refused() -> None:
    with pytest.raises(OptionError, match="wrong year"):
        interaction.knox(
            np.array([0, 1]),
            np.array([0, 1]),
            np.array([0, 40_000]),
            edges=np.array([0, 5]),
            edges_days=np.array([0, 1]),
            metric="manhattan",
            draws=1,
            seed=1,
        )


@pytest.mark.slow
def test_knox_is_that_of_pointpats() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pointpats

        generator = np.random.default_rng(8)
        x, y = generator.integers(0, 200, (2, 150))
        days = generator.integers(0, 60, 150)
        peer = pointpats.knox(
            np.column_stack([x, y]).astype(float), days[:, None].astype(float), 20, 5, permutations=99
        )
    found = interaction.knox(
        x, y, days, edges=np.array([0, 20]), edges_days=np.array([0, 6]), metric="euclidean", draws=999, seed=1
    )
    assert found.observed[:2, 0].sum() == peer["stat"]


@pytest.mark.slow
def test_where_nothing_repeats_p_is_even(proof: Callable[[str, str, str], None]) -> None:
    generator = np.random.default_rng(21)
    low = []
    for _ in range(400):
        x, y = generator.integers(0, 1000, (2, 400))
        days = generator.integers(0, 365, 400)
        found = interaction.knox(
            x,
            y,
            days,
            edges=np.array([0, 150]),
            edges_days=np.array([0, 28]),
            metric="euclidean",
            draws=63,
            seed=int(generator.integers(1 << 30)),
        )
        low.append(found.p[1, 0] <= 0.0625)
    share = float(np.mean(low))
    proof("Knox p at most 4/64 where nothing repeats", f"{share:.3f}", "0.035 to 0.09")
    assert 0.035 < share < 0.09
