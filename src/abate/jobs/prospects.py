"""What is expected in the coming period: the record laid out for a method of forecasting, and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from abate import periods
from abate.errors import OptionError
from abate.jobs import chains

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from abate.hotspots.histories import History, Window
    from abate.jobs.grounds import Ground
    from abate.jobs.placing import Placing, Wanted

_POINT = ["x", "y", "crs"]


@dataclass(frozen=True)
class Prospect:
    """A forecast (`tables.FORECASTS`, places in order of id) for `window`, by which method, and what to know of it.

    `laid` is the record that it was made from, `given` what the method was given beyond it.
    """

    method: str
    sentence: str
    window: Window
    forecast: pd.DataFrame
    notes: tuple[str, ...]
    laid: Laid
    given: Mapping[str, Any]


@dataclass(frozen=True)
class Laid:
    """The record laid out for a forecast, and what to know of it.

    `past` is the history of the places; `rows` are the incidents behind it, with `place_id` (blank in no place),
    `chosen`, `period` and coordinates; `months` are those that it runs through.
    """

    past: History
    rows: pd.DataFrame
    months: tuple[str, ...]
    notes: tuple[str, ...]


def foresee(
    ground: Ground, put: Placing, wanted: Wanted, *, method: str, months_ahead: int, features: Path | None = None
) -> Prospect:
    """Forecast the coming months for every place, from the record as it stands.

    The record is the last unbroken run of months: a month that is missing is not a quiet one. Days are used where the
    source has them. Raises `OptionError` for an unknown method, or one that needs what is not there.
    """
    from abate.hotspots import methods, rolling

    found = methods.find(method)
    if months_ahead < 1:
        raise OptionError(f"--ahead-months: at least 1, not {months_ahead}")
    given = _given(found.needs, features, put)
    laid = history(ground, put, wanted)
    past = laid.past
    window = rolling.window(past.span.last, rolling.Horizon(months_ahead, "m"), unit=past.unit)
    forecast = found.forecast(past, window, **given)
    return Prospect(found.name, found.sentence, window, forecast, laid.notes, laid, given)


def _given(needs: Sequence[str], features: Path | None, put: Placing) -> dict[str, Any]:
    if "features" not in needs:
        return {}
    if features is None:
        raise OptionError("--method risk needs the places that matter: add --features FILE")
    from abate.sources import features as reading

    return {"features": reading.read(features, crs=put.crs)}


def history(ground: Ground, put: Placing, wanted: Wanted) -> Laid:
    """Lay out the chosen crimes, and behind them the other kinds, commonest first, for the methods of forecasting.

    Kinds that patrols find by searching tell where patrols were, and are left out unless they are themselves chosen.
    """
    from abate.counts.occurrences import dated, occur
    from abate.hotspots.histories import Window
    from abate.jobs import placing

    run = _unbroken(ground.months)
    chosen = ground.incidents.mutate(chosen=ground.selection.filter(ground.incidents))
    told = dated(occur(chosen).execute())
    rows = told.rows[told.rows["month"].isin(run)]
    located = rows[rows["x"].notna() & rows["y"].notna()]
    points = placing.put(located, wanted).assigned.points[[*_POINT, "easting", "northing", "place_id"]]
    placed = rows.merge(points, on=_POINT, how="left", validate="many_to_one")
    listed = placed["place_id"].isin(set(put.assigned.places["place_id"]))
    placed = placed.assign(place_id=placed["place_id"].where(listed))
    last = periods.first_day(periods.following(run[-1])) - timedelta(days=1)
    if told.unit == "day":
        last = min(last, told.rows["period"].max().date())
    first = periods.first_day(run[0])
    placed = placed[placed["period"].dt.date.between(first, last)]
    past = chains.link(
        placed[placed["place_id"].notna()],
        put.assigned.places,
        span=Window(first, last),
        unit=told.unit,
        unit_m=put.unit_m,
    )
    short = len(run) < len(ground.months)
    told_of = f"the forecast is made from {run[0]} to {run[-1]} alone: months before are missing" if short else ""
    return Laid(past, placed, tuple(run), (told_of,) if short else ())


def _unbroken(months: Sequence[str]) -> list[str]:
    """Give the last run of months without a gap.

    >>> _unbroken(("2018-10", "2018-11", "2021-03", "2021-04"))
    ['2021-03', '2021-04']
    """
    run = [months[-1]]
    for month in reversed(months[:-1]):
        if periods.following(month) != run[0]:
            break
        run.insert(0, month)
    return run


def severity(placed: pd.DataFrame, places: pd.DataFrame) -> tuple[Any, Any, Any]:
    """Give for each place the harm of one incident, the harm of all, and that of its largest single event.

    The harm of one is the place's mean, drawn towards that of all places as if it held twenty incidents more of them:
    harm has a heavy tail, and a grave event may never recur there. Raises `OptionError` when no harm is known.
    """
    from abate.hotspots.harm import weigh

    if "harm" not in placed.columns:
        raise OptionError(
            "--maximise harm: the record has no Home Office codes, and crime types alone are too wide to weigh: "
            "use --maximise incidents"
        )
    weighed = weigh(placed).set_index("place_id").reindex(places["place_id"])
    harm = weighed["harm"].fillna(0).to_numpy(float)
    scored = placed.groupby("place_id")["incidents"].sum() - weigh(placed).set_index("place_id")["harm_unknown"]
    count = scored.reindex(places["place_id"]).fillna(0).to_numpy(float)
    mean = harm.sum() / max(count.sum(), 1.0)
    largest = harm * weighed["harm_top_share"].fillna(0).to_numpy(float)
    return (harm + _BORROWED * mean) / (count + _BORROWED), harm, np.asarray(largest)


_BORROWED = 20.0
