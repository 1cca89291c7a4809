"""Kernel density: against the definition, against KDEpy, and with edges made good."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.errors import OptionError
from abate.space import densities
from abate.space.lattices import Lattice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.space.densities import Kernel

    Real = NDArray[np.float64]

GROUND = Lattice(0, 0, 10, 64, 48)
EAST, NORTH = np.meshgrid(GROUND.easting, GROUND.northing)


def slow(x: Real, y: Real, to_x: Real, to_y: Real, width: Real, kernel: str, weight: Real) -> Real:
    """The definition, pair by pair."""
    apart = (to_x[:, None] - x) ** 2 + (to_y[:, None] - y) ** 2
    if kernel == "gaussian":
        heights = np.exp(-apart / (2 * width**2)) / (2 * np.pi * width**2)
    else:
        heights = 3 / (np.pi * width**2) * np.maximum(0, 1 - apart / width**2) ** 2
    total: Real = (heights * weight).sum(axis=1)
    return total


def town(count: int, seed: int) -> tuple[Real, Real, Real]:
    rng = np.random.default_rng(seed)
    middles = rng.uniform(50, 450, (6, 2))
    spots = middles[rng.integers(0, 6, count)] + rng.normal(scale=60, size=(count, 2))
    return spots[:, 0].copy(), spots[:, 1].copy(), rng.uniform(0.5, 2, count)


@settings(max_examples=25)
@given(st.integers(0, 999), st.sampled_from(["gaussian", "quartic"]), st.floats(3, 300))
def test_the_exact_sum_is_the_definition(seed: int, kernel: Kernel, width: float):
    x, y, weight = town(40, seed)
    rng = np.random.default_rng(seed)
    to_x, to_y = rng.uniform(0, 500, 60), rng.uniform(0, 500, 60)
    found = densities.at(x, y, to_x, to_y, bandwidth=width, kernel=kernel, weights=weight)
    by_pairs = slow(x, y, to_x, to_y, np.full(40, width), kernel, weight)
    assert np.allclose(found, by_pairs, rtol=1e-9, atol=3e-8 * weight.sum() / width**2)


@pytest.mark.parametrize("kernel", ["gaussian", "quartic"])
@pytest.mark.parametrize("steps", [0.4, 1.6, 2.5, 2.8, 3.2, 4, 6, 7, 15, 60])
def test_a_surface_is_right_to_one_in_a_thousand(kernel: Kernel, steps: float):
    x, y, weight = town(3000, 1)
    width = steps * 10 * (1 if kernel == "gaussian" else 3)
    found = densities.surface(x, y, GROUND, bandwidth=width, kernel=kernel, weights=weight)
    by_pairs = slow(x, y, EAST.ravel(), NORTH.ravel(), np.full(3000, width), kernel, weight).reshape(48, 64)
    matters = by_pairs > by_pairs.max() / 50
    assert np.abs(found[matters] / by_pairs[matters] - 1).max() < 1e-3
    assert np.abs(found - by_pairs).max() < 3e-4 * by_pairs.max()


@pytest.mark.parametrize("kernel", ["gaussian", "quartic"])
def test_a_bandwidth_for_each_point_is_right_to_one_in_a_thousand(kernel: Kernel):
    x, y, weight = town(3000, 2)
    width = 40 * np.exp(np.random.default_rng(3).normal(0, 0.7, 3000)) * (1 if kernel == "gaussian" else 8**0.5)
    found = densities.surface(x, y, GROUND, bandwidth=width, kernel=kernel, weights=weight)
    by_pairs = slow(x, y, EAST.ravel(), NORTH.ravel(), width, kernel, weight).reshape(48, 64)
    matters = by_pairs > by_pairs.max() / 20
    assert np.abs(found[matters] / by_pairs[matters] - 1).max() < 1e-3


@pytest.mark.slow
@pytest.mark.parametrize(("kernel", "peer"), [("gaussian", "gaussian"), ("quartic", "biweight")])
def test_kdepy_agrees(kernel: Kernel, peer: str):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from KDEpy import FFTKDE, NaiveKDE

    rng = np.random.default_rng(4)
    spots = rng.normal(size=(4000, 2)) * [1.0, 0.7]
    ground = Lattice(-6, -6, 12 / 255, 256, 256)
    nodes = np.stack(np.meshgrid(ground.easting, ground.northing, indexing="ij"), axis=-1).reshape(-1, 2)
    wide = 0.4
    # KDEpy's biweight has the variance of the one-dimensional kernel, 1/7 of its radius squared
    own = wide if kernel == "gaussian" else wide * 7**0.5
    found = densities.surface(spots[:, 0].copy(), spots[:, 1].copy(), ground, bandwidth=own, kernel=kernel).T / 4000
    theirs = FFTKDE(kernel=peer, bw=wide, norm=2).fit(spots).evaluate(nodes).reshape(256, 256)
    some = rng.integers(0, len(nodes), 300)
    exact = NaiveKDE(kernel=peer, bw=wide, norm=2).fit(spots).evaluate(nodes[some])
    matters = exact > exact.max() / 50
    assert np.abs(found.ravel()[some] / exact - 1)[matters].max() < 1e-3
    # their own error of linear binning is of the order of a thousandth
    assert np.abs(found - theirs).max() < 3e-3 * theirs.max()


def test_the_mass_of_a_surface_is_the_points():
    x, y, weight = town(500, 5)
    wide = GROUND.widened(40)
    for kernel, width in (("gaussian", 40.0), ("quartic", 120.0), ("gaussian", 9.0)):
        found = densities.surface(x, y, wide, bandwidth=width, kernel=kernel, weights=weight)  # type: ignore[arg-type]
        assert found.sum() * 100 == pytest.approx(weight.sum(), rel=2e-4)


def edge_setting() -> tuple[Lattice, NDArray[np.bool_]]:
    ground = Lattice(-100, -100, 10, 121, 91)
    inside = np.zeros((91, 121), dtype=bool)
    inside[10:71, 10:101] = True
    return ground, inside


def test_divided_at_the_target_even_ground_comes_out_even():
    ground, inside = edge_setting()
    x, y = (side.ravel() for side in np.meshgrid(np.arange(0, 901, 10.0), np.arange(0, 601, 10.0)))
    bare = densities.surface(x, y, ground, bandwidth=60)
    found = densities.surface(x, y, ground, bandwidth=60, inside=inside, edge="target")
    assert np.ptp(found[inside]) < 1e-4 * found.max()
    assert np.ptp(bare[inside]) > 0.5 * bare.max()
    assert found[~inside].max() == 0


def test_divided_at_the_source_nothing_is_lost():
    ground, inside = edge_setting()
    rng = np.random.default_rng(6)
    x, y = rng.uniform(0, 900, 400), rng.uniform(0, 600, 400)
    for width in (60.0, rng.uniform(35, 110, 400)):
        found = densities.surface(x, y, ground, bandwidth=width, inside=inside)
        assert found.sum() * 100 == pytest.approx(400, rel=2e-3)


def test_the_part_inside_is_the_kernels_integral_over_the_polygon():
    ground, inside = edge_setting()
    rng = np.random.default_rng(7)
    x, y = rng.uniform(0, 900, 30), rng.uniform(0, 600, 30)
    found = densities.part_inside(x, y, ground, bandwidth=60, inside=inside)
    from scipy.special import ndtr

    # the mask's nodes stand for cells of 10, which reach half a cell beyond the outer nodes
    box = shapely.box(-5, -5, 905, 605).bounds
    across = ndtr((box[2] - x) / 60) - ndtr((box[0] - x) / 60)
    up = ndtr((box[3] - y) / 60) - ndtr((box[1] - y) / 60)
    assert np.allclose(found, across * up, atol=2e-3)


def test_what_cannot_be_done_is_said():
    with pytest.raises(OptionError, match="a bandwidth is a length above 0, not -3"):
        densities.surface(np.zeros(2), np.zeros(2), GROUND, bandwidth=-3)
    inside = np.ones((48, 64), dtype=bool)
    with pytest.raises(OptionError, match="needs one bandwidth"):
        densities.surface(
            np.zeros(2), np.zeros(2), GROUND, bandwidth=np.array([1.0, 2.0]), inside=inside, edge="target"
        )


def test_no_points_are_a_flat_nothing():
    none = np.empty(0)
    assert densities.surface(none, none, GROUND, bandwidth=50).max() == 0
    assert densities.at(none, none, np.zeros(2), np.zeros(2), bandwidth=5).tolist() == [0, 0]


def test_the_same_input_gives_the_same_bytes():
    x, y, weight = town(2000, 8)
    runs = {densities.surface(x, y, GROUND, bandwidth=45, weights=weight).tobytes() for _ in range(3)}
    assert len(runs) == 1
