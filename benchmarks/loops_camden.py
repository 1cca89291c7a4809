"""Walking loops in Camden: 20 sites of 150 by 150 m, three loops each, on 762 km of streets and real incidents.

The sites are the 150 m squares with most violence, robbery and weapons of the London ward extract. There is no open
peer for the work; the measure is the seconds for a loop and the gap to the proven bound.

Run: python benchmarks/loops_camden.py
"""

from __future__ import annotations

import time

import measuring
import numpy as np
import pandas as pd
import shapely

from abate.patrols import expectations, loops, walkable
from abate.sources import streets
from abate.space import projections

BNG = "EPSG:27700"
KINDS = ("violent-crime", "robbery", "possession-of-weapons")
SIDE, MONTHS, SITES = 150, 29, 20


def events() -> pd.DataFrame:
    name = "data/police-street-wards/london-10-boroughs-street-crime-by-ward-2016-01-to-2018-06.csv.gz"
    rows = pd.read_csv(measuring.SHARED / name, usecols=["borough", "category", "latitude", "longitude"])
    rows = rows[(rows["borough"] == "Camden") & rows["category"].isin(KINDS)]
    placed = projections.convert(rows["longitude"], rows["latitude"], source="EPSG:4326", target=BNG)
    return pd.DataFrame({"easting": placed.easting, "northing": placed.northing, "weight": 1 / MONTHS})


def squares(happened: pd.DataFrame) -> pd.DataFrame:
    cells = (happened[["easting", "northing"]] // SIDE).astype(int).value_counts().reset_index(name="incidents")
    top = cells.sort_values(["incidents", "easting", "northing"], ascending=[False, True, True]).head(SITES)
    corners = top[["easting", "northing"]].to_numpy() * SIDE
    return pd.DataFrame(
        {
            "site_id": [f"S{place:02d}" for place in range(1, SITES + 1)],
            "name": [f"Site {place}" for place in range(1, SITES + 1)],
            "easting": corners[:, 0] + SIDE / 2,
            "northing": corners[:, 1] + SIDE / 2,
            "shape": [shapely.box(x, y, x + SIDE, y + SIDE) for x, y in corners],
        }
    )


def main() -> None:
    happened = events()
    sites = squares(happened)
    ground = walkable.network(streets.read(measuring.SHARED / "data/streets/osm-camden-highways.geojson.gz", crs=BNG))
    points = expectations.place(ground, happened, limit_m=100, unit_m=1)
    loops.draw(ground, sites.head(1), points, loops.Rules(loops=1))
    began = time.perf_counter()
    found = loops.draw(ground, sites, points, loops.Rules()).loops
    seconds = time.perf_counter() - began
    gap, proven = found["gap"].to_numpy(), int(found["proven"].sum())
    first = found[found["loop"] == 1]
    repeated = found.loc[found["loop"] > 1, "repeated"].to_numpy()
    summary = [
        measuring.row(
            f"walking loops, {SITES} sites x 3, Camden ({ground.graph.length.sum() / 1000:.0f} km)",
            "none open",
            f"{seconds / len(found):.2f} s a loop; mean gap {gap.mean():.1%} (most {gap.max():.1%}), {proven} proven; "
            f"the first passes {first['share'].mean():.0%}",
            "",
            "",
            "1 s a loop, mean gap under 10%",
        )
    ]
    figures = {
        "seconds": round(seconds, 2),
        "gap by loop": found.groupby("loop")["gap"].mean().round(4).tolist(),
        "largest gap": round(float(gap.max()), 4),
        "proven": proven,
        "share passed by loop": found.groupby("loop")["share"].mean().round(4).tolist(),
        "shared with an earlier loop": round(float(np.mean(repeated)), 4),
        "inside the site": round(float(found["inside"].mean()), 4),
    }
    measuring.keep("loops_camden", {**figures, "summary": summary})


if __name__ == "__main__":
    main()
