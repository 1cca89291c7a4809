"""The record of what was done with a schedule and its kin: lines that are only ever added, each tied to the one before.

A ledger is a text file, one JSON entry a line. Each entry holds the SHA-256 of the entry before it and its own, made of
that hash and of everything the entry says, so that a line that was changed, taken out or moved no longer fits. What a
file cannot show by itself is that its last lines are gone: whoever needs that keeps the last hash elsewhere.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from abate.errors import LakeError, OptionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

Verb = Literal["collect", "alter", "consult", "disclose", "combine", "erase"]
VERBS: tuple[str, ...] = get_args(Verb)
FIRST = "0" * 64
_KEYS = {"number", "when", "by", "verb", "said", "before", "sha256"}


@dataclass(frozen=True)
class Entry:
    """One line of a ledger.

    `number` counts from 1, `when` is the moment with its zone in ISO 8601, `by` who did it, `verb` what kind of act it
    was (the six that logs of processing keep: collect, alter, consult, disclose, combine, erase), `said` everything
    else. `before` is the hash of the entry before (64 zeros for the first), `sha256` this entry's.
    """

    number: int
    when: str
    by: str
    verb: str
    said: Mapping[str, Any]
    before: str
    sha256: str

    def line(self) -> str:
        """Give the entry as its line in the file."""
        told = {**_told(self), "before": self.before, "sha256": self.sha256}
        return json.dumps(told, ensure_ascii=False, allow_nan=False) + "\n"

    def fits(self) -> bool:
        """Tell whether the entry's hash is that of what it says."""
        return self.sha256 == _hash(self.before, _told(self))


def append(path: Path, verb: str, said: Mapping[str, Any], *, by: str, when: datetime) -> Entry:
    """Add an entry to a ledger, which is made where there is none, and wait until it is on disk.

    Two processes that add at once wait for one another. Raises `OptionError` when the verb is none of the six, the
    moment has no zone or the file cannot be written, and `LakeError` when the ledger is not as it was written.
    """
    with held(path) as ledger:
        return ledger.append(verb, said, by=by, when=when)


def read(path: Path) -> list[Entry]:
    """Read a ledger; none where there is no file.

    Raises `LakeError` that names the first line which was changed, taken out, moved or cut off.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as fault:
        raise LakeError(f"{path}: the ledger cannot be read ({fault.strerror})") from None
    return parse(content, name=path.name)


def parse(content: bytes, *, name: str) -> list[Entry]:
    """Understand the bytes of a ledger, and check that every line fits the one before it.

    >>> entry = after(None, "alter", {"file": "schedule.csv"}, by="analyst", when="2020-11-01T09:00:00+00:00")
    >>> [each.number for each in parse(entry.line().encode(), name="schedule.ledger.jsonl")]
    [1]
    """
    entries: list[Entry] = []
    lines = content.split(b"\n")
    for number, line in enumerate(lines[:-1], 1):
        entry = _entry(line, f"{name}, row {number}")
        _check(entry, entries, f"{name}, row {number}")
        entries.append(entry)
    if lines[-1]:
        raise LakeError(f"{name}, row {len(lines)}: is cut off; {_kept(len(entries))}")
    return entries


def after(before: Entry | None, verb: str, said: Mapping[str, Any], *, by: str, when: str) -> Entry:
    """Make the entry that follows another; None where it is the first."""
    number, tied = (1, FIRST) if before is None else (before.number + 1, before.sha256)
    plain = json.loads(json.dumps(dict(said), allow_nan=False))
    drawn = Entry(number, when, by, verb, plain, tied, "")
    return Entry(number, when, by, verb, plain, tied, _hash(tied, _told(drawn)))


@dataclass(frozen=True)
class Held:
    """A ledger that nobody else can write to for the moment: what stands in it, and how to add to it."""

    path: Path
    entries: list[Entry]
    descriptor: int

    def append(self, verb: str, said: Mapping[str, Any], *, by: str, when: datetime) -> Entry:
        """Add an entry and wait until it is on disk."""
        if verb not in VERBS:
            raise OptionError(f"'{verb}' is not what a ledger records: {', '.join(VERBS)} are")
        if when.utcoffset() is None:
            raise OptionError(f"{self.path.name}: the moment {when.isoformat()} has no zone; one with a zone is right")
        last = self.entries[-1] if self.entries else None
        entry = after(last, verb, said, by=by, when=when.isoformat(timespec="seconds"))
        line, written = entry.line().encode(), 0
        start = os.fstat(self.descriptor).st_size
        try:
            while written < len(line):
                written += os.write(self.descriptor, line[written:])
            os.fsync(self.descriptor)
        except OSError as fault:
            os.ftruncate(self.descriptor, start)
            raise OptionError(_unwritable(self.path, fault)) from None
        self.entries.append(entry)
        return entry


@contextmanager
def held(path: Path) -> Iterator[Held]:
    """Keep a ledger to oneself while its entries are read and added to.

    Raises as `append` does.
    """
    descriptor = _opened(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield Held(path, parse(_content(descriptor), name=path.name), descriptor)
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = not path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        if fresh:
            folder = os.open(path.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
    except OSError as fault:
        raise OptionError(_unwritable(path, fault)) from None
    return descriptor


def _content(descriptor: int) -> bytes:
    os.lseek(descriptor, 0, os.SEEK_SET)
    chunks = []
    while chunk := os.read(descriptor, 1 << 20):
        chunks.append(chunk)
    return b"".join(chunks)


def _unwritable(path: Path, fault: OSError) -> str:
    return (
        f"{path}: the ledger cannot be written ({fault.strerror}): free some room, or name a folder that can be "
        "written with -o; nothing was drawn or changed"
    )


def _told(entry: Entry) -> dict[str, Any]:
    return {"number": entry.number, "when": entry.when, "by": entry.by, "verb": entry.verb, "said": entry.said}


def _hash(before: str, told: Mapping[str, Any]) -> str:
    canonical = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256((before + canonical).encode()).hexdigest()


def _entry(line: bytes, label: str) -> Entry:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        raise LakeError(f"{label}: was changed: it is no line of JSON") from None
    kinds = {"number": int, "when": str, "by": str, "verb": str, "said": dict, "before": str, "sha256": str}
    if not isinstance(told, dict) or set(told) != _KEYS or any(type(told[key]) is not kinds[key] for key in kinds):
        raise LakeError(f"{label}: was changed: an entry has {', '.join(sorted(_KEYS))} and nothing else")
    return Entry(**told)


def _check(entry: Entry, earlier: list[Entry], label: str) -> None:
    """Refuse an entry that does not follow from those before it."""
    number, last = len(earlier) + 1, earlier[-1].sha256 if earlier else FIRST
    if not entry.fits():
        raise LakeError(
            f"{label}: was changed: its hash is {entry.sha256}, that of what it says "
            f"{_hash(entry.before, _told(entry))}; {_kept(len(earlier))}"
        )
    if entry.number > number:
        gone = f"row {number} is" if entry.number == number + 1 else f"rows {number} to {entry.number - 1} are"
        raise LakeError(f"{label}: is entry {entry.number}: {gone} gone or moved; {_kept(len(earlier))}")
    if entry.number < number:
        raise LakeError(f"{label}: is entry {entry.number}, moved or put in again; {_kept(len(earlier))}")
    if entry.before != last:
        raise LakeError(
            f"{label}: follows an entry with the hash {entry.before}, and the one before it has {last}: "
            f"that one was replaced; {_kept(len(earlier))}"
        )


def _kept(count: int) -> str:
    return f"the {count:,} before it are as they were written" if count != 1 else "the one before it is as written"
