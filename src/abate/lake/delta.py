"""Tables at rest: Delta Lake tables whose files are named by their hash, replaced a force and month at a time.

The Parquet files are written, synced and hashed by us; the Delta log says which of them are the table. One commit
takes out every file of the months that are replaced and puts the new ones in, against exactly the version that was
read: whoever loses a race reads again and redoes it.
"""

from __future__ import annotations

import errno
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abate import tables
from abate.errors import LakeError
from abate.lake import integrity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from deltalake import DeltaTable, Schema

    from abate.schema import Table

TABLES: Mapping[str, Table] = {table.name: table for table in (tables.INCIDENTS, tables.OUTCOMES, tables.SEARCHES)}
PARTITION = ("force", "month")
_KEPT = {
    "delta.deletedFileRetentionDuration": "interval 36500 days",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.enableExpiredLogCleanup": "false",
}
_DELTA = {
    "text": "string",
    "month": "string",
    "number": "double",
    "whole": "long",
    "yes_no": "boolean",
    "date": "date",
    "time": "timestamp",
}
_RACES = 50


@dataclass(frozen=True)
class Part:
    """One file of a table: the force and month it holds, its rows, its length in bytes, its SHA-256."""

    force: str
    month: str
    rows: int
    without_coordinates: int
    bytes: int
    sha256: str

    @property
    def path(self) -> str:
        """Where the file stands below the table's folder."""
        return f"force={self.force}/month={self.month}/{self.sha256}.parquet"


@dataclass(frozen=True)
class State:
    """What a table is at one version; version -1 is a table that was never written."""

    version: int
    parts: tuple[Part, ...]

    def of(self, months: Iterable[tuple[str, str]]) -> list[Part]:
        """List the parts of the given (force, month) pairs."""
        wanted = set(months)
        return [part for part in self.parts if (part.force, part.month) in wanted]


def state(lake: Path, name: str, *, version: int | None = None) -> State:
    """Read which files are the table: at its newest version, or at an older one.

    Raises `LakeError` when the log cannot be read or has no such version.
    """
    found = _opened(lake, name, version)
    if found is None:
        return State(-1, ())
    import pyarrow as pa

    rows = pa.table(found.get_add_actions(flatten=True)).to_pylist()
    return State(found.version(), tuple(sorted(map(_part, rows), key=lambda part: part.path)))


def _part(row: Mapping[str, Any]) -> Part:
    return Part(
        row["partition.force"],
        row["partition.month"],
        row["num_records"] or 0,
        row.get("null_count.x") or 0,
        row["size_bytes"],
        Path(row["path"]).stem,
    )


def _opened(lake: Path, name: str, version: int | None = None) -> DeltaTable | None:
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError

    folder = lake / name
    if not (folder / "_delta_log").is_dir():
        return None
    try:
        return DeltaTable(str(folder), version=version)
    except (DeltaError, OSError, ValueError) as fault:
        at = "" if version is None else f" at version {version}"
        raise LakeError(f"{folder}: this table of the lake cannot be read{at}: {fault}") from fault


def replace(lake: Path, name: str, parts: Sequence[Part], *, note: Mapping[str, str]) -> int:
    """Put whole months in the place of what the table holds for them; give the version that then stands.

    The files of `parts` must stand in the table's folder, synced. A month whose files are already those given is left
    as it is; when that is so of all of them, no version is written. `note` is kept in the commit.
    """
    with integrity.explained(lake):
        for _ in range(_RACES):
            version = _attempt(lake, name, parts, note)
            if version is not None:
                return version
    raise LakeError(f"{lake / name}: others keep writing to this table: try again when they are done")


def _attempt(lake: Path, name: str, parts: Sequence[Part], note: Mapping[str, str]) -> int | None:
    """Commit against the version that stands now; None when somebody else was quicker."""
    from deltalake.exceptions import CommitFailedError
    from deltalake.transaction import AddAction, CommitProperties, RemoveAction

    table = _opened(lake, name) or _made(lake, name)
    standing = {(part.force, part.month, part.path): part for part in state(lake, name, version=table.version()).parts}
    arriving = {(part.force, part.month, part.path): part for part in parts}
    months = changed(standing.values(), parts)
    adds = [part for key, part in arriving.items() if key[:2] in months and key not in standing]
    leaves = [part for key, part in standing.items() if key[:2] in months and key not in arriving]
    if not adds and not leaves:
        return int(table.version())
    now = time.time_ns() // 1_000_000
    actions: list[AddAction | RemoveAction] = [
        *(AddAction(p.path, p.bytes, _partition(p), now, data_change=True, stats=_stats(p)) for p in adds),
        *(
            RemoveAction(p.path, data_change=True, deletion_timestamp=now, size=p.bytes, partition_values=_partition(p))
            for p in leaves
        ),
    ]
    try:
        table.create_write_transaction(
            actions,
            "append",
            _schema(TABLES[name]),
            partition_by=list(PARTITION),
            commit_properties=CommitProperties(custom_metadata=dict(note), max_commit_retries=0),
        )
    except CommitFailedError:
        return None
    return _settled(lake / name, int(table.version()) + 1)


def changed(standing: Iterable[Part], arriving: Iterable[Part]) -> set[tuple[str, str]]:
    """Say which of the arriving months are not yet just as they arrive.

    >>> held = Part("essex", "2021-03", 10, 0, 99, "aa")
    >>> changed([held], [held, Part("essex", "2021-04", 5, 0, 50, "bb")])
    {('essex', '2021-04')}
    """
    had, has = _files(standing), _files(arriving)
    return {month for month, files in has.items() if had.get(month) != files}


def _files(parts: Iterable[Part]) -> dict[tuple[str, str], set[str]]:
    files: dict[tuple[str, str], set[str]] = {}
    for part in parts:
        files.setdefault((part.force, part.month), set()).add(part.path)
    return files


def _settled(folder: Path, version: int) -> int:
    log = folder / "_delta_log"
    integrity.settle(log / f"{version:020d}.json")
    integrity.settle(log)
    return version


def _made(lake: Path, name: str) -> DeltaTable:
    """Make an empty table; when somebody else was quicker, theirs is taken."""
    from deltalake import DeltaTable

    folder = lake / name
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=folder) as beside:
        DeltaTable.create(beside, _schema(TABLES[name]), partition_by=list(PARTITION), configuration=dict(_KEPT))
        integrity.settle(Path(beside, "_delta_log", f"{0:020d}.json"))
        try:
            Path(beside, "_delta_log").rename(folder / "_delta_log")
        except OSError as fault:
            if fault.errno not in (errno.EEXIST, errno.ENOTEMPTY):
                raise
    for place in (folder / "_delta_log", folder, lake):
        integrity.settle(place)
    return DeltaTable(str(folder))


def _partition(part: Part) -> dict[str, str | None]:
    return {"force": part.force, "month": part.month}


def _stats(part: Part) -> str:
    return json.dumps({"numRecords": part.rows, "nullCount": {"x": part.without_coordinates}})


def _schema(table: Table) -> Schema:
    from deltalake import Field, Schema
    from deltalake.schema import PrimitiveType

    return Schema([Field(name, PrimitiveType(_DELTA[column.kind])) for name, column in table.columns.items()])
