"""How much of what came was where it was expected: `recommended` beside plain past counts, by rolling origin.

Every forecast is frozen before its window, on the same places for all methods, and every window is counted. The
windows of each set of data fall in two parts. "development": periods on which the prior weights of `recommended` were
settled. "check": later periods, or forces, that were left aside till then; the page on the recommended forecast says
which of them had been seen before the freeze. Gains over past counts are means over all events of a part,
with 95% paired intervals by redrawing whole windows (in blocks where windows overlap). The figures that the aims speak
of lie in periods that are not here: the rows below are the same measures on the periods that are.

Run: python benchmarks/accuracy.py [--only portland,new-york,police,areas]
"""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import measuring
import numpy as np
import pandas as pd
import pyproj
import shapely

from abate.hotspots import accuracy, methods, rolling
from abate.hotspots.histories import History, Window, history
from abate.places import assignment, specs
from abate.sources import boundaries
from abate.stats import blocks, ranges, scoring

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DATA = measuring.SHARED / "data"
PLAIN, OURS = "counts", "recommended"
NAMES = (PLAIN, "counts-12m", "counts-24m", OURS)
SQUARE_MILE = 2.589988110336
NEW_YORK_KM2 = 302.6 * SQUARE_MILE
FORCES = {
    "essex-street-2021-03-to-2022-03": "development",
    "merseyside-street-2021-03-to-2022-03": "development",
    "humberside-street-2021-03-to-2022-03": "check",
    "cleveland-street-2021-03-to-2022-03": "check",
    "cleveland-street-2023-01-to-2024-12": "2024-06",
}
KINDS = {"violence": ["Violence and sexual offences"], "robbery and weapons": ["Robbery", "Possession of weapons"]}
PATROL_FOUND = {"Drugs", "Possession of weapons"}


@dataclass
class Tally:
    """What each method caught in every window of one part of one case, and how true its distributions were."""

    events: list[int] = field(default_factory=list)
    hits: dict[str, list[int]] = field(default_factory=lambda: {name: [] for name in NAMES})
    pai: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in NAMES})
    pei: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in NAMES})
    scores: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in NAMES})
    covers: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in NAMES})
    first: date = date.max
    last: date = date.min


@dataclass(frozen=True)
class Case:
    """One set of data, cut into places: where to flag how much, for windows of which lengths, from which origins."""

    name: str
    record: History
    km2: tuple[float, ...]
    horizons: tuple[str, ...]
    origins: tuple[tuple[date, str], ...]
    overlap: dict[str, int] = field(default_factory=dict)
    whole_km2: float | None = None
    only_known: bool = False
    areas: bool = False


def laid(points: pd.DataFrame, places: pd.DataFrame, at: pd.Series, span: Window, unit: str, unit_m: float) -> History:
    """Lay points (easting, northing, period) with their places out as a history."""
    rows = points.assign(place_id=at.to_numpy()).dropna(subset=["place_id"])
    counted = rows.groupby(["place_id", "easting", "northing", "period"], as_index=False).size()
    return history(counted.rename(columns={"size": "incidents"}), places, span=span, unit=unit, unit_m=unit_m)


def located(points: pd.DataFrame, spec: str, unit_m: float, **options: Any) -> tuple[pd.DataFrame, pd.Series]:
    origin = options.pop("origin", None)
    given = points[["easting", "northing"]].assign(x=points["easting"], y=points["northing"], crs="as given")
    found = assignment.assign(given, specs.read(spec, origin=origin), unit_m=unit_m, **options)
    return found.places, found.points["place_id"]


def csv(path: str, east: str, north: str, when: str) -> pd.DataFrame:
    frame = pd.read_csv(DATA / path, low_memory=False)
    return frame.assign(
        easting=frame[east].astype(float),
        northing=frame[north].astype(float),
        period=pd.to_datetime(frame[when]).astype("datetime64[s]"),
    )


def month_ends(first: str, last: str, step: int = 1) -> list[date]:
    return [day.date() for day in pd.date_range(first, last, freq="ME")][::step]


def portland() -> Iterator[Case]:
    districts = boundaries.read(DATA / "hotspots/portland_nij/police_districts.geojson.gz", crs="EPSG:2913")
    corner = tuple(float(value) for value in shapely.total_bounds(districts["shape"].to_numpy(object))[:2])
    for kind, last in (("vehicle_theft", "2017-02"), ("burglary", "2017-02"), ("street_crimes", "2016-08")):
        points = csv(f"hotspots/portland_nij/{kind}.csv.gz", "x_ft", "y_ft", "date")
        span = Window(date(2012, 3, 1), (pd.Timestamp(last) + pd.offsets.MonthEnd()).date())
        latest = str((pd.Timestamp(span.last) - pd.offsets.MonthEnd(3)).date())
        origins = [(day, "development") for day in month_ends("2014-02-28", "2015-11-30", 3)]
        origins += [(day, "check") for day in month_ends("2016-02-29", latest)]
        for feet in (250, 600):
            places, at = located(points, f"square:{feet}ft", 0.3048, within=districts, origin=corner)
            yield Case(
                f"Portland {kind.replace('_', ' ')}, {feet} ft cells",
                laid(points, places, at, span, "day", 0.3048),
                (0.25 * SQUARE_MILE, 0.75 * SQUARE_MILE),
                ("7d", "1m", "3m"),
                tuple(origins),
                {"3m": 3},
                whole_km2=float(places["area_km2"].sum()),
            )


def new_york() -> Iterator[Case]:
    points = csv("hotspots/nyc_shootings/shootings_2006_2019.csv.gz", "x_ft", "y_ft", "date")
    places, at = located(points, "square:500ft", 1200 / 3937)
    record = laid(points, places, at, Window(date(2006, 1, 1), date(2019, 12, 31)), "day", 1200 / 3937)
    origins = [(date(year - 1, 12, 31), "development" if year < 2017 else "check") for year in range(2012, 2020)]
    asked = (0.01 * NEW_YORK_KM2, 0.05 * NEW_YORK_KM2)
    yield Case(
        "New York shootings, 500 ft cells", record, asked, ("12m",), tuple(origins), {}, NEW_YORK_KM2, only_known=True
    )


@lru_cache(maxsize=1)
def published(name: str) -> tuple[pd.DataFrame, pd.DataFrame, Window]:
    """Read a force's street file with National Grid points and the small areas that it covers."""
    table = pd.read_csv(DATA / f"{name}.csv.gz", low_memory=False).rename(
        columns={
            "Month": "month",
            "Crime type": "crime_type",
            "Longitude": "lon",
            "Latitude": "lat",
            "LSOA code": "lsoa",
        }
    )
    table = table.dropna(subset=["lon", "lat", "lsoa"])
    grid = pyproj.Transformer.from_crs(4326, 27700, always_xy=True)
    east, north = grid.transform(table["lon"].to_numpy(), table["lat"].to_numpy())
    table = table.assign(easting=east, northing=north, period=pd.to_datetime(table["month"]).astype("datetime64[s]"))
    file = DATA / "boundaries/lsoa2011-england-wales-ultra-generalised.geojson.gz"
    often = table["lsoa"].value_counts()
    everywhere = boundaries.read(file, crs="EPSG:27700")
    ground = everywhere[everywhere["place_id"].isin(often[often >= 20].index)].reset_index(drop=True)
    months = table["period"].agg(["min", "max"])
    span = Window(months["min"].date(), (months["max"] + pd.offsets.MonthEnd()).date())
    return table, ground, span


def related(table: pd.DataFrame, kinds: Iterable[str]) -> list[pd.DataFrame]:
    """Give the rows of every other kind of crime that patrols do not find themselves, the commonest first."""
    others = table[~table["crime_type"].isin({*kinds, *PATROL_FOUND})]
    return [rows for _, rows in sorted(others.groupby("crime_type"), key=lambda pair: -len(pair[1]))]


def linked(histories: list[History]) -> History:
    chain = histories[-1]
    for one in reversed(histories[:-1]):
        chain = replace(one, related=chain)
    return chain


def of_force(name: str, split: str, *, small_areas: bool) -> Iterator[Case]:
    table, ground, span = published(name)
    places, at = located(table, "square:150", 1.0, within=ground)
    if small_areas:
        areas, _ = located(table.head(1), "lsoa", 1.0, areas=ground)
        places, at = areas, table["lsoa"].where(table["lsoa"].isin(set(areas["place_id"])))
    table = table.assign(at=at.to_numpy())
    months = [day.date() for day in pd.date_range(span.first, span.last, freq="ME")]
    origins = [
        (end, split if not split[0].isdigit() else "development" if str(end) < split else "check")
        for end in months[len(months) // 2 : -1]
    ]
    title = name.rsplit("/", maxsplit=1)[-1].replace("-street-", " ").replace("crimes_", "Bedfordshire ")
    for kind, types in KINDS.items():
        own = table[table["crime_type"].isin(types)]
        rows = [own, *related(table, types)]
        record = linked([laid(part, places, part["at"], span, "month", 1.0) for part in rows])
        cut = "small areas" if small_areas else "150 m cells"
        yield Case(
            f"{title}, {kind}, {cut}", record, (5.0,), ("1m", "3m"), tuple(origins), {"3m": 3}, areas=small_areas
        )


def police(*, small_areas: bool = False) -> Iterator[Case]:
    yield from of_force("hotspots/bedfordshire_police_uk/crimes_2021-05_2023-04", "2022-10-01", small_areas=small_areas)
    for name, split in FORCES.items():
        yield from of_force(f"police-street/{name}", split, small_areas=small_areas)


def judged(case: Case) -> dict[tuple[str, float, str], Tally]:
    """Forecast every window of a case by every method, and count."""
    found: dict[tuple[str, float, str], Tally] = {}
    for origin, part in case.origins:
        past = case.record.until(origin)
        kept = rolling.known(past) if case.only_known else np.ones(len(past.places), dtype=bool)
        past = past if kept.all() else rolling.narrow(past, kept)
        for horizon in rolling.read(",".join(case.horizons), unit=past.unit):
            window = rolling.window(origin, horizon, unit=past.unit)
            if window.last > case.record.span.last:
                continue
            seen = case.record.during(window)
            told = {name: methods.find(name).forecast(past, window) for name in NAMES}
            for km2 in case.km2:
                tally = found.setdefault((str(horizon), km2, part), Tally())
                add(tally, case, past, window, seen, kept, told, km2)
    return found


def add(
    tally: Tally,
    case: Case,
    past: History,
    window: Window,
    seen: Any,
    kept: Any,
    told: dict[str, pd.DataFrame],
    km2: float,
) -> None:
    beyond = int(seen[~kept].sum())
    tally.first, tally.last = min(tally.first, window.first), max(tally.last, window.last)
    for name, forecast in told.items():
        trial = accuracy.Trial(past, window, forecast, seen[kept], beyond, case.whole_km2, case.areas)
        measured = accuracy.measure(trial, km2)
        tally.hits[name].append(measured["hits"])
        tally.pai[name].append(math.nan if measured["pai"] is None else measured["pai"])
        tally.pei[name].append(math.nan if measured["pei_star"] is None else measured["pei_star"])
        said = (trial.seen, trial.expected, trial.sizes)
        tally.scores[name].append(float(scoring.log_score(*said).mean()))
        low, high = ranges.middle_part(0.95, trial.expected, trial.sizes)
        tally.covers[name].append(float(((low <= trial.seen) & (trial.seen <= high)).mean()))
    tally.events.append(int(seen.sum()))


def gain(tally: Tally, other: str, overlap: int) -> dict[str, float] | None:
    ahead = np.array(tally.hits[OURS], dtype=float) - np.array(tally.hits[other], dtype=float)
    return as_numbers(blocks.differ(ahead, np.array(tally.events, dtype=float), length=overlap, seed=1))


def score_gain(tally: Tally, overlap: int) -> dict[str, float] | None:
    ahead = np.array(tally.scores[OURS]) - np.array(tally.scores[PLAIN])
    return as_numbers(blocks.differ(ahead, np.ones(len(ahead)), length=overlap, seed=1))


def as_numbers(found: blocks.Difference | None) -> dict[str, float] | None:
    return None if found is None else {name: round(getattr(found, name), 4) for name in ("value", "low", "high")}


def figures(case: Case, key: tuple[str, float, str], tally: Tally) -> dict[str, Any]:
    horizon, km2, part = key
    overlap = case.overlap.get(horizon, 1) if part == "check" or case.record.unit == "month" else 1
    events = max(1, sum(tally.events))
    return {
        "case": case.name,
        "window": horizon,
        "flagged_km2": round(km2, 3),
        "part": part,
        "from": str(tally.first),
        "to": str(tally.last),
        "windows": len(tally.events),
        "events": sum(tally.events),
        "hit_rate": {name: round(sum(hits) / events, 4) for name, hits in tally.hits.items()},
        "gain_over_counts": gain(tally, PLAIN, overlap),
        "gain_over_best_counts": gain(tally, max(NAMES[:3], key=lambda name: sum(tally.hits[name])), overlap),
        "mean_pai": {name: mean(values, 1) for name, values in tally.pai.items()},
        "mean_pei_star": {name: mean(values, 3) for name, values in tally.pei.items()},
        "log_score": {name: mean(values, 4) for name, values in tally.scores.items()},
        "log_score_gain": score_gain(tally, overlap),
        "cover_95": mean(tally.covers[OURS], 3),
    }


def mean(values: list[float], digits: int) -> float | None:
    known = [value for value in values if math.isfinite(value)]
    return round(float(np.mean(known)), digits) if len(known) == len(values) and known else None


def said(found: dict[str, float] | None, digits: int = 3) -> str:
    if found is None:
        return "too few windows"
    value, low, high = (f"{found[name]:+.{digits}f}" for name in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def summary(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    lines = []
    for one in rows:
        areas = one["case"].endswith("small areas")
        measure = "log_score" if areas else "hit_rate"
        where = "" if areas else f", {one['flagged_km2']:.2f} km2"
        lines.append(
            {
                "work": f"{one['case']}, {one['window']}{where}",
                "period": f"{one['part']}: {one['from']} to {one['to']}, {one['windows']} windows",
                "measure": measure.replace("_", " "),
                "recommended": f"{one[measure][OURS]}",
                "past counts": f"{one[measure][PLAIN]}",
                "gain (95% interval)": said(one["log_score_gain"], 4) if areas else said(one["gain_over_counts"]),
                "over the best of counts": "" if areas else said(one["gain_over_best_counts"]),
                "cover of 95%": f"{one['cover_95']}",
            }
        )
    return lines


CASES = {
    "portland": portland,
    "new-york": new_york,
    "police": police,
    "areas": lambda: police(small_areas=True),
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", default=",".join(CASES))
    rows = []
    for name in options.parse_args().only.split(","):
        for case in CASES[name]():
            for key, tally in judged(case).items():
                rows.append(figures(case, key, tally))
                print(json.dumps(rows[-1]), flush=True)
    measuring.keep("accuracy", {"figures": rows, "summary": summary(rows)})


if __name__ == "__main__":
    main()
