"""The words of the main job: one sentence, and the notes beside it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from abate.jobs.demo import publish
from abate.jobs.hotspots import Found, Options, hotspots
from abate.jobs.load import load

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    publish(folder, seed=1)
    load([folder / "published"], lake=folder / "lake", today=TODAY, by="a tester")
    return folder


def find(town: Path, **asked: object) -> Found:
    options = {"lake": town / "lake", "force": "sample", "crime": "violence", "out": town / "out"} | asked
    return hotspots(Options(**options), today=TODAY)  # type: ignore[arg-type]


def test_the_sentence_names_force_crimes_period_and_the_first_place(town):
    found = find(town, first="2024-01", last="2024-12", place="square:250", top=5)
    assert found.sentence.startswith("5 of ")
    assert "250 m squares hold" in found.sentence
    assert "recorded by Sample Police from January 2024 to December 2024; the first is near " in found.sentence


def test_one_month_is_in_that_month(town):
    assert "in January 2024;" in find(town, first="2024-01", last="2024-01").sentence


def test_incidents_without_coordinates_and_outside_are_noted(town):
    found = find(town, place="lsoa", boundaries=town / "maps" / "areas.geojson")
    assert any("have no coordinates and stand in no place" in note for note in found.notes)


def test_the_months_asked_for_but_not_held_are_noted(town):
    found = find(town, first="2022-11", last="2023-02")
    assert "2 months are missing from the lake and were not counted as zero: 2022-11, 2022-12" in found.notes


def test_streets_are_named_in_the_places_and_far_incidents_are_noted(town):
    streets = town / "maps" / "streets.geojson"
    found = find(town, place=f"street:{streets}", snap_limit_m=1.0)
    assert "street segments hold" in found.sentence
    assert any("lie more than 1 m from any street" in note for note in found.notes)
