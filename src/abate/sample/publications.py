"""The sample town's crime as data.police.uk would publish it: snapped points, months only, one file a month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from abate.sample import words
from abate.sample.degrees import degrees
from abate.sample.ground import areas_of
from abate.sample.offences import ASB

if TYPE_CHECKING:
    from typing import Any

    from abate.sample.towns import Town

    Values = pd.Series[Any]

_WITHOUT_PLACE = 0.004
_POINTS_KEPT = 0.75
_LANDMARK_WORDS = {
    "Railway station": "Railway Station",
    "Bus station": "Bus/Coach Station",
    "Shopping area": "Shopping Area",
    "Park": "Park/Open Space",
    "Police station": "Police Station",
}
_STREET = {
    "crime_id": "Crime ID",
    "month": "Month",
    "reported_by": "Reported by",
    "falls_within": "Falls within",
    "longitude": "Longitude",
    "latitude": "Latitude",
    "location": "Location",
    "lsoa_code": "LSOA code",
    "lsoa_name": "LSOA name",
    "crime_type": "Crime type",
    "outcome": "Last outcome category",
    "context": "Context",
}
_OUTCOMES = {**{key: name for key, name in _STREET.items() if key not in {"crime_type", "outcome", "context"}}}
_SEARCHES = {
    "kind": "Type",
    "date": "Date",
    "in_operation": "Part of a policing operation",
    "operation": "Policing operation",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "gender": "Gender",
    "age_range": "Age range",
    "ethnicity_self_defined": "Self-defined ethnicity",
    "ethnicity_officer_defined": "Officer-defined ethnicity",
    "legislation": "Legislation",
    "search_object": "Object of search",
    "outcome": "Outcome",
    "outcome_linked": "Outcome linked to object of search",
    "outer_clothing_removed": "Removal of more than just outer clothing",
}


@dataclass(frozen=True)
class Publication:
    """The published files and what was planted in them.

    - `files`: text by path, such as `2023-01/2023-01-sample-street.csv`; also outcomes and stop-and-search.
    - `points`: the fixed list that incidents are moved to: `point, location, easting, northing, longitude, latitude`.
    - `repeated_id`: a Crime ID that stands twice in one month, at two points; the second row is beyond the incidents.
    - `shared_id`: a Crime ID that stands in two months; the second row is beyond the incidents.
    - `without_coordinates`: how many rows of the street files have no coordinates.
    """

    files: dict[str, str]
    points: pd.DataFrame
    repeated_id: str
    shared_id: str
    without_coordinates: int


def publish(town: Town) -> Publication:
    """Give the town's incidents, outcomes and searches as published files of text.

    Every incident is moved to the nearest of a fixed list of points, its day and hour are left out, and the rows of a
    month are ordered by area; 4 in 1,000 have no coordinates. Anti-social behaviour has no Crime ID.

    >>> from abate import sample
    >>> made = publish(sample.town(1))
    >>> made.files["2023-01/2023-01-sample-street.csv"].splitlines()[0][:27]
    'Crime ID,Month,Reported by,'
    """
    rng = np.random.default_rng([town.seed, 7])
    points = _points(town, rng)
    placed = _placed(town.incidents, points)
    blank = rng.random(len(placed)) < _WITHOUT_PLACE
    street = _without_place(placed, blank)
    repeat, shared = _planted(placed, blank, rng)
    by_id = street.dropna(subset=["crime_id"]).set_index("crime_id")
    where = by_id.loc[town.outcomes["crime_id"], ["longitude", "latitude", "location", "lsoa_code", "lsoa_name"]]
    outcomes = town.outcomes.assign(**{name: where[name].to_numpy() for name in where.columns})
    return Publication(
        files={
            **_files(pd.concat([_ordered(street), repeat, shared]), _STREET, town, "street"),
            **_files(outcomes, {**_OUTCOMES, "outcome": "Outcome type"}, town, "outcomes"),
            **_files(_searches(town.searches, points), _SEARCHES, town, "stop-and-search"),
        },
        points=points,
        repeated_id=str(repeat["crime_id"].iloc[0]),
        shared_id=str(shared["crime_id"].iloc[0]),
        without_coordinates=int(blank.sum()),
    )


def _points(town: Town, rng: np.random.Generator) -> pd.DataFrame:
    """Make the fixed list: the middle of most streets, and the landmarks."""
    kept = (rng.random(len(town.streets)) < _POINTS_KEPT) & (town.streets["kind"] != "motorway")
    middles = town.streets[kept]
    streets = pd.DataFrame(
        {"location": middles["name"], "easting": middles["middle_e"], "northing": middles["middle_n"]}
    )
    named = town.landmarks[town.landmarks["kind"] != "Public house"]
    landmarks = pd.DataFrame(
        {
            "location": named["kind"].replace(_LANDMARK_WORDS),
            "easting": named["easting"],
            "northing": named["northing"],
        }
    )
    every = pd.concat([streets, landmarks], ignore_index=True)
    longitude, latitude = degrees(every["easting"].to_numpy(), every["northing"].to_numpy())
    codes = areas_of(town.areas, every["easting"].to_numpy(), every["northing"].to_numpy())
    return every.assign(
        point=np.arange(1, len(every) + 1),
        location="On or near " + every["location"],
        longitude=longitude,
        latitude=latitude,
        lsoa_code=codes,
        lsoa_name=pd.Series(codes).map(town.areas.set_index("area_code")["name"]),
    )


def _placed(exact: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    from scipy.spatial import cKDTree

    _, nearest = cKDTree(points[["easting", "northing"]].to_numpy()).query(exact[["x", "y"]].to_numpy())
    moved = points.iloc[nearest]
    columns = ["longitude", "latitude", "location", "lsoa_code", "lsoa_name"]
    return exact.assign(**{name: moved[name].to_numpy() for name in columns})


def _without_place(placed: pd.DataFrame, blank: npt.NDArray[np.bool_]) -> pd.DataFrame:
    hidden = {name: placed[name].mask(blank) for name in ("longitude", "latitude", "lsoa_code", "lsoa_name")}
    return placed.assign(**hidden, location=placed["location"].mask(blank, "No Location"))


def _planted(
    placed: pd.DataFrame, blank: npt.NDArray[np.bool_], rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make a row that repeats a Crime ID within its month at another point, and one that repeats an ID months later."""
    early = placed[~blank & (placed["crime_type"] != ASB) & (placed["month"] <= "2024-12")]
    first, second = (early.iloc[[which]] for which in rng.choice(len(early), 2, replace=False))
    elsewhere = placed[~blank & (placed["location"] != first["location"].iloc[0])].iloc[[0]]
    columns = ["longitude", "latitude", "location", "lsoa_code", "lsoa_name"]
    repeat = first.assign(**{name: elsewhere[name].to_numpy() for name in columns})
    later = np.datetime64(second["month"].iloc[0], "M") + 5
    return repeat, second.assign(month=str(later))


def _ordered(street: pd.DataFrame) -> pd.DataFrame:
    return street.sort_values(["month", "lsoa_name", "crime_type", "crime_id", "location"], kind="stable")


def _searches(searches: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    placed = _placed(searches.assign(location=""), points)
    date = placed["time"].dt.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    return placed.assign(date=date, in_operation="False", outcome_linked=_words(placed["outcome_linked"]))


def _words(yes_no: Values) -> Values:
    return yes_no.map({True: "True", False: "False"})


def _files(frame: pd.DataFrame, columns: dict[str, str], town: Town, kind: str) -> dict[str, str]:
    """Write one text a month; coordinates with six places, as published."""
    months = frame["month"].to_numpy()
    written = frame[list(columns)].rename(columns=columns)
    for name in ("Longitude", "Latitude"):
        written[name] = [f"{value:.6f}" if value == value else "" for value in written[name]]  # noqa: PLR0124
    return {
        f"{month}/{month}-{words.FORCE}-{kind}.csv": written[months == month].to_csv(index=False, lineterminator="\n")
        for month in town.months
    }
