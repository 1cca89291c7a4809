"""The compiled loops say what the plain ones say, to the last digits."""

from __future__ import annotations

import numpy as np
import pytest

from abate.space import densities, loops

RNG = np.random.default_rng(11)
POINTS = np.stack([RNG.uniform(0, 100, 30), RNG.uniform(0, 80, 30), RNG.uniform(0.5, 3, 30), RNG.uniform(2, 15, 30)])
FRAME = np.array([0.0, 0.0, 5.0])


def test_sharing_among_nodes_and_reading_between_them():
    plain, fast = np.zeros((17, 21)), np.zeros((17, 21))
    loops.deposit_plain(*POINTS[:3], FRAME, plain)
    loops.deposit(*POINTS[:3], FRAME, fast)
    assert np.allclose(plain, fast, rtol=1e-13, atol=1e-15)
    read, again = np.empty(30), np.empty(30)
    loops.read_plain(plain, *POINTS[:2], FRAME, read)
    loops.read(plain, *POINTS[:2], FRAME, again)
    assert np.allclose(read, again, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("kernel", [loops.GAUSSIAN, loops.QUARTIC])
def test_drawing_kernels_on_nodes_agrees_with_summing_them_at_the_nodes(kernel: int):
    plain, fast = np.zeros((17, 21)), np.zeros((17, 21))
    loops.draw_plain(POINTS, kernel, FRAME, plain)
    loops.draw(POINTS, kernel, FRAME, fast)
    assert np.allclose(plain, fast, rtol=1e-12, atol=1e-18)
    x, y = np.meshgrid(np.arange(21) * 5.0, np.arange(17) * 5.0)
    held = densities.buckets(x.ravel(), y.ravel(), width=7.0)
    targets = np.stack([x.ravel(), y.ravel()])[:, held.order]
    sums, slow = np.zeros(357), np.zeros(357)
    loops.sum_plain(POINTS, kernel, targets, held.parts, slow)
    loops.sum_up(POINTS, kernel, targets, held.parts, sums)
    assert np.allclose(sums, slow, rtol=1e-12, atol=1e-18)
    assert np.allclose(sums, plain.ravel()[held.order], rtol=1e-6, atol=1e-9)


def test_sharing_among_squares():
    x, y = np.meshgrid(np.arange(10) * 10.0 + 5, np.arange(8) * 10.0 + 5)
    held = densities.buckets(x.ravel(), y.ravel(), width=25.0)
    squares = np.stack([x.ravel(), y.ravel(), np.full(80, 10.0)])[:, held.order]
    home = np.zeros(30, dtype=np.int64)
    plain, fast = np.zeros(80), np.zeros(80)
    loops.share_plain(POINTS, home, squares, held.parts, plain)
    loops.share(POINTS, home, squares, held.parts, fast)
    assert np.allclose(plain, fast, rtol=1e-12)
    assert plain.sum() == pytest.approx(POINTS[2].sum())
