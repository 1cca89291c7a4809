"""Before-and-after counts of areas: a CSV with one row an area of a case, or several that add up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from abate.sources import geojson, small_tables
from abate.tables.trials import AREAS_OF_A_CASE, DISPLACEMENT_CASES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from abate.sources.small_tables import SmallTable

_NEEDED = ("case", "area", "pre", "post")
_TIMES = ("pre_time", "post_time", "area_weight")
_WEIGHTS = (*_TIMES, "harm_weight")
_MOST = 1e12
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"


def read(path: Path) -> pd.DataFrame:
    """Read cases (`tables.trials.DISPLACEMENT_CASES`) from a CSV file; raises as `parse` does."""
    return parse(geojson.read_bytes(path), name=path.name)


def parse(content: bytes, *, name: str) -> pd.DataFrame:
    r"""Understand the bytes of a file of cases; `name` is what it is called in sentences.

    `case, area, pre, post` must be there; of `pre_time, post_time, area_weight, harm_weight` what is missing or blank
    is 1. Raises `SourceError` with every fault at once, with its row and value.

    >>> found = parse(b"case,area,pre,post\nA,treated,20,10\nA,control,20,20\n", name="cases.csv")
    >>> found[["area", "post", "harm_weight"]].values.tolist()
    [['treated', 10, 1.0], ['control', 20, 1.0]]
    """
    table = small_tables.parse(content, name=name)
    small_tables.tell(small_tables.lacking(table, _NEEDED), name)
    if not table.rows:
        small_tables.tell([f"{name}: there is no row under the headings; each area of a case is one row"], name)
    faults = [
        fault for row, place in zip(table.rows, table.places, strict=True) for fault in _faults(table, row, place)
    ]
    small_tables.tell(faults, name)
    rows = [
        {
            "case": row["case"],
            "area": row["area"].lower(),
            **{side: int(float(row[side])) for side in ("pre", "post")},
            **{weight: float(row.get(weight) or 1) for weight in _WEIGHTS},
        }
        for row in table.rows
    ]
    frame = pd.DataFrame(rows).astype({"case": "str", "area": "str"})
    small_tables.tell(_alone(frame, name), name)
    return small_tables.checked(frame, DISPLACEMENT_CASES, name=name)


def _faults(table: SmallTable, row: dict[str, str], place: int) -> Iterator[str]:
    where = f"{table.name}, row {place}"
    if not row["case"]:
        yield f"{where}: the case is blank; it should be the comparison's name"
    if row["area"].lower() not in AREAS_OF_A_CASE:
        yield f"{where}: area '{row['area']}' is not known. Known are: {', '.join(AREAS_OF_A_CASE)}"
    for side in ("pre", "post"):
        if not re.fullmatch(r"\d{1,12}(?:\.0*)?", row[side]):
            yield f"{where}: {side} is {_shown(row[side])}; it should be a number of incidents, whole and 0 or more"
    for weight in _WEIGHTS:
        value = row.get(weight, "")
        if not value:
            continue
        least = "above 0" if weight in _TIMES else "0 or more"
        if (
            not re.fullmatch(_NUMBER, value)
            or not 0 <= float(value) < _MOST
            or (weight in _TIMES and float(value) == 0)
        ):
            yield f"{where}: {weight} is {_shown(value)}; it should be a number, {least} (blank is 1)"


def _alone(frame: pd.DataFrame, name: str) -> Iterator[str]:
    for case, rows in frame.groupby("case", sort=False):
        areas = set(rows["area"])
        for area in ("treated", "control"):
            if area not in areas:
                yield f"{name}: case '{case}' has no row with area '{area}'; what would have happened comes from it"


def _shown(value: str) -> str:
    return repr(value) if value else "blank"
