"""Rasters of nodes: shares keep cubics, kernels run over them as a slow double loop would."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.errors import OptionError
from abate.space import lattices
from abate.space.lattices import Lattice

GROUND = Lattice(100.0, -50.0, 10.0, 12, 9)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.floats(115, 195), st.floats(-35, 15), st.floats(0.1, 5)), min_size=1, max_size=20),
    st.integers(0, 3),
    st.integers(0, 3),
)
def test_shares_keep_every_polynomial_up_to_cubics(rows: list[tuple[float, float, float]], across: int, up: int):
    x, y, weight = np.array(rows).T
    put = lattices.deposit(x, y, weight, GROUND)
    east, north = (GROUND.easting - 150) / 50, (GROUND.northing + 10) / 50
    by_nodes = float((put * np.outer(north**up, east**across)).sum())
    by_points = float((weight * ((x - 150) / 50) ** across * ((y + 10) / 50) ** up).sum())
    assert by_nodes == pytest.approx(by_points, abs=1e-9)


def test_points_beyond_the_margin_are_left_out():
    put = lattices.deposit(np.array([100.0, 150.0, 999.0]), np.array([0.0, 0.0, 0.0]), np.ones(3), GROUND)
    assert put.sum() == pytest.approx(1.0)


def test_reading_is_exact_for_cubics_and_nothing_beyond_the_margin():
    rng = np.random.default_rng(2)
    x, y = rng.uniform(112, 198, 50), rng.uniform(-38, 18, 50)
    values = np.add.outer((GROUND.northing / 50) ** 3, (GROUND.easting / 50) ** 2)
    assert np.allclose(lattices.read(values, x, y, GROUND), (y / 50) ** 3 + (x / 50) ** 2)
    assert lattices.read(values, np.array([50.0]), np.array([0.0]), GROUND).tolist() == [0.0]


def test_a_fine_raster_reads_a_coarse_one_as_points_do():
    rng = np.random.default_rng(3)
    coarse, fine = Lattice(0, 0, 10, 12, 10), Lattice(15, 20, 4, 15, 9)
    values = rng.normal(size=(10, 12))
    x, y = np.meshgrid(fine.easting, fine.northing)
    slow = lattices.read(values, x.ravel(), y.ravel(), coarse).reshape(9, 15)
    assert np.allclose(lattices.refine(values, coarse, fine), slow)


def test_a_kernel_runs_as_a_double_loop_would():
    rng = np.random.default_rng(4)
    values, stamp = rng.random((20, 26)), rng.random((5, 7))
    slow = np.zeros_like(values)
    for row in range(2, 18):
        for column in range(3, 23):
            slow[row, column] = (values[row - 2 : row + 3, column - 3 : column + 4] * stamp[::-1, ::-1]).sum()
    assert np.allclose(lattices.blur(values, stamp)[2:18, 3:23], slow[2:18, 3:23])


def test_a_raster_over_points_holds_them_inside_its_margin():
    rng = np.random.default_rng(5)
    x, y = rng.uniform(0, 777, 40), rng.uniform(0, 55, 40)
    ground = lattices.over(x, y, step=7)
    assert lattices.deposit(x, y, np.ones(40), ground).sum() == pytest.approx(40)
    one = lattices.over(x[:1], y[:1], step=7)
    assert lattices.deposit(x[:1], y[:1], np.ones(1), one).sum() == pytest.approx(1)


def test_a_raster_without_nodes_or_step_is_refused():
    with pytest.raises(OptionError, match="at least one node, not 0 x 5 nodes 10 apart"):
        Lattice(0, 0, 10, 0, 5)
    with pytest.raises(OptionError, match="a step above 0"):
        Lattice(0, 0, 0, 5, 5)
