"""The story that a hotspot report tells: one record that holds everything that is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from abate.errors import TableError
from abate.tables import HOTSPOTS, PLACES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import pandas as pd

    from abate.estimate import Estimate
    from abate.reports.sitestories import SiteStory

MARKING = "working copy, not for publication"


@dataclass(frozen=True)
class Figure:
    """One uncertain number with the words that say what it is.

    `words` begin the sentence ("Share of incidents in the busiest 1% of places"); `unit` says how the number is
    printed: a `share` (0 to 1) as a percentage, a `count` as a whole number, a `number` with three figures.
    """

    words: str
    estimate: Estimate
    unit: Literal["share", "count", "number"] = "share"


@dataclass(frozen=True)
class HotspotStory:
    """All that the hotspot report tells; nothing else is drawn.

    - `title`: the headline, such as "Hotspots of violence in Essex".
    - `force`: the force in words, such as "Essex Police". `crimes`: the crimes in words, such as "violence, robbery
      and weapons". `place_kind`: in words, plural, such as "hexagons 150 m wide". `chosen`: how the places were chosen,
      such as "the 20 places with the most incidents".
    - `months`: the months held and counted (`YYYY-MM`, in order). `missing_months`: those asked for but not held.
    - `crs`: the coordinate system of all shapes, such as "EPSG:27700". Its unit is that of every easting and northing.
    - `hotspots`: `tables.HOTSPOTS`, hottest first, with any of these further columns (what is absent is not told):
      `by_month` (list of whole numbers, one for each of `months`), `by_type` (dict from crime type to whole number),
      `trend` (words), `trend_ratio`, `trend_low`, `trend_high` (rate ratio a year), `months_active` (whole),
      `largest_month_share` (0 to 1), `harm` and `harm_median` (weights), `harm_top_share` (0 to 1), `harm_one_event`
      (true where one event makes more than half of the harm), `neighbours` (list: the names of those that are
      hotspots too, anything for the others, which are only counted).
    - `places`: `tables.PLACES` with `incidents`: every place counted, the hotspots among them.
    - `incidents`: located incidents of these crimes in the area. `without_place`: those that could not be put anywhere.
    - `concentration`: the figures to print. `lorenz`: points of the curve, columns `places` and `incidents` (both
      shares from 0 to 1, busiest places first, from 0,0 to 1,1).
    - `probability`: words on how `probability_top` was made, such as "1,000 draws of a count model". `harm`: a sentence
      on what is known of harm.
    - `quality`: sentences on the data. `limits` and `notes`: sentences special to this run, beside the standing ones.
      Sentences may come without capital and full stop; the report writes both.
    - `provenance`: how it was made (code version, table versions, parameters, seed, by whom, when), any plain nested
      mapping; written whole to `provenance.json` and printed in the report.
    - `credits`: sentences that licences ask for, such as "Contains OS data (c) Crown copyright".
    - `made_on`: the day of the report; the only date in any file.
    - `boundary`: outline of the area considered (polygon), `boundary_name` its name. `streets`: lines with columns
      `name` and `shape`. `labels`: place names with columns `name`, `easting`, `northing`.
    - `sites`: the sites chosen for patrols and what is told of them, where some were chosen.
    - `demonstration`: the sentence on moved points, or None. `made_up`: true for the sample town.
    """

    title: str
    force: str
    crimes: str
    place_kind: str
    chosen: str
    months: tuple[str, ...]
    crs: str
    hotspots: pd.DataFrame
    places: pd.DataFrame
    incidents: int
    lorenz: pd.DataFrame
    probability: str
    made_on: date
    provenance: Mapping[str, Any]
    missing_months: tuple[str, ...] = ()
    without_place: int = 0
    concentration: tuple[Figure, ...] = ()
    harm: str = ""
    quality: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()
    boundary: Any = None
    boundary_name: str = ""
    streets: pd.DataFrame | None = None
    labels: pd.DataFrame | None = None
    demonstration: str | None = None
    made_up: bool = False
    sites: SiteStory | None = None

    def __post_init__(self) -> None:
        HOTSPOTS.check(self.hotspots)
        PLACES.check(self.places)
        faults = []
        if not self.months:
            faults.append("a report needs at least one month that was counted")
        if "incidents" not in self.places.columns:
            faults.append("places: column 'incidents' is missing")
        if strangers := sorted(set(self.hotspots["place_id"]) - set(self.places["place_id"])):
            faults.append(f"hotspots: these are not among the places: {', '.join(strangers[:3])}")
        if "by_month" in self.hotspots and any(len(bars) != len(self.months) for bars in self.hotspots["by_month"]):
            faults.append(f"hotspots: column 'by_month' should hold one number for each of {len(self.months)} months")
        if missing := [name for name in ("places", "incidents") if name not in self.lorenz.columns]:
            faults.append(f"lorenz: column '{missing[0]}' is missing")
        if faults:
            raise TableError(*faults)

    @property
    def marking(self) -> str:
        """What every output says on its face.

        Nothing is published before it has passed disclosure control.
        """
        return f"{MARKING}; made-up data" if self.made_up else MARKING
