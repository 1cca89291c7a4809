"""Published rows made into files of a table, beside the lake and not yet part of it.

Files go through the engine in batches, two at a time: read as text, judged by the format's rules in one pass, set
apart by force and month, and written as Parquet into a folder of their own. Nothing of this can be seen in the lake
until `commit` puts it there.
"""

from __future__ import annotations

import fcntl
import secrets
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Lock
from typing import IO, TYPE_CHECKING

from abate.errors import SourceError
from abate.lake import delta, integrity
from abate.lake.batches import work
from abate.lake.csvs import text
from abate.lake.formats import compiled, compiled_verdict
from abate.lake.recipes import recipes
from abate.lake.skims import skims

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from abate.lake.batches import Fate, Made, Piece
    from abate.lake.csvs import Batch

WORKERS = 2
_MEMORY = "600MB"
_SETTLERS = 16
_KEPT_MS = 10_000
"""How long jemalloc keeps memory that is free; a batch takes a second or two."""
_WRITING = Lock()


@dataclass(frozen=True)
class Staged:
    """All that a load would put into the lake, and what became of every row."""

    folder: Path
    made: tuple[Made, ...]
    faults: tuple[str, ...] = ()
    """What is wrong with files that could not be read at all; nothing is to be committed while there is any."""
    copies: tuple[Fate, ...] = ()
    """Fates of files that are the same as an earlier one, and did not go through the engine."""

    @property
    def fates(self) -> list[Fate]:
        """What became of the rows, one record a file, in the order in which the files were given; copies last."""
        return [*(fate for made in self.made for fate in made.fates), *self.copies]

    def pieces(self, table: str) -> list[Piece]:
        """List the staged files of one table."""
        return [piece for made in self.made if made.format.table.name == table for piece in made.pieces]

    def hopeless(self) -> list[str]:
        """Say which files have rows of which none can be loaded, with an example of what is wrong."""
        return [fault for made in self.made for fault in made.hopeless]

    def overlaps(self) -> list[str]:
        """Say which two files hold the same force and month of one kind: it is not clear which of them is right."""
        first: dict[tuple[str, str, str], str] = {}
        faults: dict[tuple[str, str], str] = {}
        for made in self.made:
            for piece in made.pieces:
                kind, force, month = made.format.name, piece.part.force, piece.part.month
                one, *others = (*filter(None, [first.get((kind, force, month))]), *piece.files)
                first[kind, force, month] = one
                for other in others:
                    faults.setdefault(
                        (one, other),
                        f"{one} and {other} both hold {kind} records of {force} in {month}: give one of them, since a "
                        "month is always replaced whole",
                    )
        return list(faults.values())


@contextmanager
def workshop(lake: Path) -> Iterator[Path]:
    """Give a folder inside the lake to stage in; it is gone afterwards, whatever happens.

    Folders of loads that were killed are cleared away: a load holds a lock that dies with it.
    """
    lake = lake.absolute()
    with integrity.explained(lake):
        fresh = not lake.exists()
        folder, lock = _claimed(lake / ".staging")
        _clear_abandoned(folder.parent)
    try:
        yield folder
    finally:
        lock.close()
        shutil.rmtree(folder, ignore_errors=True)
        for empty in (folder.parent, *([lake] if fresh else [])):
            with suppress(OSError):
                empty.rmdir()


def _claimed(staging: Path) -> tuple[Path, IO[str]]:
    """Make a folder of our own and its lock, which is held before it has the name that others look for."""
    folder = staging / secrets.token_hex(8)
    for _ in range(100):
        with suppress(FileNotFoundError):  # another load that ends takes the folder above away when it is empty
            folder.mkdir(parents=True)
            break
    else:
        folder.mkdir(parents=True)
    lock = (folder / "lock-being-made").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    (folder / "lock-being-made").rename(folder / "lock")
    return folder, lock


def _clear_abandoned(staging: Path) -> None:
    for lock in staging.glob("*/lock"):
        with suppress(OSError), lock.open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parent, ignore_errors=True)


def stage(
    batches: Iterable[Batch],
    folder: Path,
    *,
    outside: Sequence[Path] = (),
    done: Callable[[Batch], None] = lambda _batch: None,
) -> Staged:
    """Send batches through the engine; `done` is told of each when its files are no longer needed.

    The engine may read what is in the lake, and the files `outside` it to which links in `folder` point.
    """
    made: list[Made] = []
    faults: list[str] = []
    ahead = ThreadPoolExecutor(_SETTLERS)
    with integrity.explained(lake_of(folder)), _memory(), ahead, _pool(folder, outside) as submit:
        waiting: list[tuple[Batch, Future[Made]]] = []

        def take() -> None:
            batch, future = waiting.pop(0)
            try:
                made.append(future.result())
                ahead.map(integrity.settle, [piece.path for piece in made[-1].pieces])
            except SourceError as fault:
                faults.extend(fault.faults)
            done(batch)

        for batch in batches:
            waiting.append((batch, submit(batch)))
            if len(waiting) > WORKERS:
                take()
        while waiting:
            take()
    return Staged(folder, tuple(made), tuple(faults))


def _prepare(batch: Batch) -> None:
    """Write the SQL of a format once, while the next files are unpacked."""
    with _WRITING:
        compiled(batch.format, batch.shared)
        compiled_verdict(batch.format, batch.shared)
        recipes(batch.format, batch.shared)
        skims(batch.format, batch.shared)


@contextmanager
def _memory() -> Iterator[None]:
    """Let Arrow take memory from jemalloc where it has it, which gives less back and forth to the system."""
    import pyarrow as pa

    usual = pa.default_memory_pool()
    if "jemalloc" in pa.supported_memory_backends():
        pa.set_memory_pool(pa.jemalloc_memory_pool())
        pa.jemalloc_set_decay_ms(_KEPT_MS)
    try:
        yield
    finally:
        pa.set_memory_pool(usual)


@contextmanager
def _pool(folder: Path, outside: Sequence[Path]) -> Iterator[Callable[[Batch], Future[Made]]]:
    """Give a function that sends a batch to the next free engine.

    Each engine has one thread: rows then keep the order of their file, which one engine with several threads does
    not promise, and the work as a whole takes less.
    """
    engines: SimpleQueue[DuckDBPyConnection] = SimpleQueue()

    def run(batch: Batch) -> Made:
        _prepare(batch)
        engine = engines.get()
        try:
            return work(engine, batch, folder)
        finally:
            engines.put(engine)

    with ExitStack() as stack:
        for _ in range(WORKERS):
            engines.put(stack.enter_context(opened(folder, outside)))
        pool = stack.enter_context(ThreadPoolExecutor(WORKERS))
        yield lambda batch: pool.submit(run, batch)


def lake_of(folder: Path) -> Path:
    """Give the lake in which a workshop stands."""
    return folder.parent.parent


@contextmanager
def opened(folder: Path, outside: Sequence[Path] = (), *, threads: int = 1) -> Iterator[DuckDBPyConnection]:
    """Open an engine that may read and write in the lake of this workshop, read files `outside`, and nothing else."""
    import duckdb

    engine = duckdb.connect()
    try:
        _harden(engine, folder, outside, threads)
        yield engine
    finally:
        engine.close()


def _harden(engine: DuckDBPyConnection, folder: Path, outside: Sequence[Path], threads: int) -> None:
    for setting in (
        f"temp_directory = {text(folder / 'spill')}",
        f"memory_limit = '{_MEMORY}'",
        f"threads = {threads}",
        "enable_progress_bar = false",
        "TimeZone = 'UTC'",
        "preserve_insertion_order = true",
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        f"allowed_directories = [{text(lake_of(folder))}]",
        f"allowed_paths = [{', '.join(text(path.resolve()) for path in outside)}]",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        engine.execute(f"SET {setting}")


def commit(staged: Staged, lake: Path, *, note: Mapping[str, str]) -> dict[str, int]:
    """Put what was staged into the lake: whole months, one commit a table. Gives each table's version afterwards."""
    tables = list(dict.fromkeys(made.format.table.name for made in staged.made))
    return {table: _commit(staged.pieces(table), lake, table, note) for table in tables}


def _commit(pieces: list[Piece], lake: Path, table: str, note: Mapping[str, str]) -> int:
    with integrity.explained(lake), ThreadPoolExecutor(_SETTLERS) as pool:
        list(pool.map(integrity.settle, [piece.path for piece in pieces]))
        folders: set[Path] = set()
        for piece in pieces:
            place = lake / table / piece.part.path
            place.parent.mkdir(parents=True, exist_ok=True)
            piece.path.replace(place)
            folders |= {place.parent, place.parent.parent, lake / table}
        list(pool.map(integrity.settle, sorted(folders)))
    return delta.replace(lake, table, [piece.part for piece in pieces], note=note)
