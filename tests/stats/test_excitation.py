"""Fitting a self-exciting process: the formula summed one by one, known rates found again, honest errors."""

from __future__ import annotations

from dataclasses import astuple, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from abate.stats.excitation import Rates, Record, fit, likelihood
from stats.processes import LAG, RATES, REACH, record, simulated

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


def one_by_one(seen: Record, rates: Rates) -> float:
    """The log likelihood from its formula, pair by pair."""
    whole = 1 - np.exp(-rates.decay * LAG)
    speed = np.expm1(rates.decay * seen.step) / seen.step if seen.step else rates.decay
    height = -rates.background * seen.span
    for j in range(len(seen.density)):
        rate = rates.background * seen.density[j]
        for pair in range(seen.first[j], seen.first[j + 1]):
            soon = speed * np.exp(-rates.decay * seen.elapsed[pair]) / whole
            if seen.squared[pair] == 0:
                rate += rates.same * soon / seen.footprint[j]
            else:
                close = np.exp(-seen.squared[pair] / (2 * rates.spread**2)) / (2 * np.pi * rates.spread**2)
                rate += rates.near * soon * close / (1 - np.exp(-(REACH**2) / (2 * rates.spread**2)))
        followed = (1 - np.exp(-rates.decay * min(seen.left[j], LAG))) / whole
        inside = seen.inside[j] + np.asarray(seen.inside_change)[j] * np.log(rates.spread / seen.inside_at)
        height += np.log(rate) - (rates.near * np.clip(inside, 0.001, 1) + rates.same) * followed
    return height


def away(found: Rates, true: Rates) -> NDArray[np.float64]:
    return np.abs(np.array(astuple(found)) / np.array(astuple(true)) - 1)


@pytest.mark.parametrize("step", [0.0, 1.0])
def test_the_likelihood_and_its_slopes_are_those_of_the_formula(step: float):
    seen = record(simulated(400, 3, step=step)[0], step=step)
    rates = Rates(0.3, 0.2, 0.15, 0.4, 80.0)
    height, slopes = likelihood(seen, rates)
    assert height == pytest.approx(one_by_one(seen, rates), rel=1e-12)
    for which in range(5):
        sides = []
        for sign in (1, -1):
            moved = np.array(astuple(rates))
            moved[which] *= np.exp(sign * 1e-5)
            sides.append(likelihood(seen, Rates(*moved.tolist()))[0])
        assert slopes[which] == pytest.approx((sides[0] - sides[1]) / 2e-5, rel=1e-4, abs=1e-4)


def test_whole_days_with_all_their_pairs_add_up_to_one():
    waits = np.arange(1, int(LAG) + 1)
    share = np.expm1(0.3) * np.exp(-0.3 * waits) / (1 - np.exp(-0.3 * LAG))
    assert share.sum() == pytest.approx(1.0)


@pytest.mark.slow
@pytest.mark.parametrize("step", [0.0, 1.0])
def test_rates_come_back_within_five_per_cent_from_20000_events_both_ways(step: float):
    grown, true = simulated(20_000, 1, step=step)
    seen = record(grown, step=step)
    direct, shared = fit(seen), fit(seen, method="em", errors=False)
    assert (away(direct.rates, true) < 0.05).all()
    assert (away(shared.rates, true) < 0.05).all()
    assert (away(shared.rates, direct.rates) < 0.002).all()
    assert direct.log_likelihood >= shared.log_likelihood - 1e-6
    assert direct.background.sum() == pytest.approx((grown.generation == 0).sum(), rel=0.03)


def test_an_even_scatter_is_not_made_out_to_be_followed():
    grown, _ = simulated(2_000, 5, rates=replace(RATES, near=0.0, same=0.0))
    found = fit(record(grown)).rates
    assert found.near < 0.03
    assert found.same == 0.0
    assert found.background == pytest.approx(len(grown.x) / 1000, rel=0.03)


def test_two_runs_agree_to_the_last_byte():
    seen = record(simulated(2_000, 2)[0])
    assert astuple(fit(seen).rates) == astuple(fit(seen).rates)


@pytest.mark.long
def test_rates_and_their_errors_over_many_seeds(proof: Callable[[str, str, str], None]):
    medians = {}
    for method in ("direct", "em"):
        runs = []
        for seed in range(9):
            grown, true = simulated(20_000, 100 + seed, step=1.0)
            runs.append(away(fit(record(grown, step=1.0), method=method, errors=False).rates, true))
        medians[method] = float(np.median(runs, axis=0).max())
        proof(f"rates of 20,000 simulated events, {method}", f"worst median miss {medians[method]:.1%}", "at most 5%")
    held = np.zeros(5)
    for seed in range(200):
        grown, true = simulated(3_000, 500 + seed, step=1.0)
        found = fit(record(grown, step=1.0))
        wide = 1.96 * np.array(astuple(found.errors)) / np.array(astuple(found.rates))
        held += np.abs(np.log(np.array(astuple(found.rates)) / np.array(astuple(true)))) <= wide
    share = held / 200
    proof("95% intervals of the five rates, 200 runs", f"hold {share.min():.1%} to {share.max():.1%}", "90% to 99%")
    assert max(medians.values()) < 0.05
    assert 0.90 <= share.min() <= share.max() <= 0.99
