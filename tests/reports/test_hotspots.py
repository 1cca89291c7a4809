from __future__ import annotations

import hashlib
import json
import subprocess
import sys

import pytest

import basemap_maker
import report_town
from abate.errors import OptionError
from abate.reports import hotspots

FILES = ["hotspots.csv", "hotspots.geojson", "hotspots.gpkg", "report.html", "report.pdf", "provenance.json"]


def test_the_report_is_six_files_each_marked_and_the_record_names_the_others(tmp_path):
    written = hotspots.write(report_town.story(), tmp_path / "out")
    assert [path.name for path in written] == FILES
    record = json.loads(written[-1].read_bytes())
    for path in written[:-1]:
        assert record["files"][path.name]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    for path in written:
        if path.suffix != ".pdf":
            assert b"working copy, not for publication" in path.read_bytes()


def test_the_same_story_gives_the_same_bytes():
    assert hotspots.draw(report_town.story()) == hotspots.draw(report_town.story())


def test_a_basemap_that_is_none_stops_the_report_before_anything_is_written(tmp_path):
    basemap = tmp_path / "town.pmtiles"
    basemap.write_bytes(b"<html>")
    with pytest.raises(OptionError, match="not a PMTiles file"):
        hotspots.write(report_town.story(), tmp_path / "out", basemap=basemap)
    assert not (tmp_path / "out").exists()


def test_a_basemap_goes_into_the_page_alone(tmp_path):
    basemap = tmp_path / "town.pmtiles"
    basemap.write_bytes(basemap_maker.raster_basemap())
    written = hotspots.write(report_town.story(), tmp_path / "out", basemap=basemap)
    assert [path.name for path in written] == FILES
    assert b'id="basemap-data"' in written[3].read_bytes()


@pytest.mark.slow
def test_nothing_heavy_is_loaded_until_a_report_is_drawn():
    code = (
        "import sys, abate.reports.hotspots\n"
        "print([name for name in ('geopandas', 'pyogrio', 'altair', 'typst', 'matplotlib', 'jinja2', 'shapely', 'ibis')"
        " if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    assert told.strip() == "[]"


@pytest.mark.slow
def test_drawing_loads_no_geopandas_and_no_chart_library():
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "import report_town\nfrom abate.reports import pages, papers\n"
        "told = report_town.story()\npages.draw(told); papers.draw(told)\n"
        "heavy = ('geopandas', 'pyogrio', 'altair', 'matplotlib', 'vl_convert')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    assert told.strip() == "[]"
