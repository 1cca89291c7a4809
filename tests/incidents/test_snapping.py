from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abate import sample
from abate.errors import TableError
from abate.incidents import snapping
from abate.incidents.snapping import BORDER, DEMONSTRATION, Snapping, find
from conftest import table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Shared = Callable[[str], Path]

POLICE = (
    "bedfordshire-street-2018-10-to-2019-02",
    "bedfordshire-street-2021-03-to-2022-03",
    "cleveland-street-2021-03-to-2022-03",
    "cleveland-street-2023-01-to-2024-12",
    "essex-street-2018-10-to-2019-02",
    "essex-street-2021-03-to-2022-03",
    "humberside-street-2021-03-to-2022-03",
    "merseyside-street-2021-03-to-2022-03",
)


def police(shared: Shared, name: str) -> pd.DataFrame:
    columns = {"Month": "month", "Longitude": "x", "Latitude": "y", "Crime type": "crime_type"}
    rows = pd.read_csv(shared(f"police-street/{name}.csv.gz"), usecols=list(columns)).rename(columns=columns)
    return rows.assign(crs="EPSG:4326", incidents=1)


def dated(shared: Shared, name: str, x: str, y: str, crs: str) -> pd.DataFrame:
    rows = pd.read_csv(shared(f"hotspots/{name}.csv.gz"))
    return pd.DataFrame({"x": rows[x], "y": rows[y], "month": rows["date"].str[:7], "crs": crs, "incidents": 1})


def portland(shared: Shared, kind: str) -> pd.DataFrame:
    return dated(shared, f"portland_nij/{kind}", "x_ft", "y_ft", "EPSG:2913")


@pytest.mark.slow
@pytest.mark.parametrize("name", POLICE)
def test_published_police_points_are_a_fixed_list(shared: Shared, name: str):
    found = find(police(shared, name))
    assert found.answer == "fixed list"
    assert found.near_share < 0.013
    assert found.demonstration == DEMONSTRATION


def test_the_sentence_is_the_contract():
    assert DEMONSTRATION == (
        "demonstration: published points are moved to the nearest of a fixed list; places finer than LSOA show that "
        "list, so patrol decisions need the force's own coordinates"
    )


def test_one_month_of_a_small_force_is_enough_and_one_crime_may_not_be(shared: Shared):
    rows = police(shared, POLICE[0])
    october = rows[rows["month"] == "2018-10"]
    assert find(october).answer == "fixed list"
    assert find(october[october["crime_type"] == "Robbery"]).answer == "cannot tell"


def test_a_new_edition_of_the_list_is_found_and_does_not_hide_it(shared: Shared):
    rows = pd.read_csv(shared("hotspots/bedfordshire_police_uk/crimes_2021-05_2023-04.csv.gz"))
    found = find(rows.rename(columns={"lon": "x", "lat": "y"}).assign(crs="EPSG:4326", incidents=1))
    assert found.answer == "fixed list"
    assert found.editions == ("2022-07",)


@pytest.mark.parametrize("kind", ["street_crimes", "burglary", "vehicle_theft"])
def test_calls_to_portland_addresses_are_no_list_although_addresses_repeat(shared: Shared, kind: str):
    found = find(portland(shared, kind))
    assert found.answer == "own coordinates"
    assert found.near_low > 0.12
    assert found.demonstration is None


def test_chicago_arson_is_no_list(shared: Shared):
    assert find(dated(shared, "chicago_near_repeat/arson_2016", "x", "y", "EPSG:26971")).answer == "own coordinates"


def test_new_york_shootings_lie_on_a_list_in_effect(shared: Shared):
    """They are given at the middle of the block or the crossing: coarser than doors, finer than police.uk."""
    found = find(dated(shared, "nyc_shootings/shootings_2006_2019", "x_ft", "y_ft", "EPSG:2263"))
    assert found.answer == "fixed list"
    assert 0.03 < found.near_share < found.near_high < BORDER


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_the_sample_town_is_told_from_its_published_form(seed: int):
    town = sample.town(seed)
    assert find(town.incidents.assign(incidents=1)).answer == "own coordinates"
    columns = {"Month": "month", "Longitude": "x", "Latitude": "y", "Crime type": "crime_type"}
    files = [text for name, text in sample.publish(town).files.items() if name.endswith("-street.csv")]
    rows = pd.concat([pd.read_csv(StringIO(text), usecols=list(columns)) for text in files]).rename(columns=columns)
    assert find(rows.assign(crs="EPSG:4326", incidents=1)).answer == "fixed list"


def subsets(rows: pd.DataFrame, sizes: list[int], times: int, seed: int) -> list[pd.DataFrame]:
    rng = np.random.default_rng(seed)
    located = rows.dropna(subset=["x"])
    return [located.iloc[rng.choice(len(located), size, replace=False)] for size in sizes for _ in range(times)]


def tally(answers: list[str]) -> dict[str, int]:
    return {answer: answers.count(answer) for answer in ("fixed list", "own coordinates", "cannot tell")}


@pytest.mark.slow
def test_error_rates_on_parts_of_real_files(shared: Shared, proof: Callable[[str, str, str], None]):
    sizes = [300, 1000, 3000, 6000]
    listed = [police(shared, POLICE[0]), police(shared, POLICE[2])]
    own = [portland(shared, "street_crimes"), portland(shared, "vehicle_theft")]
    on_list = tally([find(part).answer for rows in listed for part in subsets(rows, sizes, 25, seed=1)])
    on_own = tally([find(part).answer for rows in own for part in subsets(rows, sizes, 25, seed=2)])
    print(f"lists, 200 random parts: {on_list}; own coordinates, 200 random parts: {on_own}")
    proof("a list called own coordinates", f"{on_list['own coordinates']} of 200 random parts", "at most 2")
    proof("own coordinates called a list", f"{on_own['fixed list']} of 200 random parts", "at most 2")
    assert on_list["own coordinates"] <= 2
    assert on_own["fixed list"] <= 2
    assert on_list["fixed list"] >= 100
    assert on_own["own coordinates"] >= 80


def made_up(seed: int, *, snapped: bool, incidents: int, doors: float, uneven: float) -> pd.DataFrame:
    """A town of streets 100 to 200 m long, 90 m apart, with a door every `doors` metres on both sides.

    Doors differ in how much happens there (gamma of shape `uneven`); the list has the middle of each street.
    """
    rng = np.random.default_rng(seed)
    length = rng.uniform(100, 200, size=(60, 20))
    along = [np.arange(4, metres - 4, doors) for metres in length.ravel()]
    start = np.c_[np.repeat(np.arange(60) * 90.0, 20), (np.cumsum(length, axis=1) - length).ravel()]
    street = np.repeat(np.arange(1200), [2 * len(steps) for steps in along])
    side = np.concatenate([np.repeat([0.0, 14.0], len(steps)) for steps in along])
    step = np.concatenate([np.tile(steps, 2) for steps in along])
    rate = rng.gamma(uneven, size=len(street)) * rng.lognormal(0, 1, size=1200)[street]
    door = rng.choice(len(street), size=incidents, p=rate / rate.sum())
    x, y = start[street, 0] + side, start[street, 1] + step
    if snapped:
        x, y = start[street, 0] + 7, start[street, 1] + length.ravel()[street] / 2
    months = rng.integers(1, 13, size=incidents)
    return pd.DataFrame(
        {"x": x[door], "y": y[door], "crs": "EPSG:27700", "month": [f"2024-{m:02d}" for m in months], "incidents": 1}
    )


@pytest.mark.slow
def test_error_rates_on_made_up_towns(proof: Callable[[str, str, str], None]):
    settings = [(n, doors, uneven) for n in (500, 2000, 8000) for doors in (6.0, 12.0) for uneven in (0.1, 1.0)]

    def answers(*, snapped: bool) -> dict[str, int]:
        towns = [
            made_up(seed, snapped=snapped, incidents=n, doors=doors, uneven=uneven)
            for n, doors, uneven in settings
            for seed in range(8)
        ]
        return tally([find(town).answer for town in towns])

    on_list, on_own = answers(snapped=True), answers(snapped=False)
    print(f"96 made-up towns each: on a list {on_list}; at doors {on_own}")
    proof("made-up towns on a list, called own coordinates", f"{on_list['own coordinates']} of 96", "at most 1")
    proof("made-up towns at doors, called a list", f"{on_own['fixed list']} of 96", "at most 1")
    assert on_list["own coordinates"] <= 1
    assert on_own["fixed list"] <= 1
    assert on_list["fixed list"] + on_own["own coordinates"] >= 170


def test_the_unit_of_the_coordinates_does_not_matter():
    metres = made_up(3, snapped=False, incidents=3000, doors=8, uneven=0.3)
    feet = metres.assign(x=metres["x"] / 0.3048, y=metres["y"] / 0.3048, crs="EPSG:2913")
    degrees = metres.assign(
        x=-122 + metres["x"] / (111_320 * np.cos(np.radians(52))), y=52 + metres["y"] / 111_320, crs="EPSG:4326"
    )
    seen = [find(rows) for rows in (metres, feet, degrees)]
    assert {found.answer for found in seen} == {"own coordinates"}
    assert seen[1].near_pairs == pytest.approx(seen[0].near_pairs, rel=0.03)
    assert seen[2].near_pairs == pytest.approx(seen[0].near_pairs, rel=0.03)


def test_coordinates_rounded_to_a_coarse_grid_are_a_list_in_effect():
    doors = made_up(4, snapped=False, incidents=5000, doors=8, uneven=0.3)
    assert find(doors.assign(x=doors["x"].round(-2), y=doors["y"].round(-2))).answer == "fixed list"


def test_order_and_grouping_of_rows_do_not_matter():
    rows = made_up(5, snapped=True, incidents=2000, doors=8, uneven=0.3)
    grouped = rows.groupby(["x", "y", "crs", "month"], as_index=False)["incidents"].sum()
    assert find(rows) == find(rows.sample(frac=1, random_state=1)) == find(grouped)


def test_nothing_located_cannot_tell():
    empty = table("""
        x    y    crs        month    incidents
        nan  nan  EPSG:4326  2024-01  3
    """)
    found = find(empty)
    assert (found.answer, found.incidents) == ("cannot tell", 0)
    assert "too few to tell" in str(found)


def test_an_unknown_coordinate_system_is_named():
    rows = made_up(1, snapped=True, incidents=10, doors=8, uneven=1.0).assign(crs="EPSG:1")
    with pytest.raises(TableError, match="'EPSG:1' is not a known coordinate system"):
        find(rows)


def test_missing_columns_are_all_named():
    with pytest.raises(TableError) as fault:
        find(pd.DataFrame({"x": [1.0], "y": [2.0]}))
    assert len(fault.value.faults) == 3


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=60
    )
)
def test_against_a_slow_count(rows: list[tuple[int, int, int, int]]):
    scale = 5.0
    tallies = pd.DataFrame(
        [(x * scale, y * scale, "EPSG:27700", f"2024-{m:02d}", n) for x, y, m, n in rows],
        columns=["x", "y", "crs", "month", "incidents"],
    )
    usage = snapping._usage(tallies, tallies["x"].to_numpy(), tallies["y"].to_numpy())
    points: dict[tuple[float, float], dict[str, int]] = {}
    for x, y, month, count in tallies[["x", "y", "month", "incidents"]].itertuples(index=False):
        seen = points.setdefault((x, y), {})
        seen[month] = seen.get(month, 0) + count
    months = {month for seen in points.values() for month in seen}
    again = sum(len(seen) > 1 if len(months) > 1 else sum(seen.values()) > 1 for seen in points.values())
    names = list(points)
    near = sum((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 <= 400 for i, a in enumerate(names) for b in names[i + 1 :])
    assert snapping._coincidences(usage, ()) == (again, near)


@given(st.integers(0, 200), st.integers(0, 200))
def test_bounds_agree_with_the_exact_test(hits: int, misses: int):
    from scipy.stats import binomtest

    low, high = snapping._bounds(hits, hits + misses)
    if hits + misses:
        exact = binomtest(hits, hits + misses).proportion_ci(0.9, method="exact")
        assert (low, high) == pytest.approx((exact.low, exact.high), abs=1e-9)
    else:
        assert (low, high) == (0.0, 1.0)


def test_a_town_that_never_changes_its_list_has_one_edition():
    found = find(made_up(6, snapped=False, incidents=6000, doors=6, uneven=0.5))
    assert isinstance(found, Snapping)
    assert found.editions == ()


def test_two_lists_one_after_the_other_are_two_editions():
    before = made_up(7, snapped=True, incidents=4000, doors=8, uneven=0.5)
    moved = before.assign(x=before["x"] + 5.0, month=before["month"].str.replace("2024", "2025"))
    found = find(pd.concat([before, moved], ignore_index=True))
    assert (found.answer, found.editions) == ("fixed list", ("2025-01",))
