"""`abate patrols plan`: which team visits which site, when, and how near that is to the best there could be."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

_ROTA = typer.Argument(help="TOML file with the rules of the rota (sites and teams in it, or in files it names).")
_SITES = typer.Option("--sites", help="Sites: CSV, or sites.geojson of abate hotspots --choose.")
_TEAMS = typer.Option("--teams", help="CSV of teams: team, longitude, latitude, from, to, officers, mode, breaks.")
_TRAVEL = typer.Option("--travel", help="CSV of travel times: from, to, minutes; or a square.")
_STREETS = typer.Option("--streets", help="Street file (GeoJSON, GraphML, PBF): ways lead along its streets.")
_DATE = typer.Option("--date", formats=["%Y-%m-%d"], help="The day (default: the rota's date, else today).")
_SCHEDULE = typer.Option("--schedule", help="Frozen schedule.csv: only the day's patrol sites are visited.")
_SEED = typer.Option("--seed", min=0, help="Seed of the random numbers: the same seed gives the same plan.")
_SOLVER = typer.Option("--solver", help="highs: own search with the bound on HiGHS; pyvrp: PyVRP's search.")
_SECONDS = typer.Option("--seconds", help="The longest that the search may take.")
_ROUNDS = typer.Option("--rounds", min=0, help="How many rounds are searched (default: by the size of the rota).")
_REPLAN = typer.Option("--replan", "--done", help="Earlier plan.json or visits.csv: what was done and begun stays.")
_NOW = typer.Option("--now", help="With --replan: the time, HH:MM, from which the shift is planned again.")
_AWAY = typer.Option("--away", help="With --replan: a team that is called away, TEAM@HH:MM.")
_CRS = typer.Option("--crs", help="Coordinate system to measure in (default: the one that suits the sites).")
_OUT = typer.Option("-o", "--out", help="Folder for plan.json, visits.csv, rota.html and provenance.json.")
_JSON = typer.Option("--json", help="Print one JSON document and nothing else.")


def plan(
    rota: Annotated[Path, _ROTA],
    sites: Annotated[Path | None, _SITES] = None,
    teams: Annotated[Path | None, _TEAMS] = None,
    travel: Annotated[Path | None, _TRAVEL] = None,
    streets: Annotated[Path | None, _STREETS] = None,
    date: Annotated[datetime | None, _DATE] = None,
    schedule: Annotated[Path | None, _SCHEDULE] = None,
    seed: Annotated[int, _SEED] = 1,
    solver: Annotated[Literal["highs", "pyvrp"], _SOLVER] = "highs",
    seconds: Annotated[float, _SECONDS] = 25.0,
    rounds: Annotated[int | None, _ROUNDS] = None,
    replan: Annotated[list[Path] | None, _REPLAN] = None,
    now: Annotated[str | None, _NOW] = None,
    away: Annotated[list[str] | None, _AWAY] = None,
    crs: Annotated[str | None, _CRS] = None,
    out: Annotated[Path | None, _OUT] = None,
    *,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Plan a day's patrols: which team visits which site when, within shifts, travel, gaps and budget.

    Says how near the plan is to the best there could be, and why each visit that is not there is not. With --replan the
    rest of a shift is planned again: what was done stays.

    Example: abate patrols plan rota.toml --sites sites.geojson --teams teams.csv --date 2026-12-04 -o rota
    """
    from abate.cli import answers
    from abate.jobs import patrol_plan as jobs
    from abate.jobs.rota_days import Files

    options = jobs.Options(
        rota=rota,
        files=Files(sites=sites, teams=teams, travel=travel, streets=streets, schedule=schedule),
        day=None if date is None else date.date(),
        seed=seed,
        solver=solver,
        seconds=seconds,
        rounds=rounds,
        replan=tuple(replan or ()),
        now=now,
        away=tuple(away or ()),
        crs=crs,
        out=out,
    )
    with answers.progress("Planning patrols", quiet=as_json) as tell:
        found = jobs.plan(options, today=answers.today(), by=answers.person(), tell=tell)
    if as_json:
        answers.document(found.document())
    else:
        _print(found)


def _print(found: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    from abate.cli import answers

    console = Console()
    told = found.document()
    console.print(found.sentence(), soft_wrap=True, highlight=False)
    listed = Table(box=None, pad_edge=False)
    for heading in ("Team", "Start", "Minutes", "Site"):
        listed.add_column(heading)
    for visit in told["visits"]:
        listed.add_row(visit["team"], visit["start"][11:16], str(visit["minutes"]), visit["site"])
    console.print(listed)
    for each in told["unserved"]:
        said = f"not planned: visit {each['visit']} of {each['site']}: {each['why']}"
        console.print(said, soft_wrap=True, highlight=False, markup=False)
    answers.close(console, notes=found.notes, files=found.files)
