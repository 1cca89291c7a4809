"""When no visit is possible the smallest set of rules in conflict is named."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

import rota_makers
from abate.errors import OptionError
from abate.patrols import conflicts, plans
from abate.patrols.rotas import Band, Break, Rota, Site, Team

if TYPE_CHECKING:
    from abate.patrols.rotadays import Problem

NOON = 12 * 60


def made(band: Band, *, far: float = 75.0, team: Team | None = None, **rules: object) -> Problem:
    site = Site("a", "A", far, 0, 1.0, (band,), 0, 3)
    crew = team or Team("T", 0, 0, NOON, NOON + 240)
    return rota_makers.problem(Rota((site,), (crew,), detour=1.0, **rules))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("problem", "names"),
    [
        (made(Band(NOON, NOON + 60)), ()),
        (made(Band(NOON, NOON + 60, (0,))), ("days and closures",)),
        (made(Band(60, 120)), ("hours", "shifts")),
        (made(Band(NOON, NOON + 60), far=9000.0), ("shifts", "travel")),
        (made(Band(NOON, NOON + 60), far=4600.0), ("hours", "shifts", "travel")),
        (made(Band(NOON, NOON + 10)), ("hours", "stay")),
        (made(Band(NOON, NOON + 60), budget_hours=0.0), ("budget",)),
        (made(Band(NOON, NOON + 60), budget_hours=0.4), ("stay", "budget")),
        (
            made(Band(NOON, NOON + 240), team=Team("T", 0, 0, NOON, NOON + 40, breaks=(Break(NOON, NOON + 40, 30),))),
            ("shifts", "breaks", "stay"),
        ),
    ],
)
def test_the_rules_in_conflict(problem: Problem, names: tuple[str, ...]) -> None:
    assert conflicts.smallest(problem) == names


@pytest.mark.parametrize("far", [9000.0, 4600.0])
def test_the_set_is_irreducible(far: float) -> None:
    problem = made(Band(NOON, NOON + 60), far=far)
    names = conflicts.smallest(problem)
    assert not conflicts.possible(problem, frozenset(names))
    for kept in combinations(names, len(names) - 1):
        assert conflicts.possible(problem, frozenset(kept))


def test_the_plan_says_it_in_sentences() -> None:
    with pytest.raises(OptionError) as fault:
        plans.plan(made(Band(NOON, NOON + 60), far=9000.0), seed=1)
    assert [said.split(":")[0] for said in fault.value.faults] == [
        "no visit is possible. These rules stand against each other; without any one of them there would be one",
        "shifts",
        "travel",
    ]
    assert "12:00 to 16:00" in str(fault.value)


def test_most_visits_of_none_is_named() -> None:
    problem = made(Band(NOON, NOON + 60))
    assert conflicts.smallest(replace(problem, most=(0,))) == ("most visits",)
