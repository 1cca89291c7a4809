from __future__ import annotations

import gzip
import json
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import shapely

from abate import tables
from abate.errors import SourceError
from abate.sources import boundaries, geojson

if TYPE_CHECKING:
    from pathlib import Path

BNG = "EPSG:27700"


def square(east: float, north: float = 180_000, side: float = 100) -> dict[str, Any]:
    return shapely.geometry.mapping(shapely.box(east, north, east + side, north + side))


def write(path: Path, *features: tuple[dict[str, Any], dict[str, Any]], crs: str | None = BNG) -> Path:
    document: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": p, "geometry": g} for p, g in features],
    }
    if crs:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "rows", "mended", "kind"),
    [
        ("lsoa2011-essex", 1077, 1, "2011 LSOA"),
        ("lsoa2011-bedfordshire", 381, 1, "2011 LSOA"),
        ("lsoa2011-merseyside", 910, 4, "2011 LSOA"),
        ("lsoa2011-cleveland", 352, 3, "2011 LSOA"),
        ("lsoa2011-humberside", 583, 3, "2011 LSOA"),
        ("police-force-areas-2020-generalised", 43, 0, "2020 police force area"),
        ("local-authority-districts-2021-ultra-generalised", 331, 0, "2021 local authority district"),
    ],
)
def test_published_boundaries(shared, name: str, rows: int, mended: int, kind: str) -> None:
    found = boundaries.read(shared(f"boundaries/{name}.geojson.gz"), crs=BNG)
    assert (len(found), found["mended"].sum(), found["area_type"].unique().tolist()) == (rows, mended, [kind])
    shapes = found["shape"].to_numpy()
    assert shapely.is_valid(shapes).all()
    assert found["place_id"].is_monotonic_increasing
    assert found["name"].notna().all()


def test_england_and_wales_are_as_large_as_they_are(shared) -> None:
    """151,000 km2 of land (Office for National Statistics, standard area measurements)."""
    found = boundaries.read(shared("boundaries/police-force-areas-2020-generalised.geojson.gz"), crs=BNG)
    assert shapely.area(found["shape"].to_numpy()).sum() / 1e6 == pytest.approx(151_000, rel=0.02)


def test_the_finest_official_code_and_its_own_name_are_taken(tmp_path: Path) -> None:
    row = {"OBJECTID": 1, "LAD21CD": "E06000033", "LAD21NM": "Southend", "lsoa21cd": "E01000001", "lsoa21nm": "001A"}
    found = boundaries.read(write(tmp_path / "f.geojson", (row, square(0))), crs=BNG)
    assert found[["place_id", "name", "area_type"]].to_numpy().tolist() == [["E01000001", "001A", "2021 LSOA"]]
    chosen = boundaries.read(write(tmp_path / "f.geojson", (row, square(0))), crs=BNG, code="LAD21CD")
    assert chosen[["place_id", "name", "area_type"]].to_numpy().tolist() == [
        ["E06000033", "Southend", "2021 local authority district"]
    ]


def test_other_codes_are_taken_only_when_they_tell_the_areas_apart(tmp_path: Path) -> None:
    apart = write(tmp_path / "a.geojson", ({"id": 2, "Name": "B"}, square(0)), ({"id": 1, "Name": "A"}, square(100)))
    assert boundaries.read(apart, crs=BNG)[["place_id", "name"]].to_numpy().tolist() == [["1", "A"], ["2", "B"]]
    alike = write(tmp_path / "b.geojson", ({"id": 1}, square(0)), ({"id": 1}, square(100)))
    found = boundaries.read(alike, crs=BNG)
    assert found["place_id"].tolist() == ["area_1", "area_2"]
    assert found["name"].isna().all()
    assert found["area_type"].isna().all()


def test_codes_that_repeat_or_are_blank_are_all_named(tmp_path: Path) -> None:
    rows = [({"pfa20_code": code}, square(100 * n)) for n, code in enumerate(["E1", "E2", "E1", None, " "])]
    with pytest.raises(SourceError) as fault:
        boundaries.read(write(tmp_path / "f.geojson", *rows), crs=BNG)
    assert fault.value.faults == (
        "f.geojson, feature 3: pfa20_code E1 stands at feature 1 already; one feature an area would be right",
        "f.geojson, feature 4: 'pfa20_code' is blank, where each area's code would be",
        "f.geojson, feature 5: 'pfa20_code' is blank, where each area's code would be",
    )
    with pytest.raises(SourceError, match=r"there is no column 'pfa20_cod'\. Did you mean 'pfa20_code'"):
        boundaries.read(tmp_path / "f.geojson", crs=BNG, code="pfa20_cod")


def test_self_touching_outlines_are_mended_and_nothing_else_is(tmp_path: Path) -> None:
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]}
    found = boundaries.read(write(tmp_path / "f.geojson", ({"id": 1}, bow), ({"id": 2}, square(10))), crs=BNG)
    assert found["mended"].tolist() == [True, False]
    assert found["shape"].iloc[0].area == 2.0
    flat = {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [1, 1], [0, 0]]]}
    with pytest.raises(SourceError, match="feature 1 has no area"):
        boundaries.read(write(tmp_path / "g.geojson", ({"id": 1}, flat)), crs=BNG)


def test_the_kind_of_file_is_told_by_its_content(tmp_path: Path) -> None:
    plain = write(tmp_path / "f.geojson", ({"code": "x"}, square(0)))
    packed = tmp_path / "areas.dat"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    marked = tmp_path / "marked.json"
    marked.write_bytes(b"\xef\xbb\xbf" + plain.read_bytes())
    for path in (plain, packed, marked):
        assert boundaries.read(path, crs=BNG)["place_id"].tolist() == ["x"]


@pytest.fixture
def frame() -> Any:
    import geopandas

    shapes = [
        shapely.box(100, 0, 200, 100),
        shapely.from_wkt("MULTIPOLYGON (((0 0, 9 0, 9 9, 0 0)), ((50 0, 60 0, 60 9, 50 0)))"),
    ]
    return geopandas.GeoDataFrame({"LSOA11CD": ["E2", "E1"], "LSOA11NM": ["b", "a"]}, geometry=shapes, crs=BNG)


def test_geopackage_and_shapefile_give_what_geojson_gives(tmp_path: Path, frame: Any) -> None:
    frame.to_file(tmp_path / "f.gpkg")
    frame.to_file(tmp_path / "f.shp")
    frame.to_file(tmp_path / "f.geojson")
    with zipfile.ZipFile(tmp_path / "shape.zip", "w") as bundle:
        for part in tmp_path.glob("f.[sdpc][hbrp]*"):
            if part.suffix != ".gpkg":
                bundle.write(part, f"inner/{part.name}")
    with zipfile.ZipFile(tmp_path / "package.zip", "w") as bundle:
        bundle.write(tmp_path / "f.gpkg", "f.gpkg")
    expected = boundaries.read(tmp_path / "f.geojson", crs=BNG)
    assert expected["place_id"].tolist() == ["E1", "E2"]
    for name in ("f.gpkg", "f.shp", "shape.zip", "package.zip"):
        found = boundaries.read(tmp_path / name, crs=BNG)
        pd.testing.assert_frame_equal(found.drop(columns="shape"), expected.drop(columns="shape"))
        assert shapely.equals(found["shape"].to_numpy(), expected["shape"].to_numpy()).all(), name


def test_files_through_gdal_that_will_not_do(tmp_path: Path, frame: Any) -> None:
    frame.to_file(tmp_path / "nowhere.shp")
    (tmp_path / "nowhere.prj").unlink()
    with pytest.raises(SourceError, match=r"nowhere\.shp: states no coordinate system"):
        boundaries.read(tmp_path / "nowhere.shp", crs=BNG)
    frame.boundary.to_file(tmp_path / "lines.gpkg")
    with pytest.raises(SourceError, match=r"lines\.gpkg: no layer of polygons, only"):
        boundaries.read(tmp_path / "lines.gpkg", crs=BNG)
    frame.to_file(tmp_path / "two.gpkg", layer="one")
    frame.to_file(tmp_path / "two.gpkg", layer="other")
    with pytest.raises(SourceError, match=r"2 layers of polygons \(one, other\), where one would be right"):
        boundaries.read(tmp_path / "two.gpkg", crs=BNG)
    whole = (tmp_path / "two.gpkg").read_bytes()
    (tmp_path / "cut.gpkg").write_bytes(whole[:60])
    with pytest.raises(SourceError, match=r"cut\.gpkg: cannot be read"):
        boundaries.read(tmp_path / "cut.gpkg", crs=BNG)


def test_limits_are_kept_through_gdal_too(tmp_path: Path, frame: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    frame.to_file(tmp_path / "f.gpkg")
    with monkeypatch.context() as patch:
        patch.setattr(geojson, "MOST_CORNERS", 12)
        with pytest.raises(SourceError, match="13 corners, more than 12"):
            boundaries.read(tmp_path / "f.gpkg", crs=BNG)
    monkeypatch.setattr(geojson, "MOST_BYTES", 1000)
    with pytest.raises(SourceError, match="bytes, more than 1,000"):
        boundaries.read(tmp_path / "f.gpkg", crs=BNG)


def test_zips_that_will_not_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def bundle(name: str, **members: bytes) -> Path:
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as out:
            for member, content in members.items():
                out.writestr(member, content)
        return tmp_path / name

    with pytest.raises(
        SourceError, match=r"none\.zip: one shapefile or GeoPackage in the zip would be right, there is none"
    ):
        boundaries.read(bundle("none.zip", **{"readme.txt": b"x"}), crs=BNG)
    with pytest.raises(SourceError, match=r"there is 2 \(a.shp, b.shp\)"):
        boundaries.read(bundle("two.zip", **{"a.shp": b"x", "b.shp": b"x"}), crs=BNG)
    with pytest.raises(SourceError, match="points out of the zip"):
        boundaries.read(bundle("out.zip", **{"../a.shp": b"x"}), crs=BNG)
    with pytest.raises(SourceError, match="that is not a boundary file"):
        boundaries.read(bundle("bomb.zip", **{"a.shp": b"\0" * 20_000_000}), crs=BNG)
    whole = bundle("cut.zip", **{"a.shp": b"x" * 5000}).read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[:-30])
    with pytest.raises(SourceError, match=r"cut\.zip: the zip file is cut off or damaged"):
        boundaries.read(tmp_path / "cut.zip", crs=BNG)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "f: empty, where GeoJSON"),
        (b"<!doctype html><p>404", "f: a page or XML, where GeoJSON"),
        (b"Crime ID,Month\n", "f: something else, where GeoJSON"),
        (b'{"type": "FeatureCollection"', "f: not JSON, line 1"),
    ],
)
def test_what_is_no_boundary_file_is_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "f").write_bytes(content)
    with pytest.raises(SourceError) as fault:
        boundaries.read(tmp_path / "f", crs=BNG)
    assert sentence in str(fault.value)


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no such file"):
        boundaries.read(tmp_path / "none.geojson", crs=BNG)
    with pytest.raises(SourceError, match="a folder, where a boundary file would be right"):
        boundaries.read(tmp_path, crs=BNG)


def test_the_stated_system_can_be_overruled(tmp_path: Path) -> None:
    path = write(tmp_path / "f.geojson", ({"id": 1}, square(530_000)), crs=None)
    with pytest.raises(SourceError, match="is not a longitude and latitude"):
        boundaries.read(path, crs=BNG)
    assert boundaries.read(path, crs=BNG, source_crs=BNG)["shape"].iloc[0].bounds[0] == 530_000


def test_numbers_as_codes_are_written_without_a_point() -> None:
    features = geojson.Features("f", ({"code": 12.0}, {"code": 3}), (None, None), None)
    shapes = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], dtype=object)
    found = boundaries.table(features, shapes)
    assert found["place_id"].tolist() == ["12", "3"]
    assert tables.AREAS.check(found) is found


def test_a_zip_of_a_kind_that_is_not_known_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("a.shp", b"x")
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 6] = 255
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"a\.zip: the zip file is cut off or damaged"):
        boundaries.read(path, crs="EPSG:27700")
