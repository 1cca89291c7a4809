"""The sample town's geography as GeoJSON text, in longitude and latitude, for the readers of real files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.sample.degrees import degrees

if TYPE_CHECKING:
    from collections.abc import Iterable

    from abate.sample.towns import Town

_PLACES = 7
_EXCLUDED_M = 80.0


def areas(town: Town) -> str:
    """Write the small areas as polygons with `lsoa21_code`, `lsoa21_name`, `town` and `residents`."""
    rows = town.areas[["area_code", "name", "town", "residents", "outline"]].itertuples(index=False)
    return _collection(
        _feature("Polygon", [_ring(outline)], lsoa21_code=code, lsoa21_name=name, town=where, residents=int(residents))
        for code, name, where, residents, outline in rows
    )


def streets(town: Town) -> str:
    """Write the streets as lines with `osm_id`, `segment_id`, `fclass`, `name` and `access`, as extracts of maps do.

    Streets that meet share a point to the last digit.
    """
    ends = town.streets[["from_e", "from_n", "middle_e", "middle_n", "to_e", "to_n"]].to_numpy().reshape(-1, 2)
    longitude, latitude = degrees(ends[:, 0], ends[:, 1], places=_PLACES)
    lines = np.stack([longitude, latitude], axis=1).reshape(-1, 3, 2).tolist()
    rows = town.streets[["segment_id", "kind", "name"]].itertuples(index=False)
    return _collection(
        _feature(
            *("LineString", line),
            osm_id=int(segment[1:]),
            segment_id=segment,
            fclass=kind,
            name=name,
            access="private" if kind == "service" else None,
        )
        for (segment, kind, name), line in zip(rows, lines, strict=True)
    )


def exclusions(town: Town) -> str:
    """Write a circle of 80 m round each place whose point stands in for others: hospital, prison, police station."""
    turns = np.linspace(0, 2 * np.pi, 25)
    rows = town.landmarks.loc[town.landmarks["stand_in"], ["name", "kind", "easting", "northing"]]
    features = []
    for name, kind, easting, northing in rows.itertuples(index=False):
        circle = zip(
            easting + _EXCLUDED_M * np.cos(turns[:-1]), northing + _EXCLUDED_M * np.sin(turns[:-1]), strict=True
        )
        ring = list(circle)
        features.append(_feature("Polygon", [_ring([*ring, ring[0]])], name=name, kind=kind))
    return _collection(features)


def landmarks(town: Town) -> str:
    """Write the landmarks as points with `name` and `kind`."""
    known = town.landmarks
    longitude, latitude = degrees(known["easting"].to_numpy(), known["northing"].to_numpy(), places=_PLACES)
    return _collection(
        _feature("Point", [float(east), float(north)], name=name, kind=kind)
        for name, kind, east, north in zip(known["name"], known["kind"], longitude, latitude, strict=True)
    )


def _ring(outline: Iterable[tuple[float, float]]) -> list[list[float]]:
    corners = np.asarray(list(outline), dtype=float)
    longitude, latitude = degrees(corners[:, 0], corners[:, 1], places=_PLACES)
    ring = np.stack([longitude, latitude], axis=1)
    turns_left = float(np.sum(ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1])) > 0
    return list((ring if turns_left else ring[::-1]).tolist())


def _feature(geometry: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": geometry, "coordinates": coordinates}}


def _collection(features: Iterable[dict[str, Any]]) -> str:
    listed = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    return f'{{"type": "FeatureCollection", "features": [\n{listed}\n]}}\n'
