from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from abate.errors import SourceError
from abate.sources import osm_pbf, streets

if TYPE_CHECKING:
    from pathlib import Path

LEEDS = "streets/osm-leeds-university-small.osm.pbf"
BNG = "EPSG:27700"


def test_the_ways_of_leeds_are_streets_with_names_and_kinds(shared) -> None:
    ways = osm_pbf.read(shared(LEEDS))
    assert len(ways.lines) == len(ways.properties) == 184
    assert "Cannon Walk" in {row.get("name") for row in ways.properties}
    identifiers = [row["osm_id"] for row in ways.properties]
    assert identifiers == sorted(identifiers)


def test_streets_reads_the_extract_and_cuts_it_at_junctions(shared) -> None:
    found = streets.read(shared(LEEDS), crs=BNG)
    assert found["segment_id"].is_unique
    assert len(found) > 184
    assert {"footway", "residential"} <= set(found["kind"].dropna())
    west, south = found["shape"].iloc[0].bounds[:2]
    assert 428_000 < west < 430_500
    assert 434_000 < south < 435_500


def test_an_extract_that_is_cut_off_is_said(shared, tmp_path: Path) -> None:
    cut = tmp_path / "cut.osm.pbf"
    cut.write_bytes(shared(LEEDS).read_bytes()[:20_000])
    with pytest.raises(SourceError, match=r"cut\.osm\.pbf: the extract is cut off or damaged"):
        streets.read(cut, crs=BNG)


def test_a_name_does_not_make_an_extract(shared, tmp_path: Path) -> None:
    plain = tmp_path / "streets.data"
    shutil.copy(shared(LEEDS), plain)
    assert len(streets.read(plain, crs=BNG)) > 184
    wrong = tmp_path / "wrong.osm.pbf"
    wrong.write_bytes(b"\x00\x00\x00\x0ejunk and more junk")
    with pytest.raises(SourceError, match="something else"):
        streets.read(wrong, crs=BNG)
