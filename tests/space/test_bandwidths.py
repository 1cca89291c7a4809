"""Bandwidths: the likelihood is the definition's, ties do not drive it to nothing, dense points get narrow kernels."""

from __future__ import annotations

import numpy as np
import pytest

from abate.errors import OptionError
from abate.space import bandwidths


def by_definition(spots: np.ndarray, weight: np.ndarray, width: float) -> float:
    """The mean log density at each point from all points elsewhere."""
    apart = ((spots[:, None] - spots) ** 2).sum(axis=-1)
    heights = np.exp(-apart / (2 * width**2)) / (2 * np.pi * width**2) * weight
    np.fill_diagonal(heights, 0)
    left = weight.sum() - weight
    return float((weight * np.log(heights.sum(axis=1) / left)).sum() / weight.sum())


@pytest.mark.parametrize("seed", range(5))
def test_the_likelihood_is_the_definitions(seed: int):
    rng = np.random.default_rng(seed)
    spots = rng.normal(size=(60, 2)) * 100
    weight = rng.integers(1, 5, 60)
    x, y = np.repeat(spots, weight, axis=0).T
    candidates = bandwidths.ladder(20, 160)
    found = bandwidths.leave_one_out(x.copy(), y.copy(), candidates=candidates)
    slow = [by_definition(spots, weight.astype(float), width) for width in candidates]
    assert np.allclose(found.likelihood, slow, atol=1e-6)
    assert found.bandwidth == candidates[int(np.argmax(slow))]


def test_the_bandwidth_of_a_normal_scatter_comes_out_near_the_best():
    found = []
    for seed in range(12):
        spots = np.random.default_rng(seed).normal(size=(400, 2))
        found.append(
            bandwidths.leave_one_out(
                spots[:, 0].copy(), spots[:, 1].copy(), candidates=bandwidths.ladder(0.05, 2, ratio=1.1)
            ).bandwidth
        )
    # the least integrated squared error for two normal dimensions is at n^(-1/6) = 0.37
    assert 0.25 < np.median(found) < 0.5


def test_snapped_points_do_not_drive_the_bandwidth_to_nothing():
    rng = np.random.default_rng(1)
    spots = rng.uniform(0, 1000, (80, 2))
    x, y = spots[rng.integers(0, 80, 2000)].T
    found = bandwidths.leave_one_out(x.copy(), y.copy(), candidates=bandwidths.ladder(1, 400))
    assert found.bandwidth > 30
    assert not found.at_edge


def test_a_lonely_point_rules_out_quartics_that_do_not_reach_it():
    x, y = np.array([0.0, 1.0, 2.0, 50.0]), np.zeros(4)
    found = bandwidths.leave_one_out(x, y, candidates=np.array([5.0, 20.0, 60.0]), kernel="quartic")
    assert found.bandwidth == 60
    assert np.isneginf(found.likelihood[:2]).all()
    far = bandwidths.leave_one_out(x, y, candidates=np.array([1.0, 5.0]))
    assert np.isfinite(far.likelihood).all()
    with pytest.raises(OptionError, match="leaves some point alone"):
        bandwidths.leave_one_out(x, y, candidates=np.array([5.0]), kernel="quartic")


def test_one_spot_alone_has_no_bandwidth():
    with pytest.raises(OptionError, match="at two places or more"):
        bandwidths.leave_one_out(np.zeros(9), np.zeros(9), candidates=np.array([1.0]))
    with pytest.raises(OptionError, match="from a smallest above 0"):
        bandwidths.ladder(0, 5)


def test_abramsons_rule_is_as_written():
    rng = np.random.default_rng(2)
    spots = np.vstack([rng.normal(scale=20, size=(150, 2)), rng.normal(scale=200, size=(50, 2))])
    found = bandwidths.adapt(spots[:, 0].copy(), spots[:, 1].copy(), bandwidth=30.0, most=1000)
    apart = ((spots[:, None] - spots) ** 2).sum(axis=-1)
    dense = np.exp(-apart / (2 * 30.0**2)).sum(axis=1) / (2 * np.pi * 30.0**2)
    slow = 30.0 * np.sqrt(np.exp(np.log(dense).mean()) / dense)
    assert np.allclose(found, slow, rtol=2e-3)
    assert np.exp(np.log(found).mean()) == pytest.approx(30.0, rel=1e-3)


def test_no_bandwidth_is_more_than_so_many_times_the_common_one():
    found = bandwidths.adapt(np.r_[np.zeros(500), 9999.0], np.zeros(501), bandwidth=10.0)
    assert found[-1] == 50.0


def test_weights_count_as_repeats_do():
    rng = np.random.default_rng(3)
    spots, times = rng.normal(size=(40, 2)), rng.integers(1, 4, 40)
    x, y = spots[:, 0].copy(), spots[:, 1].copy()
    whole = bandwidths.adapt(x, y, bandwidth=0.5, weights=times.astype(float))
    repeated = bandwidths.adapt(np.repeat(x, times), np.repeat(y, times), bandwidth=0.5)
    assert np.allclose(np.repeat(whole, times), repeated)
