"""Every schedule that a scheme can draw, with its chance, found the slow way; and the exact test over all of them."""

from __future__ import annotations

from itertools import combinations, permutations, product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from abate.trials.schemes import Scheme


def every(scheme: Scheme, sites: pd.DataFrame) -> list[tuple[float, np.ndarray]]:
    """List each schedule (days x sites) with its chance."""
    days, number = scheme.days, len(sites)
    if scheme.kind == "parallel":
        chosen = [frozenset(each) for each in combinations(range(number), scheme.treat)]
        return [(1 / len(chosen), throughout(each, days, number)) for each in chosen]
    if scheme.kind == "pairs":
        pairs = [np.flatnonzero(sites["pair"] == pair) for pair in sorted(set(sites["pair"]))]
        chosen = [frozenset(map(int, each)) for each in product(*pairs)]
        return [(1 / len(chosen), throughout(each, days, number)) for each in chosen]
    if scheme.kind == "stepped":
        orders = sorted(set(permutations(scheme.begins)))
        return [(1 / len(orders), np.arange(days)[:, None] >= np.array(order)) for order in orders]
    found = [(1.0, np.zeros((0, number), dtype=bool))]
    for day in range(days):
        found = [
            (chance * share, np.vstack([before, row]))
            for chance, before in found
            for share, row in rows(scheme, sites, before, day)
        ]
    whole = sum(chance for chance, _ in found)
    if not scheme.block and not scheme.excluded and scheme.chance is None:
        return [(1 / len(found), schedule) for _, schedule in found]
    return [(chance / whole, schedule) for chance, schedule in found]


def throughout(chosen: frozenset[int], days: int, number: int) -> np.ndarray:
    return np.tile([site in chosen for site in range(number)], (days, 1))


def free(scheme: Scheme, sites: pd.DataFrame, before: np.ndarray, day: int) -> list[int]:
    """The sites that the rules leave for a day."""
    left_out = {(each.day, each.site_id) for each in scheme.excluded}
    able = []
    for site, name in enumerate(sites["site_id"]):
        past = "".join("P" if on else "u" for on in before[:, site])
        last = len(past) - len(past.rstrip("u"))
        running = len(past) - len(past.rstrip("P"))
        rested = running > 0 or "P" not in past or last >= max(scheme.rest, scheme.washout)
        short = scheme.longest_run is None or running < scheme.longest_run
        if rested and short and not {(scheme.dates[day], name), (scheme.dates[day], None)} & left_out:
            able.append(site)
    return able


def rows(scheme: Scheme, sites: pd.DataFrame, before: np.ndarray, day: int) -> list[tuple[float, np.ndarray]]:
    """The rows that can follow, each with its chance."""
    able, number = free(scheme, sites, before, day), len(sites)
    if scheme.chance is not None:
        tossed = []
        for coins in product([False, True], repeat=len(able)):
            heads = {site for site, coin in zip(able, coins, strict=True) if coin}
            share = scheme.chance ** len(heads) * (1 - scheme.chance) ** (len(able) - len(heads))
            tossed.append((share, np.array([site in heads for site in range(number)])))
        return tossed
    if "weekday" in scheme.block:
        same = [day - 7 * week for week in range(1, day // 7 + 1)]
        seen = {site: int(before[same, site].sum()) for site in able}
        bar = sorted(seen.values())[scheme.treat - 1]
        sure = [site for site in able if seen[site] < bar]
        level = [site for site in able if seen[site] == bar]
        chosen = [{*sure, *each} for each in combinations(level, scheme.treat - len(sure))]
        return [(1 / len(chosen), np.array([site in each for site in range(number)])) for each in chosen]
    if not able:
        return [(1.0, np.zeros(number, dtype=bool))]
    listed = []
    for share, quota in quotas(scheme, sites):
        areas = [[site for site in able if site in members] for members, _ in quota]
        each = [list(combinations(area, count)) for area, (_, count) in zip(areas, quota, strict=True)]
        ways = [{*sum(parts, ())} for parts in product(*each)]
        listed += [(share / len(ways), np.array([site in way for site in range(number)])) for way in ways]
    return listed


def quotas(scheme: Scheme, sites: pd.DataFrame) -> list[tuple[float, list[tuple[set[int], int]]]]:
    """How many of each area's sites a day takes, with its chance; at most one is left once whole parts are given."""
    if "area" not in scheme.block:
        return [(1.0, [(set(range(len(sites))), scheme.treat)])]
    areas = [set(np.flatnonzero(sites["area"] == area).tolist()) for area in sorted(set(sites["area"]))]
    parts = [scheme.treat * len(members) / len(sites) for members in areas]
    whole = [int(part) for part in parts]
    if sum(whole) == scheme.treat:
        return [(1.0, list(zip(areas, whole, strict=True)))]
    return [
        (
            part - base,
            [(members, count + (place == at)) for place, (members, count) in enumerate(zip(areas, whole, strict=True))],
        )
        for at, (part, base) in enumerate(zip(parts, whole, strict=True))
    ]


def statistic(
    schedule: np.ndarray, aside: np.ndarray, left: np.ndarray, chance: np.ndarray, usual: np.ndarray
) -> float:
    """The studentised total, cell by cell: all in the shape (days, sites)."""
    days, sites = schedule.shape
    sums = [0.0] * sites
    for day in range(days):
        for site in range(sites):
            if chance[day, site] > 1e-9 and usual[day, site] > 1e-9 and not aside[day, site]:
                on = schedule[day, site]
                sums[site] += left[day, site] / (chance[day, site] if on else -usual[day, site])
    total = sum(sums)
    spread = sum(each**2 for each in sums) - total**2 / sites
    return total / np.sqrt(max(spread, 0) * sites / (sites - 1)) if spread > 1e-10 else 0.0
