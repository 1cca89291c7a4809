"""Designs: which cells count, what is expected without the programme, and which weights are negative."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from abate.impact.panels import Panel
from abate.impact.twowaydesigns import design, expected, negative_share
from abate.stats import panelfits

AREAS, PERIODS = 8, 9


def additive(first: list[int]) -> Panel:
    """Outcomes that are an area's level and the period's, 2 a worker, and 5 less with the programme."""
    rng = np.random.default_rng(1)
    workers = rng.normal(size=(AREAS, PERIODS))
    outcomes = rng.normal(size=(AREAS, 1)) + rng.normal(size=PERIODS) + 2 * workers
    begins = np.array(first, dtype=np.int64)
    outcomes -= 5.0 * (np.arange(PERIODS) >= begins[:, None])
    names, times = tuple("abcdefgh"), tuple("123456789")
    return Panel(names, times, outcomes, begins, covariates={"workers": workers}, exposure=np.ones((AREAS, PERIODS)))


@pytest.mark.parametrize("first", [[4, 6, 9, 9, 9, 9, 9, 9], [3, 4, 5, 6, 7, 8, 8, 8]])
def test_what_is_additive_is_expected_exactly(first: list[int]):
    panel = additive(first)
    found = expected(panel, design(panel, ("workers",)), {"workers": 2.0})
    gaps = panel.outcomes - found
    known = np.isfinite(gaps)
    assert_allclose(gaps[known & panel.treated], -5, atol=1e-9)
    assert_allclose(gaps[known & ~panel.treated], 0, atol=1e-9)
    assert known[panel.ever][:, : panel.start + 1].all()
    assert not known[~panel.ever].any()


def test_cells_count_where_everything_is_known():
    panel = additive([4, 0, 9, 9, 9, 9, 9, 9])
    panel.outcomes[3, 3] = np.nan
    panel.covariates["workers"][4, 4] = np.nan
    exposure = np.full((AREAS, PERIODS), 2.0)
    exposure[5, 5] = 0
    weighted = Panel(panel.units, panel.times, panel.outcomes, panel.first, panel.covariates, exposure)
    made = design(weighted, ("workers",), exposure=True)
    assert made.always == ("b",)
    assert (made.weights == 0).sum() == PERIODS + 3
    assert set(np.unique(made.weights)) == {0.0, 1.0}
    assert np.isfinite(made.outcomes).all()
    assert np.isfinite(made.columns).all()


def test_negative_weights_are_those_of_the_regression():
    panel = additive([1, 1, 5, 5, 9, 9, 9, 9])
    made = design(panel, ())
    fit = panelfits.linear(made.outcomes, made.columns, weights=made.weights)
    treated = panel.treated.astype(float)
    left = treated - treated.mean(axis=0) - treated.mean(axis=1, keepdims=True) + treated.mean()
    laid = left[panel.treated] / left[panel.treated].sum()
    assert negative_share(fit, made) == pytest.approx(-laid[laid < 0].sum(), abs=1e-12)
    effects = np.random.default_rng(2).normal(size=panel.outcomes.shape)
    moved = panelfits.linear(made.outcomes + effects * treated, made.columns).slopes[0] - fit.slopes[0]
    assert moved == pytest.approx(laid @ effects[panel.treated])
