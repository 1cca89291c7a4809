"""What leaves a frozen schedule: a week at a time to those who patrol, and a record of what was done otherwise."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from abate.errors import LakeError, OptionError, nearest
from abate.jobs import ledgers, patrol_schedules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    import pandas as pd

    from abate.jobs.patrol_schedules import Frozen

WEEK = 7
COLUMNS = ("date", "site_id", "drawn", "done", "reason", "by", "when")


@dataclass(frozen=True)
class Released:
    """A week's part of a schedule that was handed out: its days, how many rows, the file, and what is held back."""

    first: date
    last: date
    rows: int
    drawn: str
    file: str
    notes: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Give the answer as a JSON document."""
        return {
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "rows": self.rows,
            "drawn": self.drawn,
            "file": self.file,
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class Override:
    """A place-day that was or will be policed otherwise than drawn, and why; the schedule stays as it is."""

    date: str
    site_id: str
    drawn: str
    done: str
    reason: str
    by: str
    when: str
    file: str
    notes: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """Give the answer as a JSON document."""
        return {**{name: getattr(self, name) for name in COLUMNS}, "file": self.file, "notes": list(self.notes)}


def release(
    schedule: Path, *, week: str, into: Path, ledger: Path | None, today: date, now: datetime, by: str
) -> Released:
    """Hand out the seven days of a schedule from `week` on, and record that this was done.

    Days further off than the next seven are held back. Raises `AbateError` when the schedule was edited, has no row in
    that week, or all of it is too far off.
    """
    from abate.reports import deliveries

    first = _day("--week", week)
    kept = patrol_schedules.ledger_of(schedule, ledger)
    patrol_schedules.opened(schedule, ledger=ledger)
    with ledgers.held(kept) as held:
        frozen = patrol_schedules.opened(schedule, ledger=ledger, entries=held.entries)
        rows, notes = _week(frozen, first, today)
        content = rows.assign(date=rows["date"].dt.strftime("%Y-%m-%d")).to_csv(index=False, lineterminator="\n")
        name = f"{schedule.stem}-{first.isoformat()}.csv"
        last = rows["date"].max().date()
        said = {"act": "release", "file": frozen.schedule.file.name, "from": first.isoformat(), "to": last.isoformat()}
        held.append("disclose", {**said, "rows": len(rows), "as": name}, by=by, when=now)
        (file,) = deliveries.deliver({name: content.encode()}, into)
    return Released(first, last, len(rows), frozen.drawn, str(file), notes)


def _week(frozen: Frozen, first: date, today: date) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Take a week's rows, without the days that are further off than the next seven."""
    table = frozen.schedule.rows
    days = table["date"].dt.date
    wanted = table[(days >= first) & (days < first + timedelta(days=WEEK))]
    if not len(wanted):
        held = frozen.schedule.scheme.dates
        raise OptionError(
            f"--week {first.isoformat()}: the schedule has no row in the seven days from then; it runs from "
            f"{held[0].isoformat()} to {held[-1].isoformat()}"
        )
    end = today + timedelta(days=WEEK)
    ready = wanted[wanted["date"].dt.date < end]
    if not len(ready):
        opens = wanted["date"].min().date() - timedelta(days=WEEK - 1)
        raise OptionError(
            f"--week {first.isoformat()}: no export covers more than the next seven days, and the week begins later; "
            f"its first day can go out from {opens.isoformat()}"
        )
    back = sorted({day.isoformat() for day in wanted["date"].dt.date if day >= end})
    notes = () if not back else (f"{len(back)} days further off than the next seven are held back, first {back[0]}",)
    return ready.reset_index(drop=True), notes


def override(
    schedule: Path,
    *,
    site: str,
    day: str,
    to: str,
    reason: str,
    ledger: Path | None,
    now: datetime,
    by: str,
) -> Override:
    """Record that a place-day is policed otherwise than drawn; the schedule stays as it is.

    The record goes into the ledger, and the file of overrides beside the schedule is written from it; rows that the
    file lacks come back, with a note. Raises `AbateError` with every fault at once: a site or day that is not in the
    schedule, what was drawn anyway, a reason that says nothing, a file of overrides that was edited.
    """
    from abate.reports import deliveries

    when = _day("--date", day)
    kept = patrol_schedules.ledger_of(schedule, ledger)
    patrol_schedules.opened(schedule, ledger=ledger)
    with ledgers.held(kept) as held:
        frozen = patrol_schedules.opened(schedule, ledger=ledger, entries=held.entries)
        beside = frozen.schedule.file.with_suffix(".overrides.csv")
        before = frozen.overrides()
        notes = _unedited(beside, before)
        drawn = _drawn(frozen, site, when, to=to, reason=reason, before=before)
        row = {
            "date": when.isoformat(),
            "site_id": site,
            "drawn": drawn,
            "done": to,
            "reason": " ".join(reason.split()),
        }
        entry = held.append("alter", {"act": "override", "file": frozen.schedule.file.name, **row}, by=by, when=now)
        told = {**row, "by": by, "when": entry.when}
        deliveries.deliver({beside.name: _csv([*before, told])}, beside.parent)
    return Override(**told, file=str(beside), notes=notes)


def _drawn(frozen: Frozen, site: str, day: date, *, to: str, reason: str, before: Sequence[Mapping[str, Any]]) -> str:
    """Give what a place-day was drawn for; or say everything that stands in the way of the override."""
    schedule = frozen.schedule
    faults = []
    sites = [str(name) for name in schedule.sites["site_id"]]
    if site not in sites:
        faults.append(f"--site {site}: is not in the schedule. {nearest(site, sites)}")
    if day not in schedule.scheme.dates:
        first, last = schedule.scheme.dates[0].isoformat(), schedule.scheme.dates[-1].isoformat()
        faults.append(f"--date {day.isoformat()}: the schedule runs from {first} to {last}")
    if len(reason.split()) < 2:
        faults.append(f"--reason '{reason}': a few words are right, such as 'team called to a fire'; name no person")
    if faults:
        raise OptionError(*faults)
    rows = schedule.rows
    found = rows.loc[(rows["site_id"] == site) & (rows["date"].dt.date == day), "arm"]
    if not len(found):
        raise OptionError(
            f"{site} on {day.isoformat()}: was left out of the draw, so that there is nothing to override"
        )
    arm = str(found.iloc[0])
    stands = next(
        (each["done"] for each in reversed(before) if (each["site_id"], each["date"]) == (site, str(day))), arm
    )
    if to == stands:
        so = "was drawn" if stands == arm else "was recorded already"
        raise OptionError(f"--to {to}: {site} on {day.isoformat()} {so} for that; nothing was recorded")
    return arm


def _unedited(beside: Path, before: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Refuse a file of overrides that says what the ledger does not; say what it lacks."""
    right = _csv(before).splitlines()
    lines = beside.read_bytes().splitlines() if beside.exists() else right[:1]
    for number, (now, then) in enumerate(zip(lines, right, strict=False)):
        if now != then:
            raise LakeError(f"{beside.name}, row {number}: is not as it was recorded; the ledger has: {then.decode()}")
    if len(lines) > len(right):
        raise LakeError(
            f"{beside.name}, row {len(right)}: stands in no ledger; take it out, and record it with --override"
        )
    if len(lines) == len(right):
        return ()
    return (f"{beside.name} lacked rows {len(lines)} to {len(right) - 1}, which the ledger holds: they are back",)


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    from abate.reports import tables

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([tables.harmless(row[name]) for name in COLUMNS] for row in rows)
    return text.getvalue().encode()


def _day(option: str, text: str) -> date:
    from abate.sources import excluded_days

    found = excluded_days.day(text)
    if found is None:
        raise OptionError(f"{option} {text}: a day that exists, written YYYY-MM-DD, is right")
    return found
