"""`abate costs`: what offences prevented are worth to society, and what a trial's patrols cost for each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

_PREVENTED = typer.Option("--prevented", help="OFFENCE=NUMBER, or OFFENCE=NUMBER:LOW:HIGH; may be given often.")
_TABLE = typer.Option("--table", help="CSV of offence, value and optional area, low, high, level, source, year.")
_EFFECT = typer.Option("--effect", help="OFFENCE=FILE, an answer of `abate impact --json`; may be given often.")
_SOURCE = typer.Option("--source", help="What the numbers were counted in, where a table does not say.")
_UNIT = typer.Option("--unit-costs", help="CSV of your own unit costs: offence, unit_cost, price_year, source.")
_DEFLATOR = typer.Option("--deflator", help="CSV of financial_year, index, release: the GDP deflator as you hold it.")
_YEAR = typer.Option("--price-year", help="Financial year to price in, with --deflator, such as 2019-20.")
_UPLIFT = typer.Option("--uplift", help="Rise of prices since 2015-16 where no deflator is at hand, such as 1.0917.")
_MULTIPLIER = typer.Option("--multiplier", help="OFFENCE=NUMBER: actual offences for each recorded one (default: 1).")
_PROGRAMMES = typer.Option("--programmes", help="Programmes that ran in the same areas, with commas.")
_ATTRIBUTION = typer.Option("--attribution", help="Share of the effect that is claimed, above 0 to 1.")
_COST = typer.Option("--programme-cost", help="What the programme cost, year by year with commas, in pounds.")
_DISCOUNT = typer.Option(
    "--discount", help="Yearly discount from the second year on (Green Book: 0.035; health 0.015)."
)
_CORRELATION = typer.Option("--correlation", help="Correlation between the errors of the numbers.")
_SENSITIVITY = typer.Option("--sensitivity", help="Share by which unit costs are tried lower and higher.")
_TRIAL = typer.Option("--trial", help="An answer of `abate trial analyse --json`, to price its patrols.")
_OFFENCE = typer.Option("--trial-offence", help="What the trial's incidents are priced as.")
_HOURS = typer.Option("--patrol-hours", help="Hours patrolled in the trial, of all officers together.")
_HOUR = typer.Option("--hour-cost", help="What an officer's hour costs, in pounds.")
_LEVEL = typer.Option("--level", help="How sure the interval is.")
_SEED = typer.Option("--seed", min=0, help="Seed of the random numbers: the same seed gives the same output.")
_OUT = typer.Option("-o", "--out", help="Folder for costs.html, costs.pdf, costs.docx, costs.csv and provenance.json.")
_JSON = typer.Option("--json", help="Print one JSON document and nothing else.")


def costs(
    prevented: Annotated[list[str] | None, _PREVENTED] = None,
    table: Annotated[Path | None, _TABLE] = None,
    effect: Annotated[list[str] | None, _EFFECT] = None,
    source: Annotated[Literal["police", "survey", "health"], _SOURCE] = "police",
    unit_costs: Annotated[Path | None, _UNIT] = None,
    deflator: Annotated[Path | None, _DEFLATOR] = None,
    price_year: Annotated[str | None, _YEAR] = None,
    uplift: Annotated[float | None, _UPLIFT] = None,
    multiplier: Annotated[list[str] | None, _MULTIPLIER] = None,
    programmes: Annotated[str, _PROGRAMMES] = "",
    attribution: Annotated[float, _ATTRIBUTION] = 1.0,
    programme_cost: Annotated[str, _COST] = "",
    discount: Annotated[float, _DISCOUNT] = 0.035,
    correlation: Annotated[float, _CORRELATION] = 0.0,
    sensitivity: Annotated[float, _SENSITIVITY] = 0.2,
    trial: Annotated[Path | None, _TRIAL] = None,
    trial_offence: Annotated[str, _OFFENCE] = "violence_with_injury",
    patrol_hours: Annotated[float | None, _HOURS] = None,
    hour_cost: Annotated[float | None, _HOUR] = None,
    level: Annotated[float, _LEVEL] = 0.95,
    seed: Annotated[int, _SEED] = 1,
    out: Annotated[Path | None, _OUT] = None,
    *,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Price offences prevented, with every part, what was assumed, and what would pay for the programme.

    Unit costs are the Home Office's averages in prices of 2015/16 unless you give your own. Totals come from joint
    draws of the numbers; most of what they hold is harm, not cash.

    Example: abate costs --prevented violence_with_injury=7636 --prevented violence_without_injury=41377 --uplift 1.0917
    """
    from abate.cli import answers
    from abate.jobs import costs as jobs

    prices = {"unit_costs": unit_costs, "deflator": deflator, "price_year": price_year, "uplift": uplift}
    claimed = {"attribution": attribution, "discount": discount, "correlation": correlation, "level": level}
    patrols = {"trial": trial, "trial_offence": trial_offence, "patrol_hours": patrol_hours, "hour_cost": hour_cost}
    rest: dict[str, Any] = {"table": table, "source": source, "sensitivity": sensitivity, "seed": seed}
    options = jobs.Options(
        said=_pairs(prevented, "--prevented"),
        effects={offence: Path(path) for offence, path in _pairs(effect, "--effect").items()},
        multipliers={name: _number(said, "--multiplier") for name, said in _pairs(multiplier, "--multiplier").items()},
        programmes=answers.listed(programmes),
        programme_cost=tuple(_number(said, "--programme-cost") for said in answers.listed(programme_cost)),
        **{**prices, **claimed, **patrols, **rest},
    )
    found = jobs.costs(options)
    files = () if out is None else jobs.deliver(found, out, options, today=answers.today(), by=answers.person())
    if as_json:
        answers.document(found.document())
    else:
        _print(found, files)


def _pairs(given: list[str] | None, option: str) -> dict[str, str]:
    """Take OFFENCE=... apart; raises `OptionError` for what has no equals sign, or is said twice."""
    from abate.errors import OptionError

    found: dict[str, str] = {}
    for said in given or []:
        offence, sign, value = said.partition("=")
        if not sign or not offence or not value:
            raise OptionError(f"{option} {said}: should be OFFENCE=..., such as violence_with_injury=7636")
        if offence in found:
            raise OptionError(f"{option} {offence}: is given twice; give it once")
        found[offence] = value
    return found


def _number(said: str, option: str) -> float:
    from abate.errors import OptionError

    try:
        return float(said.replace("_", ""))
    except ValueError:
        raise OptionError(f"{option}: '{said}' is not a number") from None


def _print(found: Any, files: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    from abate.cli import answers

    console = Console()
    for line in found.sentences():
        console.print(line, soft_wrap=True, highlight=False, markup=False)
    if found.priced is not None:
        from abate.reports import costs as reports

        listed = Table(box=None, pad_edge=False)
        for heading in ("Offence", "Prevented", "Unit cost", "Worth"):
            listed.add_column(heading, justify="left" if heading == "Offence" else "right")
        for part in found.priced.parts:
            prevented = f"{part.prevented.value:,.0f}"
            listed.add_row(reports.name_of(part), prevented, f"£{part.unit_cost.unit_cost:,.0f}", f"£{part.worth:,.0f}")
        console.print(listed)
    answers.close(console, notes=found.notes, files=files)
