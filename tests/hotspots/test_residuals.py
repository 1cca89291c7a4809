"""Residuals: a process passes on what it made, and fails on a season or a place that it does not know."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from abate.hotspots import residuals, selfexciting
from hotspots.squares import even, laid


def test_a_process_fits_what_has_no_season():
    past = even(3_000, 1, days=400)
    found = residuals.examine(selfexciting.fit(past), past)
    assert found.p > 0.01
    assert found.places["observed"].sum() == 3_000
    assert found.places["expected"].sum() == pytest.approx(3_000, rel=0.02)
    assert 0.5 < found.spread < 1.5
    assert "fits the days" in str(found)


def test_a_season_shows_in_the_days():
    generator = np.random.default_rng(2)
    day = np.floor(800 * generator.beta(3, 3, 6_000)).astype(np.int64)
    past = laid(*generator.uniform(0, 3000, (2, 6_000)), day, days=800)
    fitted = selfexciting.fit(past)
    lazy = replace(fitted, rates=replace(fitted.rates, background=6_000 / 800, near=0.0, same=0.0))
    found = residuals.examine(lazy, past)
    assert found.p < 1e-6
    assert "does not fit the days" in str(found)


def test_a_place_that_the_map_does_not_know_shows_in_the_places():
    past = even(3_000, 3, days=400)
    fitted = selfexciting.fit(past)
    blind = replace(fitted, background=replace(fitted.background, share=np.full(400, 1 / 400)))
    crowd = replace(past, place=np.where(past.day < 40, 210, past.place))
    assert residuals.examine(blind, crowd).spread > 5
    worst = residuals.examine(blind, crowd).places["residual"].argmax()
    assert worst == 210


def test_the_random_part_comes_from_the_seed():
    past = even(400, 4)
    fitted = selfexciting.fit(past)
    first, again, other = (residuals.examine(fitted, past, seed=seed) for seed in (1, 1, 2))
    assert first.chances.tobytes() == again.chances.tobytes() != other.chances.tobytes()
