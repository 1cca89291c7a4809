"""How good the forecast behind a list would have been: tried on the last windows, beside plain past counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from abate.errors import OptionError
from abate.jobs import records, runs
from abate.jobs.score import BASELINE, LEAST_TRAINING
from abate.jobs.scorewords import reliability, worded
from abate.reports.rehearsals import RehearsalStory
from abate.reports.wording import count, counted, share

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from abate.hotspots.histories import Window
    from abate.jobs.choosing import Basis
    from abate.jobs.prospects import Prospect
    from abate.jobs.records import Record
    from abate.jobs.runs import Planned, Tried

    Tell = Callable[[float, str], None]

_MANY = 12


@dataclass(frozen=True)
class Rehearsal:
    """What became of the rehearsals: the records of `abate score`, all windows together, and one sentence.

    `together` has one record a method: `events`, `hits`, `hit_rate`, `log_score`, `cover_95`, `gain_over_counts`.
    `area_km2` is the area that was flagged.
    """

    method: str
    area_km2: float
    rows: tuple[dict[str, Any], ...]
    together: tuple[dict[str, Any], ...]
    sentence: str
    notes: tuple[str, ...]
    tried: Tried | None = None

    def document(self) -> dict[str, Any]:
        """Give it as plain values, for `--json`."""
        return {
            "sentence": self.sentence,
            "records": list(self.rows),
            "together": list(self.together),
            "notes": list(self.notes),
        }

    def story(self) -> RehearsalStory:
        """Give it as the report tells it."""
        told = () if self.tried is None else tuple(reliability(self.tried))
        return RehearsalStory(self.sentence, self.area_km2, self.rows, self.together, told, self.notes)


def rehearse(
    basis: Basis,
    prospect: Prospect,
    *,
    windows: int,
    months: int,
    area_km2: float,
    tell: Tell = lambda _share, _words: None,
) -> Rehearsal | None:
    """Let the method and plain counts forecast the last `windows` windows of `months` months, frozen before each.

    `area_km2` is flagged in single places, the most expected first. Fewer windows are tried where the record is short,
    and none where it is too short, which the sentence says. None where no window is asked for. Raises `OptionError`
    for a number below 0.
    """
    from abate.hotspots import methods

    if windows < 0:
        raise OptionError(f"--rehearse: 0 or more windows, not {windows}")
    if windows == 0:
        return None
    record = _record(basis, prospect)
    plan = _plan(record, windows, months)
    if not plan:
        return Rehearsal(prospect.method, area_km2, (), (), _too_short(record, months), ())
    tried = runs.run(
        record,
        plan,
        {name: methods.find(name) for name in dict.fromkeys((prospect.method, BASELINE))},
        (area_km2,),
        given={name: {name: value} for name, value in prospect.given.items()},
        baseline=BASELINE,
        seed=basis.seed,
        tell=tell,
    )
    rows = tuple(worded(runs.rows(record, tried, (area_km2,), seed=basis.seed), record))
    together = tuple(_together(rows))
    return Rehearsal(
        prospect.method,
        area_km2,
        rows,
        together,
        sentence(together, [planned.window for planned in plan], area_km2),
        tuple(_notes(record, len(plan), windows)),
        tried,
    )


def _record(basis: Basis, prospect: Prospect) -> Record:
    """Put the record that the forecast was made from as a score wants it."""
    from abate.jobs import placing
    from abate.places import shapes, specs

    put, laid, wanted = basis.put, prospect.laid, basis.wanted
    region, barred = (shapes.region(placing.polygons(path, put.crs)) for path in (wanted.within, wanted.exclude))
    return records.Record(
        history=laid.past,
        happened=records.Happened(
            rows=laid.rows.assign(test=False),
            unit=laid.past.unit,
            selection=basis.ground.selection,
            force=basis.force,
            months=laid.months,
            train_months=laid.months,
            test_first=None,
            version=basis.ground.version,
        ),
        lost=records.unplaced(laid.rows[laid.rows["chosen"].to_numpy(bool)]),
        whole_km2=records.extent(
            put.assigned.places,
            region if region is None or barred is None else region.difference(barred),
            put.unit_m,
            street=False,
        ),
        fixed=region is not None or not put.assigned.spec.is_grid,
        place_kind=specs.title(put.assigned.spec, unit_m=put.unit_m, areas=put.areas),
        placing=put,
    )


def _plan(record: Record, windows: int, months: int) -> list[Planned]:
    """List the windows, first to last, before which enough was known to learn from."""
    from abate.hotspots import rolling

    horizon = rolling.Horizon(months, "m")
    found = [
        runs.Planned(window.first - timedelta(days=1), horizon, window)
        for window in rolling.closing(record.history.span, horizon, most=windows)
    ]
    return [each for each in found if record.history.until(each.origin).totals().sum() >= LEAST_TRAINING]


def _together(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Put the windows of each method together: events and hits summed, scores as means over all places."""
    found = []
    for method in dict.fromkeys(row["method"] for row in rows):
        held = [row for row in rows if row["method"] == method]
        events, hits, places = (sum(row[name] for row in held) for name in ("events", "hits", "places"))
        means = {name: sum(row[name] * row["places"] for row in held) / places for name in ("log_score", "cover_95")}
        gained = {
            name: held[0].get(f"rolling_{name}", held[0][name])
            for name in ("gain_over_counts", "log_score_gain_over_counts")
        }
        rate = hits / events if events else None
        found.append(
            {
                "method": method,
                "windows": len(held),
                "events": events,
                "hits": hits,
                "hit_rate": rate,
                "expected": sum(row["expected"] for row in held),
                **means,
                **gained,
            }
        )
    return found


def sentence(together: Sequence[Mapping[str, Any]], windows: Sequence[Window], area_km2: float) -> str:
    """Say whether the method was ahead of plain counts here, how surely, and how little a few windows tell."""
    mine, plain = together[0], together[-1]
    span = f"{_day(windows[0].first)} to {_day(windows[-1].last)}"
    over = f"In {counted(len(windows), 'rehearsal', 'rehearsals')} ({span})"
    if not mine["events"]:
        return f"{over} no located incident happened, so that nothing can be said of the forecast."
    caught = f"the method '{mine['method']}' caught {share(mine['hit_rate'])} of {count(mine['events'])} incidents"
    where = f"in {area_km2:.2f} km²"
    if mine["method"] == BASELINE:
        return f"{over} {caught} {where}; it is plain counts itself, with nothing to compare; {_few(len(windows))}."
    return (
        f"{over} {caught} {where} and plain counts {share(plain['hit_rate'])}: {verdict(mine)}; {_few(len(windows))}."
    )


def _few(windows: int) -> str:
    """Say what so many windows are worth."""
    if windows >= _MANY:
        return "the command abate score gives more"
    few = "1 window is few" if windows == 1 else f"{windows} windows are few"
    return f"{few}, and such a figure is mostly noise: the command abate score tries more of them"


def verdict(row: Mapping[str, Any]) -> str:
    """Say whether a method beat plain counts, with the interval of the difference.

    >>> verdict({"gain_over_counts": {"low": -0.012, "value": 0.02, "high": 0.05}})
    'it is not shown to beat plain counts here (+2.0 points, 95% interval -1.2 to +5.0)'
    """
    gain = row["gain_over_counts"]
    if gain is None:
        return "there were too few incidents for an interval, so that neither is shown to be better"
    low, value, high = (100 * gain[name] for name in ("low", "value", "high"))
    if low == value == high == 0:
        return "it caught the same incidents as plain counts and so did not beat them here"
    told = "it beat plain counts here" if low > 0 else "it did worse than plain counts here"
    told = told if low > 0 or high < 0 else "it is not shown to beat plain counts here"
    return f"{told} ({value:+.1f} points, 95% interval {low:+.1f} to {high:+.1f})"


def _too_short(record: Record, months: int) -> str:
    span = record.history.span
    return (
        f"The record ({_day(span.first)} to {_day(span.last)}) is too short to rehearse the forecast: a window of "
        f"{counted(months, 'month', 'months')} needs a past before it that is as long, with {LEAST_TRAINING} incidents."
    )


def _notes(record: Record, tried: int, asked: int) -> list[str]:
    told = f"{counted(tried, 'window was', 'windows were')} rehearsed, not {asked}"
    cells = (
        "in each rehearsal the places are the cells in which anything was known by then; events elsewhere are misses"
    )
    return [
        *([f"{told}: too little was known before the others to learn from"] if tried < asked else []),
        "the area was flagged in single places, the most expected first; sites are bound by further rules",
        *([] if record.fixed else [cells]),
    ]


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
