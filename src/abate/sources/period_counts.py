"""Counts by period of a treated area and its control: a CSV with one row a period, in order of time."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from abate.sources import geojson, small_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from abate.sources.small_tables import SmallTable

_AREAS = ("treated", "control")
_WHOLE = r"\d{1,12}(?:\.0*)?"


def read(path: Path) -> pd.DataFrame:
    """Read counts by period from a CSV file (or .gz); raises as `parse` does."""
    return parse(geojson.read_bytes(path), name=path.name)


def parse(content: bytes, *, name: str) -> pd.DataFrame:
    r"""Understand the bytes of a file of counts by period; `name` is what it is called in sentences.

    Gives `period` (as written), `treated` and `control`, in order of time: where every period is a whole number, a
    month (YYYY-MM) or a day (YYYY-MM-DD) they are put in order, otherwise they stand as in the file. Raises
    `SourceError` with every fault at once: a column or period that is missing, a period that stands twice, a count
    that is not whole, nothing at all in both areas.

    >>> parse(b"period,treated,control\n2,5,6\n1,3,4\n", name="c.csv")["treated"].tolist()
    [3, 5]
    """
    table = small_tables.parse(content, name=name)
    small_tables.tell(small_tables.lacking(table, ("period", *_AREAS)), name)
    if not table.rows:
        small_tables.tell([f"{name}: there is no row under the headings; each period is one row"], name)
    small_tables.tell(_faults(table), name)
    labels = [row["period"] for row in table.rows]
    places = _places(labels)
    small_tables.tell(_gaps(labels, places, name), name)
    frame = pd.DataFrame(
        {
            "period": pd.Series(labels, dtype="str"),
            **{area: [int(float(row[area])) for row in table.rows] for area in _AREAS},
        }
    )
    if not frame[list(_AREAS)].to_numpy().any():
        small_tables.tell([f"{name}: every count is 0; a scan needs periods in which something happened"], name)
    ordered = frame if places is None else frame.iloc[sorted(range(len(places)), key=places.__getitem__)]
    return ordered.reset_index(drop=True)


def _faults(table: SmallTable) -> Iterator[str]:
    seen: dict[str, int] = {}
    for row, place in zip(table.rows, table.places, strict=True):
        where, period = f"{table.name}, row {place}", row["period"]
        if not period:
            yield f"{where}: the period is blank; its number, month (YYYY-MM) or day (YYYY-MM-DD) would be right"
        elif period in seen:
            yield f"{where}: period '{period}' stands in row {seen[period]} already; each period is one row"
        elif _written(period) and _day(period) is None:
            yield f"{where}: period '{period}' is in no calendar; a month as YYYY-MM or a day as YYYY-MM-DD is right"
        seen.setdefault(period, place)
        for area in _AREAS:
            if not re.fullmatch(_WHOLE, row[area]):
                said = f"'{row[area]}'" if row[area] else "blank"
                yield f"{where}: {area} is {said}; it should be a number of incidents, whole and 0 or more"


def _places(labels: Sequence[str]) -> list[int] | None:
    """Say where each period stands in time; None where the periods are plain names."""
    if all(re.fullmatch(r"\d{1,15}", label) for label in labels):
        return [int(label) for label in labels]
    days = [_day(label) for label in labels]
    known = [day for day in days if day is not None]
    if len(known) < len(days) or len({len(label) for label in labels}) > 1:
        return None
    months = len(labels[0]) == len("2026-01")
    return [12 * day.year + day.month if months else day.toordinal() for day in known]


def _written(label: str) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", label))


def _day(label: str) -> date | None:
    """Give a day, or the first day of a month; None where it is neither."""
    try:
        return date.fromisoformat(label if len(label) > len("2026-01") else f"{label}-01") if _written(label) else None
    except ValueError:
        return None


def _gaps(labels: Sequence[str], places: Sequence[int] | None, name: str) -> Iterator[str]:
    """Name the periods after which others are missing: steps that are longer than the usual one."""
    if places is None or len(places) < 3:
        return
    order = sorted(range(len(places)), key=places.__getitem__)
    steps = [places[after] - places[before] for before, after in pairwise(order)]
    usual = min(steps)
    for step, (before, after) in zip(steps, pairwise(order), strict=True):
        if step != usual:
            yield (
                f"{name}: between period '{labels[before]}' and '{labels[after]}' a row is missing; "
                "a period without incidents is a row with 0"
            )
