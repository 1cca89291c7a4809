"""What each site saw: powers as written, rates with their interval, counts of incidents by site."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import stats

from abate.patrols import sitetotals


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("dispersal", {"dispersal": 1}),
        ("Dispersal x3;warning ; ;dispersal", {"dispersal": 4, "warning": 1}),
        ("section 35 dispersal|fixed penalty X2", {"section 35 dispersal": 1, "fixed penalty": 2}),
        ("x2", {"x2": 1}),
    ],
)
def test_powers_as_written(text: str, found: dict[str, int]):
    assert sitetotals.used(text) == found


def test_published_rates():
    """Nottinghamshire May 2025: 14 searches in 1,196 hours; Hertfordshire: 680 in 26,000."""
    assert sitetotals.rate(14, 1196).value == pytest.approx(1.1706, abs=1e-4)
    assert sitetotals.rate(680, 26000).value == pytest.approx(2.6154, abs=1e-4)
    none = sitetotals.rate(0, 100)
    assert (none.value, none.low) == (0, 0)
    assert none.high == pytest.approx(3.6889, abs=1e-4)


@given(some.integers(1, 400), some.floats(1, 5000))
def test_the_interval_is_where_the_poisson_tails_are_a_fortieth(count: int, hours: float):
    told = sitetotals.rate(count, hours)
    means = np.array([told.low, told.high]) * hours / 100
    assert stats.poisson.sf(count - 1, means[0]) == pytest.approx(0.025, abs=1e-6)
    assert stats.poisson.cdf(count, means[1]) == pytest.approx(0.025, abs=1e-6)


def test_groups_are_areas_where_any_site_has_one():
    sites = pd.DataFrame(
        {"area": ["north", "", "north"], "hours": [0.1, 0.0, 0.2], "searches": [1, 2, 3], "site_id": ["A", "B", "C"]}
    )
    found = sitetotals.by_group(sites, searched=True)
    assert found["group"].tolist() == ["no area given", "north"]
    assert found["hours"].tolist() == [0.0, 0.3]
    assert found["searches"].tolist() == [2, 4]
    assert found["rate"].isna().tolist() == [True, False]
    whole = sitetotals.by_group(sites.assign(area=""), searched=False)
    assert whole["group"].tolist() == ["all sites"]
    assert whole["searches"].isna().all()


@given(some.integers(0, 10**7))
def test_halves_go_up(hundredths: int):
    assert sitetotals.half_up(hundredths / 100, 0.1) == (hundredths + 5) // 10 / 10
