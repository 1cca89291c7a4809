"""The record laid out for a forecast: unbroken months, days where known, related kinds behind, harm drawn in."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely

from abate import lake
from abate.errors import OptionError
from abate.jobs import grounds, placing, prospects
from jobs.sited import made

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> lake.Lake:
    return lake.open(made(tmp_path_factory.mktemp("town")) / "lake")


@pytest.mark.slow
def test_the_history_has_days_and_the_other_kinds_behind_it(kept: lake.Lake) -> None:
    ground = grounds.gather(kept, force="sample", crime="robbery", last="2024-12")
    put = placing.put(ground.tallies, placing.Wanted())
    laid = prospects.history(ground, put, placing.Wanted())
    past, rows = laid.past, laid.rows
    assert past.unit == "day"
    assert past.incidents.sum() == ground.tallies["incidents"].sum()
    assert past.related is not None
    assert past.related.incidents.sum() >= (past.related.related or past.related).incidents.sum()
    assert past.span.last <= date(2024, 12, 31)
    assert laid.notes == ()
    assert laid.months == ground.months
    assert rows.loc[rows["chosen"] & rows["place_id"].notna(), "incidents"].sum() == past.incidents.sum()
    assert rows.loc[rows["x"].isna(), "place_id"].isna().all()


@pytest.mark.slow
def test_the_forecast_is_for_the_months_after_the_record(kept: lake.Lake) -> None:
    ground = grounds.gather(kept, force="sample", crime="violence", last="2024-12")
    put = placing.put(ground.tallies, placing.Wanted())
    found = prospects.foresee(ground, put, placing.Wanted(), method="counts", months_ahead=3)
    assert (found.window.first, found.window.last) == (date(2025, 1, 1), date(2025, 3, 31))
    assert found.forecast["place_id"].tolist() == sorted(put.assigned.places["place_id"])
    months = len(ground.months)
    assert found.forecast["expected"].sum() == pytest.approx(ground.tallies["incidents"].sum() * 3 / months, rel=0.1)


@pytest.mark.slow
def test_a_gap_in_the_record_is_not_taken_for_quiet(tmp_path: Path, kept: lake.Lake) -> None:
    from dataclasses import replace

    ground = grounds.gather(kept, force="sample", crime="violence", last="2024-12")
    gap = tuple(month for month in ground.months if month != "2024-05")
    put = placing.put(ground.tallies, placing.Wanted())
    laid = prospects.history(replace(ground, months=gap), put, placing.Wanted())
    assert laid.past.span.first == date(2024, 6, 1)
    assert "made from 2024-06 to 2024-12 alone" in laid.notes[0]


def test_harm_of_one_incident_is_drawn_towards_that_of_all() -> None:
    rows = [("a", 10.0, 10), ("b", 1_000.0, 1), ("c", 1.0, 1)]
    placed = pd.DataFrame(rows, columns=["place_id", "harm", "incidents"]).assign(
        x=0.0, y=0.0, crs="EPSG:27700", month="2025-01", crime_type="-", location=None, easting=0.0, northing=0.0
    )
    places = pd.DataFrame({"place_id": ["a", "b", "c", "d"], "area_km2": 1.0, "easting": 0.0, "northing": 0.0}).assign(
        shape=[shapely.Point(0, 0)] * 4
    )
    each, harm, largest = prospects.severity(placed, places)
    mean = 1_101 / 12
    assert harm.tolist() == [100, 1_000, 1, 0]
    assert np.allclose(largest, [10, 1_000, 1, 0])
    assert np.allclose(each, [(100 + 20 * mean) / 30, (1_000 + 20 * mean) / 21, (1 + 20 * mean) / 21, mean])


def test_harm_without_codes_is_refused() -> None:
    with pytest.raises(OptionError, match="the record has no Home Office codes"):
        prospects.severity(pd.DataFrame({"place_id": ["a"]}), pd.DataFrame({"place_id": ["a"]}))
