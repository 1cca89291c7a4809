from __future__ import annotations

from itertools import combinations

import joblib
import numpy as np
import pytest

from abate.impact import ladders, reweighings
from abate.stats import weightedmeans
from impact.blockworlds import blocks


def task(seed: int = 1, places: int = 600) -> tuple[reweighings.Task, np.ndarray]:
    made = blocks(seed, places=places, treated=max(places // 30, 2))
    ladder = ladders.build(made.times, range(8), made.outcomes, made.covariates, places=places)
    values = np.stack(list(made.outcomes.values()))
    return reweighings.Task(ladder, values, (range(8, 10), range(8, 12)), 0), made.treated


def test_random_groups_do_not_depend_on_how_the_work_is_cut() -> None:
    made, treated = task()
    whole = reweighings.permute(made, treated, groups=12, seed=4, parcels=1)
    cut = reweighings.permute(made, treated, groups=12, seed=4, parcels=5)
    assert np.array_equal(whole.found, cut.found, equal_nan=True)
    assert whole.at(1).scores.shape == (12, 2)
    assert not np.array_equal(whole.found, reweighings.permute(made, treated, groups=12, seed=5).found)


@pytest.mark.slow
def test_processes_of_their_own_give_the_same_answer() -> None:
    made, treated = task()
    here = reweighings.permute(made, treated, groups=6, seed=4, parcels=2)
    with joblib.parallel_config(backend="loky", n_jobs=2):
        there = reweighings.permute(made, treated, groups=6, seed=4, parcels=2)
    assert np.array_equal(here.found, there.found, equal_nan=True)


def test_few_ways_are_all_taken_but_the_real_one() -> None:
    made, treated = task(places=8)
    found = reweighings.permute(made, treated, groups=100, seed=1)
    assert len(found.rungs) == len(list(combinations(range(8), 2))) - 1


def test_no_groups_are_no_groups() -> None:
    made, treated = task()
    assert reweighings.permute(made, treated, groups=0, seed=1).at(0).scores.shape == (0, 2)
    assert reweighings.leave_out(made, treated, groups=0, seed=1) is None


def test_each_group_left_out_is_weighed_anew() -> None:
    made, treated = task()
    left = reweighings.leave_out(made, treated, groups=10, seed=3)
    assert left is not None
    dealt = reweighings.deal(treated, groups=10, seed=3)
    assert np.bincount(dealt[treated]).tolist() == [2] * 10
    used = dealt != 4
    weights = ladders.weigh(made.ladder, treated, used).weights
    assert left.own[4, 1, 0] == pytest.approx(made.values[0, treated & used, 8:].mean())
    other = weights * ~treated
    assert left.other[4, 1, 0] == pytest.approx((other @ made.values[0, :, 8:]).sum() / other.sum() / 4)


def test_the_spread_is_that_of_a_grouped_jackknife() -> None:
    made, treated = task()
    left = reweighings.leave_out(made, treated, groups=10, seed=3)
    assert left is not None
    weights = ladders.weigh(made.ladder, treated, np.ones(600, dtype=bool)).weights
    whole = weightedmeans.compare(made.values[:, :, 8:], weights, treated)
    found = reweighings.spread(left, 1, whole)
    apart = left.own[:, 1] - left.other[:, 1]
    assert found.covariance[0, 0] == pytest.approx(0.9 * ((apart[:, 0] - whole.difference[0]) ** 2).sum())
    assert found.scores[0] == pytest.approx(whole.difference[0] / found.covariance[0, 0] ** 0.5)
    assert (found.log_errors > 0).all()
