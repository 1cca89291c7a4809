"""The smallest effect and the days it takes, from curves that are known and from trials that are run."""

from __future__ import annotations

from datetime import date
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from abate.trials import power, searches
from abate.trials.backgrounds import Background, Variation
from abate.trials.designs import Design
from abate.trials.power import Asked, Tally, Tried

DESIGN = Design(date(2026, 1, 5), 90, treat=8)
NONE = Variation(0.0, 0.0, 0.0)
SITES = pd.DataFrame({"site_id": [f"S{number:02d}" for number in range(20)]})
WORLD = Background(tuple(SITES["site_id"]), np.full(20, 0.5), np.ones(7), NONE, NONE, None, 365, 3650, 1.0)


def tried(**powers: float) -> Tried:
    """Made-up tallies of 1,000 trials: e70=0.8 is a power of 0.8 for the effect 0.7."""
    tallies = {
        ("incidents", int(name[1:]) / 100, 0.0): Tally(1000, round(share * 1000), 1.0, 1.0, 1, 1)
        for name, share in powers.items()
    }
    return Tried(DESIGN, tallies, {0.0: 0.0})


def test_the_smallest_effect_lies_between_the_points_that_enclose_it():
    found = searches.smallest(tried(e100=0.05, e90=0.2, e80=0.7, e70=0.9), "incidents", 0.0)
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert 0.7 < found.low < found.value < found.high < 0.8
    assert searches.smallest(tried(e100=0.05, e90=0.2, e80=0.8), "incidents", 0.0).value == pytest.approx(0.8)


def test_what_is_out_of_reach_has_no_value():
    found = searches.smallest(tried(e100=0.05, e50=0.5), "incidents", 0.0)
    assert (found.value, found.plain()) == (None, None)


def test_further_effects_are_tried_where_the_curve_does_not_cross():
    asked = Asked((0.6, 0.8), ("incidents",))
    assert searches.widened(tried(e100=0.05, e80=0.3, e60=0.9), asked) == ()
    assert searches.widened(tried(e100=0.05, e80=0.3, e60=0.7), asked) == (0.1, 0.2, 0.35, 0.5)
    assert searches.widened(tried(e100=0.05, e80=0.9, e60=1.0), asked) == (0.9, 0.95, 0.98)
    assert searches.widened(tried(e100=0.05, e120=0.9), Asked((1.2,), ("incidents",))) == ()


@pytest.mark.slow
def test_days_are_those_of_the_textbook():
    asked = Asked((0.8,), ("incidents",), simulations=1_600)
    first = power.run(WORLD, DESIGN, SITES, asked).tallies["incidents", 0.8, 0.0]
    found = searches.days_needed(WORLD, DESIGN, SITES, asked, effect=0.8, first=first)
    signal = NormalDist().inv_cdf(0.8) + NormalDist().inv_cdf(0.975)
    expected = signal**2 / np.log(0.8) ** 2 * (1 / (8 * 0.5 * 0.8) + 1 / (12 * 0.5))
    assert found.days is not None
    assert found.low_days is not None
    assert found.high_days is not None
    assert found.days == pytest.approx(expected, rel=0.15)
    assert found.low_days <= found.days <= found.high_days
    assert found.low <= 0.8 <= found.high


@pytest.mark.slow
def test_three_years_are_not_enough_for_everything():
    asked = Asked((0.995,), ("incidents",), simulations=400)
    first = power.run(WORLD, DESIGN, SITES, asked).tallies["incidents", 0.995, 0.0]
    found = searches.days_needed(WORLD, DESIGN, SITES, asked, effect=0.995, first=first)
    assert found.days is None
    assert found.high < 0.8
