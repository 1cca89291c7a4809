"""Student's t against a library of distributions."""

from __future__ import annotations

import pytest

from abate.stats.quantiles import student, within


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 5, 10, 11, 12, 23, 60, 200])
def test_it_agrees_with_a_library(freedom: int) -> None:
    from scipy.special import stdtr, stdtrit

    for level in (0.5, 0.8, 0.9, 0.95, 0.99, 0.999):
        assert student(level, freedom) == pytest.approx(stdtrit(freedom, (1 + level) / 2), rel=1e-9)
    for t in (0.1, 1.0, 2.5, 8.0):
        assert within(t, freedom) == pytest.approx(2 * stdtr(freedom, t) - 1, abs=1e-12)
