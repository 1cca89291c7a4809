"""How many incidents each site saw in the week (or the month) before the sheets: working figures for officers."""

from __future__ import annotations

import tempfile
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.errors import OptionError
from abate.patrols.weeks import DAYS, Recorded
from abate.reports.wording import counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.counts.occurrences import Dated
    from abate.sources.patrol_sites import PatrolSites


@dataclass(frozen=True)
class Record:
    """Where incidents come from: a lake and the force in it, or an extract with its mapping; `crime` None takes all."""

    lake: Path | None = None
    force: str | None = None
    events: Path | None = None
    mapping: Path | None = None
    crime: str | None = None

    def __post_init__(self) -> None:
        if (self.lake is None) == (self.events is None):
            raise OptionError(
                "incidents come from --lake DIR --force F or from --events FILE --mapping M, one of the two"
            )
        if (self.events is None) != (self.mapping is None):
            raise OptionError("--events and --mapping go together: the mapping says what the columns of the file are")
        if self.events is not None and self.force is not None:
            raise OptionError("--force goes with --lake; an extract's own mapping says whose it is")


@dataclass(frozen=True)
class Counted:
    """The counts, None where the record holds nothing before; and what should be known beside them."""

    recorded: Recorded | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Stretch:
    """A stretch of days from `start` to before `end`, in words."""

    start: date
    end: date
    words: str

    @property
    def days(self) -> int:
        return (self.end - self.start).days


def count(record: Record, sites: PatrolSites, *, first: date, today: date) -> Counted:
    """Count the incidents inside each site before `first`: the last seven days, or the last month that is held.

    Months are taken where the record has no days, or ends before the week does. Sites of which no outline is known are
    not counted. Raises `AbateError` with a sentence a fault when the record cannot be read.
    """
    if record.lake is not None:
        return _counted(record, record.lake, sites, first, ())
    with tempfile.TemporaryDirectory(prefix="abate-") as folder:
        lake, notes = _loaded(record, Path(folder) / "lake", today)
        return _counted(record, lake, sites, first, notes)


def _loaded(record: Record, folder: Path, today: date) -> tuple[Path, tuple[str, ...]]:
    """Read an extract through its mapping into a lake that is thrown away."""
    from abate.jobs.load import load

    events = record.events or Path()
    told = load([events], lake=folder, today=today, by="abate patrols print", mapping=record.mapping)
    lost = f"{events.name}: {told.rows_rejected:,} of {told.rows_read:,} rows broke a rule and are not counted"
    return folder, ((lost,) if told.rows_rejected else ())


def _counted(record: Record, folder: Path, sites: PatrolSites, first: date, notes: tuple[str, ...]) -> Counted:
    from abate import lake

    held = lake.open(folder)
    forces = held.forces()
    force = record.force or (forces[0] if len(forces) == 1 else None)
    if force is None or force not in forces:
        asked = f"has no force '{record.force}'" if record.force else "has several forces: say which with --force"
        raise OptionError(f"{folder}: the lake {asked}. It has: {', '.join(forces) or 'none'}")
    before = [month for month in held.months(force=force) if month <= f"{first:%Y-%m}"]
    if not before:
        return Counted(None, (*notes, f"the record holds no month before {first:%-d %B %Y}: no incidents are told"))
    incidents = held.incidents(force=force, first=_back(before[-1], 3), last=f"{first:%Y-%m}")
    told = _dated(incidents, record.crime)
    stretches = _stretches(told, before, first)
    if not stretches:
        return Counted(
            None, (*notes, f"the record holds no full month before {first:%-d %B %Y}: no incidents are told")
        )
    counts = [_inside(told.rows, each, sites) for each in stretches]
    earlier = stretches[1] if len(stretches) > 1 else None
    frame = pd.DataFrame({"site_id": sites.sites["site_id"], "incidents": counts[0], "before": counts[-1]})
    shaped = sites.sites["shape"].notna().to_numpy(bool)
    bare = counted(int((~shaped).sum()), "site has", "sites have")
    blank = () if shaped.all() else (f"{bare} no outline: no incidents are counted there",)
    recorded = Recorded(
        frame[shaped].reset_index(drop=True),
        stretches[0].words,
        "" if earlier is None else earlier.words,
        stretches[0].days,
        stretches[0].days if earlier is None else earlier.days,
    )
    return Counted(recorded, (*notes, *blank, f"incidents are those {stretches[0].words}"))


def _dated(incidents: Any, crime: str | None) -> Dated:
    from abate.counts.occurrences import dated, occur
    from abate.incidents import groups

    if crime is not None:
        kinds = incidents.group_by("crime_type").agg(coded=incidents.ho_offence_code.count()).execute()
        chosen = groups.read(crime, known_types=sorted(kinds["crime_type"]), with_codes=bool(kinds["coded"].sum()))
        incidents = incidents.filter(chosen.filter(incidents))
    return dated(occur(incidents).execute())


def _stretches(told: Dated, held: list[str], first: date) -> list[_Stretch]:
    """Choose the last seven days and the seven before, where the record reaches that far; else the last full months."""
    week, fortnight = first - timedelta(days=DAYS), first - timedelta(days=2 * DAYS)
    wanted = {f"{fortnight + timedelta(days=step):%Y-%m}" for step in range(2 * DAYS)}
    last = told.rows["period"].max() if len(told.rows) else pd.NaT
    if told.unit == "day" and wanted <= set(held) and last >= pd.Timestamp(first - timedelta(days=2)):
        return [
            _Stretch(week, first, "in the last seven days"),
            _Stretch(fortnight, week, "in the seven days before"),
        ]
    full = [month for month in held if month < f"{first:%Y-%m}"]
    months = [_month(month) for month in reversed(full[-2:])]
    return months if len(months) < 2 or months[1].end == months[0].start else months[:1]


def _month(month: str) -> _Stretch:
    start = date(int(month[:4]), int(month[5:]), 1)
    end = start + timedelta(days=monthrange(start.year, start.month)[1])
    return _Stretch(start, end, f"in {start:%B %Y}")


def _back(month: str, months: int) -> str:
    number = int(month[:4]) * 12 + int(month[5:]) - 1 - months
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _inside(rows: pd.DataFrame, stretch: _Stretch, sites: PatrolSites) -> NDArray[np.int64]:
    """Count what lies inside each site's outline; on an edge counts as inside."""
    import shapely

    from abate.space import projections

    totals = np.zeros(len(sites.sites), dtype=np.int64)
    period = rows["period"]
    chosen = rows[(period >= pd.Timestamp(stretch.start)) & (period < pd.Timestamp(stretch.end)) & rows["x"].notna()]
    shaped = np.flatnonzero(sites.sites["shape"].notna().to_numpy(bool))
    tree = shapely.STRtree(sites.sites["shape"].to_numpy(dtype=object)[shaped])
    for system, part in chosen.groupby("crs", sort=True):
        placed = projections.convert(part["x"], part["y"], source=str(system), target=sites.crs)
        points = shapely.points(placed.easting, placed.northing)
        event, site = tree.query(points, predicate="intersects")
        np.add.at(totals, shaped[site], part["incidents"].to_numpy(dtype=np.int64)[event])
    return totals
