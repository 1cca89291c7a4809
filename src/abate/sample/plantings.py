"""What is planted in the sample town: hotspots, landmarks, stand-in places, and how busy every street truly is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from abate.sample import words
from abate.sample.ground import ORIGIN, Ground
from abate.sample.offences import ASB, VIOLENCE, Kind

Floats = npt.NDArray[np.float64]

YEARS = 3
_WIDE_M, _HIGH_M = 5_000.0, 3_600.0
_DENSEST_BACKGROUND = 4.0


@dataclass(frozen=True)
class Spot:
    """A planted hotspot: where in the town (as shares of its width and height), how wide, how busy, and when."""

    name: str
    kind: str
    along: float
    up: float
    radius_m: float
    violence_yearly: float
    rhythm: str
    season: tuple[float, int] | None = None
    years: tuple[float, float, float] = (1.0, 1.0, 1.0)


SPOTS = (
    Spot("Quay bars", "night life", 0.50, 0.30, 125, 150, "night"),
    Spot("Market Square", "centre", 0.57, 0.43, 125, 112, "evening"),
    Spot("Quillmouth station", "station", 0.41, 0.49, 115, 96, "evening"),
    Spot("Lantern Precinct", "shops", 0.64, 0.52, 115, 84, "day"),
    Spot("Pier approach", "seafront", 0.62, 0.07, 120, 76, "evening", (0.75, 7)),
    Spot("Harbour clubs", "night life", 0.80, 0.19, 115, 70, "night"),
    Spot("Westfield parade", "estate", 0.17, 0.63, 110, 62, "evening"),
    Spot("School gates", "school", 0.73, 0.69, 110, 54, "school"),
    Spot("Regent Park", "park", 0.33, 0.24, 115, 48, "evening", (0.40, 7)),
    Spot("Northgate flats", "estate", 0.50, 0.87, 110, 46, "evening", None, (0.4, 1.0, 1.6)),
    Spot("Retail park", "shops", 0.88, 0.78, 115, 42, "day", None, (1.6, 1.0, 0.4)),
    Spot("Bus station", "station", 0.29, 0.82, 110, 40, "evening"),
)

_DRAWN_TO: dict[str, dict[str, float]] = {
    "Shoplifting": {"shops": 3.0, "centre": 1.2, "station": 0.2},
    "Bicycle theft": {"station": 2.0, "shops": 1.0, "centre": 1.0},
    "Theft from the person": {"night life": 1.5, "centre": 1.5, "station": 1.0, "shops": 0.5},
    "Other theft": {"shops": 1.5, "centre": 1.0, "station": 0.8, "night life": 0.6, "seafront": 0.6},
    ASB: {"park": 1.8, "seafront": 1.4, "estate": 1.4, "school": 1.2, "night life": 0.6},
    "Drugs": {"park": 1.6, "estate": 1.6, "station": 1.2, "night life": 0.8, "school": 0.4},
}
_SELECTIVE = ("Shoplifting", "Bicycle theft", "Theft from the person", "Other theft")

LANDMARKS: tuple[tuple[str, str, float, float], ...] = (
    ("The Capstan", "Public house", 0.49, 0.29),
    ("The Whelk and Anchor", "Public house", 0.51, 0.31),
    ("The Lamplighter", "Public house", 0.79, 0.19),
    ("The Oakum Arms", "Public house", 0.22, 0.40),
    ("The Plover", "Public house", 0.71, 0.33),
    ("The Farthing", "Public house", 0.44, 0.72),
    ("Undertow", "Nightclub", 0.81, 0.20),
    ("Quillmouth station", "Railway station", 0.41, 0.49),
    ("Bus station", "Bus station", 0.29, 0.82),
    ("Quillmouth Academy", "School", 0.73, 0.69),
    ("Lantern Precinct", "Shopping area", 0.64, 0.52),
    ("Retail park", "Supermarket", 0.88, 0.78),
    ("Regent Park", "Park", 0.33, 0.24),
    ("Quillmouth General Hospital", "Hospital", 0.13, 0.25),
    ("Quillmouth police station", "Police station", 0.60, 0.66),
    ("Quillmouth prison", "Prison", 0.93, 0.48),
)

STAND_INS: tuple[tuple[str, float, float], ...] = (("Hospital", 36, 0), ("Prison", 44, 0), ("Police station", 46, 40))


@dataclass(frozen=True)
class Group:
    """A set of streets that share one rhythm: a hotspot, the rest of the town, the quiet town, or one stand-in."""

    name: str
    town: str
    hotspot_id: str
    spot: Spot | None
    streets: npt.NDArray[np.int64]
    shares: Floats
    landmark: str = ""


def place(along: float, up: float) -> tuple[float, float]:
    """Give easting and northing of a spot in the town, from shares of its width and height."""
    bend = 140.0 * np.sin(along * _WIDE_M / 5_002.0 * np.pi * 1.3)
    return round(float(ORIGIN[0] + along * _WIDE_M), 1), round(float(ORIGIN[1] + up * _HIGH_M + bend), 1)


def landmarks() -> pd.DataFrame:
    """List the landmarks: name, kind, easting, northing, and whether its point stands in for places not known."""
    rows = [(name, kind, *place(along, up)) for name, kind, along, up in LANDMARKS]
    frame = pd.DataFrame(rows, columns=["name", "kind", "easting", "northing"])
    return frame.assign(stand_in=frame["kind"].isin([kind for kind, _, _ in STAND_INS]))


def groups(land: Ground, rng: np.random.Generator) -> list[Group]:
    """Share the streets out: first the hotspots, then the rest of the town, the quiet town, and the stand-ins."""
    streets = land.streets
    walkable = ((streets["town"] == words.TOWN) & (streets["kind"] != "service")).to_numpy()
    east, north = streets["middle_e"].to_numpy(), streets["middle_n"].to_numpy()
    hot: list[Group] = []
    taken = np.zeros(len(streets), bool)
    for number, spot in enumerate(SPOTS, start=1):
        centre_e, centre_n = place(spot.along, spot.up)
        away = np.hypot(east - centre_e, north - centre_n)
        chosen = _nearest(away, walkable & ~taken, spot.radius_m)
        taken[chosen] = True
        share = np.exp(-((away[chosen] / spot.radius_m) ** 2)) * streets["length_m"].to_numpy()[chosen]
        hot.append(Group(spot.name, words.TOWN, f"H{number:02d}", spot, chosen, share / share.sum()))
    return [*hot, _background(streets, taken, rng), _quiet(streets), *_stand_ins()]


def _nearest(away: Floats, allowed: npt.NDArray[np.bool_], radius_m: float) -> npt.NDArray[np.int64]:
    within = np.flatnonzero(allowed & (away <= radius_m))
    order = np.argsort(np.where(allowed, away, np.inf), kind="stable")
    return np.sort(within if len(within) >= 4 else order[:4])


def _background(streets: pd.DataFrame, taken: npt.NDArray[np.bool_], rng: np.random.Generator) -> Group:
    """Spread the rest unevenly over all other streets: some areas and some streets are busier, none like a hotspot."""
    factor = streets["kind"].map({"motorway": 0.0, "service": 0.5, "footway": 0.7, "primary": 1.5, "tertiary": 1.2})
    rest = np.flatnonzero(
        (streets["town"] != words.QUIET_TOWN).to_numpy() & ~taken & (factor.fillna(1.0) > 0).to_numpy()
    )
    codes = sorted(set(streets["area_code"]))
    by_area = dict(zip(codes, rng.lognormal(0, 0.45, len(codes)), strict=True))
    busy = (
        factor.fillna(1.0).to_numpy() * streets["area_code"].map(by_area).to_numpy() * rng.gamma(1.4, 1, len(streets))
    )
    busy = busy * np.where(streets["town"] == words.COUNTRYSIDE, 0.1, 1.0)
    busy = np.minimum(busy[rest], _DENSEST_BACKGROUND * float(np.median(busy[rest])))
    share = busy * streets["length_m"].to_numpy()[rest]
    return Group("rest of the town", words.TOWN, "", None, rest, share / share.sum())


def _quiet(streets: pd.DataFrame) -> Group:
    every = np.flatnonzero((streets["town"] == words.QUIET_TOWN).to_numpy())
    lengths = streets["length_m"].to_numpy()[every]
    return Group("quiet town", words.QUIET_TOWN, "", None, every, lengths / lengths.sum())


def _stand_ins() -> list[Group]:
    nowhere, nothing = np.empty(0, np.int64), np.empty(0)
    return [Group(kind, words.TOWN, "", None, nowhere, nothing, landmark=kind) for kind, _, _ in STAND_INS]


def yearly(kind: Kind, group: Group) -> float:
    """Give how many incidents of a kind truly happen (are expected) in a group of streets in a year."""
    if group.landmark:
        violence, other = next((v, o) for name, v, o in STAND_INS if name == group.landmark)
        return {(VIOLENCE, "public"): violence, ("Other theft", "public"): other}.get(
            (kind.crime_type, kind.setting), 0.0
        )
    if group.town == words.QUIET_TOWN:
        return kind.quiet_yearly
    if group.spot is None:
        return kind.yearly * (1 - kind.in_hotspots)
    pulls = [_pull(kind.crime_type, spot) for spot in SPOTS]
    return kind.yearly * kind.in_hotspots * _pull(kind.crime_type, group.spot) / sum(pulls)


def _pull(crime_type: str, spot: Spot) -> float:
    """Say how strongly a hotspot draws a kind of crime, from its violence and its kind."""
    otherwise = 0.0 if crime_type in _SELECTIVE else 1.0
    return spot.violence_yearly * _DRAWN_TO.get(crime_type, {}).get(spot.kind, otherwise)
