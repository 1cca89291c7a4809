"""Power: against a plain simulation, against the textbook, and with no effect at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.stats import rerandomised
from abate.trials import designs, power
from abate.trials.backgrounds import Background, Variation
from abate.trials.designs import Design
from abate.trials.power import Asked

STARTS = date(2026, 1, 5)
NONE = Variation(0.0, 0.0, 0.0)
SHARES = Variation(0.2, 0.3, 0.8)
COMMON = Variation(0.05, 0.1, 0.9)


def places(count: int) -> pd.DataFrame:
    return pd.DataFrame({"site_id": [f"S{number:02d}" for number in range(count)]})


def background(count=20, rate=0.5, place=NONE, day=NONE, harms=None) -> Background:
    sites = tuple(places(count)["site_id"])
    return Background(sites, np.full(count, rate), np.ones(7), place, day, harms, 365, 1000, 1.0)


def share(tried, effect, outcome="incidents", carry_over=0.0):
    return tried.tallies[outcome, effect, carry_over].share


def plain(count, rate, days, treat, effect, trials, seed):
    """One trial after the other, each drawn, filled and tested by itself."""
    design, found = Design(STARTS, days, treat=treat), 0
    stream = np.random.default_rng(seed)
    for trial in range(trials):
        drawn = designs.draw(design, places(count), seed=1000 + trial, draws=200)
        real = drawn[0].T
        counts = stream.poisson(rate * np.where(real, effect, 1.0)).astype(float)
        expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True) / counts.sum()
        redraws = rerandomised.prepare(real, drawn[1:])
        statistics = rerandomised.studentise(rerandomised.project(redraws, counts - expected))
        found += rerandomised.share_as_far(statistics) <= 0.05 and statistics[0] < 0
    return found / trials


@pytest.mark.slow
def test_it_is_what_trials_one_after_the_other_give():
    tried = power.run(background(8, 0.6), Design(STARTS, 40, treat=3), places(8), Asked((0.6,), ("incidents",)))
    slow = plain(8, 0.6, 40, 3, 0.6, trials=500, seed=1)
    spread = (slow * (1 - slow) * (1 / 500 + 1 / 2_000)) ** 0.5
    assert share(tried, 0.6)[0] == pytest.approx(slow, abs=3 * spread)


@pytest.mark.slow
def test_counts_without_further_variation_have_the_power_of_the_textbook():
    asked = Asked((0.7, 0.8), ("incidents",), simulations=2_000)
    tried = power.run(background(20, 0.5), Design(STARTS, 90, treat=8), places(20), asked)
    for effect in (0.7, 0.8):
        error = (1 / (720 * 0.5 * effect) + 1 / (1080 * 0.5)) ** 0.5
        expected = NormalDist().cdf(-np.log(effect) / error - 1.96)
        assert share(tried, effect)[0] == pytest.approx(expected, abs=0.05)
        assert tried.tallies["incidents", effect, 0.0].seen == pytest.approx(effect, rel=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(
    "design",
    [
        Design(STARTS, 90, treat=8),
        Design(STARTS, 60, treat=8, longest_run=3, rest=1),
        Design(STARTS, 60, kind="parallel", treat=10),
        Design(STARTS, 60, kind="pairs"),
        Design(STARTS, 60, kind="stepped", steps=6),
        Design(STARTS, 56, treat=7, block=("weekday",)),
    ],
    ids=["daily", "runs", "parallel", "pairs", "stepped", "weekday"],
)
def test_without_an_effect_one_in_twenty_is_a_false_alarm(design):
    harms = np.random.default_rng(1).lognormal(3, 1.5, 500)
    world = background(20, 0.5, SHARES, COMMON, harms)
    sites = designs.match_pairs(places(20), world.rates)[0]
    asked = Asked((0.7,), ("incidents", "any", "harm"), simulations=2_000)
    tried = power.run(world, design, sites, asked)
    for outcome in asked.outcomes:
        assert share(tried, 1.0, outcome)[0] == pytest.approx(0.05, abs=0.018), outcome


@pytest.mark.long
@pytest.mark.parametrize(("count", "treat"), [(20, 8), (21, 7)], ids=["Southend", "Bedfordshire"])
def test_the_size_of_trials_shaped_like_the_published_ones(count, treat, proof):
    harms = np.random.default_rng(1).lognormal(3, 1.5, 500)
    asked = Asked((0.56,), ("incidents", "any", "harm"), simulations=10_000)
    world = background(count, 0.3, SHARES, COMMON, harms)
    tried = power.run(world, Design(STARTS, 90, treat=treat), places(count), asked)
    sizes = {outcome: share(tried, 1.0, outcome)[0] for outcome in asked.outcomes}
    said = ", ".join(f"{outcome} {value:.2%}" for outcome, value in sizes.items())
    proof(f"false alarms of {treat} of {count} places a day, 10,000 simulated trials", said, "4% to 6%")
    assert all(0.04 <= value <= 0.06 for value in sizes.values()), said


def test_power_rises_with_effect_days_and_compliance():
    asked = Asked((0.6, 0.8), ("incidents",), simulations=300)
    found = {
        days: power.run(background(12, 0.5), Design(STARTS, days, treat=5), places(12), asked) for days in (30, 120)
    }
    for tried in found.values():
        assert share(tried, 0.6)[0] > share(tried, 0.8)[0] > share(tried, 1.0)[0]
    assert share(found[120], 0.8)[0] > share(found[30], 0.8)[0]
    half = power.run(background(12, 0.5), Design(STARTS, 120, treat=5, compliance=0.5), places(12), asked)
    assert share(half, 0.8)[0] < share(found[120], 0.8)[0]
    assert half.tallies["incidents", 0.6, 0.0].seen == pytest.approx(0.8, abs=0.03)


def test_carry_over_hides_part_of_the_effect_and_says_how_much():
    asked = Asked((0.5,), ("incidents",), simulations=400)
    design = Design(STARTS, 60, treat=8, carry_over=(0.0, 0.5, 1.0))
    tried = power.run(background(20, 0.6), design, places(20), asked)
    seen = [tried.tallies["incidents", 0.5, share].seen for share in design.carry_over]
    assert seen[0] == pytest.approx(0.5, abs=0.02)
    assert seen[0] < seen[1] < seen[2]
    assert tried.lingering[0.0] == 0
    assert 0.2 < tried.lingering[0.5] < 0.4
    assert tried.lingering[1.0] > 0.9
    assert share(tried, 1.0)[0] == share(tried, 1.0, carry_over=0.5)[0]


def test_common_days_cost_little_and_lasting_places_cost_parallel_arms_much():
    asked = Asked((0.6,), ("incidents",), simulations=400)
    calm, rough = background(20, 0.5), background(20, 0.5, day=Variation(0.1, 0.3, 0.9))
    daily = Design(STARTS, 60, treat=8)
    kept = share(power.run(rough, daily, places(20), asked), 0.6)[0]
    assert kept == pytest.approx(share(power.run(calm, daily, places(20), asked), 0.6)[0], abs=0.06)
    uneven = replace(calm, rates=np.linspace(0.1, 0.9, 20))
    whole = Design(STARTS, 60, kind="parallel", treat=8)
    assert share(power.run(uneven, whole, places(20), asked), 0.6)[0] < 0.6 * kept


def test_the_same_seed_gives_the_same_table():
    asked = Asked((0.7,), ("incidents", "any"), simulations=120, seed=3)
    first = power.run(background(6), Design(STARTS, 30, treat=2), places(6), asked).table()
    again = power.run(background(6), Design(STARTS, 30, treat=2), places(6), asked).table()
    assert first.equals(again)
    other = power.run(background(6), Design(STARTS, 30, treat=2), places(6), replace(asked, seed=4)).table()
    assert not first.equals(other)


def test_all_that_cannot_be_asked_is_told_at_once():
    with pytest.raises(OptionError) as caught:
        Asked((0.0, 20.0), ("incidents", "crime"), level=1.0, simulations=5)  # type: ignore[arg-type]
    assert len(caught.value.faults) == 5
    with pytest.raises(OptionError, match="no column `harm`"):
        power.run(background(6), Design(STARTS, 30, treat=2), places(6), Asked((0.7,), ("harm",)))
