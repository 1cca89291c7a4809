"""The list of sites as files: every column, every outline, safe in a spreadsheet, earlier files kept."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import shapely

import report_sites
import report_town
from abate.reports import hotspots, sites
from abate.tables.sites import SITES


def test_no_sites_no_files() -> None:
    assert sites.draw(report_town.story()) == {}
    assert set(hotspots.draw(report_town.story())) & {"sites.csv", "sites.geojson"} == set()


def test_the_list_is_written_with_every_column_and_the_marking() -> None:
    files = sites.draw(report_sites.story())
    assert list(files) == ["sites.csv", "sites.geojson", "site_hours.csv", "site_changes.csv", "sites-v1.geojson"]
    told = pd.read_csv(io.BytesIO(files["sites.csv"]))
    assert set(SITES.columns) - {"shape"} <= set(told.columns)
    assert told["marking"].str.startswith("working copy").all()
    assert told["expected"].tolist() == [20, 17, 14, 11]
    hours = pd.read_csv(io.BytesIO(files["site_hours.csv"]))
    assert (hours["days"] == "Fri").any()


def test_the_outlines_have_the_version_and_come_back() -> None:
    document = json.loads(sites.draw(report_sites.story())["sites.geojson"])
    assert document["version"] == 2
    assert document["made_from"] == "ab"
    assert document["marking"].startswith("working copy")
    outline = shapely.from_geojson(json.dumps(document["features"][0]["geometry"]))
    assert outline.is_valid
    assert document["features"][0]["properties"]["bands"][0]["days"]
    assert document["features"][0]["properties"]["expected_harm"] is None


def test_lists_without_hours_or_an_earlier_list_have_no_such_files() -> None:
    files = sites.draw(report_sites.story(hours=False, refreshed=False))
    assert list(files) == ["sites.csv", "sites.geojson"]


def test_a_text_that_a_spreadsheet_would_run_is_made_harmless() -> None:
    told = report_sites.story()
    assert told.sites is not None
    running = told.sites.sites.assign(name="=1+1")
    from dataclasses import replace

    written = sites.draw(replace(told, sites=replace(told.sites, sites=running)))["sites.csv"]
    assert b"'=1+1" in written


def test_records_are_plain() -> None:
    told = sites.records(report_sites.sites(1))
    assert json.loads(json.dumps(told))[0]["nearest_site_m"] is None
    assert not any(isinstance(value, np.generic) for value in told[0].values())
