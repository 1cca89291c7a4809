"""The runs of a score, origin by origin: what each method forecast and caught, and how far it was ahead."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.jobs import records
from abate.tables import SCORES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from abate.hotspots.accuracy import Trial
    from abate.hotspots.gains import Ahead
    from abate.hotspots.histories import History, Window
    from abate.hotspots.rolling import Horizon
    from abate.jobs.records import Record

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

_CURVE_POINTS = 60


@dataclass(frozen=True)
class Planned:
    """A window that is forecast from an origin."""

    origin: date
    horizon: Horizon
    window: Window


@dataclass(frozen=True)
class Entry:
    """One method's forecast from one origin for one window, judged.

    `caught` has the measures for each area asked; `ahead` how far it was ahead of plain counts in hits, for each area,
    and `ahead_in_log` in log score. `curve` are the hits at the areas of `Tried.areas`; `reliability` sets what was
    expected beside what was seen, in groups of places.
    """

    planned: Planned
    method: str
    events: int
    places: int
    figures: Mapping[str, Any]
    caught: Mapping[float, Mapping[str, Any]]
    ahead: Mapping[float, Ahead]
    ahead_in_log: Ahead | None
    curve: Whole
    reliability: pd.DataFrame


@dataclass(frozen=True)
class Tried:
    """All entries, by origin, window and method, and the flagged areas that their curves go through."""

    entries: tuple[Entry, ...]
    areas: Real


def run(
    record: Record,
    plan: Sequence[Planned],
    methods: Mapping[str, Any],
    asked: Sequence[float],
    *,
    given: Mapping[str, Mapping[str, Any]],
    baseline: str,
    seed: int,
    tell: Callable[[float, str], None],
) -> Tried:
    """Let every method forecast every window, and judge it on the same places; nothing after its origin is seen.

    `given` holds what some methods need beyond the record, by the name of the need.
    """
    from abate.hotspots import gains

    steps = _curve_areas(record, asked)
    patch = gains.patches(record.history.places, record.history.until(plan[0].origin).totals())
    entries: list[Entry] = []
    before: dict[tuple[str, str], Trial] = {}
    total = len(plan) * len(methods)
    for origin, planned in groupby(plan, key=lambda each: each.origin):
        past, kept = _past(record, origin)
        for each in planned:
            told: dict[str, Trial] = {}
            for name, method in methods.items():
                tell((len(entries) + len(told)) / total, f"{name}, {each.horizon} from {each.window.first}")
                needed = {key: value for need in method.needs for key, value in given.get(need, {}).items()}
                told[name] = _trial(record, kept, each, past, method.forecast(past, each.window, **needed))
            entries += _judged(each, told, before, patch[kept], asked=asked, steps=steps, baseline=baseline, seed=seed)
            before |= {(str(each.horizon), name): trial for name, trial in told.items()}
    return Tried(tuple(entries), steps)


def _curve_areas(record: Record, asked: Sequence[float]) -> Real:
    from abate.hotspots import accuracy

    extents = accuracy.extents(record.history.places)
    most = min(float(extents.sum()), 2 * max(asked))
    least = min(float(np.median(extents)), most)
    areas: Real = np.r_[0.0, np.geomspace(least, most, _CURVE_POINTS - 1)]
    return areas


def _past(record: Record, origin: date) -> tuple[History, NDArray[np.bool_]]:
    """Give what was known at an origin; where places come from incidents, only those that were known by then."""
    from abate.hotspots import rolling

    past = record.history.until(origin)
    if record.fixed:
        return past, np.ones(len(past.places), dtype=bool)
    kept = rolling.known(past)
    return rolling.narrow(past, kept), kept


def _trial(record: Record, kept: NDArray[np.bool_], planned: Planned, past: History, forecast: pd.DataFrame) -> Trial:
    from abate.hotspots.accuracy import Trial

    everywhere = record.history.during(planned.window)
    seen = everywhere[kept]
    return Trial(
        past=past,
        window=planned.window,
        forecast=forecast,
        seen=seen,
        beyond=int(everywhere.sum() - seen.sum()),
        whole_km2=record.whole_km2,
        by_density=not record.placing.assigned.spec.is_grid,
    )


def _judged(
    planned: Planned,
    told: Mapping[str, Trial],
    before: Mapping[tuple[str, str], Trial],
    patch: Whole,
    *,
    asked: Sequence[float],
    steps: Real,
    baseline: str,
    seed: int,
) -> Iterator[Entry]:
    from abate.hotspots import accuracy, gains

    truths = {name: accuracy.judge(trial, seed=seed) for name, trial in told.items()}
    for name, trial in told.items():
        pair = gains.Pair(trial, truths[name], told[baseline], truths[baseline], patch)
        earlier = before.get((str(planned.horizon), name))
        yield Entry(
            planned=planned,
            method=name,
            events=trial.events,
            places=len(trial.seen),
            figures=truths[name].figures,
            caught={
                area: {
                    **accuracy.measure(trial, area),
                    "churn": None if earlier is None else accuracy.churn(trial, earlier, area),
                }
                for area in asked
            },
            ahead={} if name == baseline else {area: gains.in_hits(pair, area) for area in asked},
            ahead_in_log=None if name == baseline else gains.in_log_scores(pair),
            curve=accuracy.curve(trial, steps),
            reliability=accuracy.reliability(trial),
        )


def rows(record: Record, tried: Tried, asked: Sequence[float], *, seed: int) -> list[dict[str, Any]]:
    """Lay the entries out as one record a method, window, area and origin, with what was gained over plain counts.

    Where the origin rolled, `rolling_gain_over_counts` and `rolling_log_score_gain_over_counts` are of all origins
    together and the same in each of their rows; the other gains are of the row's own window.
    """
    pooled = _pooled(tried, asked, seed=seed)
    rolled = len({entry.planned.origin for entry in tried.entries}) > 1
    street = record.placing.assigned.spec.kind == "street"
    made = []
    for _, entries in groupby(tried.entries, key=lambda each: each.planned):
        together = list(entries)
        for area in asked:
            for entry in together:
                row = _row(record, entry, area, street=street, seed=seed)
                if rolled:
                    row |= pooled[entry.method, str(entry.planned.horizon), area]
                made.append(row)
    return made


def _row(record: Record, entry: Entry, area: float, *, street: bool, seed: int) -> dict[str, Any]:
    caught, window = entry.caught[area], entry.planned.window
    row = {
        "method": entry.method,
        "window": str(entry.planned.horizon),
        "flagged_km2": None if street else area,
        "events": entry.events,
        **{name: caught[name] for name in ("hits", "hit_rate", "pai", "pei_star")},
        "log_score": entry.figures["log_score"],
        "origin": str(entry.planned.origin),
        "first_day": str(window.first),
        "last_day": str(window.last),
        "without_coordinates": records.lost(record, window, located=False),
        "outside": records.lost(record, window, located=True),
        "crime": record.happened.selection.label,
        "grid": record.place_kind,
        "places": entry.places,
        "area_km2": None if street else record.whole_km2,
        **{name: caught[name] for name in ("flagged_area_km2", "flagged_places", "best_hits")},
        **{name: caught[name] for name in ("ser", "rri", "area_to_perimeter", "churn")},
        **{name: entry.figures[name] for name in ("expected", "crps", "brier", "cover_95", "pit")},
        **_gains([entry], area, overlap=1, seed=seed),
    }
    if street:
        row |= {"flagged_km": area, "length_km": record.whole_km2, "flagged_length_km": row["flagged_area_km2"]}
        row["flagged_area_km2"] = 0.0
    return row


def _pooled(tried: Tried, asked: Sequence[float], *, seed: int) -> dict[tuple[str, str, float], dict[str, Any]]:
    from abate.hotspots import gains

    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in tried.entries:
        groups.setdefault((entry.method, str(entry.planned.horizon)), []).append(entry)
    found = {}
    for (method, horizon), entries in groups.items():
        overlap = gains.overlap([entry.planned.window for entry in entries])
        for area in asked:
            told = _gains(entries, area, overlap=overlap, seed=seed)
            found[method, horizon, area] = {f"rolling_{name}": value for name, value in told.items()}
    return found


def _gains(entries: Sequence[Entry], area: float, *, overlap: int, seed: int) -> dict[str, Any]:
    from abate.hotspots import gains

    hits = [entry.ahead[area] for entry in entries if entry.ahead]
    logs = [entry.ahead_in_log for entry in entries if entry.ahead_in_log is not None]
    found = gains.gain(hits, overlap=overlap, seed=seed) if hits else None
    in_log = gains.gain(logs, overlap=overlap, seed=seed) if logs and len(logs) == len(entries) else None
    return {
        "gain_over_counts": None if found is None else asdict(found),
        "log_score_gain_over_counts": None if in_log is None else asdict(in_log),
    }


def table(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Put the records into `tables.SCORES`; infinite figures are blank."""
    frame = pd.DataFrame(list(rows))
    numbers = [name for name, column in SCORES.columns.items() if column.kind == "number"]
    return SCORES.check(frame.assign(**{name: _plain(frame[name]) for name in numbers}))


def _plain(values: Any) -> Any:
    numbers = pd.to_numeric(values).astype("float64")
    return numbers.where(np.isfinite(numbers))
