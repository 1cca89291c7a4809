"""A small town of square blocks for tests of walks: streets with names, a footpath, a motorway, a private drive."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from abate.tables.outlines import SEGMENTS


def segments(*, side: float = 100.0, blocks: int = 4, named: bool = True) -> pd.DataFrame:
    """Streets 1 to 5 run east, Avenues A to E north; a footpath crosses the first block, a motorway runs beyond."""
    rows = []
    for line in range(blocks + 1):
        for step in range(blocks):
            low, high = step * side, (step + 1) * side
            across = [(low, line * side), (high, line * side)]
            up = [(line * side, low), (line * side, high)]
            rows += [(f"s{line}{step}", f"Street {line + 1}", "residential", across)]
            rows += [(f"a{line}{step}", f"Avenue {'ABCDE'[line]}", "tertiary", up)]
    rows += [("path", None, "footway", [(0, 0), (side, side)])]
    rows += [("way", "M1", "motorway", [(0, 0), (side, 0.1)])]
    rows += [("drive", "The Drive", "service", [(side, side), (2 * side, 2 * side)])]
    shapes = np.array([shapely.LineString(corners) for *_, corners in rows], dtype=object)
    frame = pd.DataFrame(
        {
            "segment_id": [row[0] for row in rows],
            "name": pd.Series([row[1] if named else None for row in rows], dtype="str"),
            "kind": [row[2] for row in rows],
            "length_m": shapely.length(shapes),
            "motorway": [row[2] == "motorway" for row in rows],
            "private": [row[0] == "drive" for row in rows],
        }
    ).assign(shape=shapes)
    return SEGMENTS.check(frame)


def sites(*outlines: shapely.Geometry | tuple[float, float], **columns: list[float | None]) -> pd.DataFrame:
    """Sites S1, S2, ... with an outline, or with a middle alone."""
    rows = []
    for number, outline in enumerate(outlines, 1):
        point = shapely.Point(outline) if isinstance(outline, tuple) else outline.centroid
        shape = None if isinstance(outline, tuple) else outline
        rows.append(
            {
                "site_id": f"S{number}",
                "name": f"Site {number}",
                "easting": point.x,
                "northing": point.y,
                "shape": shape,
                "area": None,
                "expected": None,
                "expected_harm": None,
            }
        )
    return pd.DataFrame(rows).assign(**columns)
