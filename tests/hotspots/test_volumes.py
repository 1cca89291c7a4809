"""What the whole area should expect: level and time of year come back, and nothing is seen where nothing is."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from abate.hotspots.histories import History, Window, history
from abate.hotspots.volumes import foresee
from hotspots.planted import months_of, occurrences, squares


def yearly(rates: list[float], *, years: int = 4, seed: int = 1, fall: float = 1.0, noise: bool = True) -> History:
    """Years of months with a rate a day for each calendar month, multiplied by `fall` from year to year."""
    span = Window(date(2018, 1, 1), date(2018 + years - 1, 12, 31))
    starts, places = months_of(span), squares(1, 2)
    mean = np.array(
        [rates[start.month - 1] * fall ** (start.year - 2018) * pd.Timestamp(start).days_in_month for start in starts]
    )
    counts = np.random.default_rng(seed).poisson(mean) if noise else np.rint(mean).astype(np.int64)
    laid = np.vstack([counts, np.zeros_like(counts)]).astype(np.int64)
    return history(occurrences(laid, starts, places), places, span=span, unit="month")


def test_a_steady_record_goes_on_day_for_day():
    past = yearly([10.0] * 12, noise=False)
    assert foresee(past, Window(date(2022, 1, 1), date(2022, 1, 31))) == pytest.approx(310, rel=1e-6)
    assert foresee(past, Window(date(2022, 2, 1), date(2022, 2, 28))) == pytest.approx(280, rel=1e-6)


def test_a_season_comes_back():
    summer = [6.0, 6, 8, 10, 12, 14, 14, 14, 12, 10, 8, 6]
    past = yearly(summer, years=5)
    assert foresee(past, Window(date(2023, 7, 1), date(2023, 7, 31))) / (14 * 31) == pytest.approx(1, abs=0.12)
    assert foresee(past, Window(date(2023, 1, 1), date(2023, 1, 31))) / (6 * 31) == pytest.approx(1, abs=0.2)


def test_a_falling_record_is_followed_and_a_flat_one_is_not_bent():
    falling = yearly([40.0] * 12, years=4, fall=0.6)
    told = foresee(falling, Window(date(2022, 1, 1), date(2022, 1, 31)))
    assert told < 1.35 * 40 * 0.6**3 * 31
    flat = [foresee(yearly([40.0] * 12, seed=seed), Window(date(2022, 1, 1), date(2022, 1, 31))) for seed in range(20)]
    assert np.abs(np.array(flat) / (40 * 31) - 1).mean() < 0.02


def test_days_and_months_of_one_record_agree():
    span = Window(date(2021, 1, 1), date(2022, 12, 31))
    places, rng = squares(1, 1), np.random.default_rng(1)
    counts = rng.poisson(5.0, (1, span.days))
    days = [day.date() for day in pd.date_range(span.first, span.last)]
    daily = history(occurrences(counts, days, places), places, span=span, unit="day")
    months = occurrences(counts, [day.replace(day=1) for day in days], places)
    monthly = history(months, places, span=span, unit="month")
    soon = Window(date(2023, 1, 1), date(2023, 1, 14))
    assert foresee(daily, soon) == pytest.approx(foresee(monthly, soon))


def test_an_empty_record_expects_nothing_and_a_short_one_its_mean():
    places = squares(1, 1)
    span = Window(date(2022, 1, 1), date(2022, 3, 31))
    none = history(
        occurrences(np.zeros((1, 3), dtype=np.int64), months_of(span), places), places, span=span, unit="month"
    )
    soon = Window(date(2022, 4, 1), date(2022, 4, 30))
    assert foresee(none, soon) == 0
    some = history(occurrences(np.array([[9, 0, 9]]), months_of(span), places), places, span=span, unit="month")
    assert foresee(some, soon) == pytest.approx(18 / 90 * 30)
