from __future__ import annotations

import numpy as np
import pytest

from abate.errors import OptionError
from abate.funding import responses
from abate.funding.responses import Responses


def made(seed: int, count: int = 6) -> tuple[Responses, np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    generator = np.random.default_rng(seed)
    at = generator.uniform(1e5, 5e6, count)
    curve = Responses(generator.uniform(-0.0002, 0.002, count), at, generator.uniform(0.2, 0.9))
    floors = generator.uniform(0, 2e5, count)
    return curve, floors, np.where(generator.random(count) < 0.5, np.inf, floors + generator.uniform(1e5, 4e6, count))


@pytest.mark.parametrize("seed", range(40))
def test_the_linear_program_agrees_with_levelling_marginal_worth(seed: int) -> None:
    curve, floors, caps = made(seed)
    budget = float(floors.sum() + 0.5 * np.minimum(caps - floors, 3e6)[curve.rate > 0].sum())
    money, next_pound = responses.best(budget, curve, floors, caps)
    levelled = responses.best_of_draws(budget, curve.rate[None], curve, floors, caps)[0]
    assert money.sum() == pytest.approx(budget, abs=0.01)
    assert money == pytest.approx(levelled, abs=25)
    assert curve.prevented(money).sum() == pytest.approx(curve.prevented(levelled).sum(), rel=1e-9)
    free = (levelled > floors + 1) & (levelled < caps - 1)
    assert next_pound == pytest.approx(float(curve.marginal(levelled)[free].mean()), rel=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_no_random_sharing_does_better(seed: int) -> None:
    curve, floors, _ = made(seed, count=4)
    caps = np.full(4, np.inf)
    budget = float(floors.sum() + 5e6)
    best = curve.prevented(responses.best(budget, curve, floors, caps)[0]).sum()
    tried = floors + np.random.default_rng(seed).dirichlet(np.full(4, 0.7), 4000) * 5e6
    assert max(curve.prevented(one).sum() for one in tried) <= best * (1 + 1e-9)


def test_where_money_does_harm_the_floor_is_all() -> None:
    curve = Responses(np.array([0.001, -0.001]), np.array([1e6, 1e6]), 0.5)
    money, _ = responses.best(3e6, curve, np.array([0.0, 2e5]), np.full(2, np.inf))
    assert money.tolist() == pytest.approx([2.8e6, 2e5])


def test_when_floors_take_it_all_nothing_is_free() -> None:
    curve = Responses(np.array([0.001]), np.array([1e6]), 0.5)
    assert responses.best(5.0, curve, np.array([5.0]), np.array([np.inf]))[0].tolist() == [5]


def test_marginal_is_the_slope_of_prevented() -> None:
    curve, _, _ = made(5)
    money = np.full(6, 3e5)
    slope = (curve.prevented(money + 1) - curve.prevented(money - 1)) / 2
    assert curve.marginal(money) == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize("power", [0.0, 1.2])
def test_returns_cannot_grow(power: float) -> None:
    with pytest.raises(OptionError, match="--diminishing"):
        Responses(np.ones(1), np.ones(1), power)
