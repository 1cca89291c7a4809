from __future__ import annotations

import warnings
from itertools import permutations

import numpy as np
import pytest

from abate.space import autocorrelation, neighbours


def small(seed: int) -> tuple[np.ndarray, neighbours.Neighbours]:
    generator = np.random.default_rng(seed)
    matrix = generator.random((6, 6)) * (generator.random((6, 6)) < 0.5)
    matrix[0, 1] = 1.0
    return generator.gamma(1.0, 1.0, 6), neighbours.given(matrix)


def spread(dealt: list[float]) -> tuple[float, float]:
    return float(np.mean(dealt)), float(np.var(dealt))


@pytest.mark.parametrize("seed", range(4))
def test_moments_of_gi_star_are_those_of_every_order(seed: int) -> None:
    values, around = small(seed)
    own = np.random.default_rng(seed).random(6)
    found = autocorrelation.gi(values, around, own=own)
    sums = np.array([around.lag(np.array(dealt)) + own * np.array(dealt) for dealt in permutations(values)])
    for unit in np.flatnonzero(around.degree > 0):
        assert (found.expected[unit], found.variance[unit]) == pytest.approx(spread(sums[:, unit]))


@pytest.mark.parametrize("seed", range(4))
def test_moments_of_gi_and_moran_are_those_of_every_order_of_the_others(seed: int) -> None:
    values, around = small(seed)
    gi = autocorrelation.gi(values, around, star=False)
    moran = autocorrelation.moran(values, around)
    apart = values - values.mean()
    for unit in np.flatnonzero(around.degree > 0):
        dealt = [np.insert(np.array(order), unit, values[unit]) for order in permutations(np.delete(values, unit))]
        lags = [around.lag(order)[unit] for order in dealt]
        assert (gi.expected[unit], gi.variance[unit]) == pytest.approx(spread(lags))
        products = [apart[unit] * around.lag(order - values.mean())[unit] / (apart**2).mean() for order in dealt]
        assert (moran.expected[unit], moran.variance[unit]) == pytest.approx(spread(products))


@pytest.mark.slow
def test_z_is_that_of_esda() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import esda
        import libpysal

        peer = libpysal.weights.lat2W(8, 8, rook=False)
        values = np.random.default_rng(3).poisson(3, 64).astype(float)
        around = neighbours.cells(*(index.ravel() for index in np.meshgrid(np.arange(8), np.arange(8))))
        for star in (True, False):
            theirs = esda.G_Local(values, peer, transform="B", star=star, permutations=0)
            assert autocorrelation.gi(values, around, star=star).z == pytest.approx(theirs.Zs, abs=1e-12)
        local = esda.Moran_Local(values, peer, transformation="B", permutations=9, seed=1, n_jobs=1)
    ours = autocorrelation.moran(values, around)
    assert ours.value * 63 / 64 == pytest.approx(local.Is, abs=1e-12)
    assert ours.expected == pytest.approx(local.EIc, abs=1e-12)
    assert ours.variance == pytest.approx(local.VIc, abs=1e-12)


def test_the_example_that_esda_prints() -> None:
    points = np.array([(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)], dtype=float)
    around = neighbours.within(points, 15.0)
    values = np.array([2, 3, 3.2, 5, 8, 7])
    plain = [-1.0136729, -0.04361589, 1.31558703, -0.31412676, 1.15373986, 1.77833941]
    star = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    assert autocorrelation.gi(values, around, star=False).z == pytest.approx(plain, abs=1e-7)
    assert autocorrelation.gi(values, around).z == pytest.approx(star, abs=1e-7)


def test_nothing_to_compare_is_not_a_number() -> None:
    _, around = small(1)
    alike = np.full(6, 2.0)
    assert np.isnan(autocorrelation.gi(alike, around).z).all()
    assert np.isnan(autocorrelation.moran(alike, around).z).all()
    alone = neighbours.given([[0, 1, 0], [1, 0, 0], [0, 0, 0]])
    assert np.isnan(autocorrelation.gi(np.array([1.0, 2.0, 4.0]), alone).z).tolist() == [False, False, True]


def test_a_unit_whose_neighbours_are_all_the_others_has_no_z_without_itself() -> None:
    everybody = neighbours.given(1 - np.eye(4))
    values = np.array([1.0, 2.0, 4.0, 9.0])
    assert np.isnan(autocorrelation.gi(values, everybody).z).all()
    assert np.isnan(autocorrelation.gi(values, everybody, star=False).z).all()
