"""A rota is read from its files, and all that is wrong with them is told at once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

import rota_files_made
from abate.errors import SourceError
from abate.patrols.rotas import Band, Break
from abate.sources import rota_files

if TYPE_CHECKING:
    from pathlib import Path


def test_a_rota_is_read(tmp_path: Path) -> None:
    told = rota_files.read(rota_files_made.write(tmp_path))
    assert told.day == date(2026, 12, 4)
    assert told.crs == "EPSG:27700"
    assert [site.priority for site in told.rota.sites] == [3, 2, 1.5, 1]
    assert told.rota.sites[1].bands == (Band(18 * 60, 25 * 60, (4,)),)
    assert told.rota.teams[1].breaks == (Break(19 * 60, 21 * 60 + 30, 30, at_base=True),)
    assert told.rota.teams[1].ends == 24 * 60
    assert told.rota.events[0].weight == 2
    assert told.rota.budget_hours == 40
    assert [name for name, _ in told.read] == ["rota.toml", "sites.csv", "teams.csv"]


def test_sites_and_teams_may_stand_in_the_rota(tmp_path: Path) -> None:
    (tmp_path / "rota.toml").write_text(
        'stay_minutes = [10, 15]\n[[site]]\nsite_id = "a"\neasting = 530000\nnorthing = 180000\n'
        'from = "18:00"\nto = "22:00"\n'
        '[[team]]\nteam = "T"\neasting = 530100\nnorthing = 180000\nfrom = "17:00"\nto = "23:00"\n'
        "[dose]\nminutes = [0, 10, 20]\nworth = [0, 0.5, 1]\n[speeds_kmh]\nfoot = 5\n"
    )
    rota = rota_files.read(tmp_path / "rota.toml").rota
    assert rota.stays == (10, 15)
    assert rota.curve.at(15) == 0.75
    assert rota.speeds_kmh["foot"] == 5
    assert (rota.sites[0].easting, rota.teams[0].easting) == (530000, 530100)


def test_every_fault_is_told_with_its_place(tmp_path: Path) -> None:
    rota = rota_files_made.ROTA.replace("most_visits = 2", "most_visits = 0\nstay = 9\nloss = 2").replace(
        '"H3"', '"H9"'
    )
    teams = (
        rota_files_made.TEAMS.replace("15:00,23:00", "15:00,15:10").replace("bicycle", "horse").replace("16:00", "4pm")
    )
    with pytest.raises(SourceError) as fault:
        rota_files.read(rota_files_made.write(tmp_path, rota=rota, teams=teams))
    said = "\n".join(fault.value.faults)
    for part in (
        "rota.toml: there is no setting 'stay'",
        "rota.toml: most_visits is 0",
        "rota.toml, event 1: site is 'H9'",
        "teams.csv, row 2: from is '4pm'; a time such as 18:30 would be right",
        "teams.csv, row 2: mode is 'horse'",
        "lasts 10 minutes, shorter than a stay of 15",
        "loss: a share from 0 to below 1",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rota": "x = "}, "is no TOML"),
        ({"rota": 'sites = "sites.csv"'}, "has no team"),
        ({"rota": 'teams = "teams.csv"'}, "has no site"),
        ({"teams": "team,from\nT,10:00\n"}, "no column 'to'"),
        ({"teams": rota_files_made.TEAMS + "T1,-0.116,51.508,22:00,23:30,2,foot,\n"}, "another shift at the same time"),
        ({"sites": rota_files_made.SITES + "H1,Again,-0.12,51.51,1,,16:00,23:00\n"}, "H1"),
    ],
)
def test_what_cannot_be_is_said(tmp_path: Path, changes: dict[str, str], said: str) -> None:
    with pytest.raises(SourceError, match=said):
        rota_files.read(rota_files_made.write(tmp_path, **changes))


def test_a_missing_rota(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        rota_files.read(tmp_path / "none.toml")
