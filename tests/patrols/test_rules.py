"""The checker finds each rule that is broken, and nothing where all are kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

import rota_makers
from abate.patrols import rules
from abate.patrols.rotadays import Problem, Rest, Visit
from abate.patrols.rotas import Band, Rota, Site, Team

AT = 17 * 60


def told(**changes: object) -> Problem:
    """Two sites 10 minutes apart, 5 minutes from the base of one team on shift from 16:00 to 20:00."""
    sites = (
        Site("a", "A", 0, 0, 1.0, (Band(16 * 60, 19 * 60),), 1, 2),
        Site("b", "B", 750, 0, 2.0, (Band(16 * 60, 19 * 60),), 0, 2),
    )
    rota = Rota(sites, (Team("T", 375, 0, 16 * 60, 20 * 60),), gap=60, detour=1.0)
    return replace(rota_makers.problem(rota), **changes)  # type: ignore[arg-type]


GOOD = (Visit(0, AT, 0, 15), Visit(0, AT + 25, 1, 15))


def test_what_keeps_the_rules_breaks_none() -> None:
    assert rules.broken(GOOD, (), told()) == []
    assert rules.short(GOOD, told()) == {}
    assert rules.officer_minutes(GOOD, told()) == 2 * (5 + 15 + 10 + 15 + 5)


@pytest.mark.parametrize(
    ("visits", "changes", "said"),
    [
        ((Visit(0, AT, 0, 15), Visit(0, AT + 24, 1, 15)), {}, "travel"),
        ((Visit(0, 16 * 60 + 4, 0, 15),), {}, "travel"),
        ((Visit(0, 19 * 60 - 10, 0, 15),), {}, "hours"),
        ((Visit(0, 19 * 60 + 1, 0, 15),), {}, "hours"),
        ((Visit(0, AT, 0, 12),), {}, "stay"),
        ((Visit(0, AT, 0, 15), Visit(0, AT + 70, 0, 15)), {}, "gap"),
        ((Visit(0, 965, 0, 15), Visit(0, 1040, 0, 15), Visit(0, 1115, 0, 15)), {}, "most"),
        (GOOD, {"budget": 99.0}, "budget"),
        (GOOD, {"shifts": ((16 * 60, AT + 44),)}, "shift"),
        (GOOD, {"breaks": (((AT, AT + 60, 30, False),),)}, "break"),
        (GOOD, {"away": (AT + 30,)}, "away"),
        (GOOD, {"now": AT + 1}, "now"),
        (GOOD, {"kept": (Visit(0, AT - 60, 1, 15),)}, "was done or begun"),
    ],
)
def test_each_broken_rule_is_named(visits: tuple[Visit, ...], changes: dict[str, object], said: str) -> None:
    faults = rules.broken(visits, (), told(**changes))
    assert len(faults) == 1
    assert said in faults[0]


def test_breaks_are_looked_at() -> None:
    owed = told(breaks=(((AT, AT + 120, 30, False),),))
    assert rules.broken(GOOD, (Rest(0, AT + 45, 30),), owed) == []
    assert "break" in rules.broken(GOOD, (Rest(0, AT + 45, 20),), owed)[0]
    assert "travel" in rules.broken(GOOD, (Rest(0, AT + 15, 30),), owed)[0]


def test_sites_below_their_least_are_named() -> None:
    assert rules.short((), told()) == {"a": 1}
