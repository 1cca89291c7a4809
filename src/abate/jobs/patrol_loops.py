"""Walking loops: read sites, streets and what was recorded, draw the loops, write the maps, tracks and words."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from abate import __version__
from abate.errors import OptionError
from abate.patrols.loops import Rules

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from abate.jobs.grounds import Ground
    from abate.patrols.loops import Drawn
    from abate.patrols.walkable import Network
    from abate.sources.patrol_sites import PatrolSites

    Tell = Callable[[float, str], None]

Aim = Literal["incidents", "harm"]
_CRIME = "serious-violence"


@dataclass(frozen=True)
class Options:
    """What the person asked for.

    `sites` and `streets` are files. What was recorded comes from a `lake` and `force`, or from `events` and `mapping`;
    without either the sites' own expected figures are taken. `crime` picks kinds (None: serious violence of a lake, all
    of a file). `aim` says whether incidents or harm are to be passed. `parking` is a CSV file of points. `crs` None is
    the system that suits the sites. `rules` are those of the walks.
    """

    sites: Path
    streets: Path
    out: Path = field(default_factory=lambda: Path("loops"))
    lake: Path | None = None
    force: str | None = None
    events: Path | None = None
    mapping: Path | None = None
    crime: str | None = None
    aim: Aim = "incidents"
    parking: Path | None = None
    crs: str | None = None
    seed: int = 1
    rules: Rules = field(default_factory=Rules)

    def __post_init__(self) -> None:
        faults = []
        if self.lake is not None and self.events is not None:
            faults.append("incidents come from --lake DIR --force F or from --events FILE --mapping M, one of the two")
        if (self.lake is None) != (self.force is None) and self.events is None:
            faults.append("--lake and --force go together: a lake may hold several forces")
        if (self.events is None) != (self.mapping is None):
            faults.append("--events and --mapping go together: the mapping says what the columns of the file are")
        if self.crime is not None and self.lake is None and self.events is None:
            faults.append("--crime picks kinds of incidents: give them with --lake or --events")
        for option, path in (("--streets", self.streets), ("--parking", self.parking), ("--events", self.events)):
            if path is not None and not path.is_file():
                faults.append(f"{option} {path}: there is no such file")
        if faults:
            raise OptionError(*faults)

    def plain(self) -> dict[str, Any]:
        """Give the options as plain values, for the record of how the walks were made; files by their names."""
        told = {name: value.name if isinstance(value, Path) else value for name, value in vars(self).items()}
        return {**{name: value for name, value in told.items() if name != "out"}, "rules": asdict(self.rules)}


@dataclass(frozen=True)
class Recorded:
    """What was recorded, a row a point (`easting`, `northing`, `weight` a month), its unit, and what to know."""

    points: pd.DataFrame | None
    unit: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """The answer: the loops, what is passed in words, what should be known beside them, and the files written."""

    drawn: Drawn
    unit: str
    notes: tuple[str, ...]
    files: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say in one sentence what was drawn."""
        loops = self.drawn.loops
        first = loops[loops["loop"] == 1]
        proven = int(loops["proven"].sum())
        return (
            f"{len(loops)} walking loops for {len(first)} sites: the first of each passes {first['share'].mean():.0%} "
            f"of its site's expected {self.unit.split(' ')[0]} on average; {proven} of {len(loops)} proven best, the "
            f"mean gap to the bound is {loops['gap'].mean():.1%}."
        )

    def document(self) -> dict[str, Any]:
        """Give the answer as the JSON document of `abate patrols loops --json`."""
        hidden = ["shape", "turns"]
        rows = self.drawn.loops.drop(columns=hidden).to_dict("records")
        return {
            "loops": [
                {**{str(name): value for name, value in row.items()}, "turns": [step.words for step in turns]}
                for row, turns in zip(rows, self.drawn.loops["turns"], strict=True)
            ],
            "sites": [{"site_id": site, "expected": total} for site, total in self.drawn.expected.items()],
            "unit": self.unit,
            "sentence": self.sentence,
            "notes": list(self.notes),
            "files": list(self.files),
        }


def draw_loops(options: Options, *, today: date, by: str, tell: Tell = lambda _share, _words: None) -> Found:
    """Draw walking loops through sites and write them as maps, tracks and words.

    `tell` hears how far the work is. Raises `AbateError` with a sentence a fault when a file will not do, a site lies
    outside the streets, or a stay is too short; nothing is then written.
    """
    from abate.patrols import expectations, loops, walkable
    from abate.sources import patrol_sites, streets
    from abate.space import projections

    tell(0.02, "reading the sites")
    sites = patrol_sites.read(options.sites, crs=options.crs)
    unit_m = projections.unit_m(sites.crs)
    tell(0.05, "reading the streets")
    ground = walkable.network(streets.read(options.streets, crs=sites.crs))
    tell(0.2, "reading what was recorded")
    recorded = _recorded(options, sites, today=today)
    points = (
        None
        if recorded.points is None
        else expectations.place(ground, recorded.points, limit_m=options.rules.limit_m, unit_m=unit_m)
    )
    drawn = loops.draw(
        ground,
        sites.sites,
        points,
        options.rules,
        unit_m=unit_m,
        parked=_parked(options, sites),
        figure="expected_harm" if options.aim == "harm" else "expected",
        seed=options.seed,
        tell=lambda share, words: tell(0.3 + 0.6 * share, words),
    )
    notes = (*recorded.notes, *drawn.notes, *_unnamed(ground))
    tell(0.92, "writing")
    files = _write(options, sites, ground, Found(drawn, recorded.unit, notes, ()), today=today, by=by)
    tell(1.0, "done")
    return Found(drawn, recorded.unit, notes, files)


def _recorded(options: Options, sites: PatrolSites, *, today: date) -> Recorded:
    """Read what was recorded, from the lake or a file; nothing where neither is given."""
    if options.lake is not None:
        from abate import lake
        from abate.jobs import grounds

        ground = grounds.gather(lake.open(options.lake), force=options.force or "", crime=options.crime or _CRIME)
        return _points(ground, options, sites)
    if options.events is None:
        unit = "harm in the period that the sites' file speaks of" if options.aim == "harm" else "incidents"
        return Recorded(None, unit)
    with tempfile.TemporaryDirectory(prefix="abate-") as folder:
        return _from_events(options, sites, Path(folder) / "lake", today)


def _from_events(options: Options, sites: PatrolSites, folder: Path, today: date) -> Recorded:
    from dataclasses import replace

    from abate import lake
    from abate.jobs import grounds
    from abate.jobs.load import load

    events = options.events or Path()
    loaded = load([events], lake=folder, today=today, by="abate patrols loops", mapping=options.mapping)
    kept = lake.open(folder)
    forces = kept.forces()
    force = options.force or (forces[0] if len(forces) == 1 else None)
    if force is None:
        raise OptionError(f"{events.name}: the events are of {len(forces)} forces ({', '.join(forces)}): add --force")
    crime = options.crime or ",".join(sorted(kept.incidents(force=force).crime_type.name("kind").execute().unique()))
    found = _points(grounds.gather(kept, force=force, crime=crime), options, sites)
    lost = f"{events.name}: {loaded.rows_rejected:,} of {loaded.rows_read:,} rows broke a rule and are left out"
    return replace(found, notes=(*((lost,) if loaded.rows_rejected else ()), *found.notes))


def _points(ground: Ground, options: Options, sites: PatrolSites) -> Recorded:
    """Lay the record out as points with what each stands for in a month."""
    from abate.jobs import placing
    from abate.space import projections

    rows = ground.tallies
    source = placing.one_system(rows)
    converted = projections.convert(rows["x"], rows["y"], source=source, target=sites.crs)
    weight = rows["incidents"].astype("float64")
    if options.aim == "harm":
        if "harm" not in rows:
            raise OptionError(f"--maximise harm: {ground.harm or 'this record has no offence codes to take harm from'}")
        weight = weight * rows["harm"].astype("float64").fillna(0.0)
    points = pd.DataFrame(
        {"easting": converted.easting, "northing": converted.northing, "weight": weight / len(ground.months)}
    )
    known = points[points["easting"].notna() & points["northing"].notna()].reset_index(drop=True)
    held = f"{len(ground.months)} months from {ground.months[0]} to {ground.months[-1]}"
    notes = [f"expected is what was recorded of {ground.selection.label} in {held}, a month"]
    if ground.missing:
        notes.append(
            f"months in between that are not held are left out, not taken as 0: {', '.join(ground.missing[:6])}"
        )
    if ground.unlocated:
        notes.append(f"{ground.unlocated:,} incidents have no coordinates and are left out")
    if options.aim == "harm" and ground.harm:
        notes.append(ground.harm)
    return Recorded(known, "harm a month" if options.aim == "harm" else "incidents a month", tuple(notes))


def _parked(options: Options, sites: PatrolSites) -> pd.DataFrame | None:
    from abate.sources import parking_points

    return None if options.parking is None else parking_points.read(options.parking, crs=sites.crs)


def _unnamed(ground: Network) -> tuple[str, ...]:
    if ground.segments["name"].notna().any():
        return ()
    return ("the street file has no names: the directions call every way by its kind",)


def _write(
    options: Options, sites: PatrolSites, ground: Network, found: Found, *, today: date, by: str
) -> tuple[str, ...]:
    from abate.reports import walks

    read = [options.streets, *(path for path in (options.events, options.mapping, options.parking) if path is not None)]
    inputs = [{"file": sites.name, "sha256": sites.sha256}]
    inputs += [{"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()} for path in read]
    made = {
        "code": __version__,
        "parameters": options.plain(),
        "inputs": inputs,
        "coordinate_system": sites.crs,
        "made_on": today.isoformat(),
        "by": by,
    }
    told = walks.Walks(
        loops=found.drawn.loops,
        sites=sites.sites,
        segments=ground.segments,
        crs=sites.crs,
        radius_m=options.rules.radius_m,
        unit=found.unit,
        sentence=found.sentence,
        notes=found.notes,
        made=made,
        made_on=today,
    )
    return tuple(str(path) for path in walks.write(told, options.out))
