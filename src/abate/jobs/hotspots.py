"""The main job: from the lake to a ranked, mapped and explained list of the places where crimes concentrate."""

from __future__ import annotations

import getpass
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abate import periods
from abate.errors import LakeError, OptionError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from abate.hotspots.concentration import Concentration
    from abate.hotspots.persistence import Persistence
    from abate.hotspots.probability import Chances
    from abate.hotspots.ranking import Ranking
    from abate.incidents.groups import Selection
    from abate.incidents.snapping import Snapping
    from abate.lake import Lake
    from abate.places.assignment import Assignment
    from abate.space.projections import Converted

    Tell = Callable[[float, str], None]


@dataclass(frozen=True)
class Options:
    """What the person asked for: which crimes, where, when, in what kind of place, and how many to choose.

    `crime` and `place` are as written at the prompt; `first` and `last` are months, both included (None: all that the
    lake holds); `origin` is `E,N`; either `top` or `area_km2`, or neither (20 places); `snap_limit_m` is in metres.

    Raises `OptionError` with every fault at once.
    """

    lake: Path
    force: str
    crime: str = "serious-violence"
    first: str | None = None
    last: str | None = None
    place: str = "hex:150"
    origin: str | None = None
    within: Path | None = None
    boundaries: Path | None = None
    top: int | None = None
    area_km2: float | None = None
    exclude: Path | None = None
    streets: Path | None = None
    basemap: Path | None = None
    crs: str | None = None
    snap_limit_m: float = 100.0
    seed: int = 1
    draws: int = 1000
    out: Path = field(default_factory=lambda: Path("hotspots"))

    def __post_init__(self) -> None:
        faults = []
        if self.top is not None and self.area_km2 is not None:
            faults.append("--top and --area-km2 are two ways to cut the list: give one of them")
        if self.area_km2 is not None and self.place.strip().lower().startswith("street"):
            faults.append("--area-km2: stretches of street have no area: cut the list with --top")
        for option, value in (("--from", self.first), ("--to", self.last)):
            try:
                periods.month(value or "2000-01")
            except OptionError as fault:
                faults.append(f"{option}: {fault}")
        if not faults and self.first and self.last and self.last < self.first:
            faults.append(f"--to {self.last} comes before --from {self.first}: swap them")
        for option, path in self._files():
            if not path.is_file():
                faults.append(f"{option} {path}: there is no such file")
        if faults:
            raise OptionError(*faults)

    def _files(self) -> list[tuple[str, Path]]:
        named = {
            "--within": self.within,
            "--boundaries": self.boundaries,
            "--exclude": self.exclude,
            "--streets": self.streets,
            "--basemap": self.basemap,
        }
        return [(option, path) for option, path in named.items() if path is not None]

    def plain(self) -> dict[str, Any]:
        """Give the options as plain values, for the record of how the report was made; files by their names."""
        return {name: value.name if isinstance(value, Path) else value for name, value in asdict(self).items()}


@dataclass(frozen=True)
class Ground:
    """The record that the list is made from: the crimes chosen, the months held, and where each incident lies.

    `tallies` (`tables.TALLIES`) holds the chosen crimes, `every` all crimes of the force and period; `named` has the
    points of all crimes with the name of their small area. `harm` says which harm stands beside the counts, or why
    there is none.
    """

    selection: Selection
    months: tuple[str, ...]
    missing: tuple[str, ...]
    tallies: pd.DataFrame
    every: pd.DataFrame
    named: pd.DataFrame
    harm: str
    unlocated: int
    coverage: pd.DataFrame
    version: int


@dataclass(frozen=True)
class Chosen:
    """The places chosen and everything known of them: what the report tells and the prompt prints."""

    options: Options
    ground: Ground
    converted: Converted
    crs: str
    snapping: Snapping
    assigned: Assignment
    counted: pd.DataFrame
    ranking: Ranking
    hotspots: pd.DataFrame
    reasons: pd.DataFrame
    chances: Chances
    concentration: Concentration
    persistence: Persistence
    area_trend: dict[str, Any]
    areas: pd.DataFrame | None
    labels: pd.DataFrame


@dataclass(frozen=True)
class Found:
    """The answer: the hotspots, one sentence, what should be known beside them, and the files written."""

    hotspots: pd.DataFrame
    sentence: str
    notes: tuple[str, ...]
    places: int
    incidents: int
    concentration: dict[str, Any]
    persistence: dict[str, Any]
    files: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Give the answer as the JSON document of `abate hotspots --json`."""
        return {
            "sentence": self.sentence,
            "places": self.places,
            "incidents": self.incidents,
            "hotspots": self.hotspots.to_dict("records"),
            "concentration": self.concentration,
            "persistence": self.persistence,
            "notes": list(self.notes),
            "files": list(self.files),
        }


def hotspots(options: Options, *, tell: Tell = lambda _share, _words: None, today: date | None = None) -> Found:
    """Rank, map and explain the places where the chosen crimes concentrate, and write the report.

    `tell` hears how far the work is (0 to 1, and a few words); `today` is the day printed on the report.

    Raises `AbateError` with a sentence when the lake, the options or a file will not do; nothing is half-written.
    """
    from abate import lake
    from abate.jobs import stories
    from abate.reports import basemaps
    from abate.reports import hotspots as report

    tell(0.05, "opening the lake")
    if options.basemap is not None:
        basemaps.read(options.basemap)
    ground = _ground(options, lake.open(options.lake))
    tell(0.25, "placing the incidents")
    chosen = _choose(options, ground, tell)
    tell(0.6, "drawing the report")
    story = stories.tell(chosen, today=today or date.today(), by=getpass.getuser())  # noqa: DTZ011 - the day here
    written = report.write(story, options.out, basemap=options.basemap)
    tell(1.0, "done")
    return Found(
        hotspots=chosen.hotspots[[*_COLUMNS]],
        sentence=stories.sentence(chosen),
        notes=stories.notes(chosen),
        places=chosen.ranking.places,
        incidents=chosen.ranking.incidents,
        concentration=chosen.concentration.plain(),
        persistence=chosen.persistence.plain(),
        files=tuple(str(path) for path in written),
    )


_HARM = "cambridge-2020-selection"
_COLUMNS = (
    "place_id",
    "name",
    "rank",
    "incidents",
    "share",
    "cumulative_share",
    "area_km2",
    "easting",
    "northing",
    "probability_top",
    "months_active",
)


def _ground(options: Options, kept: Lake) -> Ground:
    from abate import counts
    from abate.incidents import groups
    from abate.places import labels

    months, missing, coverage = _months(options, kept)
    incidents = kept.incidents(force=options.force, first=months[0], last=months[-1])
    kinds = incidents.group_by("crime_type").agg(coded=incidents.ho_offence_code.count()).execute()
    known = sorted(kinds["crime_type"])
    selection = groups.read(options.crime, known_types=known, with_codes=bool(kinds["coded"].sum()))
    picked, harmed = _weighed(incidents.filter(selection.filter(incidents)))
    tallies = counts.tally(picked).execute()
    unlocated = int(counts.unlocated(picked).execute()["incidents"].sum())
    if not len(tallies):
        raise OptionError(
            f"{options.force} has no located incident of '{options.crime}' from {months[0]} to {months[-1]}: "
            f"the lake holds the types {', '.join(known)}"
        )
    return Ground(
        selection=selection,
        months=months,
        missing=missing,
        tallies=tallies,
        every=counts.tally(incidents).execute(),
        named=labels.name_points(incidents).execute(),
        harm=harmed,
        unlocated=unlocated,
        coverage=coverage,
        version=kept.version("incidents"),
    )


def _weighed(picked: Any) -> tuple[Any, str]:
    """Put each incident's harm beside it where the source has Home Office codes, and say which harm that is."""
    from abate.incidents import harm

    pairs = harm.code_pairs(picked).execute()
    coded = pairs.loc[(pairs["ho_offence_code"] != "") | (pairs["ho_classification"] != ""), "incidents"].sum()
    missing = harm.impossible(incidents=int(pairs["incidents"].sum()), with_codes=int(coded))
    if not coded:
        return picked, missing or ""
    scale = harm.scale(_HARM)
    joined = harm.join(picked, scale, pairs)
    victims = joined.mutate(harm=joined.proactive.ifelse(None, joined.harm)).drop("proactive")
    told = (
        f"Harm beside the counts is in {scale.unit} ({scale.source}, {scale.edition}), without offences found by police"
    )
    return victims, f"{told}; {missing}." if missing else f"{told}."


def _months(options: Options, kept: Lake) -> tuple[tuple[str, ...], tuple[str, ...], pd.DataFrame]:
    coverage = kept.coverage()
    ours = coverage[(coverage["kind"] == "incidents") & (coverage["force"] == options.force)]
    if not len(ours):
        known = sorted(coverage.loc[coverage["kind"] == "incidents", "force"].unique())
        if not known:
            raise LakeError(
                f"{options.lake} holds no incidents: load some with `abate load FILE --lake {options.lake}`"
            )
        raise OptionError(f"--force: the lake holds no incidents of '{options.force}'. {nearest(options.force, known)}")
    held = set(ours.loc[ours["status"] != "missing", "month"])
    asked = periods.months(options.first or min(held), options.last or max(held))
    months = tuple(month for month in asked if month in held)
    if not months:
        raise OptionError(
            f"the lake holds no month of {options.force} from {asked[0]} to {asked[-1]}: "
            f"it holds {min(held)} to {max(held)}"
        )
    return months, tuple(month for month in asked if month not in held), ours[ours["month"].isin(asked)]


def _choose(options: Options, ground: Ground, tell: Tell) -> Chosen:
    from abate import counts
    from abate.hotspots.concentration import concentrate
    from abate.hotspots.names import name
    from abate.hotspots.persistence import persist
    from abate.hotspots.probability import probability_top
    from abate.hotspots.ranking import complete, rank
    from abate.hotspots.reasons import area_trend, explain
    from abate.incidents import snapping
    from abate.space import projections

    crs, converted, areas, assigned = _assign(options, ground)
    placed = counts.locate(ground.tallies, assigned.points)
    counted = counts.count(placed, months=ground.months)
    places = assigned.places
    ranking = rank(counted, places, top=options.top, area_km2=options.area_km2)
    if not len(ranking.hotspots):
        raise OptionError(
            "no incident lies in any of the places: look at --within, --exclude, --area-km2 and the files of places"
        )
    tell(0.4, "ranking the places")
    chances = probability_top(
        counted, places, months=ground.months, top=len(ranking.hotspots), draws=options.draws, seed=options.seed
    )
    named = name(placed, places, place_ids=list(ranking.hotspots["place_id"]), unit_m=projections.unit_m(crs))
    return Chosen(
        options=options,
        ground=ground,
        converted=converted,
        crs=crs,
        snapping=snapping.find(ground.every),
        assigned=assigned,
        counted=counted,
        ranking=ranking,
        hotspots=complete(ranking, named, chances.places),
        reasons=explain(placed, counted, places, ranking.hotspots, months=ground.months),
        chances=chances,
        concentration=concentrate(counted, places, months=ground.months, seed=options.seed),
        persistence=persist(counted, places, months=ground.months, top=len(ranking.hotspots), seed=options.seed),
        area_trend=area_trend(counted, places, months=ground.months),
        areas=areas,
        labels=_labels(ground.named, areas if areas is not None else _polygons(options.boundaries, crs), crs),
    )


def _labels(named: pd.DataFrame, areas: pd.DataFrame | None, crs: str) -> pd.DataFrame:
    """Name the districts from the record; where it has no names of small areas, from those of the boundary file."""
    from abate.places import labels
    from abate.space import projections

    if len(named):
        converted = projections.convert(named["x"], named["y"], source=_one_system(named), target=crs)
        return labels.label(named.assign(easting=converted.easting, northing=converted.northing))
    return labels.label(labels.middles(areas))


def _assign(options: Options, ground: Ground) -> tuple[str, Converted, pd.DataFrame | None, Assignment]:
    from abate.places import assignment, specs
    from abate.space import projections

    spec = specs.read(options.place, origin=options.origin)
    points = ground.tallies[["x", "y", "crs"]].drop_duplicates(ignore_index=True)
    source = _one_system(points)
    crs = options.crs or projections.analysis_crs(source, points["x"], points["y"])
    converted = projections.convert(points["x"], points["y"], source=source, target=crs)
    areas = _areas(options, spec.kind, spec.file, crs)
    assigned = assignment.assign(
        points.assign(easting=converted.easting, northing=converted.northing),
        spec,
        unit_m=projections.unit_m(crs),
        areas=areas,
        segments=_segments(spec.kind, spec.file, crs),
        within=_polygons(options.within, crs),
        exclude=_polygons(options.exclude, crs),
        limit_m=options.snap_limit_m,
    )
    return crs, converted, areas, assigned


def _one_system(points: pd.DataFrame) -> str:
    systems = sorted(points["crs"].unique())
    if len(systems) > 1:
        raise LakeError(f"the incidents are in several coordinate systems ({', '.join(systems)}): load them in one")
    return str(systems[0])


def _areas(options: Options, kind: str, file: str | None, crs: str) -> pd.DataFrame | None:
    if kind not in ("lsoa", "area"):
        return None
    path = Path(file) if file else options.boundaries
    if path is None:
        raise OptionError("--place lsoa needs the outlines of the areas: add --boundaries FILE, or write lsoa:FILE")
    return _polygons(path, crs)


def _polygons(path: Path | None, crs: str) -> pd.DataFrame | None:
    from abate.sources import boundaries

    return None if path is None else boundaries.read(path, crs=crs)


def _segments(kind: str, file: str | None, crs: str) -> pd.DataFrame | None:
    from abate.sources import streets

    return streets.read(Path(file), crs=crs) if kind == "street" and file else None
