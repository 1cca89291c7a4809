"""The record of a load: rejects, repeats and shared identifiers as CSV for people, put into place whole."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from abate.lake import delta, identifiers, integrity, leftovers
from abate.lake.staging import WORKERS, lake_of, opened
from abate.tables import REJECTS, REPEATS, SHARED_IDS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from abate.lake.delta import Part
    from abate.lake.staging import Staged


@dataclass(frozen=True)
class Leftovers:
    """How many repeats lie elsewhere than the row that was loaded, and how many identifiers stand in several months."""

    repeats_elsewhere: int
    ids_in_several_months: int


def write_leftovers(staged: Staged, folder: Path) -> Leftovers:
    """Write `rejects.csv`, `repeats.csv` and `months-shared.csv` into a new folder."""
    with integrity.explained(lake_of(staged.folder)), opened(staged.folder, threads=WORKERS) as engine:
        folder.mkdir()
        ids = staged.folder / "shared.parquet"
        several = identifiers.shared(staged, ids, engine=engine)
        rejects = [path for made in staged.made for path in made.rejects]
        repeats = [made.repeats for made in staged.made if made.repeats]
        leftovers.write(REJECTS, rejects, folder / "rejects.csv", engine=engine)
        leftovers.write(REPEATS, repeats, folder / "repeats.csv", engine=engine)
        leftovers.write(SHARED_IDS, [ids], folder / "months-shared.csv", engine=engine)
    return Leftovers(sum(made.elsewhere for made in staged.made), several)


def already_there(staged: Staged, lake: Path) -> int:
    """Count the (force, month) pairs that the lake holds just as they are staged."""
    count = 0
    for table in {made.format.table.name for made in staged.made}:
        parts = [piece.part for piece in staged.pieces(table)]
        months = {(part.force, part.month) for part in parts}
        count += len(months) - len(delta.changed(delta.state(lake, table).parts, parts))
    return count


def shrunk(staged: Staged, lake: Path) -> list[str]:
    """Say which months would lose more than half of their rows: a month is always replaced whole.

    A file with a few rows of the month before it does this when it is loaded alone.
    """
    told = []
    for table in sorted({made.format.table.name for made in staged.made}):
        held, given = _rows(delta.state(lake, table).parts), _rows(piece.part for piece in staged.pieces(table))
        told += [
            f"{table} of {force} in {month}: {rows:,} rows took the place of {held[force, month]:,}, since a month is "
            "replaced whole; if that was not meant, load the whole month again"
            for (force, month), rows in sorted(given.items())
            if 2 * rows < held[force, month]
        ]
    return told


def _rows(parts: Iterable[Part]) -> Counter[tuple[str, str]]:
    count: Counter[tuple[str, str]] = Counter()
    for part in parts:
        count[part.force, part.month] += part.rows
    return count


def publish(record: Path, place: Path) -> None:
    """Move the record of a load to its place, in the stead of an earlier record of the same load."""
    with integrity.explained(place.parent.parent):
        for file in record.iterdir():
            integrity.settle(file)
        place.parent.mkdir(exist_ok=True)
        if place.exists():
            place.rename(record.with_name("record-before"))
        record.rename(place)
        integrity.settle(place.parent)
        shutil.rmtree(record.with_name("record-before"), ignore_errors=True)
