"""How many incidents each place saw, month by month and kind by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from abate.errors import TableError
from abate.tables import COUNTS, PLACED, POINTS, TALLIES

if TYPE_CHECKING:
    from collections.abc import Sequence

_POINT = ["x", "y", "crs"]


def locate(tallies: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    """Say in which place each tally lies; tallies that lie in none are left out.

    Gives `tables.PLACED`: the tallies with `place_id`, `easting` and `northing`. Raises `TableError` when a
    coordinate pair is not among the points, since an incident would vanish unseen; points without a place
    (outside, excluded, too far from a street) leave on purpose, and the caller counts them.

    >>> point = {"x": [1.0], "y": [2.0], "crs": ["EPSG:27700"]}
    >>> seen = pd.DataFrame(point | {"month": "2021-03", "crime_type": "Robbery", "location": None, "incidents": 2})
    >>> where = pd.DataFrame(point | {"easting": 1.0, "northing": 2.0, "place_id": "a", "distance_m": None})
    >>> locate(seen, where)[["place_id", "incidents"]].values.tolist()
    [['a', 2]]
    """
    TALLIES.check(tallies)
    POINTS.check(points)
    known = points[[*_POINT, "place_id", "easting", "northing"]].assign(known=True)
    placed = tallies.merge(known, on=_POINT, how="left", validate="many_to_one")
    lost = placed.loc[placed["known"].isna(), "incidents"]
    if len(lost):
        raise TableError(f"tallies: {len(lost):,} rows ({lost.sum():,} incidents) have coordinates that points lacks")
    return PLACED.check(placed[placed["place_id"].notna()].drop(columns="known").reset_index(drop=True))


def count(placed: pd.DataFrame, *, months: Sequence[str]) -> pd.DataFrame:
    """Count incidents by place and month.

    `months` are those that the lake really holds, as YYYY-MM: a month among them with no row saw nothing, any other
    month is missing and stays missing. Gives `tables.COUNTS`, in order of place and month, without rows for 0.
    Raises `TableError` when an incident lies in a month that is not held.

    >>> columns = {"place_id": ["b", "a", "a"], "month": ["2021-03", "2021-04", "2021-04"], "incidents": [1, 2, 3]}
    >>> count(pd.DataFrame(columns), months=["2021-03", "2021-04"])[["place_id", "incidents"]].values.tolist()
    [['a', 5], ['b', 1]]
    """
    _refuse_missing_months(placed, months)
    summed = placed.groupby(["place_id", "month"], as_index=False).agg(incidents=("incidents", "sum"))
    began = pd.to_datetime(summed["month"].astype("str") + "-01").astype("datetime64[s]")
    counted = summed.assign(period=began)[["place_id", "period", "incidents"]]
    return COUNTS.check(counted.sort_values(["place_id", "period"], ignore_index=True))


def count_kinds(placed: pd.DataFrame) -> pd.DataFrame:
    """Count incidents by place and kind of crime: `place_id`, `crime_type`, `incidents`, commonest kind first.

    >>> columns = {"place_id": ["a", "a"], "crime_type": ["Drugs", "Robbery"], "incidents": [1, 2]}
    >>> count_kinds(pd.DataFrame(columns)).values.tolist()
    [['a', 'Robbery', 2], ['a', 'Drugs', 1]]
    """
    kinds = placed.groupby(["place_id", "crime_type"], as_index=False).agg(incidents=("incidents", "sum"))
    order = ["place_id", "incidents", "crime_type"]
    return kinds.sort_values(order, ascending=[True, False, True], ignore_index=True)


def _refuse_missing_months(placed: pd.DataFrame, months: Sequence[str]) -> None:
    stray = placed.loc[~placed["month"].isin(list(months)), ["month", "incidents"]]
    if len(stray):
        worst = ", ".join(f"{month} ({n:,})" for month, n in stray.groupby("month")["incidents"].sum().items())
        raise TableError(f"placed: incidents lie in months that the lake is said not to hold: {worst}")
