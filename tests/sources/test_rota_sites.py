"""Hours and priorities come from the list itself, from a file of hours, or from what abate hotspots wrote."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import rota_files_made
from abate.errors import SourceError
from abate.sources import rota_files

if TYPE_CHECKING:
    from pathlib import Path

HOURS = """site_id,band,days,from_hour,to_hour,hours_a_week,share,times_even
H1,1,"Fri, Sat",20,2,12,0.30,4.2
H1,2,Mon-Thu,16,18,8,0.05,1.1
"""


def test_hours_of_a_file_beside_the_list_weigh_bands_by_their_harm_an_hour(tmp_path: Path) -> None:
    sites = "site_id,name,longitude,latitude,expected_harm\nH1,High Street,-0.12,51.51,40\n"
    path = rota_files_made.write(tmp_path, sites=sites, rota='sites = "sites.csv"\nteams = "teams.csv"\n')
    (tmp_path / "site_hours.csv").write_text(HOURS)
    site = rota_files.read(path).rota.sites[0]
    assert site.priority == 40
    assert [(band.begins, band.ends, band.days) for band in site.bands] == [
        (1200, 1560, (4, 5)),
        (960, 1080, (0, 1, 2, 3)),
    ]
    assert [band.weight for band in site.bands] == pytest.approx([1.0, (0.05 / 8) / (0.30 / 12)])


def test_bands_of_a_geojson_are_taken(tmp_path: Path) -> None:
    ring = [[-0.121, 51.509], [-0.119, 51.509], [-0.119, 51.511], [-0.121, 51.511], [-0.121, 51.509]]
    band = {"band": 1, "days": "Fri", "from_hour": 18, "to_hour": 23, "hours_a_week": 5, "share": 0.2}
    told = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Polygon", "coordinates": [ring]},
                "properties": {"site_id": "A", "name": "A", "expected": 7.5, "bands": [band]},
            }
        ],
    }
    (tmp_path / "sites.geojson").write_text(json.dumps(told))
    path = rota_files_made.write(tmp_path, rota='teams = "teams.csv"\n')
    site = rota_files.read(path, sites=tmp_path / "sites.geojson").rota.sites[0]
    assert site.priority == 7.5
    assert [(each.begins, each.ends, each.days, each.weight) for each in site.bands] == [(1080, 1380, (4,), 1.0)]


def test_hours_of_a_site_that_is_not_on_the_list_are_a_fault(tmp_path: Path) -> None:
    path = rota_files_made.write(
        tmp_path, rota=rota_files_made.ROTA.replace("[[event]]", 'hours = "hours.csv"\n[[event]]')
    )
    (tmp_path / "hours.csv").write_text("site_id,days,from,to\nH9,Fri,18:00,22:00\n")
    with pytest.raises(SourceError, match="site 'H9' is not on the list"):
        rota_files.read(path)


def test_least_above_most_is_a_fault(tmp_path: Path) -> None:
    sites = rota_files_made.SITES.replace("days,from,to", "days,from,to,least_visits").replace("\nH", "\nH")
    rows = sites.splitlines()
    sites = "\n".join([rows[0], *(f"{row},3" for row in rows[1:])]) + "\n"
    with pytest.raises(SourceError, match="least_visits is '3'; at most its most visits"):
        rota_files.read(rota_files_made.write(tmp_path, sites=sites))


def test_a_site_that_is_no_section_is_a_fault(tmp_path: Path) -> None:
    path = rota_files_made.write(tmp_path, rota='site = 2026-12-04\nteams = "teams.csv"\n')
    with pytest.raises(SourceError, match=r"one \[\[site\]\] section a site"):
        rota_files.read(path)
