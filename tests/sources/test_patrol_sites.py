"""Sites to patrol: read from CSV and outlines, refused with every fault at once."""

from __future__ import annotations

import hashlib
import json

import pytest

from abate.errors import SourceError
from abate.sources import patrol_sites

HEAD = "site_id,name,longitude,latitude\n"
LUTON = "H01,High Street,-0.4170,51.8790\nH02,Park Square,-0.4110,51.8780\n"


def faults(text: str, **options) -> tuple[str, ...]:
    with pytest.raises(SourceError) as caught:
        patrol_sites.parse(text, name="SITES.csv", **options)
    return caught.value.faults


def test_a_csv_file_is_read_with_its_hash(tmp_path):
    path = tmp_path / "SITES.csv"
    path.write_text(HEAD + LUTON, encoding="utf-8-sig")
    found = patrol_sites.read(path)
    assert found.sites["site_id"].tolist() == ["H01", "H02"]
    assert found.sites["easting"].round(-2).tolist() == [509100.0, 509500.0]
    assert found.sites["shape"].isna().all()
    assert found.sites["area"].isna().all()
    assert (found.crs, found.name, found.version) == ("EPSG:27700", "SITES.csv", 0)
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_metres_areas_pairs_and_expectations_are_taken_too():
    text = "name,SITE_ID,easting,northing,area,pair,expected,expected_harm,reasons\nA,1,509000,221000,N,p1,3.5,,pubs\n"
    sites, crs = patrol_sites.parse(text, name="SITES.csv")
    assert sites[["site_id", "easting", "area", "pair", "expected", "reasons"]].to_numpy().tolist() == [
        ["1", 509000.0, "N", "p1", 3.5, "pubs"]
    ]
    assert sites["expected_harm"].isna().all()
    assert crs == "EPSG:27700"
    assert patrol_sites.parse(text, name="SITES.csv", crs="EPSG:2263")[1] == "EPSG:2263"


def test_every_fault_is_told_at_once():
    told = faults(
        HEAD
        + "H01,High Street,-0.41,51.87\nH01,Park,-0.41,51.88\n,Square,-0.41,51.88\nH04,,51.88,-0.41\n"
        + "H05,Far,2.35,48.85\nH06,Word,west,\n=H07,Sum,-0.41,51.88\n"
    )
    assert [fault.split(": ", 1)[0] for fault in told] == [f"SITES.csv, row {row}" for row in (2, 3, 4, 7, 6, 6, 4, 5)]
    text = "\n".join(told)
    for words in (
        "site_id 'H01' stands at row 1 already",
        "site_id is blank",
        "name is blank",
        "longitude is 'west'; a number (decimal degrees such as 0.7123) would be right",
        "latitude is blank",
        "longitude 51.88, latitude -0.41 look swapped",
        "longitude 2.35, latitude 48.85 lie outside the United Kingdom",
        "site_id is '=H07'",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "SITES.csv: is empty"),
        (" \n\n", "SITES.csv: is empty"),
        (HEAD, "has a header and no sites"),
        ("site,name,longitude,lat\n1,a,0,52\n", "there is no column 'site_id'. Did you mean 'site'?"),
        ("site,name,longitude,lat\n1,a,0,52\n", "there is no column 'latitude'"),
        ("site_id,name,easting\n1,a,0\n", "there is no column 'northing'"),
        ("site_id,name,name,longitude,latitude\n1,a,a,0,52\n", "the column 'name' stands there twice"),
        (HEAD + "1,a,0\n", "row 1: has 3 values, where the header has 4 columns"),
        ("site_id,name,easting,northing\n1,a,-0.41,51.88\n", "lie outside the British National Grid"),
        ("site_id,name,easting,northing\n1,a,0.41,51.88\n", "look like degrees; name the columns longitude"),
        (HEAD.strip() + ",expected\n1,a,-0.41,51.88,-3\n", "expected is '-3'; blank or a number of at least 0"),
        (HEAD + "1,a,nan,52\n", "longitude is 'nan'"),
    ],
)
def test_what_will_not_do_is_told(text, told):
    assert told in "\n".join(faults(text))


def test_many_faults_are_cut_short():
    told = faults(HEAD + "".join(f"{row},a,x,52\n" for row in range(30)))
    assert len(told) == 21
    assert told[-1] == "SITES.csv: 10 more faults like these"


def test_elsewhere_needs_a_coordinate_system():
    york = HEAD + "B1,Broadway,-73.98,40.76\n"
    assert "outside the United Kingdom" in faults(york)[0]
    sites, crs = patrol_sites.parse(york, name="SITES.csv", crs="EPSG:2263")
    assert crs == "EPSG:2263"
    assert 980_000 < sites["easting"].iloc[0] < 995_000
    assert "no longitude and latitude" in faults(HEAD + "B1,Broadway,-273,40.76\n", crs="EPSG:2263")[0]
    assert "EPSG:2157" in faults(HEAD + "N1,Falls Road,-5.95,54.60\n")[0]


def features(*shapes: dict, **properties) -> bytes:
    listed = [
        {"type": "Feature", "properties": {"site_id": f"S{number}", "name": "Place", **properties}, "geometry": shape}
        for number, shape in enumerate(shapes, 1)
    ]
    return json.dumps({"type": "FeatureCollection", "version": 3, "features": listed}).encode()


def square(west: float, south: float, side: float = 0.002) -> dict:
    ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_outlines_get_their_middle_and_points_stay_points(tmp_path):
    import shapely

    path = tmp_path / "sites.geojson"
    path.write_bytes(features(square(-0.42, 51.88), square(-0.41, 51.88), expected=2.5, expected_harm=None, area="N"))
    found = patrol_sites.read(path)
    assert found.version == 3
    assert found.sites["expected"].tolist() == [2.5, 2.5]
    assert found.sites["expected_harm"].isna().all()
    middle = shapely.points(found.sites["easting"].iloc[0], found.sites["northing"].iloc[0])
    assert shapely.distance(found.sites["shape"].iloc[0].centroid, middle) < 0.01
    path.write_bytes(features({"type": "Point", "coordinates": [-0.42, 51.88]}))
    points = patrol_sites.read(path).sites
    assert points["shape"].isna().all()
    assert points["easting"].round(-2).tolist() == [508900.0]


def test_the_middle_of_a_hollow_outline_lies_inside_it(tmp_path):
    import shapely

    ring = [[-0.42, 51.88], [-0.41, 51.88], [-0.41, 51.881], [-0.419, 51.881], [-0.419, 51.889], [-0.42, 51.889]]
    path = tmp_path / "hook.geojson"
    path.write_bytes(features({"type": "Polygon", "coordinates": [[*ring, ring[0]]]}))
    site = patrol_sites.read(path).sites.iloc[0]
    assert shapely.contains(site["shape"], shapely.Point(site["easting"], site["northing"]))


def test_outlines_that_will_not_do_are_told(tmp_path):
    path = tmp_path / "sites.geojson"
    for content, told in (
        (features(square(-0.42, 51.88), square(-0.41, 51.88)).replace(b"S2", b"S1"), "stands at feature 1 already"),
        (features(square(51.88, -0.42)), "swapped"),
        (features({"type": "Point", "coordinates": [51.88, -0.42]}), "swapped"),
        (features({"type": "LineString", "coordinates": [[0, 51], [0, 52]]}), "where polygons would be right"),
        (features({"type": "Point", "coordinates": []}), "longitude is blank"),
        (b'{"type": "FeatureCollection", "features": []}', "holds no features"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"", "is empty"),
        (HEAD.encode() + b"1,a\x00,0,52\n" + b'"' + b"a" * 200_000 + b'",a,0,52\n', "is no CSV"),
    ):
        path.write_bytes(content)
        with pytest.raises(SourceError) as caught:
            patrol_sites.read(path)
        assert told in str(caught.value), told
    with pytest.raises(SourceError, match="there is no such file"):
        patrol_sites.read(tmp_path / "none.csv")
    with pytest.raises(SourceError, match="a folder"):
        patrol_sites.read(tmp_path)


def test_a_projected_file_of_points_is_read_in_its_own_system(tmp_path):
    named = {"type": "name", "properties": {"name": "EPSG:27700"}}
    path = tmp_path / "points.geojson"
    document = json.loads(features({"type": "Point", "coordinates": [508800, 221500]}))
    path.write_text(json.dumps({**document, "crs": named}))
    found = patrol_sites.read(path)
    assert (found.sites["easting"].iloc[0], found.crs) == (508800.0, "EPSG:27700")
    moved = patrol_sites.read(path, crs="EPSG:32630")
    assert moved.crs == "EPSG:32630"
    assert 600_000 < moved.sites["easting"].iloc[0] < 800_000


def test_a_geopackage_of_areas_is_read(tmp_path):
    import geopandas
    import shapely

    path = tmp_path / "sites.gpkg"
    frame = geopandas.GeoDataFrame(
        {"code": ["A", "B"], "name": ["x", "y"]},
        geometry=[shapely.box(509000, 221000, 509100, 221100), shapely.box(509500, 221000, 509600, 221100)],
        crs="EPSG:27700",
    )
    frame.to_file(path, driver="GPKG")
    found = patrol_sites.read(path)
    assert found.sites[["site_id", "name", "easting"]].to_numpy().tolist() == [
        ["A", "x", 509050.0],
        ["B", "y", 509550.0],
    ]


def test_a_name_longer_than_a_name_can_be_is_a_sentence(tmp_path):
    with pytest.raises(SourceError, match=r"cannot be read|File name too long"):
        patrol_sites.read(tmp_path / ("s" * 600))
