"""Areas that money is shared among: a CSV that people keep by hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from abate.errors import SourceError, nearest
from abate.sources import small_tables
from abate.tables.funding import FUNDED_AREAS

if TYPE_CHECKING:
    from pathlib import Path

    from abate.sources.small_tables import SmallTable

_NEEDED = ("area", "population", "need")
_ZERO = ("current_grant", "floor")
_RATES = ("prevented_per_pound", "prevented_low", "prevented_high")


def read(path: Path) -> pd.DataFrame:
    """Read areas from a CSV file (or .gz); raises as `parse` does."""
    return parse(small_tables.read(path))


def parse(table: SmallTable) -> pd.DataFrame:
    r"""Understand areas as a `FUNDED_AREAS` table.

    `area, population, need` are needed; a blank `current_grant` or `floor` is 0, a blank `cap` no limit, a blank rate
    unknown. Amounts may have thousands' commas and a pound sign. Raises `SourceError` with every fault at once.

    >>> rows = "area,population,need,current_grant\nKent,1900000,310,£1160000\n"
    >>> found = parse(small_tables.parse(rows.encode(), name="areas.csv"))
    >>> found["current_grant"].tolist(), found["cap"].isna().tolist()
    ([1160000.0], [True])
    """
    known = tuple(FUNDED_AREAS.columns)
    faults = [
        f"{table.name}: there is no column '{name}'. {nearest(name, table.headings)}"
        for name in _NEEDED
        if name not in table.headings
    ]
    faults += [
        f"{table.name}: the column '{name}' is not one of this table. {nearest(name, known)}"
        for name in table.headings
        if name not in known
    ]
    if not table.rows:
        faults.append(f"{table.name}: has headings and no rows; it should have one row an area")
    if faults:
        raise SourceError(*faults)
    rows = [_row(row, place, table.name, faults) for place, row in zip(table.places, table.rows, strict=True)]
    frame = pd.DataFrame(rows, columns=list(known))
    for name in frame.loc[frame["area"].duplicated(), "area"]:
        faults.append(f"{table.name}: {name} stands in two rows; give each area once")
    if not faults and frame["need"].sum() <= 0:
        faults.append(f"{table.name}: no area has any need; need should be above 0 somewhere")
    if faults:
        raise SourceError(*faults[: small_tables.MOST_TOLD])
    return frame


def _row(row: dict[str, str], place: int, name: str, faults: list[str]) -> dict[str, object]:
    where = f"{name}, row {place}"
    if not row["area"].strip():
        faults.append(f"{where}: area is blank; it should be the area's name")
    told: dict[str, object] = {"area": row["area"].strip()}
    for column in FUNDED_AREAS.columns:
        if column == "area":
            continue
        said = row.get(column, "").strip().lstrip("£").replace(",", "")
        told[column] = _number(said, column, where, faults)
    low, value, high = (told[column] for column in ("prevented_low", "prevented_per_pound", "prevented_high"))
    ends = [one for one in (low, value, high) if isinstance(one, float) and not math.isnan(one)]
    if ends != sorted(ends):
        faults.append(f"{where}: prevented_per_pound should lie between prevented_low and prevented_high")
    return told


def _number(said: str, column: str, where: str, faults: list[str]) -> float:
    if not said:
        if column in ("population", "need"):
            faults.append(f"{where}: {column} is blank; it should be a number, 0 or more")
        return 0.0 if column in _ZERO else math.nan
    try:
        value = float(said)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or (value < 0 and column not in _RATES):
        faults.append(f"{where}: {column} is '{said}'; it should be a number, 0 or more")
    return value
