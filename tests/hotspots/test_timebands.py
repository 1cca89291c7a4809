"""Hours of the week: aoristic weights against a slow count, planted nights found, even weeks left alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.hotspots import timebands


def slowly(start: float, hours: float) -> np.ndarray:
    """Lay one incident out second by second."""
    seconds = max(round(hours * 3600), 1)
    at = (np.floor(start * 3600 + np.arange(seconds) + 0.5) / 3600).astype(int) % 168
    return np.bincount(at, minlength=168) / seconds


@settings(max_examples=40)
@given(start=st.integers(0, 168 * 60 - 1), minutes=st.integers(0, 3 * 24 * 60))
def test_an_incident_counts_in_each_hour_with_its_part_of_the_span(start: int, minutes: int) -> None:
    laid = timebands.spread(np.array([start / 60]), np.array([minutes / 60]), np.array([0]), np.array([1.0]), groups=1)
    assert np.allclose(laid[0], slowly(start / 60, minutes / 60), atol=2e-4)
    assert laid.sum() == pytest.approx(1)


def test_rows_and_weights_are_kept_apart() -> None:
    laid = timebands.spread(
        np.array([1.0, 1.0, 167.5]), np.zeros(3), np.array([0, 1, 1]), np.array([2.0, 3.0, 4.0]), groups=3
    )
    assert laid[0, 1] == pytest.approx(2)
    assert laid[1, 1] == pytest.approx(3)
    assert laid[1, 167] == pytest.approx(4)
    assert laid[2].sum() == 0


def night(rng: np.random.Generator, count: int) -> np.ndarray:
    """Most incidents on Friday and Saturday nights from 21 to 2, the rest at any hour."""
    week = rng.multinomial(count // 4, np.full(168, 1 / 168)).astype(float)
    hours = np.array([(day * 24 + hour) % 168 for day in (4, 5) for hour in range(21, 26)])
    week[hours] += rng.multinomial(count - count // 4, np.full(10, 0.1))
    return week


def test_planted_nights_are_found() -> None:
    rng = np.random.default_rng(1)
    found = timebands.find(night(rng, 400)[None, :], np.full(168, 10.0), ["a"])
    first = found.iloc[0]
    assert first["days"] == "Fri, Sat"
    assert first["from_hour"] in (20, 21)
    assert first["to_hour"] in (2, 3)
    assert first["share"] > 0.6
    assert first["times_even"] > 5


def test_a_few_incidents_in_an_even_town_make_no_band() -> None:
    rng = np.random.default_rng(2)
    alone = []
    for _ in range(40):
        week = rng.multinomial(3, np.full(168, 1 / 168)).astype(float)
        found = timebands.find(week[None, :], np.full(168, 100.0), ["a"])
        alone.append(float(found["share"].max()) if len(found) else 0.0)
    assert max(alone) < 0.35


def test_an_even_week_has_no_band() -> None:
    assert not len(timebands.find(np.full((1, 168), 5.0), np.full(168, 5.0), ["a"]))
    assert timebands.words(timebands.find(np.full((1, 168), 5.0), np.full(168, 5.0), ["a"])) == "no hours stand out"


def test_bands_of_a_site_share_no_hour_and_at_most_three_are_told() -> None:
    rng = np.random.default_rng(3)
    week = rng.gamma(0.3, 10, 168)
    found = timebands.find(week[None, :], np.ones(168), ["a"])
    assert 1 <= len(found) <= 3
    assert found["share"].sum() <= 1 + 1e-9
    assert found["hours_a_week"].sum() <= 168


def test_a_site_without_hours_borrows_those_of_all() -> None:
    everywhere = np.zeros(168)
    everywhere[100:104] = 50
    shares = timebands.drawn_in(np.zeros((1, 168)), everywhere)
    assert shares[0, 100:104].sum() == pytest.approx(1)
