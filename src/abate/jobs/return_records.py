"""What was recorded in patrolled sites in a month and a year before: from the lake, or from any extract."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abate.errors import LakeError, OptionError, nearest
from abate.jobs.proactive import handling
from abate.patrols.returns import year_before
from abate.patrols.sitetotals import ALL_CRIME, Recorded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pandas as pd

    from abate.incidents.groups import Selection
    from abate.lake import Lake
    from abate.sources.patrol_sites import PatrolSites

_NEAR = (
    "published crime stands at anonymised points near where it happened, so that counts of small sites are approximate"
)


@dataclass(frozen=True)
class Record:
    """Where crimes are read: a lake and its force, or a file and the mapping that says what its columns are.

    `crime` is as written at the prompt; `proactive` says whether named groups hold the offences that patrols find.
    """

    lake: Path | None = None
    force: str | None = None
    events: Path | None = None
    mapping: Path | None = None
    crime: str = "serious-violence"
    proactive: str = "exclude"

    def faults(self) -> list[str]:
        """Say which options do not go together."""
        told = []
        if self.lake and self.events:
            told.append("--lake and --events are two records of crime: give one of them")
        if self.lake and not self.force:
            told.append("--lake needs --force: say whose crimes are meant")
        if self.force and not self.lake:
            told.append("--force goes with --lake")
        if self.mapping and not self.events:
            told.append("--mapping goes with --events: it says what the columns of that file are")
        for option, path in (("--events", self.events), ("--mapping", self.mapping)):
            if path is not None and not path.is_file():
                told.append(f"{option} {path}: there is no such file")
        return told

    @property
    def given(self) -> bool:
        """Whether there is any."""
        return self.lake is not None or self.events is not None


def read(record: Record, sites: PatrolSites, month: str, *, today: date) -> tuple[Recorded, dict[str, Any]]:
    """Count what was recorded in each site and outside all of them, in a month and the same month a year before.

    Gives the counts, and what they were made from, for the record of how the return was made. Raises `AbateError`
    where the record cannot be read, holds nothing of the force, or does not know the crime.
    """
    from abate import lake

    if record.lake is not None:
        kept = lake.open(record.lake)
        made = {"lake": record.lake.name, "table_version": kept.version("incidents")}
        return _counted(kept, record, sites, month, source="crimes in the lake"), made
    events = record.events or Path()
    with tempfile.TemporaryDirectory(prefix="abate-") as folder:
        from abate.jobs.load import load

        place = Path(folder) / "lake"
        loaded = load([events], lake=place, today=today, by="abate patrols", mapping=record.mapping)
        left = [f"{events.name}: {count:,} rows left out: {rule}" for rule, count in loaded.rejected_by_rule.items()]
        told = _counted(lake.open(place), record, sites, month, source=f"crimes in {events.name}", left=left)
    return told, {"events": events.name, "sha256": hashlib.sha256(events.read_bytes()).hexdigest()}


def _counted(
    kept: Lake, record: Record, sites: PatrolSites, month: str, *, source: str, left: Sequence[str] = ()
) -> Recorded:
    import pandas as pd

    asked = (month, year_before(month))
    held = _held(kept, record.force, asked)
    everything = kept.incidents(force=record.force, first=asked[1], last=asked[0])
    incidents = everything.filter(everything.month.isin(asked))
    chosen = _chosen(kept, record)
    outlined = sites.sites[sites.sites["shape"].notna()]
    every, unlocated = _located(incidents, outlined, sites.crs, month)
    parts = [every.assign(crime=ALL_CRIME)]
    if not chosen.everything:
        some, _ = _located(incidents.filter(chosen.filter(incidents)), outlined, sites.crs, month)
        parts.append(some.assign(crime=chosen.label))
    told = [
        *left,
        *(f"the record does not hold {each}: its incidents are blank, not 0" for each in asked if each not in held),
    ]
    if lacking := len(sites.sites) - len(outlined):
        told.append(f"{lacking:,} sites have no outline (a middle only): their incidents cannot be counted")
    if unlocated:
        told.append(f"{unlocated:,} incidents of {month} have no coordinates and count in the rest of the area")
    return Recorded(
        label=ALL_CRIME if chosen.everything else chosen.label,
        counts=pd.concat(parts, ignore_index=True)[["crime", "month", "site_id", "incidents"]],
        months=asked,
        held=held,
        outlined=tuple(outlined["site_id"]),
        source=source,
        notes=(*told, *chosen.notes, _NEAR),
    )


def _chosen(kept: Lake, record: Record) -> Selection:
    """Read which crimes are meant, by the kinds that the whole record knows."""
    from abate.incidents import groups

    kinds = (
        kept.incidents(force=record.force).group_by("crime_type").agg(coded=lambda rows: rows.ho_offence_code.count())
    )
    known = kinds.execute()
    return groups.read(
        record.crime,
        known_types=sorted(known["crime_type"]),
        with_codes=bool(known["coded"].sum()),
        proactive=handling(record.proactive),
    )


def _held(kept: Lake, force: str | None, asked: tuple[str, str]) -> tuple[str, ...]:
    """Say which of the months the record holds; raise where it has nothing of the force."""
    coverage = kept.coverage()
    ours = coverage[(coverage["kind"] == "incidents") & (coverage["status"] != "missing")]
    if force is not None and force not in set(ours["force"]):
        known = sorted(ours["force"].unique())
        if not known:
            raise LakeError(f"{kept.folder} holds no incidents: load some with `abate load FILE --lake {kept.folder}`")
        raise OptionError(f"--force: the lake holds no incidents of '{force}'. {nearest(force, known)}")
    months = set(ours["month"] if force is None else ours.loc[ours["force"] == force, "month"])
    return tuple(month for month in asked if month in months)


def _located(incidents: Any, outlined: pd.DataFrame, crs: str, month: str) -> tuple[pd.DataFrame, int]:
    """Count incidents by month and site (blank outside all of them), and those of the month without coordinates."""
    import numpy as np
    import pandas as pd

    from abate import counts
    from abate.jobs.placing import one_system
    from abate.space import polygons, projections

    tallies = counts.tally(incidents).execute()
    lost = counts.unlocated(incidents).execute()
    names = np.array([*outlined["site_id"], ""], dtype=object)
    site = np.full(len(tallies), "", dtype=object)
    if len(tallies) and len(outlined):
        placed = projections.convert(tallies["x"], tallies["y"], source=one_system(tallies), target=crs)
        site = names[polygons.locate(placed.easting, placed.northing, outlined["shape"].to_numpy()).position]
    rows = pd.concat(
        [
            tallies[["month", "incidents"]].assign(site_id=pd.Series(site, index=tallies.index, dtype="str")),
            lost[["month", "incidents"]].assign(site_id=""),
        ],
        ignore_index=True,
    )
    counted = rows.groupby(["month", "site_id"], as_index=False, sort=True)["incidents"].sum()
    return counted, int(lost.loc[lost["month"] == month, "incidents"].sum())
