"""Registering a trial: its protocol is hashed, timed and chained before the first day, and can be checked after."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from abate import __version__
from abate.errors import LakeError, OptionError, SourceError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from abate.jobs.ledgers import Entry, Held
    from abate.sources.protocols import Registered
    from abate.sources.schedules import Schedule
    from abate.trials.protocols import Drawn, Protocol

WHAT = "protocol"


@dataclass(frozen=True)
class Found:
    """The answer: the protocol as it stands, what should be known, and the files that hold it."""

    registered: Registered
    notes: tuple[str, ...]
    files: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Give the answer as the JSON document of `abate trial register --json`."""
        told = self.registered.told
        return {
            "sha256": self.registered.sha256,
            "standing": self.registered.standing,
            "sentence": self.registered.sentence,
            "registered_at": told["registered_at"],
            "registered_by": told["registered_by"],
            "first_day": told["first_day"],
            "number": self.registered.number,
            "primary": self.registered.protocol.primary,
            "schedule": {"file": told["schedule"]["file"], "sha256": told["schedule"]["sha256"]},
            "place_days": told["schedule"]["place_days"],
            "notes": list(self.notes),
            "files": list(self.files),
        }


def register(file: Path, *, schedule: Path, out: Path, by: str, when: datetime, reason: str | None = None) -> Found:
    """Register a protocol with the frozen schedule that it goes with.

    The record goes to `out`, an entry with its hash to the ledger beside it. A second time with the same protocol
    changes nothing; another protocol is an amendment, which needs a reason and leaves the earlier record standing
    under its number. Raises `AbateError` with a sentence a fault; nothing is then written.
    """
    from abate.jobs import ledgers
    from abate.sources import protocols as source
    from abate.sources import schedules
    from abate.trials import protocols

    drawn = _drawn(schedules.read(schedule))
    try:
        protocol = protocols.settle(source.read(file), drawn)
    except OptionError as fault:
        raise OptionError(*(f"{file.name}: {each}" for each in fault.faults)) from None
    if out.suffix != ".json":
        raise OptionError(f"-o {out}: the record of a protocol is a .json file, such as protocol.json")
    with ledgers.held(ledger_of(out)) as held:
        earlier = _earlier(out, held)
        if earlier is not None and _same(earlier, protocol, drawn):
            note = "This protocol was registered already: nothing was changed"
            return Found(earlier, (note,), (str(out), str(held.path)))
        return _enter(protocol, drawn, out, held, earlier, by=by, when=when, reason=reason)


def ledger_of(out: Path) -> Path:
    """Say where the ledger of a record lies: beside it."""
    return out.with_suffix(".ledger.jsonl")


def _drawn(schedule: Schedule) -> Drawn:
    from abate.trials.protocols import Drawn

    arms = schedule.rows["arm"].value_counts()
    return Drawn(
        file=schedule.file.name,
        sha256=schedule.sha256,
        scheme=schedule.scheme,
        seed=schedule.seed,
        places=tuple(schedule.sites["site_id"]),
        treated=int(arms.get("patrol", 0)),
        control=int(arms.get("usual", 0)),
    )


def _earlier(out: Path, held: Held) -> Registered | None:
    """Give the record that stands, which has to be the last of the ledger."""
    from abate.sources import protocols as source

    entries = _entries(held.entries)
    if not out.exists():
        if entries:
            raise LakeError(
                f"{out.name} is gone, and {held.path.name} says that it was registered {entries[-1].when}: "
                "put it back, or register under another name with -o"
            )
        return None
    earlier = source.read_record(out)
    if not entries or entries[-1].said["sha256"] != earlier.sha256:
        raise LakeError(
            f"{out.name} (SHA-256 {earlier.sha256}) is not what {held.path.name} holds last: put both back as they were"
        )
    return earlier


def _entries(entries: list[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.said.get("what") == WHAT]


def _same(earlier: Registered, protocol: Protocol, drawn: Drawn) -> bool:
    return earlier.protocol.plain() == protocol.plain() and earlier.schedule == drawn.plain()


def _enter(
    protocol: Protocol,
    drawn: Drawn,
    out: Path,
    held: Held,
    earlier: Registered | None,
    *,
    by: str,
    when: datetime,
    reason: str | None,
) -> Found:
    """Write the record and the entry: both stand, or neither does."""
    from abate.reports import deliveries
    from abate.sources import protocols as source

    if earlier is not None and not (reason or "").strip():
        raise OptionError(
            f"{out.name} holds another protocol, registered {earlier.told['registered_at']}: a change is an amendment "
            "and needs its reason, with --reason '...'; a new trial goes to another file, with -o"
        )
    told = source.record(
        protocol,
        drawn,
        by=by,
        when=when,
        code=__version__,
        number=1 if earlier is None else earlier.number + 1,
        amends=None if earlier is None else earlier.sha256,
        reason=None if earlier is None else reason,
    )
    files = {out.name: source.write(told)}
    if earlier is not None:
        files[f"{out.stem}-{earlier.number}.json"] = source.write(earlier.told)
    before = out.read_bytes() if earlier is not None else None
    written = deliveries.deliver(files, out.parent)
    said = {
        "what": WHAT,
        "file": out.name,
        "sha256": told["sha256"],
        "standing": told["standing"],
        "number": told["number"],
        "reason": told["reason"],
        "schedule": drawn.sha256,
    }
    try:
        held.append("alter", said, by=by, when=when)
    except OptionError:
        _take_back(written, out, before)
        raise
    found = source.read_record(out)
    return Found(found, _notes(found), (*map(str, written), str(held.path)))


def _take_back(written: tuple[Path, ...], out: Path, before: bytes | None) -> None:
    for path in written:
        path.unlink()
    if before is not None:
        out.write_bytes(before)


def _notes(found: Registered) -> tuple[str, ...]:
    notes = ["The computer's clock gives the time: send the SHA-256 to somebody outside the trial today to prove it"]
    if found.standing == "registered late":
        notes.insert(0, "The first day has come: every report on this trial will say that it was registered late")
    if found.number > 1:
        notes.insert(0, f"This is amendment {found.number - 1}; what it amends stands beside it under its number")
    return tuple(notes)


def check(out: Path) -> Found:
    """Check that a registered protocol is as it was: its own hash, the chain of its ledger, and its schedule.

    Raises `SourceError` or `LakeError` that says what was changed. A schedule that is not beside the record is told in
    a note.
    """
    from abate.jobs import ledgers
    from abate.sources import protocols as source
    from abate.sources import schedules

    found = source.read_record(out)
    path = _ledger(out, found)
    entries = {entry.said["sha256"]: entry for entry in _entries(ledgers.read(path))}
    if (entry := entries.get(found.sha256)) is None:
        raise LakeError(f"{path.name} holds no entry for {out.name} (SHA-256 {found.sha256}): one of them was replaced")
    if entry.when != found.told["registered_at"]:
        raise LakeError(f"{out.name} says it was registered {found.told['registered_at']}, its ledger {entry.when}")
    notes = []
    if found.number < max(each.said["number"] for each in entries.values()):
        notes.append("This protocol was amended later: the last amendment is the one that counts")
    table = out.parent / str(found.schedule["file"])
    if not table.exists():
        notes.append(f"{table.name} is not beside it and was not checked")
    elif (seen := schedules.read(table).sha256) != found.schedule["sha256"]:
        raise SourceError(
            f"{table.name}: is another schedule than the registered one: its SHA-256 is {seen}, and "
            f"{found.schedule['sha256']} was registered"
        )
    return Found(found, tuple(notes), (str(out), str(path)))


def _ledger(out: Path, found: Registered) -> Path:
    """Find the ledger of a record, which amended records share with the one that stands."""
    path = ledger_of(out)
    if not path.exists() and out.stem.endswith(f"-{found.number}"):
        path = ledger_of(out.with_name(f"{out.stem.rpartition('-')[0]}.json"))
    if not path.exists():
        raise LakeError(f"{path}: the ledger of {out.name} is not there: without it nothing shows when it was written")
    return path


def draft(out: Path, *, schedule: Path | None = None) -> tuple[str, ...]:
    """Write a first draft of a protocol, with what each entry means; with a schedule its facts are filled in.

    Raises `OptionError` when there is a file of that name already, which is not replaced.
    """
    from abate.reports import deliveries
    from abate.sources import schedules

    if out.exists():
        raise OptionError(f"{out}: is there already, and is not replaced; name another file with -o")
    text = (resources.files("abate.sources") / "drafts" / "protocol.toml").read_text("utf-8")
    if schedule is not None:
        text += _facts(_drawn(schedules.read(schedule)))
    return tuple(map(str, deliveries.deliver({out.name: text.encode()}, out.parent)))


def _facts(drawn: Drawn) -> str:
    """Write what the schedule says as comments, for the reader of the draft."""
    scheme = drawn.scheme
    return (
        f"\n# {drawn.file} says: {len(drawn.places)} places, {scheme.days} days from {scheme.starts.isoformat()}, "
        f"scheme '{scheme.kind}', seed {drawn.seed},\n# {drawn.treated:,} place-days of patrol and {drawn.control:,} "
        f"without; SHA-256 {drawn.sha256}\n"
    )
