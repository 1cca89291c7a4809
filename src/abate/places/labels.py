"""Names to write on a map: the districts that the small areas of the record belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    Reals = pd.Series[float]
    Wholes = pd.Series[int]

_AREA_CODE = r"\s+\d{3}[A-Z]{1,2}$"
_WORTH_NAMING = 0.01


def name_points(incidents: Any) -> Any:
    """Count the located incidents by point and small area: an Ibis expression in, one out, in a total order.

    The columns are `x`, `y`, `crs`, `lsoa_name` and `incidents`. The same expression runs on DuckDB and on Spark.
    """
    keys = ["x", "y", "crs", "lsoa_name"]
    located = incidents.filter(incidents.x.notnull() & incidents.lsoa_name.notnull())
    return located.group_by(keys).agg(incidents=lambda rows: rows.count()).order_by(keys)


def middles(areas: pd.DataFrame | None) -> pd.DataFrame:
    """Give the middle of every named area (`tables.AREAS`), as `label` reads it: each counts as one incident."""
    if areas is None:
        return pd.DataFrame({"easting": [], "northing": [], "lsoa_name": [], "incidents": []})
    import shapely

    centres = shapely.centroid(areas["shape"].to_numpy())
    return pd.DataFrame(
        {
            "easting": shapely.get_x(centres),
            "northing": shapely.get_y(centres),
            "lsoa_name": areas["name"].to_numpy(),
            "incidents": 1,
        }
    )


def label(named: pd.DataFrame, *, most: int = 40) -> pd.DataFrame:
    """Give each district a name and the middle of its incidents, busiest first.

    `named` has a row a point: `easting`, `northing`, `lsoa_name` and `incidents`. The name of a Lower layer Super
    Output Area is that of its local authority followed by a code (Office for National Statistics), so the name
    without the code is the district's. The middle is the median of the points, weighted by their incidents: it lies
    in the town rather than in its fields. Gives `name`, `easting`, `northing` for at most `most`
    districts, each with at least one incident in a hundred: the others lie beyond the border.

    >>> points = {"easting": [0.0, 10.0, 99.0], "northing": [0.0, 0.0, 0.0], "incidents": [1, 5, 1]}
    >>> label(pd.DataFrame({**points, "lsoa_name": ["Luton 001A", "Luton 012C", "Bedford 003B"]}))["name"].tolist()
    ['Luton', 'Bedford']
    """
    known = named.dropna(subset=["lsoa_name", "easting", "northing"])
    district = known["lsoa_name"].astype("str").str.replace(_AREA_CODE, "", regex=True)
    rows = [
        {
            "name": name,
            "incidents": int(points["incidents"].sum()),
            "easting": _middle(points["easting"], points["incidents"]),
            "northing": _middle(points["northing"], points["incidents"]),
        }
        for name, points in known.assign(name=district).groupby("name", sort=True)
    ]
    if not rows:
        return pd.DataFrame({"name": pd.Series(dtype="str"), "easting": [], "northing": []})
    listed = pd.DataFrame(rows).sort_values(["incidents", "name"], ascending=[False, True], ignore_index=True)
    enough = listed["incidents"] >= listed["incidents"].sum() * _WORTH_NAMING
    return listed.loc[enough, ["name", "easting", "northing"]].head(most)


def _middle(values: Reals, weights: Wholes) -> float:
    ordered = values.to_numpy(dtype=np.float64).argsort(kind="stable")
    upto = weights.to_numpy()[ordered].cumsum()
    return float(values.to_numpy()[ordered][np.searchsorted(upto, upto[-1] / 2)])
