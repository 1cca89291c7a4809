"""The main job: from the lake to a ranked, mapped and explained list of the places where crimes concentrate."""

from __future__ import annotations

import getpass
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from abate.errors import OptionError
from abate.jobs.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from abate.hotspots.concentration import Concentration
    from abate.hotspots.persistence import Persistence
    from abate.hotspots.probability import Chances
    from abate.hotspots.ranking import Ranking
    from abate.incidents.snapping import Snapping
    from abate.jobs.choosing import Chosen as Sited
    from abate.jobs.grounds import Ground
    from abate.jobs.placing import Placing
    from abate.places.assignment import Assignment
    from abate.space.projections import Converted

    Tell = Callable[[float, str], None]

__all__ = ["Chosen", "Found", "Options", "hotspots"]


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
    put: Placing
    placed: pd.DataFrame


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
    sites: Sited | None = None
    sites_sentence: str = ""
    further: dict[str, Any] = field(default_factory=dict)

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
            **self.further,
        }


def hotspots(options: Options, *, tell: Tell = lambda _share, _words: None, today: date | None = None) -> Found:
    """Rank, map and explain the places where the chosen crimes concentrate, and write the report.

    `tell` hears how far the work is (0 to 1, and a few words); `today` is the day printed on the report.

    Raises `AbateError` with a sentence when the lake, the options or a file will not do; nothing is half-written.
    """
    from abate import lake
    from abate.jobs import grounds, proactive, sitelists, stories
    from abate.reports import basemaps
    from abate.reports import hotspots as report

    tell(0.05, "opening the lake")
    if options.basemap is not None:
        basemaps.read(options.basemap)
    ground = grounds.gather(
        lake.open(options.lake),
        force=options.force,
        crime=options.crime,
        first=options.first,
        last=options.last,
        proactive=proactive.handling(options.proactive),
    )
    tell(0.2, "placing the incidents")
    chosen = _choose(options, ground, tell)
    sited = _sited(chosen, tell)
    told = None if sited is None else sitelists.story(chosen, sited)
    tell(0.75, "drawing the report")
    day = today or date.today()  # noqa: DTZ011 - the day here
    story = stories.tell(chosen, today=day, by=getpass.getuser(), sites=told)
    written = report.write(story, options.out, basemap=options.basemap)
    sheet, approved = _sheet(chosen, sited, day)
    further = {**({} if sited is None or told is None else sitelists.document(sited, told)), **sheet}
    if options.feedback_check:
        further["feedback"] = _checked(chosen, tell)
    tell(1.0, "done")
    return Found(
        hotspots=chosen.hotspots[[*_COLUMNS]],
        sentence=stories.sentence(chosen),
        notes=(*stories.notes(chosen), *_switched(chosen), *(() if sited is None else sited.notes)),
        places=chosen.ranking.places,
        incidents=chosen.ranking.incidents,
        concentration=chosen.concentration.plain(),
        persistence=chosen.persistence.plain(),
        files=tuple(str(path) for path in (*written, *approved)),
        sites=sited,
        sites_sentence="" if sited is None else sitelists.sentence(sited),
        further=further,
    )


def _sited(chosen: Chosen, tell: Tell) -> Sited | None:
    """Choose the sites where some are sought."""
    from abate.jobs import choosing

    options = chosen.options
    if options.choose is None:
        return None
    basis = choosing.Basis(
        ground=chosen.ground,
        put=chosen.put,
        placed=chosen.placed,
        counted=chosen.counted,
        wanted=options.wanted,
        streets=options.streets,
        seed=options.seed,
        force=options.force,
    )
    return choosing.choose(basis, options.choose, tell=lambda share, words: tell(0.5 + 0.25 * share, words))


def _sheet(chosen: Chosen, sited: Sited | None, today: date) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """Write the equality sheet of the list, where it is asked for; give its part of the answer, and its files."""
    from abate.jobs import fairness
    from abate.reports import equality

    options = chosen.options
    if not options.sheet or options.boundaries is None:
        return {}, ()
    places = chosen.assigned.places
    listed = places[places["place_id"].isin(chosen.hotspots["place_id"])]
    name = "hotspots.geojson"
    if sited is not None:
        listed, name = sited.sites.rename(columns={"site_id": "place_id"}), "sites.geojson"
    sheet = fairness.assess(
        listed,
        chosen.ground,
        fairness.Tables(options.boundaries, options.deprivation, options.census),
        crs=chosen.crs,
        approval=equality.Approval(
            options.decision_maker,
            options.mitigation,
            None if options.review_by is None else date.fromisoformat(options.review_by),
        ),
        list_file=options.out / name,
        today=today,
    )
    written = equality.write(sheet, options.out)
    told = {
        "summary": list(sheet.summary),
        "missing_data": list(equality.missing(sheet)),
        "groups": sheet.table.astype(object).where(sheet.table.notna(), None).to_dict("records"),
        "files": [str(path) for path in written],
    }
    return {"equality": told}, written


def _checked(chosen: Chosen, tell: Tell) -> dict[str, Any]:
    """See whether the method runs away where recording grows with patrol."""
    from abate.jobs import feedback

    options = chosen.options
    checked = feedback.check(
        chosen.assigned.places,
        incidents=chosen.ranking.incidents,
        months=len(chosen.ground.months),
        method="recommended" if options.choose is None else options.choose.method,
        uses="both" if options.proactive == "include" else "reported",
        seed=options.seed,
        tell=lambda share, words: tell(0.9 + 0.1 * share, words),
    )
    return checked.document()


def _switched(chosen: Chosen) -> tuple[str, ...]:
    """Say what `--proactive` the other way would change, where it changes anything."""
    from abate.jobs import proactive

    options = chosen.options
    changed = proactive.what_changes(
        chosen.ground,
        chosen.hotspots,
        options.wanted,
        crime=options.crime,
        proactive=proactive.handling(options.proactive),
        top=options.top,
        area_km2=options.area_km2,
    )
    other = "include" if options.proactive == "exclude" else "exclude"
    return () if changed is None else (f"with `--proactive {other}` the list would count {changed}",)


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


def _choose(options: Options, ground: Ground, tell: Tell) -> Chosen:
    from abate import counts
    from abate.hotspots.concentration import concentrate
    from abate.hotspots.names import name
    from abate.hotspots.persistence import persist
    from abate.hotspots.probability import probability_top
    from abate.hotspots.ranking import complete, rank
    from abate.hotspots.reasons import area_trend, explain
    from abate.incidents import snapping
    from abate.jobs import placing

    put = placing.put(ground.tallies, options.wanted)
    placed = counts.locate(ground.tallies, put.assigned.points)
    counted = counts.count(placed, months=ground.months)
    places = put.assigned.places
    ranking = rank(counted, places, top=options.top, area_km2=options.area_km2)
    if not len(ranking.hotspots):
        raise OptionError(
            "no incident lies in any of the places: look at --within, --exclude, --area-km2 and the files of places"
        )
    tell(0.4, "ranking the places")
    chances = probability_top(
        counted, places, months=ground.months, top=len(ranking.hotspots), draws=options.draws, seed=options.seed
    )
    named = name(placed, places, place_ids=list(ranking.hotspots["place_id"]), unit_m=put.unit_m)
    return Chosen(
        options=options,
        ground=ground,
        converted=put.converted,
        crs=put.crs,
        snapping=snapping.find(ground.every),
        assigned=put.assigned,
        counted=counted,
        ranking=ranking,
        hotspots=complete(ranking, named, chances.places),
        reasons=explain(placed, counted, places, ranking.hotspots, months=ground.months),
        chances=chances,
        concentration=concentrate(counted, places, months=ground.months, seed=options.seed),
        persistence=persist(counted, places, months=ground.months, top=len(ranking.hotspots), seed=options.seed),
        area_trend=area_trend(counted, places, months=ground.months),
        areas=put.areas,
        labels=placing.labels(
            ground.named,
            put.areas if put.areas is not None else placing.polygons(options.boundaries, put.crs),
            put.crs,
        ),
        put=put,
        placed=placed,
    )
