"""Load crime files into the lake: every row is loaded, rejected, a repeat or left out, and these add up."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from abate import __version__
from abate import lake as lakes
from abate.errors import SourceError
from abate.jobs.intake import Feed
from abate.sources import files, intake
from abate.tables import FATES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from abate.lake import Staged
    from abate.sources.files import Found
    from abate.sources.intake import Intake


@dataclass(frozen=True)
class Load:
    """What became of a load: the fate of each file's rows, and what the lake is afterwards.

    `files` has one record a file with the columns of `abate.tables.FATES`; `table_version` the version of each table
    loaded; `written` the paths of what was written about the load; `months_already_there` counts those (force, month)
    pairs that the lake already held just so.
    """

    load_id: str
    files: tuple[Mapping[str, Any], ...]
    rows_read: int
    rows_loaded: int
    rows_rejected: int
    rows_repeated: int
    rows_dropped: int
    rejected_by_rule: Mapping[str, int]
    months: tuple[str, ...]
    forces: tuple[str, ...]
    without_coordinates: int
    table_version: Mapping[str, int]
    repeats_elsewhere: int
    ids_in_several_months: int
    months_already_there: int
    notes: tuple[str, ...]
    written: tuple[str, ...]


def load(
    paths: Sequence[Path],
    *,
    lake: Path,
    today: date,
    by: str,
    mapping: Path | None = None,
    force: str | None = None,
    progress: Callable[[float, str], None] = lambda _share, _words: None,
) -> Load:
    """Read files into the lake, whole months at a time, and say what became of every row.

    `paths` are CSV files, gzip or zip files, or folders of them; `mapping` describes files that are not as published
    at data.police.uk; `force` is the force where the rows do not say it. What was rejected or repeated stands
    afterwards in `lake/loads/<load_id>/`. Raises `AbateError` with every fault at once when a file cannot be read; the
    lake is then as it was.
    """
    told = _mapping(mapping)
    found = files.search(paths)
    if not found.pieces:
        raise SourceError(*found.faults)
    with lakes.workshop(lake) as folder:
        taken = intake.recognise(found, today=today, force=force, mapping=told, folder=folder)
        feed = Feed(taken.known, folder, together=told is not None, progress=progress)
        lakes.need_room(lake, feed.room)
        staged = feed.fill_in(lakes.stage(feed.batches(), folder, outside=feed.outside, done=feed.forget))
        _refuse(found, taken, feed, staged, together=told is not None)
        load_id = _identity(feed, force, told.text if told else "")
        progress(0.9, "writing what became of each row")
        shared = lakes.write_leftovers(staged, folder / "record")
        progress(0.95, "putting the months into the lake")
        held, less = lakes.already_there(staged, lake), lakes.shrunk(staged, lake)
        versions = lakes.commit(staged, lake, note={"abate.load": load_id, "abate.by": by, "abate.code": __version__})
        lakes.sweep(lake)
        answer = _answer(load_id, staged, taken, feed, versions, shared=shared, held=held)
        answer = replace(answer, notes=(*answer.notes, *less))
        made = {"mapping": mapping.name if mapping else None, "force": force, "today": today.isoformat(), "by": by}
        return _keep(answer, folder / "record", lake, made)


def _mapping(path: Path | None) -> Any:
    if path is None:
        return None
    from abate.sources import mapping

    return mapping.read(path)


def _identity(feed: Feed, force: str | None, mapping: str) -> str:
    """Name a load by what went into it: the same files and options give the same name."""
    said = json.dumps([__version__, force, mapping, [[done.piece.name, done.sha256] for done in feed.unpacked]])
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _refuse(found: Found, taken: Intake, feed: Feed, staged: Staged, *, together: bool) -> None:
    """Raise every fault that stands in the way of loading anything."""
    faults = [*found.faults, *taken.faults, *feed.faults, *staged.faults, *staged.hopeless()]
    if not together:
        faults += staged.overlaps()
    if faults:
        raise SourceError(*faults)


def _answer(
    load_id: str,
    staged: Staged,
    taken: Intake,
    feed: Feed,
    versions: Mapping[str, int],
    *,
    shared: lakes.Leftovers,
    held: int,
) -> Load:
    fates = staged.fates
    parts = [piece.part for made in staged.made for piece in made.pieces]
    broken: Counter[str] = Counter()
    for made in staged.made:
        broken.update(made.broken)
    return Load(
        load_id=load_id,
        files=tuple(asdict(fate) for fate in fates),
        rows_read=sum(fate.rows_read for fate in fates),
        rows_loaded=sum(fate.rows_loaded for fate in fates),
        rows_rejected=sum(fate.rows_rejected for fate in fates),
        rows_repeated=sum(fate.rows_repeated for fate in fates),
        rows_dropped=sum(fate.rows_dropped for fate in fates),
        rejected_by_rule=dict(sorted(broken.items())),
        months=tuple(sorted({part.month for part in parts})),
        forces=tuple(sorted({part.force for part in parts})),
        without_coordinates=sum(fate.without_coordinates for fate in fates),
        table_version=dict(sorted(versions.items())),
        repeats_elsewhere=shared.repeats_elsewhere,
        ids_in_several_months=shared.ids_in_several_months,
        months_already_there=held,
        notes=(*taken.notes, *feed.notes),
        written=(),
    )


def _keep(answer: Load, record: Path, lake: Path, made: Mapping[str, str | None]) -> Load:
    """Write the record of the load beside the tables, whole, in the place of that of the same load before."""
    place = lake / "loads" / answer.load_id
    names = ("rejects.csv", "repeats.csv", "months-shared.csv", "fates.csv", "load.json", "provenance.json")
    answer = replace(answer, written=tuple(str(place / name) for name in names))
    _write_fates(answer.files, record / "fates.csv")
    _write_json(asdict(answer), record / "load.json")
    provenance = {
        "code": __version__,
        "table_version": answer.table_version,
        "parameters": made,
        "inputs": [{"file": one["file"], "sha256": one["sha256"]} for one in answer.files],
        "by": made["by"],
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    _write_json(provenance, record / "provenance.json")
    lakes.publish(record, place)
    return answer


def _write_json(said: Mapping[str, Any], path: Path) -> None:
    path.write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_fates(fates: Iterable[Mapping[str, Any]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(FATES.columns), lineterminator="\n")
        writer.writeheader()
        writer.writerows({key: _harmless(value) for key, value in fate.items()} for fate in fates)


def _harmless(value: object) -> object:
    """Keep a spreadsheet from running a cell."""
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") and value else value
