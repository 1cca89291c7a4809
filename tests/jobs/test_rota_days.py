"""Ways come from a table, from streets or from straight lines; what is off the network is told."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

import rota_files_made
from abate.errors import OptionError, SourceError
from abate.jobs import rota_days
from abate.jobs.rota_days import Files

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 22)


def streets(folder: Path, lines: list[list[list[float]]]) -> Path:
    features = [
        {"type": "Feature", "geometry": {"type": "LineString", "coordinates": line}, "properties": {"osm_id": n}}
        for n, line in enumerate(lines)
    ]
    (folder / "streets.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return folder / "streets.geojson"


def test_ways_along_streets_are_longer_than_straight_lines(tmp_path: Path) -> None:
    path = rota_files_made.write(tmp_path)
    spine = [[-0.12, 51.506], [-0.118, 51.506], [-0.116, 51.508], [-0.11, 51.509], [-0.115, 51.512], [-0.12, 51.51]]
    given = Files(streets=streets(tmp_path, [spine]))
    along = rota_days.pose(path, given, day=None, today=TODAY, crs=None)
    straight = rota_days.pose(path, Files(), day=None, today=TODAY, crs=None)
    assert (along.problem.time[0] >= straight.problem.time[0] / 1.3 - 1).all()
    assert "streets.geojson" in along.notes[0]
    assert "straight lines times 1.3" in straight.notes[0]
    assert (along.problem.time[1] <= along.problem.time[0]).all()


def test_a_site_off_the_network_is_named(tmp_path: Path) -> None:
    path = rota_files_made.write(tmp_path)
    given = Files(streets=streets(tmp_path, [[[-0.12, 51.51], [-0.1195, 51.51]]]))
    with pytest.raises(SourceError, match="site 'H2' lies more than 300 m from every street"):
        rota_days.pose(path, given, day=None, today=TODAY, crs=None)


def test_a_table_of_travel_times_is_used(tmp_path: Path) -> None:
    path = rota_files_made.write(tmp_path)
    names = ["H1", "H2", "H3", "H4", "T1", "T2"]
    rows = [f"{a},{b},{3 + i}" for i, a in enumerate(names) for b in names[i + 1 :]]
    (tmp_path / "travel.csv").write_text("from,to,minutes\n" + "\n".join(rows) + "\n")
    posed = rota_days.pose(path, Files(travel=tmp_path / "travel.csv"), day=None, today=TODAY, crs=None)
    assert posed.problem.time[0][0].tolist() == [0, 3, 3, 3, 3]
    assert np.array_equal(posed.problem.time[0][4], [3, 4, 5, 6, 0])


def test_two_sources_of_travel_times_are_one_too_many(tmp_path: Path) -> None:
    path = rota_files_made.write(tmp_path)
    with pytest.raises(OptionError, match="one source"):
        rota_days.pose(path, Files(travel=path, streets=path), day=None, today=TODAY, crs=None)


def test_a_day_without_teams_is_told(tmp_path: Path) -> None:
    teams = (
        rota_files_made.TEAMS.replace("breaks\n", "breaks,days\n")
        .replace("30\n", "30,Mon\n")
        .replace("base\n", "base,Mon\n")
    )
    path = rota_files_made.write(tmp_path, teams=teams)
    with pytest.raises(OptionError, match="no team is on duty on Friday 4 December 2026"):
        rota_days.pose(path, Files(), day=None, today=TODAY, crs=None)
