"""A small rota written as files, for tests of sources, jobs and commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ROTA = """
name = "Late turn"
sites = "sites.csv"
teams = "teams.csv"
date = 2026-12-04
most_visits = 2
budget_officer_hours = 40

[[event]]
site = "H3"
from = 2026-12-04T19:00:00
to = 2026-12-04T21:00:00
weight = 2
"""
SITES = """site_id,name,longitude,latitude,priority,days,from,to
H1,High Street,-0.1200,51.5100,3,"Fri, Sat",16:00,23:00
H2,Station Road,-0.1150,51.5120,2,Fri,18:00,01:00
H3,Market Place,-0.1100,51.5090,1.5,,17:00,22:00
H4,Mill Lane,-0.1180,51.5060,1,Mon-Thu,16:00,23:00
"""
TEAMS = """team,longitude,latitude,from,to,officers,mode,breaks
T1,-0.1160,51.5080,15:00,23:00,2,foot,18:00-20:30 30
T2,-0.1160,51.5080,16:00,00:00,2,bicycle,19:00-21:30 30 base
"""


def write(folder: Path, *, rota: str = ROTA, sites: str = SITES, teams: str = TEAMS) -> Path:
    """Write the files; gives the rota's."""
    (folder / "sites.csv").write_text(sites)
    (folder / "teams.csv").write_text(teams)
    (folder / "rota.toml").write_text(rota)
    return folder / "rota.toml"
