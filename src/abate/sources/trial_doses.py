"""What took place in a trial: a CSV of `date, site_id, minutes, officers`, such as `abate patrols dosage` writes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from abate.sources import geojson, small_tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from abate.sources.small_tables import SmallTable

_DAY_MINUTES = 24 * 60
_NUMBER = r"[0-9]{1,12}(?:\.[0-9]{1,40})?"
_DATE = r"(?:19|20)\d\d-\d\d-\d\d"


def read(path: Path) -> pd.DataFrame:
    """Read doses from a CSV file; further columns are left alone. Raises as `parse` does."""
    return parse(geojson.read_bytes(path), name=path.name)


def parse(content: bytes, *, name: str) -> pd.DataFrame:
    r"""Understand the bytes of a file of doses: `date, site_id, minutes` and, where the file has it, `officers`.

    Rows come out by date, then site. Raises `SourceError` with every fault at once.

    >>> parse(b"date,site_id,minutes,officers\n2026-01-01,A,15.5,2\n", name="dose.csv")["minutes"].tolist()
    [15.5]
    """
    table = small_tables.parse(content, name=name)
    small_tables.tell(small_tables.lacking(table, ("date", "site_id", "minutes")), name)
    if not table.rows:
        small_tables.tell([f"{name}: there is no row under the headings; each site and day is one row"], name)
    columns: list[str] = [each for each in ("minutes", "officers") if each in table.headings]
    texts = pd.DataFrame(list(table.rows), columns=["date", "site_id", *columns], dtype="str")
    shaped = texts["date"].where(texts["date"].str.fullmatch(_DATE))
    days = pd.to_datetime(shaped, format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")
    frame = texts.assign(date=days)
    small_tables.tell(_faults(texts, frame, columns, table), name)
    numbers = {column: texts[column].astype("float64") for column in columns}
    return frame.assign(**numbers).sort_values(["date", "site_id"], ignore_index=True)


def _faults(texts: pd.DataFrame, frame: pd.DataFrame, columns: list[str], table: SmallTable) -> Iterator[str]:
    again = frame.duplicated(["date", "site_id"]) & frame["date"].notna()
    for at, row in enumerate(texts.to_dict("records")):
        where = f"{table.name}, row {table.places[at]}"
        if pd.isna(frame["date"].iloc[at]):
            yield f"{where}: date is '{row['date']}'; it should be a day written YYYY-MM-DD"
        if not row["site_id"]:
            yield f"{where}: site_id is blank; it should be the site's name"
        for column in columns:
            if not re.fullmatch(_NUMBER, row[column]):
                yield f"{where}: {column} is '{row[column]}'; it should be a number, 0 or more"
            elif column == "minutes" and float(row[column]) > _DAY_MINUTES:
                yield f"{where}: {row[column]} minutes are more than a day holds: give minutes, not seconds"
        if np.bool_(again.iloc[at]):
            yield f"{where}: site '{row['site_id']}' on {row['date']} stands in an earlier row already"
