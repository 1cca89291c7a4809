from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pyogrio
import pytest
import shapely

from abate.errors import SourceError
from abate.sources import open_roads, streets

if TYPE_CHECKING:
    from pathlib import Path

BNG = "EPSG:27700"
LINES = [[(0, 0), (100, 0)], [(100, 0), (100, 80)], [(100, 0), (300, 0)]]


def write(path: Path, *, layer: str, columns: dict[str, list[str | None]], driver: str) -> Path:
    moved = [[(529_000 + x, 183_000 + y) for x, y in line] for line in LINES]
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(np.array([shapely.LineString(line) for line in moved], dtype=object)),
        field_data=[np.array(values, dtype=object) for values in columns.values()],
        fields=list(columns),
        layer=layer,
        driver=driver,
        geometry_type="LineString",
        crs=BNG,
    )
    return path


@pytest.fixture
def package(tmp_path: Path) -> Path:
    columns: dict[str, list[str | None]] = {
        "id": ["a", "b", "c"],
        "road_classification": ["Unclassified", "A Road", "Motorway"],
        "road_function": ["Local Road", "A Road", "Motorway"],
        "form_of_way": ["Single Carriageway", "Dual Carriageway", "Slip Road"],
        "name_1": ["Mill Lane", None, None],
    }
    return write(tmp_path / "roads.gpkg", layer="road_link", columns=columns, driver="GPKG")


def test_a_geopackage_becomes_segments(package: Path) -> None:
    found = streets.read(package, crs=BNG)
    assert found[["segment_id", "kind", "length_m", "motorway"]].to_numpy().tolist() == [
        ["a_0", "Local Road", 100.0, False],
        ["b_0", "A Road", 80.0, False],
        ["c_0", "motorway_link", 200.0, True],
    ]
    assert found["name"].fillna("").tolist() == ["Mill Lane", "", ""]


def test_a_zipped_shapefile_with_its_own_column_names_reads_alike(tmp_path: Path, package: Path) -> None:
    columns: dict[str, list[str | None]] = {
        "identifier": ["a", "b", "c"],
        "class": ["Unclassified", "A Road", "Motorway"],
        "function": ["Local Road", "A Road", "Motorway"],
        "formOfWay": ["Single Carriageway", "Dual Carriageway", "Slip Road"],
        "name1": ["Mill Lane", "", ""],
    }
    write(tmp_path / "TQ_RoadLink.shp", layer="TQ_RoadLink", columns=columns, driver="ESRI Shapefile")
    zipped = tmp_path / "oproad.zip"
    with zipfile.ZipFile(zipped, "w") as out:
        for part in tmp_path.glob("TQ_RoadLink.*"):
            out.write(part, f"data/{part.name}")
    wanted = streets.read(package, crs=BNG)
    for path in (zipped, tmp_path / "TQ_RoadLink.shp"):
        found = streets.read(path, crs=BNG)
        assert found.drop(columns="shape").equals(wanted.drop(columns="shape"))


def test_what_is_no_street_file_is_said(tmp_path: Path, package: Path) -> None:
    cut = tmp_path / "cut.zip"
    cut.write_bytes(b"PK\x03\x04 and nothing")
    with pytest.raises(SourceError, match="cut off or damaged"):
        streets.read(cut, crs=BNG)
    empty = tmp_path / "empty.zip"
    with zipfile.ZipFile(empty, "w") as out:
        out.writestr("readme.txt", "x" * 70)
    with pytest.raises(SourceError, match="one GeoPackage or shapefile of road links in the zip would be right: none"):
        streets.read(empty, crs=BNG)
    broken = tmp_path / "broken.gpkg"
    broken.write_bytes(package.read_bytes()[:3000])
    with pytest.raises(SourceError, match=r"broken\.gpkg"):
        streets.read(broken, crs=BNG)


def test_a_guided_busway_is_told_as_one() -> None:
    told = open_roads._told({"form_of_way": "Guided Busway", "road_function": "Local Road"})
    assert told["highway"] == "guided busway"
