"""Concentration: published figures, plain arithmetic, and intervals that hold what they promise."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from abate.errors import TableError
from abate.hotspots.concentration import Concentration, concentrate, whole
from hotspots.grounds import counts_of, month_list, planted_rates, row_of_places, scattered

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

YEAR = month_list(12)


def measured(incidents: np.ndarray, months: list[str] = YEAR, seed: int = 1) -> Concentration:
    ids = [f"p{number:04d}" for number in range(len(incidents))]
    return concentrate(counts_of(incidents, ids, months), row_of_places(ids), months=months, seed=seed)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kinds", "points", "incidents", "busiest", "gini"),
    [
        (["Violence and sexual offences", "Robbery", "Possession of weapons"], 8565, 38430, 0.285, 0.533),
        (["Robbery", "Possession of weapons"], 1261, 2004, 0.230, 0.315),
    ],
)
def test_the_published_figures_of_bedfordshire(
    shared: Callable[[str], Path], kinds: list[str], points: int, incidents: int, busiest: float, gini: float
) -> None:
    from pyproj import Transformer

    crimes = pd.read_csv(shared("hotspots/bedfordshire_police_uk/crimes_2021-05_2023-04.csv.gz")).dropna(subset=["lon"])
    grid = Transformer.from_crs(4326, 27700, always_xy=True)
    easting, northing = grid.transform(crimes["lon"].to_numpy(), crimes["lat"].to_numpy())
    inside = (easting > 480e3) & (easting < 540e3) & (northing > 210e3) & (northing < 270e3)
    kept = crimes[inside & crimes["crime_type"].isin(kinds)]
    kept = kept.assign(place_id=kept["lon"].astype("str") + " " + kept["lat"].astype("str"))
    counted = kept.groupby(["place_id", "month"], as_index=False).size().rename(columns={"size": "incidents"})
    counts = counted.assign(period=pd.to_datetime(counted["month"] + "-01"))
    ids = sorted(counts["place_id"].unique())
    found = concentrate(counts, row_of_places(ids), months=sorted(counts["month"].unique()), seed=1)
    five = found.top.set_index("percent").loc[5]
    assert (found.places, found.incidents) == (points, incidents)
    assert five["share"] == pytest.approx(busiest, abs=0.0005)
    assert found.gini.value == pytest.approx(gini, abs=0.0005)
    assert five["low"] < five["share"] < five["high"]
    assert found.generalised_gini.value == found.gini.value, "there are more incidents than used points"


def test_figures_agree_with_plain_arithmetic() -> None:
    generator = np.random.default_rng(1)
    incidents = scattered(
        planted_rates("gamma", 300, generator), incidents=900, months=12, burst=1, generator=generator
    )
    found = measured(incidents)
    ordered = sorted(incidents.sum(axis=1).tolist(), reverse=True)
    for row in found.top.itertuples():
        assert row.places == max(1, 300 * row.percent // 100)
        assert row.share == pytest.approx(sum(ordered[: row.places]) / sum(ordered))
        assert row.low <= row.share <= row.high
    for row in found.needed.itertuples():
        assert sum(ordered[: row.places]) >= row.share * sum(ordered)
        assert sum(ordered[: row.places - 1]) < row.share * sum(ordered)
        assert row.low <= row.places <= row.high
    assert found.places_with_any == sum(n > 0 for n in ordered)
    assert found.basis == "leaving out each of the 12 months in turn"


def test_places_that_saw_nothing_count() -> None:
    incidents = np.zeros((100, 12), dtype=int)
    incidents[:5] = 1
    found = measured(incidents)
    assert found.top.set_index("percent").loc[5, "share"] == pytest.approx(1.0)
    assert found.gini.value == pytest.approx(0.95)


def test_fewer_incidents_than_places_are_set_against_the_most_even_spread() -> None:
    incidents = np.zeros((100, 12), dtype=int)
    incidents[np.arange(12), np.arange(12)] = 1
    found = measured(incidents)
    assert found.gini.value == pytest.approx(0.88)
    assert found.generalised_gini.value == 0.0


def test_even_ground_is_no_more_concentrated_than_chance() -> None:
    generator = np.random.default_rng(2)
    incidents = scattered(np.full(500, 1 / 500), incidents=2000, months=12, burst=1, generator=generator)
    found = measured(incidents)
    five = found.top.set_index("percent").loc[5]
    assert five["share"] == pytest.approx(five["by_chance"], abs=0.015)
    assert found.gini.value == pytest.approx(found.gini_by_chance, abs=0.02)
    assert five["share"] > 0.08, "scatter alone looks concentrated: five places in a hundred hold far more than 5%"


@pytest.mark.slow
@pytest.mark.parametrize(("months", "burst"), [(12, 1.0), (12, 2.0), (4, 1.0)])
def test_intervals_hold_the_figure_of_another_such_period(months: int, burst: float) -> None:
    held = month_list(months)
    rates = planted_rates("log-normal", 400, np.random.default_rng(3))
    draws = [
        scattered(rates, incidents=1600, months=months, burst=burst, generator=np.random.default_rng([4, draw]))
        for draw in range(60)
    ]
    found = [measured(drawn, held) for drawn in draws]
    five = pd.DataFrame([one.top.set_index("percent").loc[5] for one in found])
    expected = five["share"].mean()
    assert ((five["low"] <= expected) & (five["high"] >= expected)).mean() > 0.87
    gini = np.array([(one.gini.value, one.gini.low, one.gini.high) for one in found])
    assert ((gini[:, 1] <= gini[:, 0].mean()) & (gini[:, 2] >= gini[:, 0].mean())).mean() > 0.87
    assert (gini[:, 2] - gini[:, 1]).mean() < 3.0 * 3.92 * gini[:, 0].std()


def test_few_months_say_what_the_interval_rests_on() -> None:
    found = measured(np.array([[3, 4], [1, 0], [0, 9]]), month_list(2))
    assert found.basis == "leaving out each of 17 chance groups of the 17 incidents in turn"
    burst = np.zeros((3, 12), dtype=int)
    burst[:, 0] = 9
    assert measured(burst).basis == "leaving out each of 20 chance groups of the 27 incidents in turn"


def test_one_incident_says_nothing() -> None:
    found = measured(np.array([[1], [0]]), month_list(1))
    assert (found.gini.low, found.gini.high) == (0, 1)
    assert found.needed["high"].tolist() == [2, 2, 2]
    with pytest.raises(TableError, match="no concentration to measure"):
        measured(np.zeros((2, 12), dtype=int))


def test_it_is_told_in_a_sentence_and_as_plain_json() -> None:
    incidents = np.zeros((40, 12), dtype=int)
    incidents[:4] = [[6] * 12, [2] * 12, [1] * 12, [1] * 12]
    found = measured(incidents)
    assert str(found) == (
        "The busiest 5% of places (2 of 40) saw 80% of incidents (95% interval: 80% to 80%); "
        "half of all incidents fell in 1 place (2.5%)."
    )
    told = json.loads(json.dumps(found.plain()))
    assert told["top"][2]["percent"] == 5
    assert told["curve"]["places"][0] == 0
    assert told == json.loads(json.dumps(measured(incidents).plain())), "the same input and seed, the same answer"


def test_a_share_of_places_is_whole_places() -> None:
    assert [whole(percent, 150) for percent in (1, 2, 5, 10, 25)] == [1, 3, 7, 15, 37]
