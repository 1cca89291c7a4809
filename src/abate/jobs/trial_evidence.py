"""What the analysis of a trial rests on: files read, checked against each other, and laid out place by day."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.errors import AbateError, OptionError, SourceError, TableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from abate.sources.protocols import Registered
    from abate.trials.analyses import Exposure
    from abate.trials.outcomes import Panel, Washout
    from abate.trials.schemes import Scheme

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]


_BY_SCHEDULE = (
    "The analysis by the schedule as it was drawn is valid: where {name} is whole, `abate patrols randomise` draws the "
    "same again from its scheme, sites and seed. A count of patrol days beside other days only describes"
)


@dataclass(frozen=True)
class Files:
    """The files of a trial: place-days and schedule, and what was given of dose, buffers, protocol and ledger."""

    place_days: Path
    schedule: Path
    dose: Path | None = None
    buffers: Path | None = None
    protocol: Path | None = None
    ledger: Path | None = None

    def hashes(self) -> list[dict[str, str]]:
        """Give name and SHA-256 of each file that was read."""
        given = (self.place_days, self.schedule, self.dose, self.buffers, self.protocol)
        return [
            {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
            for path in given
            if path is not None
        ]


@dataclass(frozen=True, eq=False)
class Drawn:
    """A schedule as the analysis needs it: its rows, how it was drawn and over which sites, and what shows that.

    `seed` is None and `sha256` that of the table alone where nothing beside it says how it was drawn. `standing` is a
    sentence, `overrides` what was recorded as done otherwise, `washed` (days, sites) the place-days of a washout.
    """

    rows: pd.DataFrame
    scheme: Scheme
    sites: pd.DataFrame
    seed: int | None
    sha256: str
    standing: str
    overrides: tuple[Mapping[str, Any], ...] = ()
    washed: Truth | None = None


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the analysis rests on, in the panel's order of sites and days."""

    panel: Panel
    drawn: Drawn
    draws: Truth
    washed: Washout | None
    rings: Real | None
    exposure: Exposure | None
    registered: Registered | None
    notes: tuple[str, ...]


def gather(files: Files, *, draws: int, seed: int, least_minutes: float) -> Evidence:
    """Read the files of a trial, check them against each other, and draw its schedule again.

    Raises `AbateError` with a sentence a fault, and the analysis that would still be valid.
    """
    from abate.sources import place_days, protocols
    from abate.trials import outcomes, randomisation, schemes

    if draws < 99:
        raise OptionError(f"--draws {draws}: at least 99 redraws are needed to tell anything, 10,000 are usual")
    with _offering(_BY_SCHEDULE.format(name=files.schedule.with_suffix(".json").name)):
        drawn = _drawn(files)
    with _offering("Without --protocol the analysis is valid, and not registered"):
        registered = None if files.protocol is None else protocols.read_record(files.protocol)
        _agree(registered, drawn, files)
    seen = place_days.read(files.place_days, complete=False)
    rows, notes = _days_seen(drawn, seen)
    panel = outcomes.gather(seen, rows, registered=None if registered is None else registered.registered_at.date())
    again = np.random.SeedSequence([seed, drawn.seed or 0]).generate_state(1)[0]
    luck = schemes.draw(drawn.scheme, drawn.sites, seed=int(again), draws=draws)
    names = list(drawn.sites["site_id"])
    laid = randomisation.arrange(panel, luck, sites=names, starts=drawn.scheme.starts)
    with _offering("Without --buffers the rest of the analysis is valid"):
        rings = None if files.buffers is None else _rings(files.buffers, panel)
    with _offering("Without --dose the comparison as drawn is valid"):
        exposure = _exposure(files.dose, drawn, panel, least_minutes)
    return Evidence(
        panel=panel,
        drawn=drawn,
        draws=laid,
        washed=_washed(drawn, panel, luck),
        rings=rings,
        exposure=exposure,
        registered=registered,
        notes=(*notes, *panel.notes),
    )


@contextmanager
def _offering(words: str) -> Iterator[None]:
    """Add to what is wrong the analysis that is still valid, where no sentence names one."""
    try:
        yield
    except AbateError as fault:
        if any("valid" in each for each in fault.faults):
            raise
        raise type(fault)(*fault.faults, words) from None


def _drawn(files: Files) -> Drawn:
    """Read the schedule, with its ledger where one is there; without the JSON file, by its shape."""
    from abate.jobs import patrol_schedules
    from abate.sources import bare_schedules, schedules
    from abate.trials import schemes

    kept = patrol_schedules.ledger_of(files.schedule.with_suffix(".csv"), files.ledger)
    if not files.schedule.with_suffix(".json").exists() and not kept.exists() and files.schedule.exists():
        bare = bare_schedules.read(files.schedule)
        digest = hashlib.sha256(files.schedule.read_bytes()).hexdigest()
        return Drawn(bare.rows, bare.scheme, bare.sites, None, digest, bare.taken)
    overrides: tuple[Mapping[str, Any], ...] = ()
    if not kept.exists() and files.ledger is None:
        frozen = schedules.read(files.schedule)
        standing = (
            f"{frozen.file.name} is as its JSON file says (SHA-256 {frozen.sha256}). There is no ledger beside them: "
            "that it was frozen before the first day cannot be shown"
        )
    else:
        opened = patrol_schedules.opened(files.schedule, ledger=files.ledger)
        frozen, overrides = opened.schedule, tuple(opened.overrides())
        standing = f"{frozen.file.name} is as it was frozen, {opened.drawn} (SHA-256 {frozen.sha256})"
        late = patrol_schedules.before(frozen.scheme.starts, datetime.fromisoformat(opened.frozen.when).date())
        standing += "" if late is None else f"; {late}"
    _redraws(frozen)
    washed = schemes.washed(frozen.scheme, frozen.patrol()) if frozen.scheme.washout else None
    return Drawn(
        frozen.rows, frozen.scheme, frozen.sites, frozen.seed, frozen.sha256, standing, overrides, washed=washed
    )


def _redraws(frozen: Any) -> None:
    """Refuse a schedule that its own scheme and seed do not draw."""
    from abate.trials import schemes

    again = schemes.draw(frozen.scheme, frozen.sites, seed=frozen.seed)[0]
    if not np.array_equal(again, frozen.patrol()):
        raise SourceError(
            f"{frozen.file.name}: scheme and seed in {frozen.file.stem}.json do not draw this schedule: one of the "
            "files was replaced. Put both back; without the true scheme no redraw of the schedule is valid"
        )


def _agree(registered: Registered | None, drawn: Drawn, files: Files) -> None:
    if registered is not None and registered.schedule["sha256"] != drawn.sha256:
        raise SourceError(
            f"{files.schedule.name}: is another schedule than the registered one: its SHA-256 is {drawn.sha256}, and "
            f"{registered.schedule['sha256']} was registered. Without --protocol the analysis is valid, and not "
            "registered"
        )


def _days_seen(drawn: Drawn, seen: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Leave out the days of the schedule that the record has for no place at all, and say so."""
    rows, have = drawn.rows, set(pd.DatetimeIndex(seen["date"]))
    days = sorted(set(pd.DatetimeIndex(rows["date"])))
    lost = [day for day in days if day not in have]
    if not lost or len(lost) == len(days):
        return rows, []
    note = (
        f"{len(lost):,} of {len(days):,} days of the schedule have no row for any place (first {lost[0]:%Y-%m-%d}, "
        f"last {lost[-1]:%Y-%m-%d}) and were left out: right when the trial stopped there by its rule, and only then"
    )
    return rows[~rows["date"].isin(lost)].reset_index(drop=True), [note]


def _washed(drawn: Drawn, panel: Panel, luck: Truth) -> Washout | None:
    """Mark the place-days of a washout, in the trial and in each redraw, by the days of the whole schedule."""
    from abate.trials import randomisation, schemes
    from abate.trials.outcomes import Washout

    if drawn.washed is None:
        return None
    names, starts = list(drawn.sites["site_id"]), drawn.scheme.starts
    later = schemes.washed(drawn.scheme, luck)
    now, draws = (randomisation.arrange(panel, one, sites=names, starts=starts) for one in (drawn.washed[None], later))
    return Washout(now[0].T, draws)


def _rings(path: Path, panel: Panel) -> Real:
    """Lay incidents in rings out; every place-day of the trial must have its row."""
    from abate.sources import place_days
    from abate.trials import outcomes

    seen = place_days.read(path, complete=False)
    gaps = (outcomes.measure(seen.assign(one=1.0), "one", panel) == 0) & panel.drawn
    if gaps.any():
        row, column = np.argwhere(gaps)[0]
        raise TableError(
            f"{path.name}: {int(gaps.sum()):,} place-days of the trial have no row, first '{panel.sites[row]}' on "
            f"{panel.days[column]:%Y-%m-%d}; a day on which nothing happened is a row with 0 incidents. Without "
            "--buffers the rest of the analysis is valid"
        )
    return outcomes.measure(seen, "incidents", panel)


def _exposure(dose: Path | None, drawn: Drawn, panel: Panel, least_minutes: float) -> Exposure | None:
    """Say what took place: measured minutes, else the draw as overrides changed it, else nothing."""
    from abate.sources import trial_doses
    from abate.trials import outcomes
    from abate.trials.analyses import Exposure

    if dose is not None:
        minutes = outcomes.measure(trial_doses.read(dose), "minutes", panel)
        return Exposure(minutes, measured=True, source=f"minutes of presence in {dose.name}")
    if not drawn.overrides:
        return None
    done = panel.patrol.copy()
    for override in drawn.overrides:
        column = panel.days.get_indexer(pd.DatetimeIndex([override["date"]]))[0]
        if column >= 0 and override["site_id"] in panel.sites:
            done[panel.sites.index(override["site_id"]), column] = override["done"] == "patrol"
    told = f"{len(drawn.overrides)} recorded overrides; minutes were not measured"
    return Exposure(np.where(done, least_minutes, 0.0), measured=False, source=told)
