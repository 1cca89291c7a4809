"""Factors carried over to treated areas: cross-validation by leaving out cells one by one, and implied weights."""

from __future__ import annotations

import pytest
from numpy.testing import assert_allclose

from abate.impact import factorfits
from abate.impact.factorfits import FORCES
from impact.forces import forced


@pytest.mark.parametrize("force", list(FORCES))
def test_left_out_errors_are_those_of_fits_without_the_cell(force: str):
    panel = forced(4, first=(12, 15), slope=1.0)
    given = factorfits.sides(panel, ("x",), FORCES[force])
    found = factorfits.synthesise(given, 1)
    for area, at in ((0, 3), (1, 14)):
        before = given.before.copy()
        before[0, area, at] = False
        without = factorfits.synthesise(factorfits.Sides(given.controls, given.outcomes, given.columns, before), 1)
        error = panel.outcomes[area, at] - without.expected[0, area, at]
        assert found.carried.left_out[0, area, at] == pytest.approx(error, abs=1e-6)


def test_the_planted_number_of_factors_is_chosen():
    chosen = []
    for seed in range(12):
        given = factorfits.sides(forced(seed, areas=40, factors=2, noise=0.3), (), FORCES["two-way"])
        rank, table = factorfits.validate(given, 4)
        least = min(line["mspe"] for line in table)
        assert table[rank]["mspe"] <= least * 1.001
        chosen.append(rank)
    assert sorted(chosen)[len(chosen) // 2] == 2
    assert min(chosen) >= 1


def test_implied_weights_mix_controls_into_the_treated_areas_common_part():
    panel = forced(5, areas=20, factors=2)
    given = factorfits.sides(panel, (), FORCES["two-way"])
    found = factorfits.synthesise(given, 2)
    weights = factorfits.implied(found, ones=True)
    assert_allclose(weights.sum(axis=1), 1)
    loads = found.carried.loads[0]
    assert_allclose(weights @ found.fit.common[0], loads[:, :2] @ found.basis[0].T, atol=1e-8)
    mixed = weights @ (found.fit.common[0] + found.fit.across[0])
    assert_allclose(mixed + loads[:, 2:], found.expected[0], atol=1e-8)


def test_no_more_factors_are_tried_than_can_be_told():
    given = factorfits.sides(forced(1, first=(4, 14)), (), FORCES["two-way"])
    assert factorfits.most(given, 5) == 2
    assert factorfits.most(factorfits.sides(forced(1, first=(1, 14)), (), FORCES["two-way"]), 5) == 0
    assert factorfits.most(factorfits.sides(forced(1, areas=6), (), FORCES["two-way"]), 5) == 1


def test_shares_are_of_what_effects_leave():
    given = factorfits.sides(forced(3, factors=1, noise=1e-6), (), FORCES["two-way"])
    found = factorfits.synthesise(given, 1)
    assert factorfits.shares(found.fit, 1) == [pytest.approx(1, abs=1e-6)]
    assert factorfits.variance(given, found.fit, 1) < 1e-10
