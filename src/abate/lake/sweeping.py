"""Files that belong to no version of a table: left by a load that was cut short, and in nobody's way."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from abate.lake import delta, integrity
from abate.lake.delta import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY_SECONDS = 86_400


def sweep(lake: Path, *, older_than_seconds: float = DAY_SECONDS) -> list[Path]:
    """Remove files that no version of any table names and that are older than a day; give what was removed.

    Younger ones may belong to a load that is under way.
    """
    lake = Path(lake).absolute()
    latest = time.time() - older_than_seconds
    with integrity.explained(lake):
        orphans = [path for table in TABLES for path in _orphans(lake, table) if path.stat().st_mtime < latest]
        for path in orphans:
            path.unlink()
    return orphans


def _orphans(lake: Path, table: str) -> Iterator[Path]:
    folder = lake / table
    named = {folder / path for path in _named(folder)}
    named |= {folder / part.path for part in delta.state(lake, table).parts}
    return (path for path in sorted(folder.glob("*=*/*=*/*.parquet")) if path not in named)


def _named(folder: Path) -> Iterator[str]:
    """Give every file that any version of a table ever named."""
    for entry in sorted((folder / "_delta_log").glob("*.json")):
        for line in entry.read_text(encoding="utf-8").splitlines():
            if (added := json.loads(line).get("add")) is not None:
                yield unquote(added["path"])
