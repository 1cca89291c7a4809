"""Drifting series: what was planted is found, gaps are borne, and a missing part gets a sentence."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from abate.errors import MissingPartError
from abate.stats import statespaces


def made(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A wandering monthly series that falls by 0.3 at period 90."""
    rng = np.random.default_rng(seed)
    level = 5 + rng.normal(0, 0.03, 132).cumsum()
    step = (np.arange(132) >= 90).astype(float)
    season = 0.2 * np.sin(np.arange(132) / 12 * 2 * np.pi)
    return level + season - 0.3 * step + rng.normal(0, 0.05, 132), step[:, None]


@pytest.mark.slow
def test_both_models_find_a_planted_step_and_bear_gaps():
    values, step = made(1)
    values[[20, 100]] = np.nan
    boxed = statespaces.arima(values, step, order=(0, 1, 1), seasonal_order=(0, 1, 1, 12))
    built = statespaces.structural(values, step, drift=True, period=12)
    for found, opening in ((boxed, 13), (built, 13)):
        assert found.slopes[0] == pytest.approx(-0.3, abs=3 * np.sqrt(found.covariance[0, 0]))
        assert 0.02 < np.sqrt(found.covariance[0, 0]) < 0.1
        assert found.opening == opening
        assert np.isnan(found.foretold[:opening]).all()
        assert np.nanstd(found.residual) == pytest.approx(1, abs=0.2)


@pytest.mark.slow
def test_a_process_without_memory_is_least_squares():
    values, step = made(2)
    found = statespaces.arima(values, step, order=(0, 0, 0), seasonal_order=(0, 0, 0, 0))
    plain = values[step[:, 0] == 1].mean() - values[step[:, 0] == 0].mean()
    assert found.slopes[0] == pytest.approx(plain, abs=1e-4)


def test_without_the_part_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch):
    for name in ("statsmodels.tsa.statespace.sarimax", "statsmodels.tsa.statespace.structural"):
        monkeypatch.setitem(sys.modules, name, None)
    values, step = made(3)
    with pytest.raises(MissingPartError, match="abate\\[impact\\]"):
        statespaces.arima(values, step, order=(0, 1, 1), seasonal_order=(0, 1, 1, 12))
    with pytest.raises(MissingPartError, match="abate\\[impact\\]"):
        statespaces.structural(values, step, drift=True, period=12)
