"""Small rotas and problems for tests, and the true best of tiny ones by trying everything."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import numpy as np

from abate.patrols import journeys, rotadays
from abate.patrols.dose_curves import DoseCurve
from abate.patrols.rotadays import Problem, Visit
from abate.patrols.rotas import Band, Break, Rota, Site, Team

FRIDAY = date(2026, 12, 4)
LATE = 16 * 60
FLAT = DoseCurve((0, 2), (0, 1), "a test")


def city(
    *,
    sites: int = 12,
    teams: int = 4,
    side: float = 3000,
    seed: int = 1,
    most: int = 3,
    mode: str = "foot",
    **rules: Any,
) -> Rota:
    """Sites and two bases at random in a square, bands of three hours and more in a late shift of eight hours."""
    generator = np.random.default_rng(seed)
    xy, bases = generator.uniform(0, side, (sites, 2)), generator.uniform(side * 0.3, side * 0.7, (2, 2))
    placed = []
    for place in range(sites):
        hours = int(generator.integers(180, 480))
        begins = LATE + int(generator.integers(0, 480 - hours + 1))
        worth = float(np.round(generator.gamma(2, 1) + 0.1, 3))
        placed.append(
            Site(f"S{place}", f"Site {place}", *map(float, xy[place]), worth, (Band(begins, begins + hours),), 0, most)
        )
    rests = rules.pop("breaks", (Break(LATE + 150, LATE + 330, 30),))
    crews = [
        Team(f"T{place}", *map(float, bases[place % 2]), LATE, LATE + 480, 2, mode, rests) for place in range(teams)
    ]
    return Rota(tuple(placed), tuple(crews), **rules)


def times(rota: Rota) -> list[Any]:
    """Straight-line minutes for each team."""
    found = []
    for team in rota.teams:
        points = np.array([(site.easting, site.northing) for site in rota.sites] + [(team.easting, team.northing)])
        metres = journeys.straight(points, detour=rota.detour)
        found.append(journeys.shortest(journeys.minutes(metres, kmh=rota.speeds_kmh[team.mode])))
    return found


def problem(rota: Rota | None = None, *, day: date = FRIDAY, **rules: Any) -> Problem:
    """The problem of a day of a rota (of a small city unless one is given)."""
    made = city(**rules) if rota is None else rota
    return rotadays.pose(made, day, times(made))


def tiny(seed: int, *, budget: float = float("inf")) -> Problem:
    """A problem of nine minutes, two or three sites and two teams, small enough to try everything."""
    generator = np.random.default_rng(seed)
    sites, span = int(generator.integers(2, 4)), 10
    weight, room = np.full((sites, span), -1.0), np.zeros((sites, span), dtype=np.int64)
    for site in range(sites):
        first, last = int(generator.integers(0, 4)), int(generator.integers(5, 10))
        weight[site, first:last] = float(generator.integers(1, 6))
        if generator.random() < 0.3:
            weight[site, first : first + 2] *= 2
        room[site, first:last] = last - np.arange(first, last)
    between = generator.integers(1, 4, (sites + 1, sites + 1))
    time = journeys.shortest(np.minimum(between, between.T))
    return Problem(
        day=FRIDAY,
        zone="Europe/London",
        sites=tuple("abc"[:sites]),
        teams=("A", "B"),
        stays=(2,),
        curve=FLAT,
        weight=weight,
        room=room,
        returns=(1.0, 0.5, 0.25),
        least=(0,) * sites,
        most=tuple(int(generator.integers(1, 4)) for _ in range(sites)),
        gap=int(generator.integers(0, 3)),
        shifts=((0, 9), (0, int(generator.integers(6, 10)))),
        officers=(2, 1),
        time=(time, time),
        breaks=((), ()),
        budget=budget,
        charge_travel=True,
        loss=0.0,
        away=(None, None),
    )


def rounds_of(told: Problem, team: int) -> list[tuple[Visit, ...]]:
    """Every round of a team, by trying all."""
    base, (begin, end) = len(told.sites), told.shifts[team]
    found: list[tuple[Visit, ...]] = [()]

    def go(at: int, free: int, done: tuple[Visit, ...]) -> None:
        for site in range(base):
            way = 0 if at == site else int(told.time[team][at, site])
            for start in range(free + way, end - told.stays[0] - int(told.time[team][site, base]) + 1):
                if told.weight[site, start] > 0 and told.room[site, start] >= told.stays[0]:
                    visit = Visit(team, start, site, told.stays[0])
                    found.append((*done, visit))
                    go(site, start + told.stays[0], (*done, visit))

    go(base, begin, ())
    return found


def worth(told: Problem, visits: tuple[Visit, ...]) -> float:
    """What visits are worth, straight from the definition."""
    total = 0.0
    for site in range(len(told.sites)):
        alone = sorted((told.worth(site, v.start, v.minutes) for v in visits if v.site == site), reverse=True)
        total += sum(each * factor for each, factor in zip(alone, told.returns, strict=False))
    return total


def best(told: Problem) -> float:
    """The true best value of a tiny problem, by trying every pair of rounds."""
    from abate.patrols import rules

    most = 0.0
    for one, other in product(rounds_of(told, 0), rounds_of(told, 1)):
        visits = (*one, *other)
        if worth(told, visits) > most and not rules.broken(visits, (), told):
            most = worth(told, visits)
    return most
