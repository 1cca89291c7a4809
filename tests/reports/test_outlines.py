from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

import report_town
from abate.reports import outlines
from abate.space import projections


def unpacked(rings: list[list[int]]) -> shapely.Geometry:
    """Undo the packing plainly: walk each ring; one that runs against the clock begins a part, else it is a hole."""
    parts: list[list[np.ndarray]] = []
    for steps in rings:
        ring = np.cumsum(np.array(steps).reshape(-1, 2), axis=0) / outlines.STEPS_A_DEGREE
        if shapely.LinearRing(ring).is_ccw or not parts:
            parts.append([ring])
        else:
            parts[-1].append(ring)
    return shapely.MultiPolygon([shapely.Polygon(part[0], part[1:]) for part in parts])


def test_packed_outlines_come_back_whole_with_holes_and_parts():
    ring = shapely.box(590_000, 186_000, 591_000, 187_000) - shapely.box(590_300, 186_300, 590_600, 186_600)
    apart = shapely.MultiPolygon([ring, shapely.box(592_000, 186_000, 592_500, 186_500)])
    given = np.array([apart, shapely.box(593_000, 186_000, 593_150, 186_150)])
    carried = outlines.longitude_latitude(given, crs="EPSG:27700")
    back = [unpacked(rings) for rings in outlines.packed(carried)]
    for there, here in zip(back, carried, strict=True):
        assert there.symmetric_difference(here).area < 1e-12
    assert len(back[0].geoms) == 2
    assert len(back[0].geoms[0].interiors) == 1


def test_lines_come_back_whole():
    lines = np.array(
        [shapely.LineString([(0.5, 51), (0.51, 51.01), (0.52, 51)]), shapely.LineString([(1, 52), (1.1, 52)])]
    )
    back = [np.cumsum(np.array(line).reshape(-1, 2), axis=0) / 1e6 for line in outlines.packed_lines(lines)]
    assert [len(each) for each in back] == [3, 2]
    assert back[0] == pytest.approx(shapely.get_coordinates(lines[0]))
    assert outlines.packed_lines(np.array([], dtype=object)) == []


def test_shapes_are_carried_as_points_are():
    point = projections.convert([590_000.0], [186_000.0], source="EPSG:27700", target="EPSG:4326")
    carried = outlines.longitude_latitude(np.array([shapely.Point(590_000, 186_000)]), crs="EPSG:27700")
    assert shapely.get_coordinates(carried)[0] == pytest.approx([point.easting[0], point.northing[0]], abs=1e-6)


def test_rings_run_as_geojson_asks():
    clockwise = shapely.Polygon([(590_000, 186_000), (590_000, 187_000), (591_000, 187_000), (591_000, 186_000)])
    assert not clockwise.exterior.is_ccw
    assert outlines.longitude_latitude(np.array([clockwise]), crs="EPSG:27700")[0].exterior.is_ccw


def test_the_fewest_are_left_out_but_never_a_hotspot():
    places = report_town.places(3)
    quiet = places.sort_values("incidents").head(5)["place_id"].tolist()
    kept = outlines.drawn(places, keep=set(quiet), crs="EPSG:27700", most=100)
    busy = kept.places[~kept.places["place_id"].isin(quiet)]
    assert len(busy) <= 100
    assert set(quiet) <= set(kept.places["place_id"])
    left_out = places[~places["place_id"].isin(kept.places["place_id"])]
    assert left_out["incidents"].max() < busy["incidents"].min()
    assert f"{len(kept.places):,} places with {busy['incidents'].min()} or more incidents" in kept.told[0]


def test_all_are_drawn_when_they_fit():
    places = report_town.places(3)
    assert outlines.drawn(places, keep=set(), crs="EPSG:27700").told == ()


def test_streets_become_outlines_16_metres_wide():
    places = report_town.places(3).head(1).assign(shape=[shapely.LineString([(0, 0), (100, 0)])])
    assert outlines.drawn(places, keep=set(), crs="EPSG:27700").places["shape"].iloc[0].area == pytest.approx(1600)


@pytest.mark.slow
def test_very_many_corners_are_thinned_and_neighbours_still_meet():
    turns = np.linspace(0, np.pi, 200_000)
    wave = np.column_stack([np.linspace(0, 1000, 200_000), 5 * np.sin(40 * turns)])
    below = shapely.Polygon([*wave, (1000, -500), (0, -500)])
    above = shapely.Polygon([*wave, (1000, 500), (0, 500)])
    places = pd.DataFrame({"place_id": ["a", "b"], "incidents": [1, 2], "shape": [below, above]})
    thin = outlines.drawn(places, keep=set(), crs="EPSG:27700")
    shapes = thin.places["shape"].to_numpy()
    assert shapely.get_num_coordinates(shapes).sum() <= outlines.MOST_CORNERS
    assert shapely.coverage_is_valid(shapes)
    assert shapes[0].area == pytest.approx(below.area, rel=0.01)
    assert "simplified" in thin.told[0]
