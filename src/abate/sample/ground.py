"""The ground of the sample town: junctions, streets, small areas and how many people live in them.

It lies in the open North Sea, about 20 km north of Norfolk: inside the British National Grid and near enough to land
that every tool for real places takes it, and where nobody lives, so that no real street is meant.
Lengths and coordinates are metres (EPSG:27700).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from abate.sample import words

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ORIGIN = (600_000.0, 368_000.0)
CRS = "EPSG:27700"
_STREET_RUN = 6
_STRAYS = 0.72


@dataclass(frozen=True)
class Ground:
    """The streets, the small areas and the junctions of both towns."""

    junctions: pd.DataFrame
    streets: pd.DataFrame
    areas: pd.DataFrame


@dataclass(frozen=True)
class _Plan:
    """A town's plan: where its lower left corner is, how many streets run each way, and how many areas it has."""

    town: str
    corner: tuple[float, float]
    columns: int
    rows: int
    spacing_m: float
    bend_m: float
    regular: bool
    blocks: tuple[int, int]
    residents: int


_PLANS = (
    _Plan(words.TOWN, (0.0, 0.0), 42, 30, 122.0, 140.0, regular=False, blocks=(9, 6), residents=51_000),
    _Plan(words.QUIET_TOWN, (6_600.0, 900.0), 16, 13, 130.0, 0.0, regular=True, blocks=(4, 3), residents=10_500),
)


def ground(rng: np.random.Generator) -> Ground:
    """Lay out both towns, the countryside between, a link road and a motorway."""
    laid = [_streets(plan, rng) for plan in _PLANS]
    names = _names(rng, sum(len(set(streets["run"])) for streets in laid))
    named: list[pd.DataFrame] = []
    for streets in laid:
        runs = {run: names.pop() for run in dict.fromkeys(streets["run"])}
        named.append(streets.assign(name=streets["run"].map(runs)).drop(columns="run"))
    streets = _with_long_roads(pd.concat(named, ignore_index=True))
    streets.insert(0, "segment_id", [f"S{number:05d}" for number in range(1, len(streets) + 1)])
    areas = _areas(rng)
    streets["length_m"] = _lengths(streets).round(3)
    streets["area_code"] = areas_of(areas, streets["middle_e"].to_numpy(), streets["middle_n"].to_numpy())
    return Ground(_junctions(streets), streets, areas)


def _warped(plan: _Plan, along: Floats, up: Floats) -> tuple[Floats, Floats]:
    wide = (plan.columns - 1) * plan.spacing_m
    bend = plan.bend_m * np.sin(along / wide * np.pi * 1.3)
    lean = plan.bend_m * 0.6 * np.sin(up / wide * np.pi * 2.0)
    return ORIGIN[0] + plan.corner[0] + along + lean, ORIGIN[1] + plan.corner[1] + up + bend


def _streets(plan: _Plan, rng: np.random.Generator) -> pd.DataFrame:
    column, row = (grid.ravel() for grid in np.meshgrid(np.arange(plan.columns), np.arange(plan.rows)))
    shake = 0.0 if plan.regular else 16.0
    moved = np.clip(rng.normal(0, shake, (2, len(column))), -40, 40) if shake else np.zeros((2, len(column)))
    east, north = _warped(plan, column * plan.spacing_m + moved[0], row * plan.spacing_m + moved[1])
    node = np.arange(len(column))
    across = node[column < plan.columns - 1]
    upward = node[row < plan.rows - 1]
    start = np.concatenate([across, upward])
    end = np.concatenate([across + 1, upward + plan.columns])
    line = np.concatenate([row[across], 1000 + column[upward]])
    step = np.concatenate([column[across], row[upward]])
    kinds = _kinds(line, len(start), rng, regular=plan.regular)
    kept = np.ones(len(start), bool) if plan.regular else _kept(len(node), start, end, rng) | (kinds == "primary")
    shift = rng.integers(0, _STREET_RUN, 2000)
    frame = pd.DataFrame(
        {
            "town": plan.town,
            "run": line * 100 + (step + shift[line]) // _STREET_RUN,
            "kind": kinds,
            "from_e": east[start],
            "from_n": north[start],
            "to_e": east[end],
            "to_n": north[end],
        }
    )
    return _bent(frame[kept], rng, shake=shake / 3)


def _kept(nodes: int, start: Ints, end: Ints, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Keep a random tree that joins every junction, and some of the other streets."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import minimum_spanning_tree

    weight = rng.permutation(len(start)) + 1
    tree = minimum_spanning_tree(coo_array((weight.astype(float), (start, end)), shape=(nodes, nodes)).tocsr())
    in_tree = np.isin(weight, tree.data.astype(int))
    return np.asarray(in_tree | (rng.random(len(start)) < _STRAYS))


def _kinds(line: Ints, count: int, rng: np.random.Generator, *, regular: bool) -> npt.NDArray[np.str_]:
    drawn = rng.random(count)
    kinds = np.where(line % 6 == 0, "tertiary", "residential").astype("<U12")
    kinds[np.isin(line, [12, 1020])] = "primary"
    if not regular:
        kinds[(kinds == "residential") & (drawn < 0.08)] = "footway"
        kinds[(kinds == "residential") & (drawn > 0.97)] = "service"
    return kinds


def _bent(frame: pd.DataFrame, rng: np.random.Generator, *, shake: float) -> pd.DataFrame:
    bend = rng.normal(0, 1, (2, len(frame))) * shake
    return frame.assign(
        middle_e=(frame["from_e"] + frame["to_e"]) / 2 + bend[0],
        middle_n=(frame["from_n"] + frame["to_n"]) / 2 + bend[1],
    ).round(1)


def _with_long_roads(streets: pd.DataFrame) -> pd.DataFrame:
    """Add the motorway past both towns, the road between them, and the one up to the motorway, in 250 m pieces."""
    roads = (
        ("Motorway", "motorway", (0.0, 4_150.0), (8_400.0, 4_350.0), 33),
        ("Hush Road", "primary", (5_000.0, 1_560.0), (6_600.0, 1_680.0), 6),
        ("North Road", "primary", (2_440.0, 3_740.0), (2_545.0, 4_210.0), 2),
    )
    for name, kind, begin, finish, count in roads:
        ends = [_junction_near(streets, point) if kind == "primary" else _grid(point) for point in (begin, finish)]
        east, north = (np.linspace(ends[0][axis], ends[1][axis], count + 1) for axis in (0, 1))
        tips = {"from_e": east[:-1], "from_n": north[:-1], "to_e": east[1:], "to_n": north[1:]}
        middles = {"middle_e": (east[:-1] + east[1:]) / 2, "middle_n": (north[:-1] + north[1:]) / 2}
        road = pd.DataFrame({"town": words.COUNTRYSIDE, "kind": kind, **tips, **middles, "name": name}).round(1)
        streets = pd.concat([streets, road], ignore_index=True)
    return streets


def _grid(point: tuple[float, float]) -> tuple[float, float]:
    return ORIGIN[0] + point[0], ORIGIN[1] + point[1]


def _junction_near(streets: pd.DataFrame, point: tuple[float, float]) -> tuple[float, float]:
    east, north = _grid(point)
    ends = np.concatenate([streets[["from_e", "from_n"]].to_numpy(), streets[["to_e", "to_n"]].to_numpy()])
    nearest = ends[np.argmin(np.hypot(ends[:, 0] - east, ends[:, 1] - north))]
    return float(nearest[0]), float(nearest[1])


def _names(rng: np.random.Generator, count: int) -> list[str]:
    every = [f"{first} {last}" for first in words.STREET_BEGINNINGS for last in words.STREET_ENDINGS]
    return [every[which] for which in rng.permutation(len(every))[:count]]


def _lengths(streets: pd.DataFrame) -> Floats:
    first = np.hypot(streets["middle_e"] - streets["from_e"], streets["middle_n"] - streets["from_n"])
    second = np.hypot(streets["to_e"] - streets["middle_e"], streets["to_n"] - streets["middle_n"])
    return np.asarray(first + second)


def _junctions(streets: pd.DataFrame) -> pd.DataFrame:
    ends = pd.concat(
        [
            streets[["from_e", "from_n"]].set_axis(["easting", "northing"], axis=1),
            streets[["to_e", "to_n"]].set_axis(["easting", "northing"], axis=1),
        ]
    )
    counted = ends.groupby(["easting", "northing"], as_index=False).size().rename(columns={"size": "streets"})
    counted.insert(0, "junction_id", [f"J{number:05d}" for number in range(1, len(counted) + 1)])
    return counted


def _areas(rng: np.random.Generator) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    tops: list[list[tuple[float, float]]] = []
    sides: list[list[tuple[float, float]]] = []
    for plan in _PLANS:
        corners = _corners(plan, rng)
        wide, high = plan.blocks
        share = rng.dirichlet(np.full(wide * high, 40.0))
        for number in range(wide * high):
            column, row = number % wide, number // wide
            outline = [corners[row][column], corners[row][column + 1], corners[row + 1][column + 1]]
            outline.append(corners[row + 1][column])
            residents = round(float(plan.residents * share[number]))
            rows.append(_area(len(rows) + 1, plan.town, outline, residents))
        tops.append(corners[-1])
        sides += [[line[0] for line in corners], [line[-1] for line in corners]]
    rows.append(_area(len(rows) + 1, words.COUNTRYSIDE, _strip(tops), 1_240))
    rows.append(_area(len(rows) + 1, words.COUNTRYSIDE, _gap(sides), 1_020))
    return pd.DataFrame(rows)


def _area(number: int, town: str, outline: list[tuple[float, float]], residents: int) -> dict[str, object]:
    name = f"{town} {(number - 1) // 5 + 1:03d}{'ABCDE'[(number - 1) % 5]}"
    ring = (*outline, outline[0])
    return {"area_code": f"E01999{number:03d}", "name": name, "town": town, "residents": residents, "outline": ring}


def _corners(plan: _Plan, rng: np.random.Generator) -> list[list[tuple[float, float]]]:
    wide, high = plan.blocks
    margin = 65.0
    along = np.linspace(-margin, (plan.columns - 1) * plan.spacing_m + margin, wide + 1)
    up = np.linspace(-margin, (plan.rows - 1) * plan.spacing_m + margin, high + 1)
    inner = np.zeros((2, high + 1, wide + 1))
    inner[:, 1:-1, 1:-1] = rng.uniform(-55, 55, (2, high - 1, wide - 1))
    east, north = _warped(plan, along[None, :] + inner[0], up[:, None] + inner[1])
    return [
        [(round(float(e), 1), round(float(n), 1)) for e, n in zip(eastings, northings, strict=True)]
        for eastings, northings in zip(east, north, strict=True)
    ]


def _strip(tops: list[list[tuple[float, float]]]) -> list[tuple[float, float]]:
    """Outline the countryside north of both towns, along their northern edges and down to them between."""
    left, right = tops[0], tops[1]
    ceiling = ORIGIN[1] + 4_800.0
    return [*left, *right, (right[-1][0], ceiling), (left[0][0], ceiling)]


def _gap(sides: list[list[tuple[float, float]]]) -> list[tuple[float, float]]:
    """Outline the countryside between the towns, from shore to the northern strip."""
    east_of_town, west_of_quiet = sides[1], sides[2]
    return [*reversed(east_of_town), *west_of_quiet]


def areas_of(areas: pd.DataFrame, easting: Floats, northing: Floats) -> npt.NDArray[np.object_]:
    """Give the code of the area that each point lies in; blank for a point in none. Ties go to the first area."""
    found = np.full(len(easting), "", dtype=object)
    for code, outline in zip(reversed(list(areas["area_code"])), reversed(list(areas["outline"])), strict=True):
        ring = np.asarray(outline)
        (low_e, low_n), (high_e, high_n) = ring.min(axis=0), ring.max(axis=0)
        near = np.flatnonzero((easting >= low_e) & (easting <= high_e) & (northing >= low_n) & (northing <= high_n))
        inside = _inside(ring, easting[near], northing[near])
        found[near[inside]] = code
    return found


def _inside(ring: Floats, easting: Floats, northing: Floats) -> npt.NDArray[np.bool_]:
    """Tell which points lie in the ring: a line to the east crosses its edge an odd number of times."""
    odd = np.zeros(len(easting), bool)
    for (e0, n0), (e1, n1) in pairwise(ring):
        if n0 != n1:
            spans = (n0 > northing) != (n1 > northing)
            odd ^= spans & (easting < (e1 - e0) * (northing - n0) / (n1 - n0) + e0)
    return odd
