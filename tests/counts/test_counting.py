"""Counting places and months: nothing is lost, nothing is counted twice, and missing is not zero."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.counts.counting import count, count_kinds, locate
from abate.errors import TableError
from conftest import table

MONTHS = ["2025-01", "2025-02", "2025-03"]
WHERE = (
    table("""
    x    y    crs         easting  northing  place_id
    0.5  0.5  EPSG:27700  0.5      0.5       a
    1.5  0.5  EPSG:27700  1.5      0.5       b
    1.7  0.5  EPSG:27700  1.7      0.5       b
    9.5  9.5  EPSG:27700  9.5      9.5       -
""")
    .replace({"place_id": {"-": None}})
    .astype({"place_id": "str"})
)
POINTS = WHERE.assign(distance_m=None)

rows = st.lists(
    st.tuples(
        st.sampled_from([0.5, 1.5, 1.7, 9.5]),
        st.sampled_from(MONTHS),
        st.sampled_from(["Robbery", "Drugs"]),
        st.integers(1, 5),
    ),
    min_size=1,
    max_size=30,
)


def tallies(listed: list[tuple[float, str, str, int]]) -> pd.DataFrame:
    frame = pd.DataFrame(listed, columns=["x", "month", "crime_type", "incidents"])
    return frame.assign(y=[9.5 if x == 9.5 else 0.5 for x in frame["x"]], crs="EPSG:27700", location="On or near A6")


@pytest.mark.slow
@settings(max_examples=40)
@given(rows)
def test_it_agrees_with_counting_one_by_one(listed: list[tuple[float, str, str, int]]) -> None:
    place = {0.5: "a", 1.5: "b", 1.7: "b"}
    by_month: dict[tuple[str, str], int] = {}
    by_kind: dict[tuple[str, str], int] = {}
    for x, month, kind, incidents in listed:
        if x in place:
            by_month[place[x], month] = by_month.get((place[x], month), 0) + incidents
            by_kind[place[x], kind] = by_kind.get((place[x], kind), 0) + incidents
    placed = locate(tallies(listed), POINTS)
    counted = count(placed, months=MONTHS)
    told = {(p, f"{when:%Y-%m}"): n for p, when, n in counted.itertuples(index=False)}
    assert told == by_month
    assert {(p, kind): n for p, kind, n in count_kinds(placed).itertuples(index=False)} == by_kind


def test_a_coordinate_that_points_lack_is_a_fault_and_not_a_loss() -> None:
    stray = tallies([(0.5, "2025-01", "Drugs", 2)]).assign(x=77.0)
    with pytest.raises(TableError, match=r"1 rows \(2 incidents\) have coordinates that points lacks"):
        locate(stray, POINTS)


def test_one_coordinate_in_two_systems_is_two_points() -> None:
    both = pd.concat([POINTS, POINTS.assign(crs="EPSG:2277", place_id="texas")], ignore_index=True)
    seen = tallies([(0.5, "2025-01", "Drugs", 2)])
    assert locate(seen, both)["place_id"].tolist() == ["a"]
    assert locate(seen.assign(crs="EPSG:2277"), both)["place_id"].tolist() == ["texas"]


def test_an_incident_in_a_month_that_is_not_held_is_a_fault() -> None:
    placed = locate(tallies([(0.5, "2025-01", "Drugs", 2), (0.5, "2025-03", "Drugs", 3)]), POINTS)
    with pytest.raises(TableError, match=r"2025-03 \(3\)"):
        count(placed, months=["2025-01", "2025-02"])


def test_no_incident_at_all_is_an_empty_count() -> None:
    placed = locate(tallies([(9.5, "2025-01", "Drugs", 2)]), POINTS)
    assert placed.empty
    assert count(placed, months=MONTHS).empty
    assert count_kinds(placed).empty


def test_the_order_of_the_rows_does_not_matter() -> None:
    listed = [(0.5, "2025-01", "Drugs", 2), (1.7, "2025-02", "Robbery", 1), (1.5, "2025-02", "Drugs", 1)]
    forwards, backwards = (locate(tallies(part), POINTS) for part in (listed, listed[::-1]))
    pd.testing.assert_frame_equal(count(forwards, months=MONTHS), count(backwards, months=MONTHS))
    pd.testing.assert_frame_equal(count_kinds(forwards), count_kinds(backwards))
