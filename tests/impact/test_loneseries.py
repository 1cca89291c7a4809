"""One series alone: its lines, and several put together by draws."""

from __future__ import annotations

import numpy as np
import pytest

from abate.errors import OptionError
from abate.impact import loneseries
from abate.impact.interruptions import Choices
from abate.impact.loneseries import Given, Line

TIMES = tuple(str(at + 1) for at in range(60))


def given(seed: int, *, began: int = 40) -> Given:
    rng = np.random.default_rng(seed)
    rate = 40 * np.where(np.arange(60) >= began, 0.8, 1.0)
    return Given(seed, f"s{seed}", TIMES, rng.poisson(rate).astype(float), None, {}, began)


def test_a_line_gives_draws_row_by_row():
    line = Line(np.log([2.0, 3.0]), np.array([[1.0], [2.0]]))
    assert line.at(np.array([0.0])) == pytest.approx([2.0, 3.0])
    assert line.at(np.array([[0.0], [np.log(2)]])) == pytest.approx(np.array([[2.0, 3.0], [4.0, 12.0]]))


@pytest.mark.parametrize("slope", [False, True])
def test_the_error_of_a_ratio_of_totals_is_that_of_draws(slope: bool):
    found = [loneseries.fit(given(seed), Choices(slope=slope)) for seed in (1, 2)]
    log, se, _ = loneseries.together(found)
    rng = np.random.default_rng(9)
    seen, expected = 0.0, 0.0
    for one in found:
        slopes = rng.multivariate_normal(one.slopes, one.covariance, 40_000)
        seen = seen + one.with_it.at(slopes).sum(axis=1)
        expected = expected + one.without.at(slopes).sum(axis=1)
    drawn = np.log(seen / expected)
    assert log == pytest.approx(drawn.mean(), abs=0.02)
    assert se == pytest.approx(drawn.std(), rel=0.05)


def test_the_fitted_total_after_the_start_is_the_one_seen():
    one = given(3)
    found = loneseries.fit(one, Choices())
    assert found.totals[0] == pytest.approx(one.outcomes[40:].sum(), rel=1e-9)
    assert found.after.sum() == found.told["after"] == 20


def test_memory_widens_the_error_and_newey_west_tells_its_lags():
    plain, lagged = (loneseries.fit(given(4), Choices(errors=errors)) for errors in ("plain", "newey-west"))
    assert lagged.told["lags"] == 3
    assert lagged.slopes == pytest.approx(plain.slopes)
    assert np.isinf(plain.freedom)
    assert lagged.freedom == 57


def test_a_series_without_a_value_after_its_start_is_refused():
    one = given(5)
    one.outcomes[40:] = np.nan
    with pytest.raises(OptionError, match="s5: no period with a value after the start"):
        loneseries.fit(one, Choices())
