"""Where each point of a record lies: the files of places read, the points converted, every point given its place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from abate.errors import LakeError, OptionError

if TYPE_CHECKING:
    import pandas as pd

    from abate.places.assignment import Assignment
    from abate.space.projections import Converted


@dataclass(frozen=True)
class Wanted:
    """Which places are wanted, as written at the prompt: the kind, the grid's origin, the files, the system.

    `place` is such as `hex:150`; `origin` is `E,N`; `crs` None is the system that suits the points; `snap_limit_m` is
    the farthest that a point may lie from its street, in metres.
    """

    place: str = "hex:150"
    origin: str | None = None
    within: Path | None = None
    boundaries: Path | None = None
    exclude: Path | None = None
    crs: str | None = None
    snap_limit_m: float = 100.0


@dataclass(frozen=True)
class Placing:
    """Points put in places: the analysis system `crs` and its `unit_m`, how points were converted, and the answer.

    `areas` is the table of areas where the places are areas that were read from a file, else None.
    """

    crs: str
    unit_m: float
    converted: Converted
    areas: pd.DataFrame | None
    assigned: Assignment


def put(tallies: pd.DataFrame, wanted: Wanted) -> Placing:
    """Give every distinct point of some tallies (columns `x`, `y`, `crs`) its place.

    Raises `AbateError` when a file, the system or the kind of place will not do.
    """
    from abate.places import assignment, specs
    from abate.space import projections

    spec = specs.read(wanted.place, origin=wanted.origin)
    points = tallies[["x", "y", "crs"]].drop_duplicates(ignore_index=True)
    source = one_system(points)
    crs = wanted.crs or projections.analysis_crs(source, points["x"], points["y"])
    converted = projections.convert(points["x"], points["y"], source=source, target=crs)
    areas = _areas(wanted, spec.kind, spec.file, crs)
    unit_m = projections.unit_m(crs)
    assigned = assignment.assign(
        points.assign(easting=converted.easting, northing=converted.northing),
        spec,
        unit_m=unit_m,
        areas=areas,
        segments=_segments(spec.kind, spec.file, crs),
        within=polygons(wanted.within, crs),
        exclude=polygons(wanted.exclude, crs),
        limit_m=wanted.snap_limit_m,
    )
    return Placing(crs, unit_m, converted, areas, assigned)


def one_system(points: pd.DataFrame) -> str:
    """Give the coordinate system of points; raise `LakeError` when they are in several."""
    systems = sorted(points["crs"].unique())
    if len(systems) > 1:
        raise LakeError(f"the incidents are in several coordinate systems ({', '.join(systems)}): load them in one")
    return str(systems[0])


def polygons(path: Path | None, crs: str) -> pd.DataFrame | None:
    """Read a polygon file (`tables.AREAS`); None without one."""
    from abate.sources import boundaries

    return None if path is None else boundaries.read(path, crs=crs)


def labels(named: pd.DataFrame, areas: pd.DataFrame | None, crs: str) -> pd.DataFrame:
    """Name the districts from the record; where it has no names of small areas, from those of the boundary file."""
    from abate.places import labels as naming
    from abate.space import projections

    if len(named):
        converted = projections.convert(named["x"], named["y"], source=one_system(named), target=crs)
        return naming.label(named.assign(easting=converted.easting, northing=converted.northing))
    return naming.label(naming.middles(areas))


def _areas(wanted: Wanted, kind: str, file: str | None, crs: str) -> pd.DataFrame | None:
    if kind not in ("lsoa", "area"):
        return None
    path = Path(file) if file else wanted.boundaries
    if path is None:
        raise OptionError("--place lsoa needs the outlines of the areas: add --boundaries FILE, or write lsoa:FILE")
    return polygons(path, crs)


def _segments(kind: str, file: str | None, crs: str) -> pd.DataFrame | None:
    from abate.sources import streets

    return streets.read(Path(file), crs=crs) if kind == "street" and file else None
