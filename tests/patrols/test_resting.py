"""Breaks are placed in their hours, between visits, at the base where that is asked for."""

from __future__ import annotations

from dataclasses import replace

import rota_makers
from abate.patrols import resting, rules
from abate.patrols.rotadays import Rest, Visit
from abate.patrols.rotas import Band, Rota, Site, Team

NOON = 12 * 60


def test_a_break_is_as_early_as_it_may_be() -> None:
    rota = Rota(
        (Site("a", "A", 750, 0, 1, (Band(NOON, NOON + 240),)),), (Team("T", 0, 0, NOON, NOON + 240),), detour=1.0
    )
    problem = rota_makers.problem(rota)
    visits = (Visit(0, NOON + 60, 0, 15),)
    anywhere = replace(problem, breaks=(((NOON + 40, NOON + 200, 30, False),),))
    assert resting.rests(visits, anywhere) == (Rest(0, NOON + 75, 30),)
    at_base = replace(problem, breaks=(((NOON + 40, NOON + 200, 30, True),),))
    assert resting.rests(visits, at_base) == (Rest(0, NOON + 85, 30, at_base=True),)
    early = replace(problem, breaks=(((NOON, NOON + 200, 30, True),),))
    assert resting.rests(visits, early) == (Rest(0, NOON, 30, at_base=True),)
    for each in (anywhere, at_base, early):
        assert rules.broken(visits, resting.rests(visits, each), each) == []


def test_a_team_without_visits_is_given_no_break() -> None:
    assert resting.rests((), rota_makers.problem()) == ()


def test_a_break_at_base_may_end_with_the_shift() -> None:
    rota = Rota(
        (Site("a", "A", 750, 0, 1, (Band(NOON, NOON + 240),)),), (Team("T", 0, 0, NOON, NOON + 120),), detour=1.0
    )
    problem = rota_makers.problem(rota)
    visits = (Visit(0, NOON + 60, 0, 15),)
    told = replace(problem, breaks=(((NOON + 40, NOON + 120, 30, True),),))
    assert resting.rests(visits, told) == (Rest(0, NOON + 85, 30, at_base=True),)
