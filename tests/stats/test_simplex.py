import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.stats import simplex


def interior_point(target: np.ndarray, donors: np.ndarray, *, ridge: float, penalty: float) -> np.ndarray:
    """Solve the same problem by an interior-point solver, as a cone programme in weights and residuals."""
    clarabel = pytest.importorskip("clarabel")
    from scipy import sparse

    points = (donors - target).T
    periods, number = points.shape
    quadratic = sparse.block_diag([2 * ridge * sparse.eye(number), 2 * sparse.eye(periods)], format="csc")
    linear = np.concatenate([penalty * np.sum(points**2, axis=0), np.zeros(periods)])
    rows = sparse.bmat(
        [
            [sparse.csc_matrix(points), -sparse.eye(periods)],
            [np.ones((1, number)), None],
            [-sparse.eye(number), None],
        ],
        format="csc",
    )
    right = np.concatenate([np.zeros(periods), [1.0], np.zeros(number)])
    how = clarabel.DefaultSettings()
    how.verbose = False
    how.tol_gap_abs = how.tol_gap_rel = how.tol_feas = 1e-11
    cones = [clarabel.ZeroConeT(periods + 1), clarabel.NonnegativeConeT(number)]
    found = clarabel.DefaultSolver(sparse.triu(quadratic, format="csc"), linear, rows, right, cones, how).solve()
    weights = np.maximum(np.array(found.x)[:number], 0)
    return weights / weights.sum()


def objective(weights: np.ndarray, target: np.ndarray, donors: np.ndarray, *, ridge: float, penalty: float) -> float:
    left = target - weights @ donors
    apart = np.sum((donors - target) ** 2, axis=1)
    return float(left @ left + ridge * weights @ weights + penalty * weights @ apart)


def panel(seed: int, kind: int, donors: int, periods: int) -> tuple[np.ndarray, np.ndarray]:
    """Make a target and donors: plain, few factors, twins, more donors than periods, a walk far from 0, counts."""
    generator = np.random.default_rng(seed)
    rows = generator.normal(size=(donors + 1, periods))
    if kind == 1:
        rows = generator.normal(size=(donors + 1, 2)) @ generator.normal(size=(2, periods))
    elif kind == 2 and donors > 1:
        rows[1 + donors // 2 :] = rows[1 : 1 + donors - donors // 2]
    elif kind == 3:
        rows = rows[:, : max(1, periods // 8)]
    elif kind == 4:
        rows = 1000 + np.cumsum(rows, axis=1)
    elif kind == 5:
        rows = generator.poisson(np.exp(3 + rows[:, :1]) * np.ones((1, periods))).astype(float)
    return rows[0], rows[1:]


@given(
    st.integers(0, 10**6), st.integers(0, 5), st.integers(1, 60), st.integers(1, 40), st.sampled_from([0.0, 0.0, 0.4])
)
@settings(max_examples=120)
def test_the_conditions_of_the_optimum_hold(seed: int, kind: int, donors: int, periods: int, penalty: float) -> None:
    target, pool = panel(seed, kind, donors, periods)
    found = simplex.fit(target, pool, penalty=penalty)
    apart = np.sum((pool - target) ** 2, axis=1)
    slopes = (pool - target) @ (found.weights @ pool - target) + penalty * apart / 2
    level = float(found.weights @ slopes)
    lengths = np.sqrt(apart)
    slack = 1e-10 * (lengths * (np.linalg.norm(found.weights @ pool - target) + found.weights @ lengths * 1e-3)) + 1e-12
    slack = slack + 1e-12 * penalty * apart + 1e-11 * np.abs(pool).max() ** 2 * len(target) * 1e-3
    assert found.weights.min() >= 0
    assert found.weights.sum() == pytest.approx(1, abs=1e-12)
    assert (slopes >= level - slack).all()
    used = found.weights > 1e-9
    assert np.abs(slopes[used] - level).max() <= slack[used].max() * 10
    assert used.sum() <= len(target) + 1


@pytest.mark.parametrize("kind", range(6))
def test_an_interior_point_solver_finds_nothing_better(kind: int) -> None:
    generator = np.random.default_rng(kind)
    for seed in range(12):
        donors, periods = int(generator.integers(1, 70)), int(generator.integers(1, 40))
        target, pool = panel(seed, kind, donors, periods)
        options = {"ridge": float(generator.choice([0, 0, 0.5])), "penalty": float(generator.choice([0, 0, 0.2]))}
        found = simplex.fit(target, pool, **options)
        other = interior_point(target, pool, **options)
        best = objective(other, target, pool, **options)
        scale = float(np.mean((pool - target) ** 2))
        assert objective(found.weights, target, pool, **options) <= best + 1e-9 * (best + scale)
        if found.unique and kind != 4:
            near = np.abs(found.weights - other).max() < 1e-3
            assert near or best < 1e-6 * scale


def test_a_mix_that_was_planted_is_found_again() -> None:
    generator = np.random.default_rng(4)
    donors = 50 + np.cumsum(generator.normal(size=(30, 80)), axis=1)
    planted = np.zeros(30)
    planted[[3, 7, 19]] = [0.5, 0.3, 0.2]
    found = simplex.fit(planted @ donors, donors)
    assert found.weights == pytest.approx(planted, abs=1e-9)
    assert found.unique
    raised = simplex.fit(planted @ donors + 12, donors, intercept=True)
    assert raised.weights == pytest.approx(planted, abs=1e-9)
    assert raised.level == pytest.approx(12)


def test_many_are_fitted_as_one_by_one() -> None:
    generator = np.random.default_rng(9)
    areas = generator.normal(size=(90, 25)) + generator.normal(size=(1, 25))
    importance = generator.uniform(0, 2, 25)
    for options in ({}, {"intercept": True}, {"penalty": 0.1}, {"ridge": 0.2}, {"importance": importance}):
        found = simplex.fit_many(areas, areas, barred=np.arange(90), **options)
        assert np.diag(found.weights).tolist() == [0.0] * 90
        for one in (0, 40, 89):
            alone = simplex.fit(areas[one], np.delete(areas, one, axis=0), **options)
            assert np.delete(found.weights[one], one) == pytest.approx(alone.weights, abs=1e-9)
            assert found.rss[one] == pytest.approx(alone.rss)
            assert found.levels[one] == pytest.approx(alone.level, abs=1e-12)


def test_the_order_of_donors_does_not_matter_where_nothing_ties() -> None:
    generator = np.random.default_rng(2)
    target, donors = generator.normal(size=12), generator.normal(size=(200, 12))
    order = generator.permutation(200)
    found, turned = simplex.fit(target, donors), simplex.fit(target, donors[order])
    assert turned.weights == pytest.approx(found.weights[order], abs=1e-9)


def test_importance_counts_a_period_as_often() -> None:
    generator = np.random.default_rng(3)
    target, donors = generator.normal(size=6), generator.normal(size=(5, 6))
    twice = np.array([0, 0, 1, 2, 3, 3, 3, 4])
    weighted = simplex.fit(target, donors, importance=np.array([2.0, 1, 1, 3, 1, 0]), intercept=True)
    repeated = simplex.fit(target[twice], donors[:, twice], intercept=True)
    assert weighted.weights == pytest.approx(repeated.weights, abs=1e-10)
    assert weighted.rss == pytest.approx(repeated.rss)
    assert weighted.level == pytest.approx(repeated.level)


def test_weights_that_could_be_others_are_told() -> None:
    square = np.array([[0.0, 0.0], [0.0, 2.0], [2.0, 0.0], [2.0, 2.0]])
    middle = simplex.fit(np.array([1.0, 1.0]), square)
    assert middle.rss == pytest.approx(0, abs=1e-20)
    assert not middle.unique
    assert (middle.weights > 0).sum() <= 3
    assert simplex.fit(np.array([1.0, 1.0]), square, ridge=1e-6).weights == pytest.approx([0.25] * 4)
    assert simplex.fit(np.array([3.0, 3.0]), square).unique
    assert simplex.fit(np.array([1.0, 3.0]), square).weights == pytest.approx([0, 0.5, 0, 0.5])


def test_a_penalty_draws_weight_to_donors_that_are_near() -> None:
    donors = np.array([[-10.0, 0.0], [10.0, 0.0], [0.5, 0.1], [-0.6, 0.1]])
    free = simplex.fit(np.zeros(2), donors[:2])
    held = simplex.fit(np.zeros(2), donors, penalty=0.01)
    assert free.weights == pytest.approx([0.5, 0.5])
    assert held.weights[:2].tolist() == [0.0, 0.0]
