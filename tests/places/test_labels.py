"""Names on the map: the districts, found from the names of small areas."""

from __future__ import annotations

import ibis
import pandas as pd
import shapely

from abate.places.labels import label, middles, name_points
from conftest import table


def test_a_district_stands_where_half_of_its_incidents_lie_on_either_side():
    points = table("""
        easting  northing  lsoa_name               incidents
        0.0      5.0       Southend-on-Sea 010D    10
        100.0    7.0       Southend-on-Sea 010A    1
        50.0     9.0       Luton 001AB             30
    """)
    found = label(points)
    assert found["name"].tolist() == ["Luton", "Southend-on-Sea"]
    assert found[["easting", "northing"]].to_numpy().tolist() == [[50.0, 9.0], [0.0, 5.0]]


def test_a_district_with_hardly_an_incident_is_not_named():
    points = pd.DataFrame(
        {"easting": [0.0, 1.0], "northing": 0.0, "lsoa_name": ["Luton 001A", "Stevenage 002B"], "incidents": [1000, 9]}
    )
    assert label(points)["name"].tolist() == ["Luton"]


def test_points_without_a_name_or_place_are_passed_over():
    points = pd.DataFrame(
        {"easting": [None, 1.0], "northing": [1.0, 1.0], "lsoa_name": ["A 001A", None], "incidents": 1}
    )
    assert label(points).empty


def test_names_come_from_the_boundaries_where_the_record_has_none():
    areas = pd.DataFrame({"name": ["Luton 001A"], "shape": [shapely.box(0, 0, 10, 20)]})
    assert label(middles(areas)).to_numpy().tolist() == [["Luton", 5.0, 10.0]]
    assert label(middles(None)).empty


def test_points_are_counted_by_name_in_a_total_order():
    rows = pd.DataFrame(
        {
            "x": [2.0, 1.0, 1.0, None, 3.0],
            "y": [1.0, 1.0, 1.0, 1.0, 3.0],
            "crs": "EPSG:4326",
            "lsoa_name": ["b", "a", "a", "c", None],
        }
    )
    schema = {"x": "float64", "y": "float64", "crs": "string", "lsoa_name": "string"}
    counted = name_points(ibis.memtable(rows, schema=schema)).to_pyarrow().to_pylist()
    assert [(each["x"], each["lsoa_name"], each["incidents"]) for each in counted] == [(1.0, "a", 2), (2.0, "b", 1)]
