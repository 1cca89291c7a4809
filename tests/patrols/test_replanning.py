"""What was done and begun stays; a team that is called away gets nothing more; the rest is planned again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

import rota_makers
from abate.patrols import plans, replanning, rules

if TYPE_CHECKING:
    from abate.patrols.plans import Plan

NOW = rota_makers.LATE + 200


@pytest.fixture(scope="module")
def planned() -> Plan:
    return plans.plan(rota_makers.problem(sites=14, teams=4), seed=1, rounds=20)


def test_what_was_done_and_begun_stays(planned: Plan) -> None:
    again = replanning.resume(planned.problem, planned.visits, planned.rests, now=NOW, away={})
    found = plans.plan(again, seed=1, quick=True)
    done = {visit for visit in planned.visits if visit.start <= NOW}
    assert done <= set(again.kept) <= set(found.visits)
    assert all(visit.start >= NOW for visit in found.visits if visit not in again.kept)
    assert rules.broken(found.visits, found.rests, again) == []
    assert found.value >= 0.97 * planned.value


@pytest.mark.slow
def test_a_team_that_is_called_away_gets_nothing_more(planned: Plan) -> None:
    again = replanning.resume(planned.problem, planned.visits, planned.rests, now=NOW, away={1: NOW})
    found = plans.plan(again, seed=1, quick=True)
    assert all(visit.start + visit.minutes <= NOW for visit in found.visits if visit.team == 1)
    assert any(visit.start > NOW for visit in found.visits if visit.team != 1)
    assert rules.broken(found.visits, found.rests, again) == []


def test_a_visit_that_is_left_is_cut_short(planned: Plan) -> None:
    visit = next(visit for visit in planned.visits if visit.team == 0)
    again = replanning.resume(
        planned.problem, planned.visits, planned.rests, now=visit.start + 6, away={0: visit.start + 6}
    )
    assert [each.minutes for each in again.kept if each.team == 0] == [6]


def test_a_site_left_empty_is_taken_by_others(planned: Plan) -> None:
    gone = dict.fromkeys(range(3), NOW)
    again = replanning.resume(planned.problem, planned.visits, planned.rests, now=NOW, away=gone)
    found = plans.plan(again, seed=1, quick=True)
    assert {visit.team for visit in found.visits if visit.start > NOW} == {3}


@pytest.mark.slow
def test_sixty_sites_and_twenty_teams_are_planned_again_in_time() -> None:
    problem = rota_makers.problem(sites=60, teams=20, side=6000, mode="bicycle")
    first = plans.plan(problem, seed=1, rounds=5)
    again = replanning.resume(problem, first.visits, first.rests, now=NOW, away={2: NOW})
    began = time.process_time()
    found = plans.plan(again, seed=1, quick=True)
    assert rules.broken(found.visits, found.rests, again) == []
    assert time.process_time() - began < 20
