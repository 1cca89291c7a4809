"""The sweep finds the best round at fixed prices; trying every round is the oracle."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import rota_makers
from abate.patrols import sweeps, workings


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("rate", [0.0, 0.3])
def test_the_sweep_finds_the_round_that_earns_most(seed: int, rate: float) -> None:
    told = rota_makers.tiny(seed)
    working = workings.work(told)
    earns = np.where(
        working.unit > 0, working.unit * np.random.default_rng(seed).uniform(0.2, 1, working.unit.shape), sweeps.NEVER
    )
    most = 0.0
    for visits in rota_makers.rounds_of(told, 0):
        again = any(
            one.site == other.site and other.start - one.start - 2 < told.gap for one, other in pairwise(visits)
        )
        if not again and visits:
            gained = sum(float(earns[visit.site, 0, visit.start]) for visit in visits)
            most = max(most, gained - rate * workings.spent(told, visits))
    shift = working.shift[0]
    found, rows = sweeps.price(earns, workings.ground(working, 0, rate=rate), (int(shift[1]), int(shift[2])))
    assert found == pytest.approx(most, abs=1e-9)
    assert sum(float(earns[site, kind, start]) for site, kind, start in rows.tolist()) >= found - 1e-9


def test_a_break_is_taken_in_its_hours() -> None:
    told = rota_makers.problem(sites=3, teams=1, side=1200)
    working = workings.work(told)
    earns = np.where(working.unit > 0, working.unit, sweeps.NEVER)
    _, rows = sweeps.price(earns, workings.ground(working, 0, rate=0.0), (int(working.shift[0][1]), 3))
    earliest, latest, minutes, _ = told.breaks[0][0]
    stops = [(start, start + 15) for _, _, start in rows.tolist()]
    edges = [told.shifts[0][0], *(edge for stop in stops for edge in stop), told.shifts[0][1]]
    assert any(
        min(end, latest) - max(begin, earliest) >= minutes for begin, end in zip(edges[::2], edges[1::2], strict=True)
    )


def test_a_round_is_told_in_the_order_of_the_clock() -> None:
    told = rota_makers.problem(sites=4, teams=1, side=1200)
    working = workings.work(told)
    earns = np.where(working.unit > 0, working.unit, sweeps.NEVER)
    shift = working.shift[0]
    _, rows = sweeps.price(earns, workings.ground(working, 0, rate=0.0), (int(shift[1]), int(shift[2])))
    assert len(rows) > 2
    assert (np.diff(rows[:, 2]) > 0).all()
