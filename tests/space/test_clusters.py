"""Density-based clusters: the same as scikit-learn's, with borders and numbers settled on purpose."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.errors import OptionError
from abate.space import clusters


@settings(max_examples=35)
@given(st.integers(0, 10_000), st.integers(2, 12), st.floats(0.3, 3.0))
def test_scikit_learn_finds_the_same(seed: int, least: int, within: float):
    from sklearn.cluster import DBSCAN

    rng = np.random.default_rng(seed)
    spots = np.round(rng.normal(size=(80, 2)) * 3, 1)
    weight = rng.integers(1, 4, 80).astype(float)
    peer = DBSCAN(eps=within, min_samples=least).fit(spots, sample_weight=weight)
    found = clusters.label(clusters.near_points(*spots.T.copy(), within=within), weight, least=least)
    assert np.array_equal(np.flatnonzero(found.core), np.sort(peer.core_sample_indices_))
    assert np.array_equal(found.cluster == -1, peer.labels_ == -1)
    pairs = set(zip(found.cluster[found.core].tolist(), peer.labels_[found.core].tolist(), strict=True))
    assert len(pairs) == len({one for one, _ in pairs}) == len({other for _, other in pairs})


def test_a_border_goes_to_the_nearest_core_and_then_to_the_first():
    x = np.array([0.0, 1.0, 2.0, 6.0, 7.0, 8.0, 3.9, 4.0])
    near = clusters.near_points(x, np.zeros(8), within=2.1)
    found = clusters.label(near, np.array([3.0, 3, 3, 3, 3, 3, 0.1, 0.1]), least=6.5)
    assert found.cluster.tolist() == [0, 0, 0, 1, 1, 1, 0, 0]
    assert found.core.tolist() == [True] * 6 + [False] * 2
    shuffled = np.array([7, 6, 5, 4, 3, 2, 1, 0])
    near = clusters.near_points(x[shuffled], np.zeros(8), within=2.1)
    again = clusters.label(near, np.array([0.1, 0.1, 3, 3, 3, 3, 3, 3]), least=6.5)
    assert again.cluster.tolist() == [0, 1, 0, 0, 0, 1, 1, 1]


def test_pairs_are_every_pair_within_reach_and_the_edge_counts():
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 20, (2, 70)).astype(float)
    found = clusters.near_points(x, y, within=5.0)
    slow = [
        (one, other)
        for one in range(70)
        for other in range(one + 1, 70)
        if (x[one] - x[other]) ** 2 + (y[one] - y[other]) ** 2 <= 25
    ]
    assert list(zip(found.first.tolist(), found.second.tolist(), strict=True)) == slow


def test_lines_near_each_other_are_paired_by_their_nearest_points():
    rng = np.random.default_rng(2)
    tips = rng.uniform(0, 100, (30, 2, 2))
    lines = shapely.linestrings(tips)
    found = clusters.near_shapes(lines, within=12.0)
    slow = [
        (one, other)
        for one in range(30)
        for other in range(one + 1, 30)
        if shapely.distance(lines[one], lines[other]) <= 12
    ]
    assert list(zip(found.first.tolist(), found.second.tolist(), strict=True)) == slow
    assert (found.apart <= 12).all()


def test_too_many_pairs_are_refused_before_they_are_listed():
    with pytest.raises(OptionError, match="choose a shorter reach"):
        clusters.near_points(np.zeros(15_000), np.zeros(15_000), within=1.0)


def test_nothing_near_is_all_noise():
    found = clusters.label(clusters.near_points(np.arange(3) * 9.0, np.zeros(3), within=1.0), np.ones(3), least=2)
    assert found.cluster.tolist() == [-1, -1, -1]
