"""Frozen schedules and the ledger beside them: where it is, what it says of them, and whether both still stand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from abate.errors import LakeError
from abate.jobs import ledgers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from abate.jobs.ledgers import Entry
    from abate.sources.schedules import Schedule
    from abate.trials.schemes import Scheme

LEDGER = "schedule.ledger.jsonl"


@dataclass(frozen=True)
class Frozen:
    """A schedule that stands as it was drawn, with the ledger that shows it.

    `entries` are those of the whole ledger, `frozen` the one in which the schedule was written down.
    """

    schedule: Schedule
    entries: tuple[Entry, ...]
    frozen: Entry

    @property
    def drawn(self) -> str:
        """Say which draw this is, of how many for these sites and days so far: `draw 1 of 1`."""
        others = earlier(self.entries, list(self.schedule.sites["site_id"]), self.schedule.scheme)
        return f"draw {self.schedule.draw} of {len(others)}"

    def overrides(self) -> list[Mapping[str, Any]]:
        """List what was done otherwise than drawn, in the order in which it was recorded."""
        return overrides(self.entries, self.schedule.file.name)


def ledger_of(file: Path, ledger: Path | None) -> Path:
    """Give the ledger of a schedule: the one named, else the one in its folder."""
    return ledger if ledger is not None else file.parent / LEDGER


def opened(path: Path, *, ledger: Path | None = None, entries: Iterable[Entry] | None = None) -> Frozen:
    """Read a frozen schedule, and check that its files and its ledger are as they were written.

    `entries` are those of the ledger where the caller has read it. Raises `AbateError` that names what was changed.
    """
    from abate.sources import schedules

    schedule = schedules.read(path)
    kept = ledger_of(schedule.file, ledger)
    listed = tuple(ledgers.read(kept) if entries is None else entries)
    name = schedule.file.name
    found = [entry for entry in listed if entry.said.get("act") == "draw" and entry.said.get("file") == name]
    if not found:
        raise LakeError(
            f"{kept}: {'holds no draw of ' + name if listed else 'there is no such ledger, or nothing is in it'}: that "
            "the schedule was frozen before outcomes cannot be shown; put the ledger back, or name it with --ledger"
        )
    frozen = found[-1]
    beside = hashlib.sha256(schedule.file.with_suffix(".json").read_bytes()).hexdigest()
    for file, now, then in (
        (name, schedule.sha256, frozen.said["sha256"]),
        (schedule.file.with_suffix(".json").name, beside, frozen.said["beside_sha256"]),
    ):
        if now != then:
            raise LakeError(
                f"{file}: was edited after it was frozen: its SHA-256 is {now}, and entry {frozen.number} of "
                f"{kept.name} holds {then}; put back the file as it was drawn"
            )
    return Frozen(schedule, listed, frozen)


def earlier(entries: Iterable[Entry], sites: Iterable[str], scheme: Scheme) -> list[Entry]:
    """List the draws in a ledger that share a site and a day with a scheme."""
    wanted, first, last = set(sites), scheme.dates[0].isoformat(), scheme.dates[-1].isoformat()
    return [
        entry
        for entry in entries
        if entry.said.get("act") == "draw"
        and wanted & set(entry.said["sites"])
        and entry.said["first"] <= last
        and first <= entry.said["last"]
    ]


def overrides(entries: Iterable[Entry], name: str) -> list[Mapping[str, Any]]:
    """List the overrides of a schedule's file that a ledger holds."""
    return [
        {**{key: entry.said[key] for key in ("date", "site_id", "drawn", "done", "reason")}, "by": entry.by}
        | {"when": entry.when}
        for entry in entries
        if entry.said.get("act") == "override" and entry.said.get("file") == name
    ]


def before(day: date, today: date) -> str | None:
    """Say that a schedule begins before it is drawn; None when it does not."""
    if day > today:
        return None
    return (
        f"the schedule begins on {day.isoformat()}, and it was drawn on {today.isoformat()}: outcomes of its first "
        "days may be known already, so that this is a replay and no trial; the record says so"
    )
