"""Officers' own check-ins: when a team said that it was at a site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from abate.sources import small_tables
from abate.sources.tracks import moments

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


def read(path: Path, *, site_ids: Collection[str], zone: str) -> pd.DataFrame:
    """Read check-ins: `time`, `site_id` and `team` (blank where not known), by time.

    `zone` is that of times which do not say theirs. Raises `SourceError` with every row whose time or site will not do.
    """
    return parse(small_tables.read(path), site_ids=site_ids, zone=zone)


def parse(table: small_tables.SmallTable, *, site_ids: Collection[str], zone: str) -> pd.DataFrame:
    r"""Understand a small table as check-ins.

    >>> table = small_tables.parse(b"time,site_id,team\n2026-11-02T14:01:00Z,a,T1\n", name="check-ins.csv")
    >>> parse(table, site_ids={"a"}, zone="Europe/London")[["site_id", "team"]].to_numpy().tolist()
    [['a', 'T1']]
    """
    small_tables.tell(small_tables.lacking(table, ("time", "site_id")), table.name)
    rows = pd.DataFrame(
        {
            "time": moments(pd.Series([row["time"] for row in table.rows], dtype="str"), zone=zone),
            "site_id": pd.Series([row["site_id"] for row in table.rows], dtype="str"),
            "team": pd.Series([row.get("team") or None for row in table.rows], dtype="str"),
        }
    )
    faults = []
    for place, row, at in zip(table.places, table.rows, rows["time"], strict=True):
        if pd.isna(at):
            faults.append(f"{table.name}, row {place}: time '{row['time']}' should be one such as 2026-11-02T14:05:00Z")
        if row["site_id"] not in site_ids:
            faults.append(f"{table.name}, row {place}: there is no site '{row['site_id']}' in the list of sites")
    small_tables.tell(faults, table.name)
    return rows.sort_values(["time", "site_id"], kind="stable").reset_index(drop=True)
