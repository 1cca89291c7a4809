"""Adjusted p-values keep the chance of one false finding at the level."""

from __future__ import annotations

import numpy as np

from abate.stats import families


def test_holm_by_hand():
    assert families.holm(np.array([0.04, 0.001, 0.5])).round(4).tolist() == [0.08, 0.003, 0.5]


def test_step_down_by_the_book():
    rng = np.random.default_rng(2)
    observed, redrawn = np.array([2.5, -3.5, 0.1]), rng.normal(size=(3, 500))
    order, found, before = [1, 0, 2], {}, 0.0
    for place, test in enumerate(order):
        rest = np.abs(redrawn[order[place:]]).max(axis=0)
        before = max(before, (1 + (rest >= abs(observed[test])).sum()) / 501)
        found[test] = before
    assert families.step_down(observed, redrawn).tolist() == [found[0], found[1], found[2]]


def test_tests_that_say_the_same_cost_nothing():
    one = np.random.default_rng(1).normal(size=999)
    alone = families.step_down(np.array([2.0]), one[None])[0]
    assert families.step_down(np.array([2.0, 2.0]), np.stack([one, one])).tolist() == [alone, alone]


def test_one_false_finding_in_a_family_is_as_seldom_as_said():
    rng = np.random.default_rng(7)
    mix = np.linalg.cholesky(np.full((4, 4), 0.6) + 0.4 * np.eye(4))
    redrawn = mix @ rng.normal(size=(4, 2000))
    found = [families.step_down(mix @ rng.normal(size=4), redrawn).min() <= 0.05 for _ in range(1500)]
    assert 0.035 < np.mean(found) < 0.068
