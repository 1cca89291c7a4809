"""What one more visit adds is the difference of two values, and what is spent is what the checker adds up."""

from __future__ import annotations

from dataclasses import replace

import pytest

import rota_makers
from abate.patrols import rules, workings
from abate.patrols.rotadays import Visit
from abate.patrols.sweeps import NEVER


@pytest.mark.parametrize("seed", range(6))
def test_an_offer_is_the_difference_of_values(seed: int) -> None:
    told = replace(rota_makers.tiny(seed), gap=0, most=(3, 3, 3)[: len(rota_makers.tiny(seed).sites)])
    working = workings.work(told)
    begun = [[] for _ in told.sites]  # type: list[list[tuple[int, int, float]]]
    starts = (working.unit[0, 0] > 0).nonzero()[0]
    begun[0] = [(int(starts[0]), 2, float(working.unit[0, 0, starts[0]]))]
    offered = workings.offer(working, begun)
    before = workings.value(working, begun)
    for site in range(len(told.sites)):
        for start in range(working.unit.shape[2]):
            if offered.earns[site, 0, start] > NEVER / 2:
                alone = float(working.unit[site, 0, start])
                after = [[*those, (start, 2, alone)] if place == site else those for place, those in enumerate(begun)]
                assert offered.earns[site, 0, start] == pytest.approx(workings.value(working, after) - before)


def test_starts_within_the_gap_are_not_offered() -> None:
    told = rota_makers.problem(sites=1, teams=1, breaks=())
    working = workings.work(told)
    first = int((working.unit[0, 0] > 0).nonzero()[0][0])
    offered = workings.offer(working, [[(first, 15, 1.0)]])
    opened = (offered.earns[0, 0] > 0).nonzero()[0]
    assert opened.min() == first + 15 + told.gap


def test_the_budget_is_counted_as_the_checker_counts_it() -> None:
    told = rota_makers.problem(sites=4, teams=2)
    visits = (Visit(0, 1000, 1, 15), Visit(0, 1100, 2, 15), Visit(1, 1000, 3, 15))
    assert workings.spent(told, visits) == rules.officer_minutes(visits, told)
    plain = replace(told, charge_travel=False)
    assert workings.spent(plain, visits) == rules.officer_minutes(visits, plain) == 90


def test_no_more_visits_are_attainable_than_the_gap_allows() -> None:
    told = rota_makers.problem(sites=1, teams=1, most=9)
    hours = int(told.room[0].max())
    assert int(workings.work(told).most[0]) == 1 + (hours - 15) // (15 + told.gap)
