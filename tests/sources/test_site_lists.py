"""Earlier lists: abate's own with its label, any other polygons, and what is no list."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from abate.errors import SourceError
from abate.sources import site_lists

if TYPE_CHECKING:
    from pathlib import Path

SQUARE = [[[-0.45, 52.1], [-0.449, 52.1], [-0.449, 52.101], [-0.45, 52.101], [-0.45, 52.1]]]


def written(path: Path, **label: object) -> Path:
    feature = {
        "type": "Feature",
        "properties": {"site_id": "a"},
        "geometry": {"type": "Polygon", "coordinates": SQUARE},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", **label, "features": [feature]}))
    return path


def test_a_list_of_ours_says_its_version_and_months(tmp_path: Path) -> None:
    path = written(tmp_path / "s.geojson", version=4, made_from="ab", first_month="2021-03", last_month="2022-02")
    found = site_lists.read(path, crs="EPSG:27700")
    assert (found.version, found.made_from, found.months) == (4, "ab", ("2021-03", "2022-02"))
    assert found.sites["site_id"].tolist() == ["a"]
    assert 6_000 < found.sites["shape"].iloc[0].area < 9_000


def test_a_file_without_a_label_is_a_list_too(tmp_path: Path) -> None:
    found = site_lists.read(written(tmp_path / "s.geojson"), crs="EPSG:27700")
    assert (found.version, found.made_from, found.months) == (0, "", None)
    assert len(found.sha256) == 64


@pytest.mark.parametrize(
    "label",
    [
        {"version": "3"},
        {"version": True},
        {"version": -1},
        {"first_month": "2022-13", "last_month": "2022-02"},
        {"first_month": "2023-01", "last_month": "2022-02"},
        {"made_from": 7},
    ],
)
def test_a_label_that_makes_no_sense_is_not_believed(label: dict[str, object]) -> None:
    found = site_lists.label(json.dumps(label).encode())
    assert found == site_lists.Label(0, "", None)


def test_what_is_no_list_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no such file"):
        site_lists.read(tmp_path / "none.geojson", crs="EPSG:27700")
    (tmp_path / "bad.geojson").write_text("not JSON")
    with pytest.raises(SourceError, match=r"bad\.geojson"):
        site_lists.read(tmp_path / "bad.geojson", crs="EPSG:27700")
