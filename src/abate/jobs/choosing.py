"""From places to the sites that a force can patrol: forecast, choice, hours, reasons, stability and refresh."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from abate.hotspots.choosing import Board, Choice, Rules
    from abate.hotspots.refreshing import Refresh
    from abate.jobs.grounds import Ground
    from abate.jobs.placing import Placing, Wanted
    from abate.jobs.prospects import Prospect
    from abate.jobs.rehearsing import Rehearsal
    from abate.sources.site_lists import SiteList

    Tell = Callable[[float, str], None]


@dataclass(frozen=True)
class Sought:
    """What kind of list is sought: the options of `abate hotspots --choose`, as at the prompt.

    `site_km2` None is 0.05 square kilometres, or one place where places are larger. `ahead_months` is the coming
    period that the forecast is for, `method` the method of forecasting, `rehearse` the number of windows at the end of
    the record on which it is tried beside plain counts. `against` is an earlier list, `time_limit` the seconds that the
    integer program may take.
    """

    sites: int = 20
    site_km2: float | None = None
    separation_m: float = 500.0
    buffer_m: float = 100.0
    least_incidents: int = 3
    least_months: int = 2
    maximise: str = "incidents"
    method: str = "recommended"
    ahead_months: int = 3
    rehearse: int = 2
    against: Path | None = None
    features: Path | None = None
    time_limit: float = 60.0

    def plain(self) -> dict[str, Any]:
        """Give the options as plain values, files by their names."""
        return {name: value.name if isinstance(value, Path) else value for name, value in vars(self).items()}


@dataclass(frozen=True)
class Chosen:
    """The list: the sites (`tables.SITES`), their hours (`tables.TIME_BANDS`), and what became of an earlier list.

    `hours` has the shape (sites, 168): each site's share of the week; None where the record has no hours. `notes` are
    sentences on what a reader should know. `rehearsal` says how good the forecast would have been; None if not asked.
    """

    choice: Choice
    prospect: Prospect
    sites: pd.DataFrame
    bands: pd.DataFrame
    hours: Any
    refresh: Refresh | None
    earlier: SiteList | None
    notes: tuple[str, ...]
    rehearsal: Rehearsal | None = None


@dataclass(frozen=True)
class Basis:
    """What the list is made from: the record, where its points lie, and the options that shaped them."""

    ground: Ground
    put: Placing
    placed: pd.DataFrame
    counted: pd.DataFrame
    wanted: Wanted
    streets: Path | None
    seed: int
    force: str


def choose(basis: Basis, sought: Sought, *, tell: Tell = lambda _share, _words: None) -> Chosen:
    """Choose the sites, say when each is busy, why it was chosen and how surely, and compare with an earlier list.

    Raises `AbateError` with a sentence when the options cannot be met or a file will not do.
    """
    from abate.hotspots import choosing, redraws, refreshing, sites
    from abate.jobs import prospects, rehearsing
    from abate.sources import site_lists

    rules = _rules(sought, basis)
    earlier = None if sought.against is None else site_lists.read(sought.against, crs=basis.put.crs)
    tell(0.1, "forecasting the coming months")
    prospect = prospects.foresee(
        *(basis.ground, basis.put, basis.wanted),
        method=sought.method,
        months_ahead=sought.ahead_months,
        features=sought.features,
    )
    tell(0.3, "choosing the sites")
    barred = _barred(basis)
    choice = choosing.choose(_board(basis, prospect, rules, barred), rules)
    tell(0.5, "finding the hours, redrawing the months")
    bands, hours, words, told = _bands(basis, choice)
    listed = sites.describe(
        choice,
        sites.Known(
            placed=basis.placed,
            forecast=prospect.forecast,
            window=prospect.window,
            months=basis.ground.months,
            stability=redraws.stability(choice, seed=basis.seed),
            bands=words,
            barred=barred,
        ),
    )
    refresh = None
    if earlier is not None:
        tell(0.6, "comparing with the earlier list")
        months = basis.ground.months
        refresh = refreshing.refresh(
            choice, listed, earlier.sites, months=months, old_months=earlier.months, seed=basis.seed
        )
    tell(0.65, "rehearsing the forecast")
    rehearsal = rehearsing.rehearse(
        basis,
        prospect,
        windows=sought.rehearse,
        months=sought.ahead_months,
        area_km2=round(float(listed["area_km2"].sum()), 4),
        tell=lambda share, words: tell(0.65 + 0.35 * share, f"rehearsing the forecast: {words}"),
    )
    tell(1.0, "chosen")
    notes = (*prospect.notes, *told, *_notes(choice, sought, barred))
    bands = bands.assign(site_id=_renamed(bands, listed))
    return Chosen(choice, prospect, listed, bands, hours, refresh, earlier, notes, rehearsal)


def _rules(sought: Sought, basis: Basis) -> Rules:
    from abate.hotspots.choosing import SITE_KM2, Rules

    spec = basis.put.assigned.spec
    if spec.kind == "street":
        raise OptionError(
            "--choose makes sites of cells or areas, and stretches of street have no area: "
            "write --place hex:150 or square:150, and --streets FILE to keep sites to ground that streets join"
        )
    largest = float(basis.put.assigned.places["area_km2"].max()) if spec.is_grid else SITE_KM2
    if sought.maximise not in ("incidents", "harm"):
        raise OptionError(f"--maximise: incidents or harm, not '{sought.maximise}'")
    return Rules(
        sites=sought.sites,
        site_km2=max(SITE_KM2, largest) if sought.site_km2 is None else sought.site_km2,
        separation_m=sought.separation_m,
        buffer_m=sought.buffer_m,
        least_incidents=sought.least_incidents,
        least_months=sought.least_months,
        aim="harm" if sought.maximise == "harm" else "incidents",
        seconds=sought.time_limit,
    )


def _board(basis: Basis, prospect: Prospect, rules: Rules, barred: Any) -> Board:
    from abate.hotspots.choosing import Board
    from abate.hotspots.panels import panel
    from abate.jobs import prospects
    from abate.places import contiguity
    from abate.sources import streets

    places = basis.put.assigned.places.sort_values("place_id", ignore_index=True)
    lines = None if basis.streets is None else streets.read(basis.streets, crs=basis.put.crs)
    harm = largest = None
    each = np.ones(len(places))
    if rules.aim == "harm":
        each, harm, largest = prospects.severity(basis.placed, places)
    return Board(
        places=places,
        expected=prospect.forecast.set_index("place_id")["expected"].reindex(places["place_id"]).to_numpy(float),
        severity=each,
        seen=panel(basis.counted, places, months=basis.ground.months).incidents,
        pairs=contiguity.join(places, barred=barred, streets=lines),
        unit_m=basis.put.unit_m,
        harm=harm,
        largest=largest,
    )


def _barred(basis: Basis) -> Any:
    from abate.jobs import placing
    from abate.places import shapes

    return shapes.region(placing.polygons(basis.wanted.exclude, basis.put.crs))


def _bands(basis: Basis, choice: Choice) -> tuple[pd.DataFrame, Any, list[str], tuple[str, ...]]:
    """Find when each site is busy: the bands, the shares of the week, the words, and what to know of them."""
    import pandas as pd

    from abate.counts.spans import clock, span
    from abate.hotspots import timebands
    from abate.tables.sites import TIME_BANDS

    clocked = clock(span(basis.ground.picked).execute())
    if not len(clocked.rows):
        none = "the record has no hours"
        return TIME_BANDS.empty(), None, [none] * len(choice.sites), (f"{none}: no time band can be told",)
    known = clocked.rows.merge(
        basis.put.assigned.points[["x", "y", "crs", "place_id"]],
        on=["x", "y", "crs"],
        how="left",
        validate="many_to_one",
    )
    row = pd.Series({place: number for number, place in enumerate(choice.board.places["place_id"])})
    known = known[known["place_id"].isin(row.index)]
    elsewhere = len(choice.sites)
    site = np.where(choice.members.any(axis=1), choice.members.argmax(axis=1), elsewhere)
    hour, hours, weight = (known[name].to_numpy(dtype=np.float64) for name in ("hour", "hours", "incidents"))
    laid = timebands.spread(
        hour, hours, site[row.loc[known["place_id"]].to_numpy()].astype(np.int64), weight, groups=elsewhere + 1
    )
    ids = [str(number) for number in range(elsewhere)]
    bands = timebands.find(laid[:-1], laid.sum(axis=0), ids)
    words = [timebands.words(bands[bands["site_id"] == each]) for each in ids]
    left = f"{clocked.left_out:,} incidents have no hour, or a span of over a week, and count in no time band"
    shares = timebands.drawn_in(laid[:-1], laid.sum(axis=0))
    return bands, shares, words, (left,) if clocked.left_out else ()


def _renamed(bands: pd.DataFrame, sites: pd.DataFrame) -> Any:
    ids = dict(zip(map(str, range(len(sites))), sites["site_id"], strict=True))
    return bands["site_id"].map(ids).astype("str")


def _notes(choice: Choice, sought: Sought, barred: Any) -> list[str]:
    rules, found = choice.rules, len(choice.sites)
    told = [choice.proof()]
    if found < sought.sites:
        told.append(
            f"{found} sites were found, not {sought.sites}: no further ground keeps to the rules "
            f"(at least {rules.least_incidents} incidents in {rules.least_months} months, "
            f"{rules.apart_m:g} m from the others)"
        )
    if barred is not None:
        told.append("excluded ground is cut out of the sites, and nothing is joined across it")
    if len(choice.board.seen.T) < _FEW_MONTHS:
        told.append("with fewer than six months the stability says little")
    return told


_FEW_MONTHS = 6
