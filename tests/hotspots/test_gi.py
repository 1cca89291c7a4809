"""Gi*: finds the patch that was planted, finds nothing where nothing is, and says what cannot be told."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError, TableError
from abate.hotspots import gi
from abate.hotspots.histories import Window, history
from abate.space import neighbours
from hotspots.grounds import row_of_places


def square(values: np.ndarray) -> tuple[pd.DataFrame, neighbours.Neighbours]:
    row, column = (index.ravel() for index in np.indices(values.shape))
    totals = pd.DataFrame({"place_id": [f"{c}:{r}" for c, r in zip(column, row, strict=True)]})
    return totals.assign(incidents=values.ravel()), neighbours.cells(column, row)


def planted(seed: int) -> np.ndarray:
    values = np.random.default_rng(seed).poisson(2.0, (30, 30))
    values[10:14, 20:24] += 6
    return values


def test_the_planted_patch_is_hot_and_little_else_is():
    totals, around = square(planted(1))
    found = gi.significant(totals, around)
    hot = (found["kind"] == "hot").to_numpy().reshape(30, 30)
    assert hot[11:13, 20:24].all()
    assert hot[10:14, 21:23].all()
    assert hot[:8].sum() + hot[17:].sum() <= 2
    assert found.loc[hot.ravel(), "z"].min() > 2.5
    assert gi.sentence(found).startswith(f"Of 900 places {hot.sum()} are hot and 0 are cold")


def test_sparse_counts_make_no_cold_places_out_of_ties():
    values = np.zeros((30, 30), dtype=np.int64)
    values[np.random.default_rng(2).integers(0, 30, 40), np.random.default_rng(3).integers(0, 30, 40)] = 1
    found = gi.significant(*square(values))
    assert (found["kind"] != "cold").all()
    assert (found["p_directed"] < 0.001).sum() > 300, "a one-sided p that skips ties would call them remarkable"


def test_gi_and_gi_star_have_one_p_and_each_its_z():
    totals, around = square(planted(4))
    star, plain = (gi.significant(totals, around, star=star) for star in (True, False))
    assert star["p"].tolist() == plain["p"].tolist()
    assert (star["z"] - plain["z"]).abs().max() > 0.1


def test_more_caution_finds_no_more():
    totals, around = square(planted(5))
    found = [gi.significant(totals, around, dependent=dependent)["kind"].eq("hot").sum() for dependent in (False, True)]
    assert found[0] >= found[1] > 0


def test_a_place_without_neighbours_is_said_to_be_one():
    totals = pd.DataFrame({"place_id": list("abc"), "incidents": [1, 2, 9]})
    found = gi.significant(totals, neighbours.given([[0, 1, 0], [1, 0, 0], [0, 0, 0]]))
    assert found["kind"].tolist() == ["not clear", "not clear", "no neighbours"]
    assert "1 have no neighbours and cannot be told" in gi.sentence(found)


@pytest.mark.parametrize(
    ("incidents", "count", "fault", "said"),
    [
        ([3, 3, 3], 3, OptionError, r"all 3 places have the same incidents \(3\)"),
        ([1, 2, 3], 4, OptionError, "3 places and neighbours for 4"),
        ([1, np.nan, 3], 3, TableError, "blank or infinite in 1 rows"),
        ([1, 2], 2, OptionError, "at least 3 places"),
    ],
)
def test_what_cannot_be_compared_is_refused(incidents, count, fault, said):
    totals = pd.DataFrame({"place_id": [str(place) for place in range(len(incidents))], "incidents": incidents})
    with pytest.raises(fault, match=said):
        gi.significant(totals, neighbours.given(1 - np.eye(count)))
    with pytest.raises(TableError, match="column 'incidents' is missing"):
        gi.significant(totals.drop(columns="incidents"), neighbours.given(1 - np.eye(count)))


def test_a_forecast_is_the_mean_of_the_neighbourhood_and_keeps_the_total():
    seen = pd.DataFrame({"place_id": ["b", "d"], "period": pd.to_datetime(["2024-01-02", "2024-02-01"])})
    seen = seen.assign(incidents=[12, 6], easting=0.0, northing=0.0)
    span = Window(date(2024, 1, 1), date(2024, 4, 9))
    past = history(seen, row_of_places("abcdefgh"), span=span, unit="day")
    expected = gi.forecast(past, Window(date(2024, 5, 1), date(2024, 5, 10)))["expected"].to_numpy()
    assert expected.sum() == pytest.approx(18 * 10 / 100)
    assert (expected / expected[1]).tolist() == pytest.approx([1.5, 1, 1.5, 0.5, 0.5, 1 / 64, 1 / 64, 1 / 64])
