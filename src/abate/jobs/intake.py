"""The feed of a load: files unpacked one batch ahead of the engine, known again when they come twice, then removed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from abate import lake as lakes
from abate.errors import SourceError
from abate.sources import files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from abate.lake import Batch, Staged
    from abate.sources.files import Unpacked
    from abate.sources.intake import Known

BATCH_FILES = 64
BATCH_BYTES = 128 << 20
_BATCHES_LEAST = 8
_BATCH_BYTES_LEAST = 16 << 20
_PACKED_GROWTH = 8
_STAGED_SHARE = 0.5


class Feed:
    """Unpacks files as the engine asks for them; `faults` and `notes` gather what is to be told afterwards.

    With `together` all files of a format go through the engine as one batch, so that several may fill one month.
    """

    def __init__(
        self,
        known: Sequence[Known],
        folder: Path,
        *,
        together: bool,
        progress: Callable[[float, str], None] = lambda _share, _words: None,
    ) -> None:
        self.known = known
        self.folder = folder
        self.together = together
        self.progress = progress
        self.unpacked: list[Unpacked] = []
        self.faults: list[str] = []
        self.notes: list[str] = []
        self._first: dict[str, str] = {}
        self._again: list[tuple[Unpacked, str]] = []
        self._total = sum(self._size(one) for one in known) or 1
        self._passed = 0

    @property
    def room(self) -> int:
        """About how many bytes the load needs on the lake's disk while it runs."""
        packed = max((self._size(one) for one in self.known if one.piece.packed), default=0)
        return int(self._total * _STAGED_SHARE) + packed + (3 * BATCH_BYTES if packed else 0)

    @property
    def outside(self) -> list[Path]:
        """The files that are read where they are."""
        return [one.piece.rows or one.piece.source for one in self.known if one.piece.plain]

    def _size(self, one: Known) -> int:
        grows = _PACKED_GROWTH if one.piece.packed and one.piece.member is None else 1
        return one.piece.bytes * grows

    def batches(self) -> Iterator[Batch]:
        """Give batches of files of one format, in the order in which the files were given."""
        waiting: list[lakes.File] = []
        size = number = 0
        form = None
        for place, one in enumerate(self.known):
            if waiting and form is not None and (one.format is not form or self._full(waiting, size)):
                yield lakes.Batch(number, form, tuple(waiting), self.together)
                waiting, size, number = [], 0, number + 1
            form = one.format
            plain = self._unpack(one, place)
            if plain is not None:
                waiting.append(self._file(one, plain, place))
                size += plain.bytes
        if waiting and form is not None:
            yield lakes.Batch(number, form, tuple(waiting), self.together)

    @staticmethod
    def _file(one: Known, plain: Unpacked, number: int) -> lakes.File:
        name, delimiter = one.piece.name, one.piece.delimiter
        return lakes.File(
            name,
            plain.path,
            plain.sha256,
            one.columns,
            one.force,
            delimiter,
            plain=plain.simple,
            number=number,
            content=plain.held,
        )

    def _full(self, waiting: Sequence[lakes.File], size: int) -> bool:
        enough = min(BATCH_BYTES, max(self._total // _BATCHES_LEAST, _BATCH_BYTES_LEAST))
        return not self.together and (len(waiting) >= BATCH_FILES or size >= enough)

    def _unpack(self, one: Known, place: int) -> Unpacked | None:
        """Unpack a file; None when it cannot be read, or is one that was already given."""
        self.progress(0.85 * self._passed / self._total, one.piece.name)
        self._passed += self._size(one)
        try:
            plain = files.unpack(one.piece, self.folder / f"{place:06d}.csv")
        except SourceError as fault:
            self.faults += fault.faults
            return None
        self.unpacked.append(replace(plain, held=None))
        first = self._first.setdefault(f"{one.format.name} {one.force} {plain.content}", one.piece.name)
        if first == one.piece.name:
            return plain
        self._again.append((plain, first))
        self.notes.append(f"{one.piece.name}: the same as {first}, byte for byte; its rows were not loaded twice")
        plain.path.unlink()
        return None

    def forget(self, batch: Batch) -> None:
        """Remove the files of a batch that the engine is done with."""
        for file in batch.files:
            file.path.unlink(missing_ok=True)

    def fill_in(self, staged: Staged) -> Staged:
        """Add the fates of files that came twice: all their rows are repeats."""
        fates = {fate.file: fate for fate in staged.fates}
        copies = tuple(
            replace(
                fates[first],
                file=plain.piece.name,
                sha256=plain.sha256,
                rows_loaded=0,
                rows_rejected=0,
                rows_repeated=fates[first].rows_read,
                rows_dropped=0,
                without_coordinates=0,
            )
            for plain, first in self._again
            if first in fates
        )
        return replace(staged, copies=copies)
