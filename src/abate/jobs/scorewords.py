"""What a score says in words: each row, the whole in one sentence, what to know beside it, and the report's story."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

import abate
from abate.jobs import records
from abate.reports.scores import MARKING, Line, Reliability, ScoreStory
from abate.reports.wording import counted, listed, share

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from abate.jobs.records import Record
    from abate.jobs.runs import Tried
    from abate.jobs.score import Options

BASELINE = "counts"
NO_PAI = "no PAI: its area is unknown without --within"
_MANY_DAYS = 3


def worded(rows: Sequence[Mapping[str, Any]], record: Record) -> list[dict[str, Any]]:
    """Add to each record the sentence that says it."""
    return [{**row, "sentence": _row(row, known_area=record.whole_km2 is not None)} for row in rows]


def _row(row: Mapping[str, Any], *, known_area: bool) -> str:
    flagged = _area(row)
    when = f"{_day(row['first_day'])} to {_day(row['last_day'])}"
    if not row["events"]:
        return f"{row['method']}: nothing happened from {when}, so that nothing can be said of {flagged}."
    told = [
        f"{row['method']}: {row['hits']:,} of {row['events']:,} events ({share(row['hit_rate'])}) in {flagged}, {when}"
    ]
    if row["pei_star"] is not None:
        told.append(f"{share(row['pei_star'])} of the most that this could have caught")
    told.append(f"PAI {row['pai']:.1f}" if row["pai"] is not None else "" if known_area else NO_PAI)
    if not np.isfinite(row["log_score"]):
        told.append("no log score: something happened where the method held it impossible")
    return f"{'; '.join(filter(None, told))}."


def _area(row: Mapping[str, Any]) -> str:
    return f"{row['flagged_km']:g} km of street" if row.get("flagged_km") else f"{row['flagged_km2']:g} km²"


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {day:%B} {day.year}"


def sentence(rows: Sequence[Mapping[str, Any]], record: Record) -> str:
    """Say in one sentence what came out: the first method beside plain counts, in the first window and area asked."""
    first = rows[0]
    alike = [row for row in rows if all(row[key] == first[key] for key in ("window", "flagged_km2"))]
    alike = [row for row in alike if row.get("flagged_km") == first.get("flagged_km")]
    mine = [row for row in alike if row["method"] == first["method"]]
    plain = [row for row in alike if row["method"] == BASELINE]
    events = sum(row["events"] for row in mine)
    crimes, where = record.happened.selection.label, _area(first)
    over = f"{counted(len(mine), 'window', 'windows')} of {first['window']}"
    if not events:
        told = f"No located incident of {crimes} fell into {over}: nothing can be said of the methods"
    else:
        rate = sum(row["hits"] for row in mine) / events
        told = f"In {over}, {where} flagged by {first['method']} caught {share(rate)} of {events:,} "
        told += f"located incidents of {crimes}"
        if first["method"] != BASELINE:
            told += f", plain past counts {share(sum(row['hits'] for row in plain) / events)}{_verdict(first)}"
    pai = "" if record.whole_km2 is not None else f"; {NO_PAI}"
    return f"{told}{pai}. {MARKING[0].upper()}{MARKING[1:]}."


def _verdict(row: Mapping[str, Any]) -> str:
    gain = row.get("rolling_gain_over_counts") or row["gain_over_counts"]
    if gain is None:
        return ""
    low, value, high = (100 * gain[name] for name in ("low", "value", "high"))
    told = "ahead of them" if low > 0 else "behind them" if high < 0 else "not shown to be ahead of them"
    return f": {told} ({value:+.1f} points, 95% interval {low:+.1f} to {high:+.1f})"


def notes(rows: Sequence[Mapping[str, Any]], record: Record, gap: int) -> tuple[str, ...]:
    """List what a reader should know beside the table."""
    unique = {(row["first_day"], row["last_day"]): row for row in rows}.values()
    without, outside = (sum(row[name] for row in unique) for name in ("without_coordinates", "outside"))
    overlapping = " (windows that overlap count them again)" if len(unique) > 1 else ""
    told = [
        f"{without:,} incidents of the windows have no coordinates: they stand beside, never as misses{overlapping}"
        if without
        else "",
        f"{outside:,} incidents of the windows lie outside the area and are no events{overlapping}" if outside else "",
        ""
        if record.fixed
        else "without --within the places are the cells in which anything was known by the origin; "
        "events in other cells are misses, and scores of places are of the known cells only",
        f"{gap} days are left out between training and window" if gap else "",
        *_few(rows),
        _late(rows, record),
        _gone(record),
        *record.happened.selection.notes,
    ]
    return tuple(dict.fromkeys(filter(None, told)))


def _few(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    told = []
    if any(row["events"] < 100 for row in rows):
        told.append("windows with fewer than 100 events swing by chance: read means over many windows, with intervals")
    if bad := sorted({row["method"] for row in rows if not np.isfinite(row["log_score"])}):
        told.append(f"no log score for {listed(bad)}: something happened in a place where nothing was expected")
    asked = [row for row in rows if row["flagged_km2"] and abs(row["flagged_area_km2"] / row["flagged_km2"] - 1) > 0.05]
    if asked:
        told.append("some flagged areas differ from what was asked by more than 5%, since places are flagged whole")
    return told


def _late(rows: Sequence[Mapping[str, Any]], record: Record) -> str:
    last, known = max(row["last_day"] for row in rows), records.last_day(record.happened)
    short = (date.fromisoformat(last) - known).days
    return (
        f"the last incident known is of {known}, {short} days before the last window ends" if short > _MANY_DAYS else ""
    )


def _gone(record: Record) -> str:
    gone = list(records.missing(record, record.history.span))
    return f"the record does not hold {', '.join(gone)}: training reads them as quiet" if gone else ""


def story(
    rows: Sequence[Mapping[str, Any]],
    table: pd.DataFrame,
    record: Record,
    tried: Tried,
    methods: Mapping[str, Any],
    *,
    options: Options,
    today: date,
) -> ScoreStory:
    """Tell the story that the report draws: the table, the curves of hits by area, and the calibration."""
    happened, put = record.happened, record.placing
    return ScoreStory(
        title=f"How good are forecasts of {happened.selection.label}?",
        sentence=sentence(rows, record),
        notes=notes(rows, record, options.gap),
        made_on=today,
        rows=tuple(dict(row) for row in rows),
        table=table,
        methods={name: str(method.sentence) for name, method in methods.items()},
        lines=tuple(_lines(tried)),
        reliability=tuple(reliability(tried)),
        unit="km of street" if put.assigned.spec.kind == "street" else "km²",
        place_kind=record.place_kind,
        provenance={
            "software": f"abate {abate.__version__}",
            "made_on": today.isoformat(),
            "lake": {"table": "incidents", "version": happened.version},
            "force": happened.force,
            "months": [happened.months[0], happened.months[-1]],
            "time unit": happened.unit,
            "parameters": options.plain(),
            "crime_groups": {"edition": happened.selection.edition, "chosen": list(happened.selection.names)},
            "coordinates": {"analysis": put.crs, "transformation": put.converted.transformation},
        },
    )


def _lines(tried: Tried) -> list[Line]:
    """Give each method's curve in each window: hits of all origins together, as a share of their events."""
    found: dict[tuple[str, str], Line] = {}
    for entry in tried.entries:
        key = (str(entry.planned.horizon), entry.method)
        line = found.get(key) or Line(*key, tried.areas, np.zeros(len(tried.areas)), 0)
        found[key] = replace(line, hits=line.hits + entry.curve, events=line.events + entry.events)
    return list(found.values())


def reliability(tried: Tried) -> list[Reliability]:
    """Set what each method expected beside what was seen in each window, all origins together."""
    found: dict[tuple[str, str], Reliability] = {}
    for entry in tried.entries:
        key = (str(entry.planned.horizon), entry.method)
        held = found.get(key) or Reliability(*key, np.zeros(10), np.zeros(10), np.zeros(10), 0)
        groups = entry.reliability
        found[key] = replace(
            held,
            expected=held.expected + groups["expected"].to_numpy(float),
            seen=held.seen + groups["seen"].to_numpy(float),
            pit=held.pit + np.array(entry.figures["pit"]) * entry.places,
            places=held.places + entry.places,
        )
    return list(found.values())
