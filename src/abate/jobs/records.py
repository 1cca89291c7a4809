"""From the lake, or from a file, to the record that forecasts are made from and judged by: places, days, incidents."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate import periods
from abate.errors import LakeError, OptionError, nearest
from abate.jobs import chains, placing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from abate.hotspots.histories import History, Unit, Window
    from abate.incidents.groups import Selection
    from abate.lake import Lake

_POINT = ["x", "y", "crs"]


@dataclass(frozen=True)
class Source:
    """Where incidents come from and which are asked for; as in the options of `abate score`.

    Either `lake` and `force`, or `events` and `mapping`; `test_events` are later ones of the same kind as `events`.
    """

    lake: Path | None = None
    force: str | None = None
    events: Path | None = None
    mapping: Path | None = None
    test_events: Path | None = None
    crime: str = "serious-violence"
    first: str | None = None


@dataclass(frozen=True)
class Happened:
    """What happened, before it has places: rows of `counts.occur` with their day or month.

    `rows` have `chosen` (of the kinds asked for or not) and `test` (from the file of later events). `months` are those
    held; `starts_later` is the first day in the file of later events.
    """

    rows: pd.DataFrame
    unit: Unit
    selection: Selection
    force: str
    months: tuple[str, ...]
    train_months: tuple[str, ...]
    test_first: date | None
    version: int


@dataclass(frozen=True)
class Record:
    """The whole record with its places: a history, and the chosen incidents that stand in no place, by day.

    `lost` has the columns `period`, `located` (whether it has coordinates: then it lies outside the places) and
    `incidents`. `whole_km2` is the area of the region looked at, None without one (kilometres for streets). `fixed`
    says that the places do not depend on where incidents are known.
    """

    history: History
    happened: Happened
    lost: pd.DataFrame
    whole_km2: float | None
    fixed: bool
    place_kind: str
    placing: placing.Placing


def gather(source: Source, *, today: date) -> Happened:
    """Read what happened, from a lake or from files, with days where the source has them.

    Raises `AbateError` when the lake, the files or the crimes asked for will not do.
    """
    from abate import lake

    if source.lake is not None:
        return _happened(source, [lake.open(source.lake)])
    with tempfile.TemporaryDirectory(prefix="abate-") as folder:
        opened = [
            lake.open(_loaded(path, source, Path(folder) / name, today=today))
            for name, path in (("train", source.events), ("test", source.test_events))
            if path is not None
        ]
        return _happened(source, opened)


def _loaded(path: Path, source: Source, into: Path, *, today: date) -> Path:
    from abate.jobs.load import load

    load([path], lake=into, today=today, by="abate score", mapping=source.mapping, force=source.force)
    return into


def _happened(source: Source, opened: list[Lake]) -> Happened:
    from abate.counts.occurrences import dated, occur
    from abate.incidents import groups

    force = _force(source, opened[0])
    held = [_held(kept, force, source) for kept in opened]
    first = source.first or held[0][0]
    tables = [kept.incidents(force=force, first=first) for kept in opened]
    kinds = pd.concat(
        [each.group_by("crime_type").agg(coded=each.ho_offence_code.count()).execute() for each in tables]
    )
    known = sorted(kinds["crime_type"].unique())
    selection = groups.read(source.crime, known_types=known, with_codes=bool(kinds["coded"].sum()))
    frames = [
        occur(each.mutate(chosen=selection.filter(each))).execute().assign(test=number > 0)
        for number, each in enumerate(tables)
    ]
    told = dated(pd.concat(frames, ignore_index=True))
    rows = told.rows
    if not rows["chosen"].any():
        raise OptionError(
            f"{force} has no incident of '{source.crime}' from {first} on: the types held are {', '.join(known)}"
        )
    later = rows.loc[rows["test"] & rows["chosen"], "period"]
    months = sorted({month for each in held for month in each if month >= first})
    return Happened(
        rows=rows,
        unit=told.unit,
        selection=selection,
        force=force,
        months=tuple(months),
        train_months=tuple(month for month in held[0] if month >= first),
        test_first=None if not len(later) else later.min().date(),
        version=opened[0].version("incidents"),
    )


def _force(source: Source, kept: Lake) -> str:
    known = kept.forces()
    if source.force is not None and source.lake is not None:
        if source.force not in known:
            raise OptionError(
                f"--force: the lake holds no incidents of '{source.force}'. {nearest(source.force, known)}"
            )
        return source.force
    wanted = [force for force in known if source.force in (None, force)]
    if len(wanted) != 1:
        raise OptionError(f"the events are of {len(known)} forces ({', '.join(known)}): name one of them with --force")
    return wanted[0]


def _held(kept: Lake, force: str, source: Source) -> list[str]:
    months = kept.months(force=force)
    wanted = [month for month in months if month >= (source.first or "")]
    if not months:
        raise LakeError(f"{kept.folder}: holds no incidents of {force}")
    if not wanted:
        raise OptionError(f"--from {source.first}: the record ends with {months[-1]}")
    return wanted


def last_day(happened: Happened) -> date:
    """Give the last day of which anything is known: of the last month held, or of the last incident of any kind."""
    end = periods.first_day(periods.following(happened.months[-1])) - timedelta(days=1)
    return end if happened.unit == "month" else min(end, happened.rows["period"].max().date())


def settle(happened: Happened, wanted: placing.Wanted) -> Record:
    """Put what happened into places.

    With `within` the places are all that share some area with it, cut to it. Without, cells are those in which anything
    is known; those known only from later than a forecast are to be taken from it (`fixed` is then false). Raises
    `OptionError` when no incident has coordinates or lies in any place.
    """
    from abate.hotspots.histories import Window
    from abate.places import shapes, specs

    located = happened.rows[happened.rows["x"].notna() & happened.rows["y"].notna()]
    if not located["chosen"].any():
        raise OptionError(f"no incident of {happened.selection.label} has coordinates: nothing can be said of places")
    put = placing.put(located, wanted)
    points, spec = put.assigned.points, put.assigned.spec
    rows = happened.rows.merge(
        points[[*_POINT, "easting", "northing", "place_id"]], on=_POINT, how="left", validate="many_to_one"
    )
    own = rows["chosen"].to_numpy(bool)
    within = placing.polygons(wanted.within, put.crs)
    if not rows.loc[own, "place_id"].notna().any():
        raise OptionError(_nowhere(wanted, within, points, put.unit_m))
    span = Window(
        periods.first_day(happened.months[0]),
        periods.first_day(periods.following(happened.months[-1])) - timedelta(days=1),
    )
    return Record(
        history=chains.link(
            rows[rows["place_id"].notna()], put.assigned.places, span=span, unit=happened.unit, unit_m=put.unit_m
        ),
        happened=happened,
        lost=unplaced(rows[own]),
        whole_km2=extent(put.assigned.places, shapes.region(within), put.unit_m, street=spec.kind == "street"),
        fixed=within is not None or not spec.is_grid,
        place_kind=specs.title(spec, unit_m=put.unit_m, areas=put.areas),
        placing=put,
    )


def extent(places: pd.DataFrame, region: Any, unit_m: float, *, street: bool) -> float | None:
    """Give the area of the region looked at in square kilometres, None without one; for streets, their kilometres."""
    if region is None:
        return None
    return float(places["length_m"].sum()) / 1000 if street else float(region.area) * unit_m**2 / 1e6


def _nowhere(wanted: placing.Wanted, within: pd.DataFrame | None, points: pd.DataFrame, unit_m: float) -> str:
    if within is None or wanted.within is None:
        return "no incident lies in any of the places: look at --place, --boundaries and the files of places"
    import shapely

    middle = shapely.Point(float(points["easting"].median()), float(points["northing"].median()))
    away = min(float(shapely.distance(shape, middle)) for shape in within["shape"]) * unit_m / 1000
    return (
        f"--within {wanted.within.name}: no incident lies inside; it is {away:,.0f} km from the middle of the "
        "incidents: give the outline of the area that they are from"
    )


def unplaced(rows: pd.DataFrame) -> pd.DataFrame:
    """Give the incidents that stand in no place: `period`, `located` (whether they have coordinates), `incidents`."""
    gone = rows[rows["place_id"].isna()]
    located = (gone["x"].notna() & gone["y"].notna()).to_numpy(bool)
    return gone.assign(located=located)[["period", "located", "incidents"]].reset_index(drop=True)


def lost(record: Record, window: Window, *, located: bool) -> int:
    """Count the chosen incidents of a window that stand in no place: outside the area, or without coordinates."""
    period = record.lost["period"].to_numpy("M8[D]")
    inside = (period >= np.datetime64(window.first)) & (period <= np.datetime64(window.last))
    return int(record.lost["incidents"].to_numpy()[inside & (record.lost["located"].to_numpy(bool) == located)].sum())


def missing(record: Record, window: Window) -> Iterator[str]:
    """List the months of a window that are not held: they are missing, not zero."""
    held = set(record.happened.months)
    yield from (month for month in periods.months(f"{window.first:%Y-%m}", f"{window.last:%Y-%m}") if month not in held)
