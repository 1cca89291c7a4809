"""What candidate places had before a trial: a CSV with one row a place, or a row a place and stretch of time."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from abate.sources import geojson, small_tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from abate.sources.small_tables import SmallTable

_WHOLE = r"[0-9]{1,12}(?:\.0+)?"
_DATE = r"(?:19|20)\d\d-\d\d-\d\d"


def read(path: Path) -> pd.DataFrame:
    """Read what candidate places had before a trial from a CSV file (or .gz). Raises as `parse` does."""
    return parse(geojson.read_bytes(path), name=path.name)


def parse(content: bytes, *, name: str) -> pd.DataFrame:
    r"""Understand the bytes of such a file; `name` is what it is called in sentences.

    The columns are `site_id`, `incidents` and, where the file has it, `days`: how many days a row was counted over.
    Rows of one place add up. With a column `date` in place of `days` each row is one day, so that place-days will do.
    Gives `site_id`, `incidents` and `days` (not a number where the file does not say), by place. Raises `SourceError`
    with every fault at once.

    >>> parse(b"site_id,incidents,days\nA,4,30\nB,0,30\nA,2,31\n", name="b.csv").to_numpy().tolist()
    [['A', 6, 61.0], ['B', 0, 30.0]]
    """
    table = small_tables.parse(content, name=name)
    small_tables.tell(small_tables.lacking(table, ("site_id", "incidents")), name)
    if not table.rows:
        small_tables.tell([f"{name}: there is no row under the headings; each candidate place is one row"], name)
    small_tables.tell(_faults(table), name)
    rows = pd.DataFrame(list(table.rows), columns=list(table.headings), dtype="str")
    days = rows["days"].astype("float64") if "days" in rows else 1.0 if "date" in rows else float("nan")
    counted = pd.DataFrame({"site_id": rows["site_id"], "incidents": rows["incidents"].astype("float64")})
    added = counted.assign(days=days).groupby("site_id", sort=True).sum(min_count=1).reset_index()
    return added.astype({"incidents": "int64", "days": "float64"})


def _faults(table: SmallTable) -> Iterator[str]:
    """Name the rows that will not do, in order."""
    seen: dict[tuple[str, str], int] = {}
    of_place: Counter[str] = Counter()
    daily = "date" in table.headings and "days" not in table.headings
    for place, row in zip(table.places, table.rows, strict=True):
        where, site = f"{table.name}, row {place}", row["site_id"]
        if not site:
            yield f"{where}: site_id is blank; it should be the place's name"
        if not re.fullmatch(_WHOLE, row["incidents"]):
            yield f"{where}: incidents is '{row['incidents']}'; it should be a whole number, 0 or more"
        if "days" in table.headings and not (re.fullmatch(_WHOLE, row["days"]) and float(row["days"]) > 0):
            yield f"{where}: days is '{row['days']}'; it should be how many days were counted, 1 or more"
        if not daily:
            continue
        if not re.fullmatch(_DATE, row["date"]):
            yield f"{where}: date is '{row['date']}'; it should be a day written YYYY-MM-DD"
        if (site, row["date"]) in seen:
            yield f"{where}: place '{site}' on {row['date']} stands in row {seen[site, row['date']]} already"
        seen.setdefault((site, row["date"]), place)
        of_place[site] += 1
    most = max(of_place.values(), default=0)
    for site in (each for each, days in of_place.items() if days < most):
        yield (
            f"{table.name}: place '{site}' has rows for {of_place[site]:,} days and others for {most:,}; a day on "
            "which nothing happened is a row with 0 incidents"
        )
