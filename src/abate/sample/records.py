"""How the sample town's police record what happened: codes, flags, times, exact coordinates; outcomes and searches."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from abate import tables
from abate.sample import words
from abate.sample.ground import CRS, Ground, areas_of
from abate.sample.happenings import FIRST, LAST, Stream
from abate.sample.offences import ASB, KNIVES, OUTCOMES, VIOLENCE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    Values = pd.Series[Any]

Floats = npt.NDArray[np.float64]

EXTRACT = "sample-town"
ZONE = "Europe/London"

_PREMISES = {
    "night life": ("Street", "Street", "Car park"),
    "station": ("Railway or bus station", "Street"),
    "park": ("Park or open space",),
    "seafront": ("Beach or promenade", "Street"),
    "shops": ("Street", "Car park"),
}
_SPANS = {
    "Burglary": 9.0,
    "Vehicle crime": 10.0,
    "Criminal damage and arson": 6.0,
    "Bicycle theft": 5.0,
    "Other theft": 3.0,
}
_BRIEFLY = 0.15
_DELAY_MINUTES = {"public": 25.0, "home": 900.0, "online": 4_000.0, "stand-in": 240.0}
_HISTORIC = 0.015


def incidents(
    happened: pd.DataFrame,
    laid: Sequence[Stream],
    land: Ground,
    landmarks: pd.DataFrame,
    *,
    seed: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Write down every incident as the force's own system holds it: a row of the table of incidents, exact points."""
    number = happened["stream"].to_numpy()
    kinds = [stream.kind for stream in laid]
    crime_type = np.array([kind.crime_type for kind in kinds], dtype=object)[number]
    setting = np.array(["stand-in" if s.group.landmark else s.kind.setting for s in laid], dtype=object)[number]
    landmark = np.array([stream.group.landmark for stream in laid], dtype=object)[number]
    code, classification = _codes(number, laid, rng)
    east, north = _points(happened, land.streets, landmark, landmarks)
    began = _utc(_moments(happened["day"], happened["minute"]))
    ended = began + pd.to_timedelta(_span_minutes(crime_type, rng), unit="min")
    reported = ended + pd.to_timedelta(_delay_minutes(setting, crime_type, rng), unit="min")
    street = np.append(land.streets["name"].to_numpy(), "")[happened["street"]]
    area = areas_of(land.areas, east, north)
    frame = pd.DataFrame(
        {
            "force": words.FORCE,
            "month": _months(happened["day"]),
            "crime_id": _ids(len(happened), seed, crime_type != ASB),
            "crime_type": crime_type,
            "reported_by": words.FORCE_NAME,
            "falls_within": words.FORCE_NAME,
            "x": east,
            "y": north,
            "crs": CRS,
            "location": [f"On or near {name or stand}" for name, stand in zip(street, landmark, strict=True)],
            "lsoa_code": area,
            "lsoa_name": pd.Series(area).map(land.areas.set_index("area_code")["name"]),
            "outcome": _outcomes(crime_type, rng),
            "context": None,
            "began": began,
            "ended": ended,
            "reported": reported,
            "zone": ZONE,
            "ho_offence_code": pd.Series(code).replace("", None),
            "ho_classification": pd.Series(classification).replace("", None),
            "domestic": (setting == "home") & (crime_type == VIOLENCE) & (rng.random(len(number)) < 0.75),
            "knife": rng.random(len(number)) < np.array([KNIVES.get(c, 0.0) for c in code]),
            "premises": _premises(number, laid, rng),
            "default_geocode": landmark == "Police station",
            "victims": pd.Series(pd.NA, index=range(len(number)), dtype="Int64"),
            "source_file": EXTRACT,
            "source_row": np.arange(1, len(number) + 1),
        }
    )
    return tables.INCIDENTS.check(_texts(frame, tables.INCIDENTS.columns))


def _texts(frame: pd.DataFrame, columns: object) -> pd.DataFrame:
    """Give text columns the text type, and put the columns in the order of the dictionary."""
    ordered = frame[list(columns)]  # type: ignore[call-overload]
    return ordered.astype({name: "str" for name in ordered.columns if ordered[name].dtype == object})


def _codes(
    number: npt.NDArray[np.int64], laid: Sequence[Stream], rng: np.random.Generator
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_]]:
    code = np.full(len(number), "", dtype=object)
    classification = np.full(len(number), "", dtype=object)
    drawn = rng.random(len(number))
    for which, stream in enumerate(laid):
        rows = np.flatnonzero(number == which)
        steps = np.cumsum([share for share, _, _ in stream.kind.codes])
        chosen = np.minimum(np.searchsorted(steps, drawn[rows] * steps[-1], side="right"), len(steps) - 1)
        code[rows] = np.array([c for _, c, _ in stream.kind.codes], dtype=object)[chosen]
        classification[rows] = np.array([c for _, _, c in stream.kind.codes], dtype=object)[chosen]
    return code, classification


def _points(
    happened: pd.DataFrame, streets: pd.DataFrame, landmark: npt.NDArray[np.object_], landmarks: pd.DataFrame
) -> tuple[Floats, Floats]:
    """Put each incident on its street, to a tenth of a metre; stand-ins have the point of their landmark."""
    row = happened["street"].to_numpy()
    ends = streets[["from_e", "from_n", "middle_e", "middle_n", "to_e", "to_n"]].to_numpy()[row]
    along, aside = happened["along"].to_numpy(), happened["aside_m"].to_numpy()
    first = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    second = np.hypot(ends[:, 4] - ends[:, 2], ends[:, 5] - ends[:, 3])
    walked = along * (first + second)
    in_first = walked <= first
    start_e, start_n = np.where(in_first, ends[:, 0], ends[:, 2]), np.where(in_first, ends[:, 1], ends[:, 3])
    stop_e, stop_n = np.where(in_first, ends[:, 2], ends[:, 4]), np.where(in_first, ends[:, 3], ends[:, 5])
    length = np.where(in_first, first, second)
    share = np.where(in_first, walked, walked - first) / length
    east = start_e + share * (stop_e - start_e) - aside * (stop_n - start_n) / length
    north = start_n + share * (stop_n - start_n) + aside * (stop_e - start_e) / length
    for kind, fixed_e, fixed_n in landmarks.loc[landmarks["stand_in"], ["kind", "easting", "northing"]].itertuples(
        index=False
    ):
        east[landmark == kind], north[landmark == kind] = fixed_e, fixed_n
    return east.round(1), north.round(1)


def _moments(day: Values, minute: Values) -> Values:
    moments = FIRST.astype("datetime64[m]") + day.to_numpy() * np.timedelta64(1440, "m") + minute.to_numpy()
    return pd.Series(moments.astype("datetime64[us]"))


def _months(day: Values) -> npt.NDArray[np.str_]:
    return np.datetime_as_string((FIRST + day.to_numpy()).astype("datetime64[M]"), unit="M")


def _utc(local: Values) -> Values:
    """Turn clock time into UTC: the hour that comes twice is taken as the first, the missing one moved to its end."""
    first = np.ones(len(local), bool)
    zoned = local.dt.tz_localize(ZONE, ambiguous=first, nonexistent="shift_forward")
    return zoned.dt.tz_convert("UTC").astype("datetime64[us, UTC]")


def _span_minutes(crime_type: npt.NDArray[np.object_], rng: np.random.Generator) -> Floats:
    mean = pd.Series(crime_type).map(_SPANS).fillna(_BRIEFLY).to_numpy()
    return np.round(rng.exponential(1, len(crime_type)) * mean * 60)


def _delay_minutes(
    setting: npt.NDArray[np.object_], crime_type: npt.NDArray[np.object_], rng: np.random.Generator
) -> Floats:
    """Draw how long it took to report; some violence at home comes to light more than a year later."""
    mean = pd.Series(setting).map(_DELAY_MINUTES).to_numpy()
    delay = 2 + rng.exponential(1, len(setting)) * mean
    historic = (setting == "home") & (crime_type == VIOLENCE) & (rng.random(len(setting)) < _HISTORIC)
    late = rng.uniform(370, 900, len(setting)) * 1440
    return np.asarray(np.round(np.where(historic, late, delay)))


def _ids(count: int, seed: int, named: npt.NDArray[np.bool_]) -> list[str | None]:
    return [
        hashlib.sha256(f"sample town {seed} incident {row}".encode()).hexdigest() if has else None
        for row, has in zip(range(count), named, strict=True)
    ]


def _outcomes(crime_type: npt.NDArray[np.object_], rng: np.random.Generator) -> npt.NDArray[np.object_]:
    names = np.array([name for name, _ in OUTCOMES], dtype=object)
    steps = np.cumsum([share for _, share in OUTCOMES])
    which = np.minimum(np.searchsorted(steps, rng.random(len(crime_type)) * steps[-1]), len(names) - 1)
    return np.asarray(np.where(crime_type == ASB, None, names[which]), dtype=object)


def _premises(
    number: npt.NDArray[np.int64], laid: Sequence[Stream], rng: np.random.Generator
) -> npt.NDArray[np.object_]:
    premises = np.full(len(number), "Street", dtype=object)
    drawn = rng.random(len(number))
    for which, stream in enumerate(laid):
        rows = np.flatnonzero(number == which)
        choices = np.array(_choices(stream), dtype=object)
        premises[rows] = choices[(drawn[rows] * len(choices)).astype(int)]
    return premises


def _choices(stream: Stream) -> tuple[str, ...]:
    if stream.group.landmark:
        return (stream.group.landmark,)
    if stream.kind.setting != "public":
        return ("Dwelling",)
    if stream.kind.crime_type == "Shoplifting":
        return ("Shop",)
    spot = stream.group.spot
    return _PREMISES.get(spot.kind, ("Street",)) if spot else ("Street", "Street", "Street", "Car park")


def outcomes(recorded: pd.DataFrame, *, rng: np.random.Generator) -> pd.DataFrame:
    """Give what became of each crime, some months later; those decided after the last month are not there yet."""
    crimes = recorded[recorded["crime_id"].notna()]
    begun = crimes["month"].to_numpy().astype("datetime64[M]")
    decided = begun + np.minimum(rng.geometric(0.45, len(crimes)) - 1, 5)
    frame = crimes.assign(month=np.datetime_as_string(decided, unit="M"))
    known = frame[decided <= LAST.astype("datetime64[M]")].sort_values("month", kind="stable", ignore_index=True)
    known = known.assign(source_row=np.arange(1, len(known) + 1))
    return tables.OUTCOMES.check(_texts(known, tables.OUTCOMES.columns))


def searches(recorded: pd.DataFrame, *, rng: np.random.Generator) -> pd.DataFrame:
    """Give some three hundred searches a year, in public, near where crimes had been; they say nothing of anybody."""
    public = recorded[(recorded["premises"] == "Street") & (recorded["crime_type"] != ASB)]
    count = int(rng.poisson(900))
    near = public.iloc[np.sort(rng.integers(0, len(public), count))]
    moment = near["began"] + pd.to_timedelta(rng.integers(1, 180, count), unit="min")
    local = moment.dt.tz_convert(ZONE)
    kept = (local.dt.strftime("%Y") <= "2025").to_numpy()
    frame = pd.DataFrame(
        {
            "force": words.FORCE,
            "month": local.dt.strftime("%Y-%m"),
            "kind": _drawn(
                ("Person search", "Person and Vehicle search", "Vehicle search"), (0.88, 0.08, 0.04), count, rng
            ),
            "time": moment,
            "in_operation": False,
            "operation": None,
            "x": (near["x"] + rng.normal(0, 30, count)).round(1),
            "y": (near["y"] + rng.normal(0, 30, count)).round(1),
            "crs": CRS,
            "gender": _drawn(("Male", "Female"), (0.84, 0.16), count, rng),
            "age_range": _drawn(("10-17", "18-24", "25-34", "over 34"), (0.17, 0.27, 0.26, 0.30), count, rng),
            "ethnicity_self_defined": None,
            "ethnicity_officer_defined": None,
            "legislation": _drawn((_DRUGS_ACT, _PACE), (0.6, 0.4), count, rng),
            "search_object": None,
            "outcome": _drawn(
                ("A no further action disposal", "Arrest", "Community resolution"), (0.76, 0.14, 0.10), count, rng
            ),
            "outcome_linked": None,
            "outer_clothing_removed": None,
            "source_file": EXTRACT,
            "source_row": 0,
        }
    )
    frame["search_object"] = np.where(
        frame["legislation"] == _DRUGS_ACT,
        "Controlled drugs",
        _drawn(("Offensive weapons", "Stolen goods", "Article for use in theft"), (0.45, 0.35, 0.20), count, rng),
    )
    frame["outcome_linked"] = (frame["outcome"] != "A no further action disposal") & (rng.random(count) < 0.8)
    ordered = frame[kept].sort_values("time", kind="stable", ignore_index=True)
    ordered["source_row"] = np.arange(1, len(ordered) + 1)
    return tables.SEARCHES.check(_texts(ordered, tables.SEARCHES.columns))


_DRUGS_ACT = "Misuse of Drugs Act 1971 (section 23)"
_PACE = "Police and Criminal Evidence Act 1984 (section 1)"


def _drawn(
    names: tuple[str, ...], shares: tuple[float, ...], count: int, rng: np.random.Generator
) -> npt.NDArray[np.object_]:
    which = np.searchsorted(np.cumsum(shares), rng.random(count), side="right")
    return np.array(names, dtype=object)[np.minimum(which, len(names) - 1)]
