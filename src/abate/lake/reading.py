"""Reading the lake: one snapshot of its tables, as Ibis expressions over exactly the files that are the table."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from abate.errors import LakeError, OptionError
from abate.lake import delta, duck, integrity, presence
from abate.lake.delta import TABLES, State
from abate.lake.formats import ibis_schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from abate.lake.delta import Part

Engine = Literal["duckdb", "spark"]


@dataclass(frozen=True)
class Lake:
    """A lake as it stood when it was opened: writers who come later do not change what it gives.

    `states` holds each table's version and files. Files are checked against their hashes before they are first read,
    unless `checked` is false.
    """

    folder: Path
    states: Mapping[str, State]
    engine: Engine = "duckdb"
    checked: bool = True
    _kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def version(self, table: str = "incidents") -> int:
        """Give the version of a table; -1 when nothing was ever loaded into it."""
        return self._state(table).version

    def forces(self, table: str = "incidents") -> list[str]:
        """List the forces that a table holds."""
        return sorted({part.force for part in self._state(table).parts})

    def months(self, table: str = "incidents", *, force: str | None = None) -> list[str]:
        """List the months that a table holds, of one force where asked."""
        return sorted({part.month for part in self.parts(table, force=force)})

    def incidents(self, *, force: str | None = None, first: str | None = None, last: str | None = None) -> Any:
        """Give the incidents as an Ibis table: of one force, and from a first to a last month, where asked."""
        return self.table("incidents", force=force, first=first, last=last)

    def table(self, table: str, *, force: str | None = None, first: str | None = None, last: str | None = None) -> Any:
        """Give a table of the dictionary as an Ibis table; only the files of the force and months asked are read.

        A table, force or month that the lake does not hold gives no rows. Raises `LakeError` naming every file that
        is not as it was written.
        """
        parts = self.parts(table, force=force, first=first, last=last)
        if self.checked:
            self._check(table, parts)
        root = self.folder / table
        read = self._reader().read(table, root, [root / part.path for part in parts])
        return read.select(*(_column(read, name, kind) for name, kind in ibis_schema(TABLES[table]).items()))

    def parts(
        self, table: str, *, force: str | None = None, first: str | None = None, last: str | None = None
    ) -> list[Part]:
        """List the files that hold a force and a stretch of months."""
        return [
            part
            for part in self._state(table).parts
            if force in (None, part.force) and (first or "") <= part.month <= (last or "9999")
        ]

    def coverage(self) -> pd.DataFrame:
        """Say of each kind of record, force and month whether it is present, suspicious or missing.

        Gives `abate.tables.COVERAGE`: a month that is not there is missing, never zero.
        """
        return presence.coverage({name: state.parts for name, state in self.states.items()})

    def verify(self) -> list[str]:
        """Name every file that is not as it was written: gone, torn, or changed. Nothing to say is an empty list."""
        return [
            fault
            for table, state in self.states.items()
            for part in state.parts
            if (fault := integrity.wrong(self.folder / table / part.path, part.bytes, part.sha256))
        ]

    def _state(self, table: str) -> State:
        if table not in self.states:
            raise OptionError(f"the lake has no table '{table}': it has {', '.join(self.states)}")
        return self.states[table]

    def _check(self, table: str, parts: list[Part]) -> None:
        seen: set[Part] = self._kept.setdefault("sound", set())
        faults = [
            fault
            for part in parts
            if part not in seen and (fault := integrity.wrong(self.folder / table / part.path, part.bytes, part.sha256))
        ]
        if faults:
            raise LakeError(*faults)
        seen.update(parts)

    def _reader(self) -> Any:
        if "reader" not in self._kept:
            paths = [self.folder / table / part.path for table, state in self.states.items() for part in state.parts]
            if self.engine == "spark":
                from abate.lake.spark import Reader

                self._kept["reader"] = Reader()
            else:
                self._kept["reader"] = duck.Reader(paths)
        return self._kept["reader"]


def _column(read: Any, name: str, kind: str) -> Any:
    """Give a column of the dictionary; nothing in every row where no file has it (no source filled it)."""
    import ibis

    found = read[name].cast(kind) if name in read.columns else ibis.null(kind)
    return found.name(name)


def open(  # noqa: A001 - read aloud as `lake.open`
    folder: Path, *, engine: Engine = "duckdb", checked: bool = True
) -> Lake:
    """Open a lake as it stands now.

    With `engine="spark"` the same expressions run on a local Spark. Raises `LakeError` when there is no lake.
    """
    folder = Path(folder).resolve()
    if not any((folder / table / "_delta_log").is_dir() for table in TABLES):
        raise LakeError(
            f"{folder}: there is no lake here: load crime files into it first (abate load FILES --lake DIR)"
        )
    return Lake(folder, {table: delta.state(folder, table) for table in TABLES}, engine, checked)
