"""What is true of the sample town: the rates, curves and places from which its incidents were drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from abate.sample import rhythms, words
from abate.sample.happenings import FIRST, REPEAT_DAYS, REPEAT_WITHIN_M
from abate.sample.offences import SERIOUS, VIOLENCE
from abate.sample.plantings import STAND_INS, YEARS, place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abate.sample.ground import Ground
    from abate.sample.happenings import Stream

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Truth:
    """What was planted, so that what is found can be judged. Rates are expected incidents, not what was drawn.

    - `hotspots`: one row a planted hotspot: `hotspot_id, name, kind, easting, northing, radius_m, streets`,
      `serious_yearly` (public violence, robbery and weapons expected in a mean year), `year_1` to `year_3` (the
      factors of the three years: all 1 in a lasting hotspot), `lasting`.
    - `rates`: one row a street: `segment_id, town, hotspot_id` (blank outside hotspots), `length_m, serious_yearly,
      violence_yearly` (public violence alone), `all_yearly` (everything).
    - `totals`: `town, crime_type, setting, expected` over the three years.
    - `months`: `town, crime_type, month, expected` for each of the 36 months.
    - `hours`: `town, crime_type, weekday` (0 is Monday), `hour` (clock time), `expected`.
    - `near_repeats`: `crime_type, setting, share` (of incidents outside the quiet town and the stand-ins that are
      near repeats of another), `within_m, within_days`.
    - `stand_ins`: hospital, prison and police station, whose points look hot and are not: `name, kind, easting,
      northing, yearly`.
    - `made`: one row an incident, in the order of the incidents: `source_row, town, setting, segment_id, hotspot_id,
      repeat_of` (the `source_row` of the incident it is a near repeat of; blank for none).
    - `quiet_areas`: the small areas of the town in which every metre of street has the same rate at every moment.
    """

    hotspots: pd.DataFrame
    rates: pd.DataFrame
    totals: pd.DataFrame
    months: pd.DataFrame
    hours: pd.DataFrame
    near_repeats: pd.DataFrame
    stand_ins: pd.DataFrame
    made: pd.DataFrame
    quiet_areas: tuple[str, ...]


def truth(laid: Sequence[Stream], happened: pd.DataFrame, land: Ground) -> Truth:
    """Write down the truth from the streams that the incidents were drawn from."""
    return Truth(
        hotspots=_hotspots(laid),
        rates=_rates(laid, land.streets),
        totals=_totals(laid),
        months=_months(laid),
        hours=_hours(laid),
        near_repeats=_near_repeats(laid),
        stand_ins=_stand_ins(laid),
        made=_made(laid, happened, land.streets),
        quiet_areas=tuple(land.areas.loc[land.areas["town"] == words.QUIET_TOWN, "area_code"]),
    )


def _serious(stream: Stream) -> bool:
    """Tell whether a stream is public violence, robbery or weapons at a place that is truly its own."""
    return stream.kind.setting == "public" and stream.kind.crime_type in SERIOUS and not stream.group.landmark


def _hotspots(laid: Sequence[Stream]) -> pd.DataFrame:
    rows = []
    for group in {s.group.hotspot_id: s.group for s in laid if s.group.hotspot_id}.values():
        spot = group.spot
        assert spot is not None
        east, north = place(spot.along, spot.up)
        serious = sum(s.expected for s in laid if s.group is group and _serious(s)) / YEARS
        rows.append(
            {
                "hotspot_id": group.hotspot_id,
                "name": spot.name,
                "kind": spot.kind,
                "easting": east,
                "northing": north,
                "radius_m": spot.radius_m,
                "streets": len(group.streets),
                "serious_yearly": serious,
                **{f"year_{number}": factor for number, factor in enumerate(spot.years, start=1)},
                "lasting": len(set(spot.years)) == 1,
            }
        )
    return pd.DataFrame(rows)


def _rates(laid: Sequence[Stream], streets: pd.DataFrame) -> pd.DataFrame:
    serious, violence, everything = (np.zeros(len(streets)) for _ in range(3))
    hotspot = np.full(len(streets), "", dtype=object)
    for stream in laid:
        each = stream.expected / YEARS * stream.group.shares
        hotspot[stream.group.streets] = stream.group.hotspot_id
        everything[stream.group.streets] += each
        if _serious(stream):
            serious[stream.group.streets] += each
        if _serious(stream) and stream.kind.crime_type == VIOLENCE:
            violence[stream.group.streets] += each
    known = streets[["segment_id", "town", "length_m"]]
    return known.assign(
        hotspot_id=hotspot, serious_yearly=serious, violence_yearly=violence, all_yearly=everything
    ).astype({"hotspot_id": "str"})


def _totals(laid: Sequence[Stream]) -> pd.DataFrame:
    rows = [(s.group.town, s.kind.crime_type, _setting(s), s.expected) for s in laid]
    frame = pd.DataFrame(rows, columns=["town", "crime_type", "setting", "expected"])
    return pd.DataFrame(frame.groupby(["town", "crime_type", "setting"], as_index=False)["expected"].sum())


def _setting(stream: Stream) -> str:
    return "stand-in" if stream.group.landmark else stream.kind.setting


def _months(laid: Sequence[Stream]) -> pd.DataFrame:
    month = (FIRST + np.arange(len(laid[0].days))).astype("datetime64[M]")
    names, which = np.unique(np.datetime_as_string(month, unit="M"), return_inverse=True)
    summed: dict[tuple[str, str], Floats] = {}
    for stream in laid:
        key = (stream.group.town, stream.kind.crime_type)
        summed[key] = summed.get(key, np.zeros(len(names))) + stream.expected * np.bincount(which, stream.days)
    rows = [(*key, str(name), float(e)) for key, all_ in summed.items() for name, e in zip(names, all_, strict=True)]
    return pd.DataFrame(rows, columns=["town", "crime_type", "month", "expected"])


def _hours(laid: Sequence[Stream]) -> pd.DataFrame:
    weekday = (FIRST.astype(int) + np.arange(len(laid[0].days)) + 3) % 7
    summed: dict[tuple[str, str], Floats] = {}
    for stream in laid:
        key = (stream.group.town, stream.kind.crime_type)
        curve = rhythms.week(stream.rhythm)
        in_day = curve / curve.sum(axis=1, keepdims=True)
        by_day = stream.expected * np.bincount(weekday, stream.days)
        summed[key] = summed.get(key, np.zeros((7, 24))) + by_day[:, None] * in_day
    rows = [
        (*key, day, hour, float(all_[day, hour]))
        for key, all_ in summed.items()
        for day in range(7)
        for hour in range(24)
    ]
    return pd.DataFrame(rows, columns=["town", "crime_type", "weekday", "hour", "expected"])


def _near_repeats(laid: Sequence[Stream]) -> pd.DataFrame:
    shares = {(s.kind.crime_type, s.kind.setting): s.kind.repeats for s in laid}
    rows = [(*key, share, REPEAT_WITHIN_M, REPEAT_DAYS) for key, share in shares.items()]
    return pd.DataFrame(rows, columns=["crime_type", "setting", "share", "within_m", "within_days"])


def _stand_ins(laid: Sequence[Stream]) -> pd.DataFrame:
    from abate.sample.plantings import landmarks

    known = landmarks()
    yearly = {kind: sum(s.expected for s in laid if s.group.landmark == kind) / YEARS for kind, _, _ in STAND_INS}
    frame = known.loc[known["stand_in"], ["name", "kind", "easting", "northing"]].reset_index(drop=True)
    return frame.assign(yearly=frame["kind"].map(yearly))


def _made(laid: Sequence[Stream], happened: pd.DataFrame, streets: pd.DataFrame) -> pd.DataFrame:
    number = happened["stream"].to_numpy()
    again = happened["repeat_of"].to_numpy()
    frame = pd.DataFrame(
        {
            "source_row": np.arange(1, len(number) + 1),
            "town": np.array([s.group.town for s in laid], dtype=object)[number],
            "setting": np.array([_setting(s) for s in laid], dtype=object)[number],
            "segment_id": np.append(streets["segment_id"].to_numpy(), "")[happened["street"]],
            "hotspot_id": np.array([s.group.hotspot_id for s in laid], dtype=object)[number],
            "repeat_of": pd.array(np.where(again >= 0, again + 1, 0), dtype="Int64"),
        }
    ).astype({"town": "str", "setting": "str", "segment_id": "str", "hotspot_id": "str"})
    frame.loc[frame["repeat_of"] == 0, "repeat_of"] = pd.NA
    return frame
