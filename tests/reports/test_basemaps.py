from __future__ import annotations

import pytest

import basemap_maker
from abate.errors import OptionError
from abate.reports import basemaps


def test_a_basemap_is_read_whole_and_tells_what_it_covers(tmp_path):
    path = tmp_path / "town.pmtiles"
    path.write_bytes(basemap_maker.vector_basemap())
    assert basemaps.read(path) == basemap_maker.vector_basemap()
    assert basemaps.extent(basemaps.read(path)) == (-8, 49, 2, 61)


def test_what_is_no_basemap_is_a_sentence(tmp_path):
    path = tmp_path / "town.pmtiles"
    path.write_bytes(b"PMTiles\x02" + bytes(200))
    with pytest.raises(OptionError, match=r"town.pmtiles: this is not a PMTiles file of version 3"):
        basemaps.read(path)
    with pytest.raises(OptionError, match="cannot be read"):
        basemaps.read(tmp_path / "none.pmtiles")


def test_a_basemap_too_large_to_carry_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "country.pmtiles"
    with path.open("wb") as file:
        file.truncate(41_000_000)
    with pytest.raises(OptionError, match=r"41 MB is too large.*--bbox="):
        basemaps.read(path)
