from __future__ import annotations

import numpy as np
import pytest

from abate.stats import comparisons


def _sample(seed: int, members: int = 30, covariates: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    held = rng.normal(size=(members, covariates))
    group = held[:, 0] + rng.normal(size=members) > 0
    return rng.normal(size=(members, 3)) + held @ rng.normal(size=(covariates, 3)) - 0.5 * group[:, None], group, held


@pytest.mark.parametrize("seed", range(5))
def test_the_difference_and_its_error_are_those_of_plain_matrices(seed: int) -> None:
    outcomes, group, held = _sample(seed)
    found = comparisons.compare(outcomes, group, held)
    design = np.column_stack([group.astype(float), np.ones(len(group)), held])
    inverse = np.linalg.inv(design.T @ design)
    slopes = inverse @ design.T @ outcomes
    left = outcomes - design @ slopes
    leverage = np.diag(design @ inverse @ design.T)
    for place in range(3):
        meat = design.T @ np.diag(left[:, place] ** 2 / (1 - leverage)) @ design
        assert found.difference[place] == pytest.approx(slopes[0, place])
        assert (found.pulls[:, place] ** 2).sum() == pytest.approx((inverse @ meat @ inverse)[0, 0])
    assert found.weights @ outcomes == pytest.approx(found.difference)
    assert found.weights[group].sum() == pytest.approx(1.0)
    assert found.weights[~group].sum() == pytest.approx(-1.0)
    assert found.slopes == pytest.approx(slopes[2:])


def test_without_covariates_the_error_and_freedom_are_those_of_two_samples() -> None:
    outcomes, group, _ = _sample(7, members=20)
    found = comparisons.compare(outcomes, group, np.empty((20, 0)))
    many, few = int(group.sum()), int((~group).sum())
    own, others = outcomes[group, 0], outcomes[~group, 0]
    assert found.difference[0] == pytest.approx(own.mean() - others.mean())
    assert (found.pulls[:, 0] ** 2).sum() == pytest.approx(own.var(ddof=1) / many + others.var(ddof=1) / few)
    closed = (many + few) ** 2 * (many - 1) * (few - 1) / (many**2 * (many - 1) + few**2 * (few - 1))
    assert found.freedom == pytest.approx(closed)
    assert found.overlap == pytest.approx(1.0)


def test_a_covariate_that_others_explain_changes_nothing() -> None:
    outcomes, group, held = _sample(3)
    doubled = np.column_stack([held, 2 * held[:, 0] + 1, np.full(len(held), 4.0)])
    once, twice = comparisons.compare(outcomes, group, held), comparisons.compare(outcomes, group, doubled)
    assert twice.difference == pytest.approx(once.difference)
    assert twice.freedom == pytest.approx(once.freedom)
    assert twice.slopes[2:].tolist() == [[0.0] * 3] * 2


def test_overlap_is_what_the_covariates_leave_of_the_group() -> None:
    outcomes, group, held = _sample(4)
    design = np.column_stack([np.ones(len(group)), held])
    left = group - design @ np.linalg.lstsq(design, group.astype(float), rcond=None)[0]
    found = comparisons.compare(outcomes, group, held)
    assert found.overlap == pytest.approx((left**2).sum() / ((group - group.mean()) ** 2).sum())


def test_a_group_told_by_its_covariates_cannot_be_compared() -> None:
    outcomes, group, _ = _sample(5)
    with pytest.raises(ZeroDivisionError, match="altogether"):
        comparisons.compare(outcomes, group, group[:, None].astype(float))


@pytest.mark.slow
def test_intervals_cover_with_six_members_that_scatter_more() -> None:
    from scipy.stats import t

    covered = 0
    for seed in range(2_000):
        rng = np.random.default_rng(seed)
        group = np.arange(30) < 6
        held = rng.normal(size=(30, 1))
        outcomes = (held + rng.normal(size=(30, 1)) * np.where(group, 1.5, 1.0)[:, None]).astype(float)
        found = comparisons.compare(outcomes, group, held)
        reach = t.ppf(0.975, found.freedom) * np.sqrt((found.pulls**2).sum())
        covered += bool(abs(found.difference[0]) <= reach)
    assert 0.935 < covered / 2_000 < 0.975
