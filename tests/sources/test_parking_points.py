from __future__ import annotations

import pytest

from abate.errors import SourceError
from abate.sources import parking_points

BNG = "EPSG:27700"


def test_degrees_are_carried_and_a_blank_site_is_any() -> None:
    found = parking_points.parse("site_id,longitude,latitude\na,-0.1246,51.5007\n,-0.1,51.5\n", name="p.csv", crs=BNG)
    assert found["easting"].iloc[0] == pytest.approx(530_270, abs=30)
    assert found["site_id"].isna().tolist() == [False, True]


def test_every_row_that_will_not_do_is_named() -> None:
    with pytest.raises(SourceError) as told:
        parking_points.parse("longitude,latitude\n-0.1,x\n-0.1,51\n500,51\n", name="p.csv", crs=BNG)
    assert [fault.split(":")[0] for fault in told.value.faults] == ["p.csv, row 1", "p.csv, row 3"]


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "no CSV file"), ("lon,lat\n1,2\n", "no columns longitude and latitude"), ("easting,northing\n", "no rows")],
)
def test_what_is_no_list_of_points_is_said(text: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        parking_points.parse(text, name="p.csv", crs=BNG)


def test_a_missing_file_is_said(tmp_path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        parking_points.read(tmp_path / "p.csv", crs=BNG)
