"""Place-days: a CSV with one row a place and day, how many incidents it saw and, where known, their harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from abate.errors import SourceError
from abate.sources import geojson, small_tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from abate.sources.small_tables import SmallTable

_DATE = r"(?:19|20)\d\d-\d\d-\d\d"
_NUMBER = r"[0-9]{1,12}(?:\.[0-9]{1,40})?"
_GROUPS = ("area", "pair")


def read(path: Path, *, complete: bool = True) -> pd.DataFrame:
    """Read place-days from a CSV file (or .gz).

    The columns are `date`, `site_id`, `incidents` and, where the file has them, `harm`, `area` and `pair`. Rows come
    out by date, then place. Raises `SourceError` with every fault at once as `parse` does.
    """
    return parse(geojson.read_bytes(path), name=path.name, complete=complete)


def parse(content: bytes, *, name: str, complete: bool = True) -> pd.DataFrame:
    r"""Understand the bytes of a file of place-days; `name` is what it is called in sentences.

    A day without incidents is a row with 0, not a row that is left out: with `complete` every place must have a row on
    every day from the first to the last, and the places that lack some are named. Raises `SourceError` for a missing
    column, a bad date, a blank place, a number of incidents that is not whole, harm that is none, harm where nothing
    happened, and a place-day that stands twice.

    >>> parse(b"date,site_id,incidents\n2026-01-01,A,2\n2026-01-02,A,0\n", name="h.csv")["incidents"].tolist()
    [2, 0]
    """
    table = small_tables.parse(content, name=name)
    small_tables.tell(small_tables.lacking(table, ("date", "site_id", "incidents")), name)
    if not table.rows:
        raise SourceError(f"{name}: there is no row under the headings; each place-day is one row")
    wanted = [each for each in ("date", "site_id", "incidents", "harm", *_GROUPS) if each in table.headings]
    texts = pd.DataFrame(list(table.rows), columns=wanted, dtype="str")
    frame = _values(texts)
    faults = [*_faults(texts, frame, table), *_torn(frame, name)]
    if not faults and complete:
        faults = missing(frame, name=name)
    small_tables.tell(faults, name)
    return frame.sort_values(["date", "site_id"], ignore_index=True).astype({"incidents": "int64"})


def missing(frame: pd.DataFrame, *, name: str) -> list[str]:
    r"""Say of every place on how many days between the first and the last of the file it has no row.

    >>> rows = b"date,site_id,incidents\n2026-01-01,A,2\n2026-01-02,A,0\n2026-01-02,B,1\n"
    >>> missing(parse(rows, name="h.csv", complete=False), name="h.csv")
    ["h.csv: place 'B' has no row on 1 day (2026-01-01); a day on which nothing happened is a row with 0 incidents"]
    """
    days = pd.date_range(frame["date"].min(), frame["date"].max())
    seen = pd.crosstab(frame["site_id"], frame["date"]).reindex(columns=days, fill_value=0)
    told = []
    for site, row in zip(seen.index, seen.to_numpy(), strict=True):
        gaps = [f"{day:%Y-%m-%d}" for day in days[np.flatnonzero(row == 0)]]
        if gaps:
            which = ", ".join(gaps[:3]) + (" and others" if len(gaps) > 3 else "")
            count = f"{len(gaps):,} day{'s' if len(gaps) > 1 else ''}"
            told.append(
                f"{name}: place '{site}' has no row on {count} ({which}); "
                "a day on which nothing happened is a row with 0 incidents"
            )
    return told


def _values(texts: pd.DataFrame) -> pd.DataFrame:
    shaped = texts["date"].where(texts["date"].str.fullmatch(_DATE))
    frame = pd.DataFrame(
        {
            "date": pd.to_datetime(shaped, format="%Y-%m-%d", errors="coerce").astype("datetime64[s]"),
            "site_id": texts["site_id"].astype("str"),
        }
    )
    for column in ("incidents", "harm"):
        if column in texts.columns:
            frame[column] = pd.to_numeric(texts[column].where(texts[column].str.fullmatch(_NUMBER))).astype(float)
    for column in _GROUPS:
        if column in texts.columns:
            frame[column] = texts[column].astype("str")
    return frame


def _torn(frame: pd.DataFrame, name: str) -> Iterator[str]:
    """Name the places whose area or pair changes from row to row."""
    for column in (each for each in _GROUPS if each in frame.columns):
        several = frame.groupby("site_id")[column].nunique()
        for site in several.index[several > 1]:
            yield f"{name}: place '{site}' has more than one {column}; the same in all its rows would be right"


def _faults(texts: pd.DataFrame, frame: pd.DataFrame, table: SmallTable) -> Iterator[str]:
    """Name the rows that will not do, in order."""
    broken = {
        "date": (frame["date"].isna(), "should be a day written YYYY-MM-DD"),
        "site_id": (frame["site_id"] == "", "should be the place's name"),
        "incidents": (
            frame["incidents"].isna() | (frame["incidents"] % 1 != 0),
            "should be a whole number, 0 or more",
        ),
    }
    if "harm" in frame.columns:
        broken["harm"] = (frame["harm"].isna(), "should be a number, 0 or more (0 on a day without incidents)")
    again = frame.duplicated(["date", "site_id"]) & frame["date"].notna()
    odd = (frame["harm"] > 0) & (frame["incidents"] == 0) if "harm" in frame.columns else again & False
    bad = np.flatnonzero(np.logical_or.reduce([*(rows for rows, _ in broken.values()), again, odd]))
    for at in bad.tolist():
        row = f"{table.name}, row {table.places[at]}"
        for column, (rows, right) in broken.items():
            if rows.iloc[at]:
                value = str(texts[column].iloc[at])
                yield f"{row}: {column} is {repr(value) if value else 'blank'}; it {right}"
        day, site = texts["date"].iloc[at], texts["site_id"].iloc[at]
        if again.iloc[at]:
            yield f"{row}: place '{site}' on {day} stands in an earlier row already; each place-day is one row"
        if odd.iloc[at]:
            yield f"{row}: place '{site}' on {day} has harm and no incidents; harm is that of the day's incidents"
