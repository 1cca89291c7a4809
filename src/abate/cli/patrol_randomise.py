"""`abate patrols randomise`: which sites are patrolled on which days, drawn at random and written down once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

_SITES = typer.Argument(
    metavar="SITES.csv",
    help="Sites: CSV with site_id, name, longitude, latitude, or GeoJSON as `abate hotspots --choose` writes it.",
)
_FROM = typer.Option("--from", help="First day of the schedule, YYYY-MM-DD.")
_DAYS = typer.Option("--days", help="How many days it runs.")
_TREAT = typer.Option("--treat", help="How many sites are patrolled: each day, or throughout with --scheme parallel.")
_CHANCE = typer.Option("--chance", help="In place of --treat: each place-day's own chance of a patrol.")
_SCHEME = typer.Option(
    "--scheme",
    help="Draw each day anew, some sites throughout, one site of each pair (column `pair`), or stepped: in waves.",
)
_WAVES = typer.Option("--waves", help="With --scheme stepped: in how many waves sites begin; then they stay.")
_BLOCK = typer.Option("--block", help="Spread the draw evenly over `weekday`, `area` (column `area`), or both.")
_RUN = typer.Option("--longest-run", help="Most patrol days running at a site.")
_REST = typer.Option("--rest", help="Least usual days between two runs at a site.")
_WASHOUT = typer.Option("--washout", help="Usual days after a run that the analysis sets aside.")
_EXCLUDE = typer.Option("--exclude", help="Days left out: dates with commas between, or CSV with date[, site_id].")
_SEED = typer.Option("--seed", help="Seed of the draw; without one the system gives it. Either way it is recorded.")
_CRS = typer.Option("--crs", help="Coordinate system to measure in, for sites outside Great Britain.")
_OUT = typer.Option("-o", "--out", help="The schedule to write (schedule.csv), or the folder of a week's release.")
_LEDGER = typer.Option("--ledger", help="The record of draws (default: schedule.ledger.jsonl beside the schedule).")
_RELEASE = typer.Option("--release", help="A frozen schedule: write out one week of it (with --week).")
_WEEK = typer.Option("--week", help="With --release: first of the seven days.")
_OVERRIDE = typer.Option(
    "--override", help="A frozen schedule: record what is done otherwise (with --site, --date, --to and --reason)."
)
_SITE = typer.Option("--site", help="With --override: the site.")
_DATE = typer.Option("--date", help="With --override: the day.")
_TO = typer.Option("--to", help="With --override: what is done.")
_REASON = typer.Option("--reason", help="With --override: why, in a few words; name no person.")
_BY = typer.Option("--by", help="Who does this, for the record (default: the account's name).")
_JSON = typer.Option("--json", help="Print one JSON document and nothing else.")


def randomise(
    sites: Annotated[Path | None, _SITES] = None,
    starts: Annotated[str | None, _FROM] = None,
    days: Annotated[int | None, _DAYS] = None,
    treat: Annotated[int | None, _TREAT] = None,
    chance: Annotated[float | None, _CHANCE] = None,
    scheme: Annotated[Literal["daily", "parallel", "pairs", "stepped"], _SCHEME] = "daily",
    waves: Annotated[int | None, _WAVES] = None,
    block: Annotated[str | None, _BLOCK] = None,
    longest_run: Annotated[int | None, _RUN] = None,
    rest: Annotated[int, _REST] = 0,
    washout: Annotated[int, _WASHOUT] = 0,
    exclude: Annotated[str | None, _EXCLUDE] = None,
    seed: Annotated[int | None, _SEED] = None,
    crs: Annotated[str | None, _CRS] = None,
    out: Annotated[Path | None, _OUT] = None,
    ledger: Annotated[Path | None, _LEDGER] = None,
    release: Annotated[str | None, _RELEASE] = None,
    week: Annotated[str | None, _WEEK] = None,
    override: Annotated[Path | None, _OVERRIDE] = None,
    site: Annotated[str | None, _SITE] = None,
    date: Annotated[str | None, _DATE] = None,
    to: Annotated[Literal["patrol", "usual"] | None, _TO] = None,
    reason: Annotated[str | None, _REASON] = None,
    by: Annotated[str | None, _BY] = None,
    *,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Draw which sites are patrolled on which days, and write it down once.

    The schedule is frozen: its SHA-256 goes into a ledger beside it before any outcome exists, an edited schedule is
    refused, and draws for the same sites and days are numbered. It goes out a week at a time with --release, and what
    is done otherwise is recorded with --override.

    Example: abate patrols randomise SITES.csv --from 2020-11-09 --days 90 --treat 7 --seed 7 -o schedule.csv
    """
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from abate.cli import answers

    who = {"ledger": ledger, "now": datetime.now(ZoneInfo("Europe/London")), "by": by or answers.person()}
    handed_out = None if release in {None, "weekly"} else Path(str(release))
    _together(sites, handed_out, override)
    if override is not None:
        done = {"site": site, "day": date, "to": to, "reason": reason}
        found, lines = _override(override, done, who)
    elif handed_out is not None:
        found, lines = _release(handed_out, week, out, who)
    else:
        places = {"sites": sites, "starts": starts, "days": days, "crs": crs, "exclude": exclude}
        rules = {"longest_run": longest_run, "rest": rest, "washout": washout, "block": block}
        size = {"scheme": scheme, "treat": treat, "waves": waves, "chance": chance, "seed": seed}
        with answers.progress("Drawing", quiet=as_json) as tell:
            found, lines = _draw({**places, **rules, **size}, out, who, tell)
    if as_json:
        answers.document(found.document())
    else:
        _print(lines)


def _draw(asked: dict[str, Any], out: Path | None, who: dict[str, Any], tell: Any) -> tuple[Any, list[str]]:
    from abate.jobs import patrol_randomise as jobs

    for option, name in (("SITES.csv", "sites"), ("--from", "starts"), ("--days", "days")):
        _needed(option, asked[name])
    options = jobs.Options(**asked, out=out or Path("schedule.csv"), ledger=who["ledger"])
    found = jobs.randomise(options, today=who["now"].date(), now=who["now"], by=who["by"], tell=tell)
    return found, [
        f"{found.described}.",
        f"{found.treated:,} place-days for patrol, {found.control:,} as usual.",
        f"Draw {found.draw} of {found.draws}; seed {found.seed}, from {found.seed_from}.",
        found.balance.sentence,
        f"SHA-256 {found.sha256}",
        *(f"note: {note}" for note in found.notes),
        *(f"  {path}" for path in (*found.files, found.ledger)),
    ]


def _release(schedule: Path, week: str | None, out: Path | None, who: dict[str, Any]) -> tuple[Any, list[str]]:
    from abate.jobs import patrol_releases

    first = _needed("--week", week, beside="--release")
    into = out if out is not None else schedule.parent
    found = patrol_releases.release(schedule, week=first, into=into, today=who["now"].date(), **who)
    return found, [
        f"{found.rows:,} place-days from {found.first} to {found.last} ({found.drawn}).",
        *(f"note: {note}" for note in found.notes),
        f"  {found.file}",
    ]


def _override(schedule: Path, done: dict[str, Any], who: dict[str, Any]) -> tuple[Any, list[str]]:
    from abate.jobs import patrol_releases

    for name, value in done.items():
        _needed("--date" if name == "day" else f"--{name}", value, beside="--override")
    found = patrol_releases.override(schedule, **done, **who)
    return found, [
        f"{found.site_id} on {found.date}: drawn for {found.drawn}, recorded as {found.done}. The schedule stands.",
        *(f"note: {note}" for note in found.notes),
        f"  {found.file}",
    ]


def _together(sites: Path | None, release: Path | None, override: Path | None) -> None:
    """Refuse to do two things at once."""
    asked = {"SITES.csv": sites, "--release": release, "--override": override}
    given = [name for name, value in asked.items() if value is not None]
    if len(given) > 1:
        raise typer.BadParameter(f"{' and '.join(given)} are different things to do: give one of them at a time")


def _needed(option: str, value: Any, *, beside: str | None = None) -> Any:
    if value is None:
        so = f" with {beside}" if beside else "; see --help"
        raise typer.BadParameter(f"{option} is needed{so}")
    return value


def _print(lines: list[str]) -> None:
    from rich.console import Console

    console = Console()
    for line in lines:
        console.print(line, soft_wrap=True, highlight=False, markup=False)
