"""Blurring places over a raster: the plain double loop agrees, on cut grids and scattered places too."""

from __future__ import annotations

import numpy as np
import pytest

from abate.space.plates import lay


def slow(middles: np.ndarray, values: np.ndarray, width: float, pitch: float) -> np.ndarray:
    """Add up every place's value by the Gaussian of its distance, as a density of a kernel that adds up to 1."""
    apart = ((middles[:, None, :] - middles[None, :, :]) ** 2).sum(axis=-1)
    return np.exp(-apart / (2 * width**2)) @ values / (2 * np.pi * (width / pitch) ** 2)


def grid(columns: int, rows: int, side: float = 100.0) -> np.ndarray:
    return np.stack(np.meshgrid(np.arange(columns) * side, np.arange(rows) * side), axis=-1).reshape(-1, 2)


@pytest.mark.parametrize(("width", "within"), [(80.0, 0.02), (200.0, 0.002), (399.0, 0.002)])
def test_a_blur_on_a_grid_is_the_sum_over_all_places(width, within):
    middles = grid(40, 30)
    middles = middles[np.hypot(middles[:, 0] - 1900, middles[:, 1] - 1400) < 1500]
    values = np.random.default_rng(1).poisson(0.5, len(middles)).astype(float)
    expected = slow(middles, values, width, 100.0)
    assert np.abs(lay(middles).blur(values, width) - expected).max() < within * expected.max()


@pytest.mark.parametrize("width", [900.0, 1700.0])
def test_a_wide_blur_gathered_in_blocks_is_nearly_the_sum_over_all_places(width):
    middles = grid(40, 40)
    values = np.random.default_rng(2).poisson(0.05, len(middles)).astype(float)
    expected = slow(middles, values, width, 100.0)
    assert np.abs(lay(middles).blur(values, width) - expected).max() < 0.03 * expected.max()


def test_nothing_changes_below_a_quarter_of_the_pitch():
    middles = grid(5, 5)
    values = np.arange(25.0)
    assert lay(middles).blur(values, 20.0) is values


def test_cells_cut_at_the_border_do_not_shift_the_raster():
    middles = grid(30, 30)
    rng = np.random.default_rng(3)
    border = (middles == 0).any(axis=1)
    middles[border] += rng.uniform(20, 45, (int(border.sum()), 2))
    plate = lay(middles)
    assert abs(plate.pitch - 100) < 10
    whole = plate.pixel[~border]
    assert len(np.unique(whole)) == len(whole)


def test_places_at_one_point_share_a_pixel_and_their_blur():
    middles = np.array([[0.0, 0.0], [0.0, 0.0], [500.0, 0.0], [1000.0, 0.0]])
    blurred = lay(middles).blur(np.array([1.0, 0.0, 0.0, 0.0]), 500.0)
    assert blurred[0] == blurred[1] > blurred[2] > blurred[3]


def test_a_raster_of_far_outliers_is_coarsened_until_it_fits():
    middles = np.vstack([grid(20, 20, 10.0), [[1e6, 1e6]]])
    plate = lay(middles)
    assert plate.shape[0] * plate.shape[1] <= 4_100_000


def test_islands_are_moved_together_and_keep_to_themselves():
    rng = np.random.default_rng(5)
    far = [
        grid(int(rng.integers(1, 6)), int(rng.integers(1, 6))) + rng.integers(-3000, 3000, 2) * 100.0 for _ in range(30)
    ]
    middles = np.unique(np.vstack([grid(30, 30), *far]), axis=0)
    values = rng.poisson(0.5, len(middles)).astype(float)
    plate = lay(middles, reach=1600.0)
    assert plate.pitch == pytest.approx(100.0)
    assert plate.shape[0] * plate.shape[1] < 100_000
    for width in (200.0, 399.0):
        expected = slow(middles, values, width, 100.0)
        assert np.abs(plate.blur(values, width) - expected).max() < 0.002 * expected.max()


def test_some_of_the_places_keep_their_raster():
    middles = grid(10, 10)
    plate, kept = lay(middles), np.arange(100) % 3 == 0
    values = np.random.default_rng(4).random(100)
    part = plate.only(kept).blur(values[kept], 200.0)
    assert np.allclose(part, plate.blur(np.where(kept, values, 0.0), 200.0)[kept])
    assert plate.only(np.ones(100, dtype=bool)) is plate


def test_no_place_and_one_place_are_no_fault():
    assert len(lay(np.zeros((0, 2))).blur(np.zeros(0), 100.0)) == 0
    assert lay(np.array([[5.0, 5.0]])).shape == (1, 1)
