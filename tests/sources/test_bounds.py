"""Where coordinates can lie: what the mapping says, or the area for which the coordinate system is meant."""

from __future__ import annotations

import sys

import pyproj
import pytest

from abate.errors import MissingPartError
from abate.sources import mapping
from abate.sources.bounds import area_of_use, bounds_of
from abate.sources.mapping import Mapping


def made(crs: str, zone: str = "Europe/London", bounds: tuple[float, ...] | None = None) -> Mapping:
    return Mapping(file="m.toml", text="", name="m", columns={}, crs=crs, zone=zone, bounds=bounds)


@pytest.mark.parametrize("crs", ["EPSG:2263", "EPSG:26971", "EPSG:2913", "EPSG:27700"])
def test_the_area_of_use_holds_every_point_of_its_edge(crs: str) -> None:
    box = area_of_use(crs)
    assert all(side % 1_000 == 0 for side in (box.least_x, box.least_y, box.greatest_x, box.greatest_y))
    west, south, east, north = pyproj.CRS.from_user_input(crs).area_of_use.bounds
    to_grid = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    edge = [(west + (east - west) * step / 10, side) for step in range(11) for side in (south, north)]
    edge += [(side, south + (north - south) * step / 10) for step in range(11) for side in (west, east)]
    for lon, lat in edge:
        x, y = to_grid.transform(lon, lat)
        assert box.least_x <= x <= box.greatest_x
        assert box.least_y <= y <= box.greatest_y


def test_longitude_and_latitude_lie_in_the_united_kingdom_on_british_clocks() -> None:
    britain, world = bounds_of(made("EPSG:4326")), bounds_of(made("EPSG:4326", "America/New_York"))
    assert (britain.least_x, britain.greatest_y) == (-9, 61.5)
    assert (world.least_x, world.greatest_y) == (-180, 90)


def test_what_the_mapping_says_goes_first() -> None:
    box = bounds_of(made("EPSG:27700", bounds=(1.0, 2.0, 3.0, 4.0)))
    assert (box.least_x, box.least_y, box.greatest_x, box.greatest_y) == (1.0, 2.0, 3.0, 4.0)
    assert box.what == "inside [rules] bounds"


def test_without_pyproj_the_bounds_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyproj", None)
    with pytest.raises(MissingPartError, match=r"the bounds of EPSG:2263 are not known: give \[rules\] bounds"):
        bounds_of(mapping.example("new-york-shootings"))
    assert bounds_of(mapping.example("bedfordshire-monthly")).least_y == 49
