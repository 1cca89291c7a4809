"""The days of a record: which the lake covers, and what happened on them in and near some shapes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate import periods
from abate.errors import OptionError
from abate.reports.wording import counted, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from abate.incidents.groups import Proactive, Selection
    from abate.incidents.harm import HarmScale
    from abate.lake import Lake

_DAY_SECONDS = 86_400
_MARGIN = 250.0
_SHOWN = 6
RIGHT = (
    "data.police.uk publishes months only; an extract with the date of each incident would be right "
    "(abate load FILE --mapping M.toml --lake DIR)"
)


@dataclass(frozen=True)
class Asked:
    """Which part of a record is wanted: whose, which crimes, which days (None: all that there are), which harm."""

    force: str
    crime: str
    proactive: Proactive = "exclude"
    first: date | None = None
    last: date | None = None
    scale: HarmScale | None = None


@dataclass(frozen=True)
class Daily:
    """What happened, day by day, in and near the shapes.

    `rows` are those of `counts.occur` with a place, in `crs` (`easting`, `northing`), with `period`, the local day
    (blank where the record does not say it). `days` are the days that the record covers: others are missing, not 0.
    `notes` say what was left out and what is missing, `without_place` counts chosen incidents that are nowhere.
    """

    selection: Selection
    rows: pd.DataFrame
    days: pd.DatetimeIndex
    missing: tuple[str, ...]
    without_place: int
    notes: tuple[str, ...]


def read(kept: Lake, asked: Asked, shapes: np.ndarray[Any, Any], crs: str, *, reach: float) -> Daily:
    """Read the dated incidents of a force that lie within `reach` (in the unit of `crs`) of some shapes.

    Raises `AbateError` with a sentence a fault: a force, month or crime that is not held, no day in the whole record,
    no harm codes where harm is asked for.
    """
    from abate.counts.occurrences import occur
    from abate.jobs.grounds import held

    span = [None if day is None else f"{day:%Y-%m}" for day in (asked.first, asked.last)]
    months, missing, _ = held(kept, force=asked.force, first=span[0], last=span[1])
    incidents = kept.incidents(force=asked.force, first=months[0], last=months[-1])
    told = _by_month(incidents)
    days, notes = _days(told, missing, asked)
    selection = _selected(incidents, asked)
    chosen = _weighed(incidents.filter(selection.filter(incidents)), asked)
    placed = chosen.filter(_is_placed(chosen))
    everywhere = int(chosen.count().execute())
    nowhere = everywhere - int(placed.count().execute())
    if not everywhere:
        known = ", ".join(sorted(set(told["crime_type"])))
        raise OptionError(
            f"--crime: {asked.force} has no incident of '{asked.crime}' from {months[0]} to {months[-1]}: "
            f"the lake holds the types {known}"
        )
    near = placed.mutate(spread=_spread(placed)).filter(_around(placed, shapes, crs, reach, set(told["crs"])))
    rows = _located(_with_days(occur(near).execute()), crs)
    return Daily(selection, rows, days, missing, nowhere, (*notes, *_placeless(nowhere, everywhere, asked)))


def _by_month(incidents: Any) -> pd.DataFrame:
    """Say of every month and kind how many incidents there are, how many have a day, the first and the last moment."""
    moment = incidents.began.fill_null(incidents.reported)
    keys = ["month", "crime_type", "crs", "zone"]
    asked = incidents.mutate(moment=moment).group_by(keys)
    told = asked.agg(
        incidents=lambda rows: rows.count(),
        dated=lambda rows: rows.moment.count(),
        first=lambda rows: rows.moment.min(),
        last=lambda rows: rows.moment.max(),
        source=lambda rows: rows.source_file.min(),
    )
    found: pd.DataFrame = told.execute().sort_values(keys, ignore_index=True)
    return found


def _days(told: pd.DataFrame, missing: Sequence[str], asked: Asked) -> tuple[pd.DatetimeIndex, tuple[str, ...]]:
    """Give the days that the record covers among those asked for, and say which are missing and why."""
    months = told.groupby("month")[["incidents", "dated"]].sum()
    bare = months.index[months["dated"] == 0].tolist()
    with_days = months.index[months["dated"] > 0].tolist()
    total = int(months["incidents"].sum())
    if not with_days:
        raise OptionError(
            f"none of the {total:,} incidents of {asked.force} from {months.index[0]} to {months.index[-1]} has a day "
            f"(such as those of {told['source'].iloc[0]}), so they cannot be counted by day: {RIGHT}"
        )
    first, last = _ends(told)
    covered = [day for month in with_days for day in _of_month(month) if first <= day <= last]
    wanted = [day for day in covered if (asked.first or day.date()) <= day.date() <= (asked.last or day.date())]
    if not wanted:
        raise OptionError(
            f"the record of {asked.force} has no day from {asked.first or first.date()} to "
            f"{asked.last or last.date()}: it runs from {first:%Y-%m-%d} to {last:%Y-%m-%d}"
        )
    return pd.DatetimeIndex(wanted).as_unit("s"), tuple(_gaps(wanted, missing, bare, months, asked))


def _gaps(
    days: Sequence[pd.Timestamp], missing: Sequence[str], bare: Sequence[str], months: pd.DataFrame, asked: Asked
) -> Iterator[str]:
    """Say which days have no rows, and why."""
    if torn := [month for month in missing if f"{days[0]:%Y-%m}" < month < f"{days[-1]:%Y-%m}"]:
        yield (
            f"the lake does not hold {_months(torn)} of {asked.force}: those days have no rows (missing, not 0); "
            "load them, or choose days by --from and --to between which nothing is missing"
        )
    if bare:
        rows = int(months.loc[list(bare), "incidents"].sum())
        yield f"none of the {rows:,} incidents of {_months(bare)} has a day: those days have no rows. {RIGHT}"
    if asked.first is not None and days[0].date() > asked.first:
        yield f"the record begins on {days[0]:%Y-%m-%d}: days from {asked.first} have no rows (missing, not 0)"
    if asked.last is not None and days[-1].date() < asked.last:
        yield f"the record ends on {days[-1]:%Y-%m-%d}: days up to {asked.last} have no rows (missing, not 0)"


def _months(names: Sequence[str]) -> str:
    shown = [*names[:_SHOWN], *([f"{len(names) - _SHOWN:,} more months"] if len(names) > _SHOWN else [])]
    return listed(shown)


def _of_month(month: str) -> list[pd.Timestamp]:
    start = periods.first_day(month)
    return [pd.Timestamp(start + timedelta(days=step)) for step in range(periods.days_in(month))]


def _ends(told: pd.DataFrame) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Give the first and the last local day on which anything at all is recorded."""
    dated = told[told["dated"] > 0]
    blank = np.zeros(len(dated), dtype=np.int64)
    ends = []
    for column in ("first", "last"):
        rows = dated[["month", "zone"]].assign(moment=dated[column], incidents=blank)
        ends.append(_with_days(rows)["period"])
    return ends[0].min(), ends[1].max()


def _selected(incidents: Any, asked: Asked) -> Selection:
    from abate.incidents import groups

    kinds = incidents.group_by("crime_type").agg(coded=incidents.ho_offence_code.count()).execute()
    return groups.read(
        asked.crime,
        known_types=sorted(kinds["crime_type"]),
        with_codes=bool(kinds["coded"].sum()),
        proactive=asked.proactive,
    )


def _weighed(chosen: Any, asked: Asked) -> Any:
    """Put each incident's harm beside it; offences that police find have none."""
    from abate.incidents import harm

    if asked.scale is None:
        return chosen
    pairs = harm.code_pairs(chosen).execute()
    coded = int(pairs.loc[(pairs["ho_offence_code"] != "") | (pairs["ho_classification"] != ""), "incidents"].sum())
    if not coded and len(pairs):
        raise OptionError(
            f"--harm: none of the {int(pairs['incidents'].sum()):,} incidents of '{asked.crime}' has a Home Office "
            "code, and a crime type holds murder and harassment alike: leave --harm out, or load an extract with codes"
        )
    joined = harm.join(chosen, asked.scale, pairs)
    return joined.mutate(harm=joined.proactive.ifelse(None, joined.harm)).drop("proactive")


def _is_placed(incidents: Any) -> Any:
    stand_in = incidents.default_geocode.fill_null(False)  # noqa: FBT003 - Ibis takes the value by place only
    return incidents.x.notnull() & incidents.y.notnull() & ~stand_in


def _spread(incidents: Any) -> Any:
    """Whether an incident may have happened a day or more after the moment that it is counted at."""
    lasting = incidents.ended.epoch_seconds() - incidents.began.epoch_seconds()
    return (lasting >= _DAY_SECONDS).fill_null(False)  # noqa: FBT003 - Ibis takes the value by place only


def _around(incidents: Any, shapes: Any, crs: str, reach: float, systems: set[str]) -> Any:
    """Keep what lies in the rectangle about the shapes, in each coordinate system that the record has."""
    import ibis
    import shapely

    from abate.space import projections

    west, south, east, north = shapely.total_bounds(shapes)
    margin = reach + _MARGIN / projections.unit_m(crs)
    east_west, north_south = np.meshgrid(
        np.linspace(west - margin, east + margin, 9), np.linspace(south - margin, north + margin, 9)
    )
    kept = ibis.literal(value=False)
    for system in sorted(systems):
        edge = projections.convert(east_west.ravel(), north_south.ravel(), source=crs, target=system)
        inside = incidents.x.between(float(edge.easting.min()), float(edge.easting.max()))
        inside &= incidents.y.between(float(edge.northing.min()), float(edge.northing.max()))
        kept |= (incidents.crs == system) & inside
    return kept


def _with_days(happened: pd.DataFrame) -> pd.DataFrame:
    """Put the local day beside each row; blank where the record does not say it."""
    from abate.counts.occurrences import dated

    known = happened["moment"].notna().to_numpy(bool)
    days = np.full(len(happened), np.datetime64("NaT"), dtype="datetime64[s]")
    if known.any():
        days[known] = dated(happened[known]).rows["period"].to_numpy().astype("datetime64[s]")
    return happened.assign(period=days).reset_index(drop=True)


def _located(rows: pd.DataFrame, crs: str) -> pd.DataFrame:
    from abate.space import projections

    easting, northing = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    for system in sorted(rows["crs"].unique()):
        there = (rows["crs"] == system).to_numpy(bool)
        placed = projections.convert(rows.loc[there, "x"], rows.loc[there, "y"], source=str(system), target=crs)
        easting[there], northing[there] = placed.easting, placed.northing
    return rows.assign(easting=easting, northing=northing)


def _placeless(nowhere: int, everywhere: int, asked: Asked) -> Iterator[str]:
    if nowhere:
        they = counted(nowhere, "incident", "incidents")
        yield (
            f"{they} of '{asked.crime}' in {asked.force} ({nowhere / everywhere:.1%} of {everywhere:,}) have no place "
            "(no coordinates, or a stand-in such as a station): what belongs to a site among them is not counted"
        )


def opened(folder: Path) -> Lake:
    """Open the lake that the days are read from."""
    from abate import lake

    return lake.open(folder)
