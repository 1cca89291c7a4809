"""Clusters: planted ones are found in the form they have, noise is counted, every cluster is of one piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.errors import OptionError, TableError
from abate.hotspots import clusters
from conftest import table

if TYPE_CHECKING:
    from abate.sample.towns import Town


def test_clusters_come_with_most_incidents_first():
    points = table("""
        easting  northing  incidents
        0        0         2
        30       0         2
        1000     0         4
        1030     0         5
        5000     0         3
    """)
    found = clusters.find(points, within_m=50, least=4)
    assert found.clusters[["cluster", "incidents", "members"]].to_numpy().tolist() == [[1, 9, 2], [2, 4, 2]]
    assert found.of_row.tolist() == [2, 2, 1, 1, 0]
    assert found.noise == 3
    assert found.clusters["easting"].round(2).tolist() == [1016.67, 15.0]


def test_rows_at_one_spot_count_together_and_feet_are_feet():
    points = pd.DataFrame({"easting": [0.0] * 6 + [100.0], "northing": 0.0})
    found = clusters.find(points, within_m=100 * 0.3048, least=7, unit_m=0.3048)
    assert found.clusters[["incidents", "members"]].to_numpy().tolist() == [[7, 2]]
    assert found.clusters["area_km2"].iloc[0] < 0.0031
    assert clusters.find(points, within_m=30, least=7, unit_m=0.3048).noise == 7


@settings(max_examples=30)
@given(st.integers(0, 5000), st.sampled_from([5.0, 7.5, 10.0]))
def test_every_cluster_is_one_piece_of_ground_that_holds_its_members(seed: int, within_m: float):
    rng = np.random.default_rng(seed)
    # on whole fives many spots lie exactly at the edge of each other's reach
    spots = rng.integers(0, 12, (60, 2)) * 5.0
    points = pd.DataFrame({"easting": spots[:, 0], "northing": spots[:, 1]})
    found = clusters.find(points, within_m=within_m, least=4)
    for number, shape in zip(found.clusters["cluster"], found.clusters["shape"], strict=True):
        assert shape.geom_type == "Polygon"
        assert shapely.covers(shape, shapely.points(spots[found.of_row == number])).all()
    inside = np.bincount(found.of_row, minlength=len(found.clusters) + 1)
    assert inside[1:].tolist() == found.clusters["incidents"].tolist()
    assert inside[0] == found.noise
    assert found.clusters["incidents"].sum() + found.noise == 60


def test_nothing_near_gives_no_cluster_and_says_so():
    alone = pd.DataFrame({"easting": [0.0, 500.0], "northing": [0.0, 0.0]})
    found = clusters.find(alone, within_m=10, least=2)
    assert len(found.clusters) == 0
    assert str(found) == "0 clusters of at least 2 incidents within 10 m hold 0 of 2 incidents (0%); 2 lie in none."
    empty = clusters.find(alone.iloc[:0], within_m=10, least=2)
    assert (len(empty.clusters), empty.noise) == (0, 0)


def test_what_cannot_be_done_is_said_at_once():
    blank = pd.DataFrame({"easting": [0.0, np.nan], "northing": [0.0, 1.0]})
    with pytest.raises(OptionError) as caught:
        clusters.find(blank, within_m=-1, least=1)
    assert len(caught.value.faults) == 2
    with pytest.raises(TableError, match="1 rows have no coordinates"):
        clusters.find(blank, within_m=10, least=2)


def test_streets_that_meet_join_and_a_far_one_does_not():
    ends = [[(0, 0), (100, 0)], [(100, 0), (100, 80)], [(130, 80), (200, 80)], [(900, 0), (999, 0)]]
    busy = pd.DataFrame({"shape": [shapely.LineString(one) for one in ends], "incidents": [5, 4, 3, 9]})
    found = clusters.join(busy, within_m=30, least=9)
    assert found.of_row.tolist() == [1, 1, 1, 2]
    assert found.clusters["incidents"].tolist() == [12, 9]
    assert found.clusters["shape"].map(lambda shape: shape.geom_type).tolist() == ["Polygon", "Polygon"]
    touching = clusters.join(busy, within_m=1, least=9)
    assert touching.of_row.tolist() == [1, 1, 0, 2]
    assert touching.noise == 3


def test_the_sample_towns_planted_hotspots_are_found(town: Town):
    seen = town.incidents
    violent = seen[seen["crime_type"].eq("Violence and sexual offences") & seen["x"].notna() & ~seen["default_geocode"]]
    points = violent.rename(columns={"x": "easting", "y": "northing"})[["easting", "northing"]]
    found = clusters.find(points, within_m=60, least=40)
    spots = town.truth.hotspots
    planted = shapely.points(spots["easting"], spots["northing"])
    ground = shapely.union_all(found.clusters["shape"].to_numpy())
    assert shapely.dwithin(ground, planted, 75).all()
    assert len(planted) <= len(found.clusters) <= len(planted) + 3
    assert found.clusters["area_km2"].sum() < 0.7
    assert found.clusters["incidents"].sum() > 0.2 * len(points)
