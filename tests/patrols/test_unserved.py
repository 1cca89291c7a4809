"""Why a visit is not there is told by the rule that stands in its way."""

from __future__ import annotations

from dataclasses import replace

import rota_makers
from abate.patrols import plans, unserved
from abate.patrols.rotadays import Problem, Visit
from abate.patrols.rotas import Band, Event, Rota, Site, Team

NOON = 12 * 60


def why(problem: Problem, visits: tuple[Visit, ...] = ()) -> dict[str, str]:
    return {each.site: each.why for each in unserved.explain(visits, (), problem)}


def one(band: Band, **rules: object) -> Rota:
    site = Site("a", "A", 750, 0, 1.0, (band,), 0, 3)
    return Rota((site,), (Team("T", 0, 0, NOON, NOON + 240),), detour=1.0, **rules)  # type: ignore[arg-type]


def test_a_site_out_of_its_days_has_no_hours() -> None:
    assert "closed, or has no hours" in why(rota_makers.problem(one(Band(NOON, NOON + 60, (0,)))))["a"]


def test_nobody_on_shift() -> None:
    assert "no team is on shift" in why(rota_makers.problem(one(Band(60, 120))))["a"]


def test_too_far() -> None:
    far = replace(one(Band(NOON, NOON + 240)), sites=(Site("a", "A", 9000, 0, 1.0, (Band(NOON, NOON + 240),), 0, 1),))
    assert "too far" in why(rota_makers.problem(far))["a"]


def test_the_gap() -> None:
    problem = rota_makers.problem(one(Band(NOON + 10, NOON + 150)))
    assert "the gap: 120 minutes from the visits at 13:00" in why(problem, (Visit(0, NOON + 60, 0, 15),))["a"]


def test_the_budget() -> None:
    problem = rota_makers.problem(one(Band(NOON, NOON + 240), budget_hours=1.0))
    assert "the budget is spent: 0.0 of 1.0" in why(problem)["a"]


def test_no_team_free() -> None:
    rota = one(Band(NOON + 10, NOON + 26))
    near = Site("b", "B", 0, 0, 1.0, (Band(NOON, NOON + 60),), 0, 1)
    problem = rota_makers.problem(replace(rota, sites=(rota.sites[0], near)))
    assert "no team is free" in why(problem, (Visit(0, NOON + 10, 1, 15),))["a"]


def test_a_plan_explains_every_site_below_its_most() -> None:
    plan = plans.plan(rota_makers.problem(sites=10, teams=1, budget_hours=10.0), seed=1, rounds=10)
    counts = {site: sum(visit.site == place for visit in plan.visits) for place, site in enumerate(plan.problem.sites)}
    assert {each.site for each in plan.unserved} == {site for site, count in counts.items() if count < 3}


def test_an_event_that_closes_a_site_is_told() -> None:
    problem = rota_makers.problem(one(Band(NOON, NOON + 60)))
    begins, ends = problem.moment(NOON), problem.moment(NOON + 60)
    closed = one(Band(NOON, NOON + 60), events=(Event("a", begins, ends, 0.0),))
    assert "closed" in why(rota_makers.problem(closed))["a"]
