"""A response keeps the rules of its own round and is what a team alone would best do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import rota_makers
from abate.patrols import rules, workings
from abate.patrols.rotadays import Visit


@pytest.mark.parametrize("seed", range(10))
def test_a_lone_team_comes_near_the_best_of_all_rounds(seed: int) -> None:
    told = rota_makers.tiny(seed)
    alone = replace(told, shifts=(told.shifts[0], (0, 0)))
    working = workings.work(alone)
    offered = workings.offer(working, workings.visits_of(working, []))
    rows = workings.respond(working, 0, offered)
    visits = tuple(Visit(0, start, site, 2) for site, _, start in rows.tolist())
    assert rules.broken(visits, (), alone) == []
    most = max(
        rota_makers.worth(alone, each) for each in rota_makers.rounds_of(alone, 0) if not rules.broken(each, (), alone)
    )
    assert rota_makers.worth(alone, visits) >= 0.8 * most


def test_a_second_own_visit_waits_for_the_gap_and_counts_less() -> None:
    told = rota_makers.problem(sites=1, teams=1, breaks=(), most=4)
    working = workings.work(told)
    rows = workings.respond(working, 0, workings.offer(working, workings.visits_of(working, [])))
    starts = np.sort(rows[:, 2])
    assert len(starts) == int(working.most[0]) >= 2
    assert (np.diff(starts) >= 15 + told.gap).all()
