"""The timetable of 60 sites x 20 teams x 8 hours: value, bound, gap, seconds; PyVRP at equal time; replanning.

Sites and four bases lie at random in a square of 6 by 6 km, priorities fall steeply, hours last 5 to 8 of the shift's
8, at most three visits a day two hours apart. Teams go by car to the edge of a site and are on foot in it, or by
bicycle, or walk. PyVRP has neither the gap nor falling returns: each site's hours are cut into windows a gap apart (see
`patrols.vehicles`), and what it finds is valued by the same function. Breaks would handicap it and are left out. Its
value stands beside ours before times are drawn by lot, which may cost 1%.

Run: python benchmarks/timetable.py [--seconds 25]
"""

from __future__ import annotations

import argparse
import time
from datetime import date
from typing import TYPE_CHECKING

import measuring
import numpy as np

from abate.patrols import journeys, plans, replanning, rotadays, rules, vehicles, workings
from abate.patrols.rotas import Band, Rota, Site, Team

if TYPE_CHECKING:
    from abate.patrols.rotadays import Problem

LATE = 16 * 60


def problem(mode: str, *, sites: int = 60, teams: int = 20, side: float = 6000) -> Problem:
    generator = np.random.default_rng(20261122)
    xy, bases = generator.uniform(0, side, (sites, 2)), generator.uniform(side * 0.2, side * 0.8, (4, 2))
    listed = []
    for place in range(sites):
        hours = int(generator.integers(300, 481))
        begins = LATE + int(generator.integers(0, 480 - hours + 1))
        worth = float(generator.gamma(1, 2) + 0.2)
        listed.append(Site(f"S{place}", f"S{place}", *map(float, xy[place]), worth, (Band(begins, begins + hours),)))
    crews = [Team(f"T{k}", *map(float, bases[k % 4]), LATE, LATE + 480, 2, mode) for k in range(teams)]
    rota = Rota(tuple(listed), tuple(crews))
    times = []
    for team in crews:
        points = np.vstack([xy, [[team.easting, team.northing]]])
        metres = journeys.straight(points, detour=rota.detour)
        times.append(journeys.shortest(journeys.minutes(metres, kmh=rota.speeds_kmh[mode])))
    return rotadays.pose(rota, date(2026, 12, 4), times)


def one(mode: str, seconds: float) -> tuple[dict[str, object], list[dict[str, str]]]:
    told = problem(mode)
    plans.plan(problem(mode, sites=6, teams=2), seed=1, rounds=2)
    began = time.perf_counter()
    made = plans.plan(told, seed=1, stop=lambda: time.perf_counter() - began > seconds)
    took = time.perf_counter() - began
    theirs = vehicles.solve(workings.work(told), seed=1, seconds=took)
    now = LATE + 200
    again = replanning.resume(told, made.visits, made.rests, now=now, away={2: now})
    began = time.perf_counter()
    later = plans.plan(again, seed=1, quick=True, stop=lambda: time.perf_counter() - began > 3.5)
    replanned = time.perf_counter() - began
    if rules.broken(made.visits, made.rests, told) or rules.broken(later.visits, later.rests, again):
        raise SystemExit("a rule is broken")
    figures: dict[str, object] = {
        "mode": mode, "value": made.value, "best": made.best, "bound": made.bound, "gap": made.gap,
        "gap_before_drawing": 1 - made.best / made.bound, "visits": len(made.visits), "rounds": made.rounds,
        "stopped_by_clock": made.stopped, "seconds": took, "pyvrp_value": theirs.value,
        "replan_seconds": replanned, "replan_value": later.value, "replan_bound": later.bound,
    }  # fmt: skip
    rows = [
        measuring.row(
            f"timetable, 60 sites x 20 teams x 8 hours, {mode}",
            "PyVRP at equal time",
            f"value {made.best:.1f}; {made.value:.1f} with times by lot ({made.gap:.1%} below the bound); {took:.0f} s",
            f"value {theirs.value:.1f}",
            round(made.best / theirs.value, 3),
            "30 s, within 3% of the bound, at least PyVRP's value",
        ),
        measuring.row(
            f"the rest of the shift planned again, a team called away, {mode}",
            "none",
            f"{replanned:.1f} s",
            "",
            "",
            "5 s",
        ),
    ]
    return figures, rows


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=25)
    options.add_argument("--modes", nargs="*", default=["car", "bicycle", "foot"])
    chosen = options.parse_args()
    results = [one(mode, chosen.seconds) for mode in chosen.modes]
    summary = [row for _, rows in results for row in rows]
    measuring.keep("timetable", {"cases": [figures for figures, _ in results], "summary": summary})


if __name__ == "__main__":
    main()
