from __future__ import annotations

import warnings

import numpy as np
import pytest

from abate.stats import association


def events(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    return generator.random(60) * 100, generator.random(60) * 100, generator.integers(0, 90, 60)


@pytest.mark.slow
@pytest.mark.parametrize(("constant", "power"), [(1.0, -1.0), (0.0, 1.0), (2.0, 0.5)])
def test_the_correlation_is_that_of_pointpats(constant: float, power: float) -> None:
    x, y, days = events(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pointpats

        peer = pointpats.mantel(
            np.column_stack([x, y]), days[:, None].astype(float), 0, scon=constant, spow=power, tcon=1.0, tpow=-1.0
        )
    between = 1 / (np.arange(91) + 1.0)
    found = association.mantel(x, y, days, apart=(constant, power), between=between, draws=40, seed=1)
    assert found.value == pytest.approx(float(peer), abs=1e-12)
    assert len(found.draws) == 41


def test_shuffles_are_those_of_shuffled_days() -> None:
    x, y, days = events(2)
    between = 1 / (np.arange(91) + 1.0)
    found = association.mantel(x, y, days, apart=(1.0, -1.0), between=between, draws=3, seed=5)
    generator = np.random.default_rng(5)
    for draw in (1, 2, 3):
        shuffled = generator.permutation(days - days.min())
        again = association.mantel(x, y, shuffled, apart=(1.0, -1.0), between=between, draws=0, seed=1)
        assert found.draws[draw] == pytest.approx(again.value, abs=1e-12)


def test_pairs_all_alike_have_no_correlation() -> None:
    x, y, _ = events(3)
    found = association.mantel(
        x, y, np.zeros(60, dtype=np.int64), apart=(1.0, -1.0), between=np.ones(1), draws=2, seed=1
    )
    assert np.isnan(found.value)


def test_p_is_the_share_that_reached_it() -> None:
    assert association.Association(np.array([0.5, 0.6, 0.1, 0.5])).p == 0.75


def test_the_plain_kernel_agrees_with_the_compiled_one() -> None:
    x, y, days = events(4)
    times = np.ascontiguousarray(np.array([days, days[::-1]]).T[:12])
    arguments = (x[:12], y[:12], times, 1.0, -1.0, 1 / (np.arange(91) + 1.0))
    for plain, fast in zip(association._cross_plain(*arguments), association._cross(*arguments), strict=True):
        assert plain == pytest.approx(fast)
