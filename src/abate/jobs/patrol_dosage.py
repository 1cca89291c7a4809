"""The dose of patrols: ask whether the tracks may be read, read them, reduce them, write what names no officer.

The positions of officers are personal data. This job reads them where they lie, keeps them in memory while it runs and
writes none of them. Each reading, each refusal and each erasure goes into `dosage.ledger.jsonl`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abate import __version__
from abate.errors import AbateError, OptionError
from abate.jobs import ledgers

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    import pandas as pd

    from abate.patrols.attendance import Compliance
    from abate.patrols.dosage import Dosage, Rule
    from abate.sources.patrol_sites import PatrolSites
    from abate.sources.tracks import TrackFiles

    Tell = Callable[[float, str], None]

LEDGER = "dosage.ledger.jsonl"
PURPOSE = "dose"
ENDINGS = (".gpx", ".csv", ".geojson", ".json", ".gz")


@dataclass(frozen=True)
class Options:
    """What the person asked for.

    `impact_assessment` is the reference of the force's data protection impact assessment. `purpose`, `officer` and
    `device` are there so that any use but the dose is refused and recorded. `purge` is a folder whose outdated tracks
    are to be erased. Distances are in metres; `since` and `until` are the first and the last day to be told of.
    """

    tracks: tuple[Path, ...] = ()
    sites: Path | None = None
    plan: Path | None = None
    schedule: Path | None = None
    check_ins: Path | None = None
    devices: Path | None = None
    tolerance_m: float = 20.0
    gap_seconds: float = 120.0
    least_minutes: float = 10.0
    radius_m: float = 75.0
    impact_assessment: str | None = None
    purpose: str = PURPOSE
    officer: str | None = None
    device: str | None = None
    keep_days: int = 31
    purge: Path | None = None
    since: date | None = None
    until: date | None = None
    zone: str = "Europe/London"
    crs: str | None = None
    tracks_crs: str | None = None
    out: Path = Path("dosage")

    def plain(self) -> dict[str, Any]:
        """Give the options as plain values, for the record of how the files were made; files by their names."""
        told: dict[str, Any] = {}
        for name, value in asdict(self).items():
            if name in {"officer", "device", "purge", "out"}:
                continue
            many = isinstance(value, tuple)
            told[name] = [each.name for each in value] if many else value.name if isinstance(value, Path) else value
        return told


@dataclass(frozen=True)
class Measured:
    """The answer: the dose, compliance where something was scheduled, what should be known, and the files written."""

    dosage: Dosage
    visits: pd.DataFrame
    compliance: Compliance | None
    notes: tuple[str, ...]
    files: tuple[str, ...]
    read: tuple[dict[str, Any], ...]

    def sentences(self) -> tuple[str, ...]:
        """Say the answer in words, for the prompt."""
        doses = self.dosage.doses
        sites, days = doses["site_id"].nunique(), doses["date"].nunique()
        minutes, officer_minutes = doses["minutes"].sum(), doses["officer_minutes"].sum()
        presence = f"{minutes:,.0f} minutes of presence, {officer_minutes:,.0f} officer-minutes"
        told = [f"{len(self.visits):,} visits; {presence}, in {sites:,} sites on {days:,} days."]
        if self.compliance and self.compliance.share is not None:
            told.append(
                f"{self.compliance.attended:,} of {self.compliance.scheduled:,} scheduled {self.compliance.unit} "
                f"attended ({self.compliance.share:.0%}); {self.compliance.rule}."
            )
        return tuple(told)

    def document(self) -> dict[str, Any]:
        """Give the answer as the JSON document of `abate patrols dosage --json`."""
        from abate.reports.dosage_files import plain_visits

        presences = self.dosage.presences
        foot = presences["kind"] == "foot"
        return {
            "visits": plain_visits(self.visits),
            "compliance": self.compliance.plain() if self.compliance else None,
            "files": list(self.files),
            "minutes": float(self.dosage.doses["minutes"].sum()),
            "officer_minutes": float(self.dosage.doses["officer_minutes"].sum()),
            "short_stays": int((foot & ~presences["attended"]).sum()),
            "vehicle_passes": int((~foot).sum()),
            "noise_m": self.dosage.noise.sd,
            "rows": list(self.read),
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class Purged:
    """The answer to `--purge`: which files were erased, and what was left for a reason."""

    erased: tuple[str, ...]
    notes: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Give the answer as a JSON document."""
        return {"erased": list(self.erased), "notes": list(self.notes)}


def dosage(options: Options, *, now: datetime, by: str, tell: Tell = lambda _share, _words: None) -> Measured:
    """Measure the dose that patrols delivered, and write it.

    Raises `OptionError` when the purpose is not the dose, when no impact assessment is named or when the tracks are
    older than may be kept (each recorded), and `AbateError` with a sentence a fault when a file will not do.
    """
    ledger = options.out / LEDGER
    if fault := why_not(options):
        ledgers.append(ledger, "consult", {"refused": fault, "purpose": options.purpose}, by=by, when=now)
        raise OptionError(fault)
    rule = _rule(options)
    sites = _sites(options)
    tell(0.05, "reading the tracks")
    read, teams, clocks = _tracks(options, sites, now=now)
    _record(ledger, options, read, by=by, now=now)
    _check_age(read, options, ledger, by=by, now=now)
    tell(0.5, "finding the stays")
    found = _measured(read, sites, rule, options, (teams, clocks))
    tell(0.8, "setting it beside the plan")
    answer = _written(options, sites, found, read, now=now, by=by)
    tell(1.0, "done")
    return answer


def why_not(options: Options) -> str | None:
    """Say why tracks may not be read for what was asked; None where they may.

    >>> why_not(Options(purpose="discipline", impact_assessment="DPIA-7")).split(":")[0]
    'tracks of officers are read for the dose of patrols and nothing else'
    >>> why_not(Options(impact_assessment="DPIA-7")) is None
    True
    """
    if options.purpose != PURPOSE or options.officer is not None or options.device is not None:
        asked = (
            f"purpose '{options.purpose}'" if options.purpose != PURPOSE else "the positions of one officer or device"
        )
        return (
            f"tracks of officers are read for the dose of patrols and nothing else: {asked} is refused, and that it "
            "was asked is recorded. What is told is by site, day and team"
        )
    if not (options.impact_assessment or "").strip():
        return (
            "tracks of officers are personal data: name the force's data protection impact assessment that covers them "
            "before they are read, such as --impact-assessment 'DPIA 2026/114, signed 2 November 2026'"
        )
    return None


def _rule(options: Options) -> Rule:
    from abate.patrols.dosage import Rule

    if options.sites is None or not options.tracks:
        raise OptionError("give the files of tracks and, with --sites, the list of sites")
    if options.since and options.until and options.since > options.until:
        raise OptionError(f"--from {options.since} lies after --to {options.until}")
    if options.keep_days < 1:
        raise OptionError(f"--keep-days should be at least 1, not {options.keep_days}")
    return Rule(options.tolerance_m, options.gap_seconds, options.least_minutes, options.radius_m, options.zone)


def _sites(options: Options) -> PatrolSites:
    from abate.sources import patrol_sites
    from abate.space import projections

    sites = patrol_sites.read(options.sites or Path(), crs=options.crs)
    if abs(projections.unit_m(sites.crs) - 1) > 1e-6:
        raise OptionError(f"{sites.crs} does not count in metres: give one that does with --crs, such as EPSG:27700")
    return sites


def _tracks(
    options: Options, sites: PatrolSites, *, now: datetime
) -> tuple[TrackFiles, dict[str, str], dict[str, float]]:
    import pandas as pd
    import shapely

    from abate.patrols import dosage as dosages
    from abate.sources import tracks

    teams, clocks = tracks.read_devices(options.devices) if options.devices else ({}, {})
    paths = [each for path in options.tracks for each in _inside(path)]
    read = tracks.read(paths, crs=sites.crs, zone=options.zone, now=now, source_crs=options.tracks_crs)
    bounds = shapely.total_bounds(dosages.outlines(sites.sites, options.radius_m))
    tracks.check_reach(read.fixes, (float(bounds[0]), float(bounds[1]), float(bounds[2]), float(bounds[3])))
    fixes = read.fixes
    day = fixes["moment"].dt.tz_convert(options.zone).dt.tz_localize(None).dt.normalize()
    wanted = pd.Series(data=True, index=fixes.index)
    if options.since:
        wanted &= day >= pd.Timestamp(options.since)
    if options.until:
        wanted &= day <= pd.Timestamp(options.until)
    if not wanted.any():
        raise OptionError(
            f"no position lies from {options.since or 'the first'} to {options.until or 'the last'}: the tracks run "
            f"from {day.min():%Y-%m-%d} to {day.max():%Y-%m-%d}"
        )
    return tracks.TrackFiles(fixes[wanted].reset_index(drop=True), read.files), teams, clocks


def _inside(path: Path) -> list[Path]:
    """Give the files of tracks that a path names: itself, or those in the folder."""
    if path.is_dir():
        return sorted(each for each in path.iterdir() if each.suffix.lower() in ENDINGS and each.is_file())
    return [path]


def _record(ledger: Path, options: Options, read: TrackFiles, *, by: str, now: datetime) -> None:
    said = {
        "what": "positions of patrols, reduced to visits by site, day and team",
        "impact_assessment": (options.impact_assessment or "").strip(),
        "purpose": options.purpose,
        "keep_days": options.keep_days,
        "files": [each.plain() for each in read.files],
    }
    ledgers.append(ledger, "collect", said, by=by, when=now)


def _check_age(read: TrackFiles, options: Options, ledger: Path, *, by: str, now: datetime) -> None:
    import pandas as pd

    oldest = read.fixes["moment"].min()
    days = (pd.Timestamp(now) - oldest).days
    if days <= options.keep_days:
        return
    fault = (
        f"the tracks hold positions of {oldest:%Y-%m-%d}, {days:,} days old: they may be kept for {options.keep_days} "
        "days. Erase them with --purge FOLDER, leave them out with --from, or give --keep-days where the force's "
        "retention schedule allows longer"
    )
    ledgers.append(ledger, "consult", {"refused": fault, "purpose": options.purpose}, by=by, when=now)
    raise OptionError(fault)


def _measured(
    read: TrackFiles,
    sites: PatrolSites,
    rule: Rule,
    options: Options,
    carried: tuple[dict[str, str], dict[str, float]],
) -> Dosage:
    from abate.patrols import dosage as dosages

    local = read.fixes["moment"].dt.tz_convert(options.zone).dt.date
    span = (options.since or local.min(), options.until or local.max())
    teams, clocks = carried
    return dosages.measure(read.fixes, sites.sites, rule, teams=teams, clocks=clocks, span=span)


def _written(
    options: Options, sites: PatrolSites, found: Dosage, read: TrackFiles, *, now: datetime, by: str
) -> Measured:
    from abate.jobs import patrol_dosage_beside as beside
    from abate.reports import dosages as pages

    set_beside = beside.gather(options, sites, found, now=now)
    notes = (*found.moved.notes(), *beside.notes(found, read), *set_beside.notes)
    told = tuple(each.plain() for each in read.files)
    made = {
        "code": __version__,
        "parameters": options.plain(),
        "inputs": [{"file": each.name, "sha256": each.sha256} for each in read.files],
        "sites": {"file": sites.name, "sha256": sites.sha256, "version": sites.version},
        "rows": list(told),
        "noise": {
            "sd_m": round(found.noise.sd, 2),
            "lasts_seconds": round(found.noise.lasts, 1),
            "basis": found.noise.basis,
        },
        "made_on": now.date().isoformat(),
        "by": by,
    }
    story = pages.Story(found, sites.sites, sites.crs, set_beside.compliance, set_beside.told(), notes, made)
    files = pages.write(story, set_beside.visits, options.out)
    paths = (*map(str, files), str(options.out / LEDGER))
    return Measured(found, set_beside.visits, set_beside.compliance, notes, paths, told)


def purge(options: Options, *, now: datetime, by: str) -> Purged:
    """Erase the track files of the folder `purge` whose newest position is older than may be kept, and record it.

    Files that are no tracks are left alone; files that hold older positions beside newer ones are named. Raises
    `OptionError` when the folder is none.
    """
    import pandas as pd

    from abate.sources import tracks

    folder, keep_days = options.purge or Path(), options.keep_days
    if not folder.is_dir():
        raise OptionError(f"--purge {folder}: there is no such folder")
    if keep_days < 1:
        raise OptionError(f"--keep-days should be at least 1, not {keep_days}")
    limit = pd.Timestamp(now) - pd.Timedelta(days=keep_days)
    erased, notes = list[str](), list[str]()
    for path in _inside(folder):
        try:
            ends = tracks.reach(path, zone=options.zone)
        except AbateError:
            notes.append(f"{path.name}: is no file of tracks that can be read; left alone")
            continue
        if ends[1] < limit:
            path.unlink()
            erased.append(path.name)
        elif ends[0] < limit:
            notes.append(f"{path.name}: also holds positions older than {keep_days} days; split it by day, or erase it")
    said = {"what": "track files older than may be kept", "keep_days": keep_days, "files": erased}
    ledgers.append(options.out / LEDGER, "erase", said, by=by, when=now)
    return Purged(tuple(erased), tuple(notes))
