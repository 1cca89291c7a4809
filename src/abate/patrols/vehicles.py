"""The timetable by PyVRP: a vehicle routing problem in which visits carry prizes (the extra `optimise`).

PyVRP knows time windows, shifts and prizes, not the gap between visits to a site nor falling returns. Each site's hours
are therefore cut into as many windows as visits fit, a gap apart; each window is a client whose prize is that of its
place in the order of visits. For a break a shift is cut in two in the middle of the break's hours, with the team back
at its base. So every answer keeps the rules; what the cuts give up is their price.

Source: Wouda, Lan and Kool 2024, PyVRP, https://doi.org/10.1287/ijoc.2023.0055.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import MissingPartError
from abate.patrols import timetables, windows
from abate.patrols.rotadays import NOWHERE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.patrols.workings import Working

    Rows = NDArray[np.int64]

_PRIZE = 10_000


def solve(working: Working, *, seed: int, seconds: float) -> timetables.Found:
    """Find a timetable with PyVRP in so many seconds; how good it is depends on the speed of the machine.

    Raises `MissingPartError` where PyVRP is not installed.
    """
    try:
        import pyvrp
        from pyvrp.stop import MaxRuntime
    except ImportError:
        raise MissingPartError.of("pyvrp", extra="optimise") from None
    chances = windows.cut(working)
    model = pyvrp.Model()
    teams = _lay(model, working, chances)
    rounds: list[Rows] = [np.empty((0, 3), dtype=np.int64) for _ in working.shift]
    if chances and teams:
        found = model.solve(MaxRuntime(seconds), seed=seed, display=False, collect_stats=False)
        parts: list[list[tuple[int, int, int]]] = [[] for _ in rounds]
        for route in found.best.routes() if found.best.is_feasible() else []:
            for stop in route.schedule():
                if stop.is_client():
                    chance = chances[stop.idx]
                    parts[teams[route.vehicle_type()]].append((chance.site, chance.kind, int(stop.start_time)))
        for team, rows in enumerate(parts):
            laid = np.array(sorted(rows, key=lambda row: row[2]), dtype=np.int64).reshape(-1, 3)
            rounds[team] = timetables.within(working, rounds, team, laid)
    value, score = timetables.score(working, rounds)
    return timetables.Found(tuple(rounds), value, score, 0)


def _lay(model: Any, working: Working, chances: list[windows.Window]) -> list[int]:
    """Tell the model of places, visits, ways and shifts; gives the team of each kind of vehicle."""
    sites = len(working.unit)
    places = [model.add_location(0, 0) for _ in range(sites)]
    scale = _PRIZE / max([chance.worth for chance in chances], default=1.0)
    for chance in chances:
        model.add_client(
            places[chance.site],
            service_duration=int(working.stays[chance.kind]),
            tw_early=chance.first,
            tw_late=chance.last,
            prize=max(1, round(chance.worth * scale)),
            required=False,
        )
    profiles: dict[bytes, tuple[Any, list[Any]]] = {}
    teams = []
    for team, shift in enumerate(working.shift):
        for begin, end in _spans(working, team):
            key = working.time[team].tobytes() + bytes(shift[2:])
            if key not in profiles:
                profiles[key] = _ways(model, working, team, places)
            profile, ends = profiles[key]
            model.add_vehicle_type(
                start_depot=ends[0],
                end_depot=ends[1],
                tw_early=begin,
                tw_late=end,
                profile=profile,
                unit_distance_cost=0,
            )
            teams.append(team)
    return teams


def _ways(model: Any, working: Working, team: int, places: list[Any]) -> tuple[Any, list[Any]]:
    sites, time = len(places), working.time[team]
    start, base = model.add_location(0, 0), model.add_location(0, 0)
    profile = model.add_profile()
    origin = int(working.shift[team][2])
    for one in range(sites):
        for other in range(sites):
            if one != other and time[one, other] < NOWHERE:
                model.add_edge(places[one], places[other], 0, int(time[one, other]), profile)
        if time[origin, one] < NOWHERE:
            model.add_edge(start, places[one], 0, 0 if origin == one else int(time[origin, one]), profile)
        if time[one, sites] < NOWHERE:
            model.add_edge(places[one], base, 0, int(time[one, sites]), profile)
    return profile, [model.add_depot(start), model.add_depot(base)]


def _spans(working: Working, team: int) -> list[tuple[int, int]]:
    """Cut a shift at its breaks, each in the middle of its hours."""
    begin, end, origin = (int(each) for each in working.shift[team])
    rows = working.breaks[team].tolist()
    if begin >= end or (rows and origin != len(working.unit)):
        return []
    spans = []
    for earliest, latest, minutes, _ in rows:
        start = max(begin, earliest, (earliest + latest - minutes) // 2)
        spans.append((begin, start))
        begin = start + minutes
    return [span for span in [*spans, (begin, end)] if span[1] > span[0]]
