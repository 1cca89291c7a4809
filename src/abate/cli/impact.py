"""`abate impact`: what a programme of whole areas prevented. The word `panel` may be left out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from abate.cli import impact_calibrate, impact_multiverse

_FILE = typer.Argument(metavar="PANEL.csv", help="CSV (or .gz) with one row an area and period.")
_TIME = typer.Option("--time", help="Column of periods: numbers, dates, months, years or quarters.")
_OUTCOME = typer.Option("--outcome", help="Column of what was counted or measured.")
_METHOD = typer.Option("--method", help="How the effect is estimated; each has its page in the documents.")
_UNIT = typer.Option("--unit", help="Column of the areas' names; may be left out for a single series.")
_TREATED = typer.Option("--treated", help="Areas that had the programme, with commas; needs --from.")
_FROM = typer.Option("--from", help="First period with the programme, as it stands in the file.")
_FIRST = typer.Option("--first-treated", help="Column of the period in which each area began; blank, 0 or never: none.")
_TREATMENT = typer.Option("--treatment", help="Column that is 1 where the programme runs and 0 elsewhere.")
_COVARIATES = typer.Option("--covariates", help="Columns that explain differences between areas, with commas.")
_EXPOSURE = typer.Option("--exposure", help="Column of what counts are relative to, such as the population.")
_CONTROLS = typer.Option(
    "--controls", help="never: areas that never had it; notyet: also those that do not have it yet."
)
_INFERENCE = typer.Option("--inference", help="placebo, jackknife, bootstrap, conformal, analytic, with commas.")
_DESIGN = typer.Option("--design", help="TOML file of predictors, for --method sc-predictors.")
_SEASON = typer.Option("--season", help="its: months, or harmonics:K for K waves a year.")
_TREND = typer.Option("--trend/--no-trend", help="its: a straight trend in the logarithm (default: with trend).")
_SLOPE = typer.Option("--slope", help="its: the trend may change with the programme too.")
_ERRORS = typer.Option("--errors", help="its: plain, or newey-west for errors that bear autocorrelation.")
_MODEL = typer.Option("--model", help="its: poisson, arima or structural.")
_CHOICE = typer.Option(
    "--choice", help="NAME=VALUE of the method, as its page tells (intercept=true); may be repeated."
)
_LEVEL = typer.Option("--level", help="How sure the interval is.")
_DRAWS = typer.Option("--draws", min=10, help="Placebo or bootstrap draws, where not all can be run.")
_SEED = typer.Option("--seed", min=0, help="Seed of the random numbers: the same seed gives the same output.")
_CHECKS = typer.Option("--checks", help="in-time, leave-one-out, worst-first, with commas: runs the method again.")
_PRICE = typer.Option(
    "--price-as", help="Offence that the report prices what was prevented as, such as robbery_individual."
)
_BESIDE = typer.Option("--beside", help="Other methods that the report sets beside this one, with commas.")
_OUT = typer.Option("-o", "--out", help="Folder for the report and its tables.")
_JSON = typer.Option("--json", help="Print one JSON document and nothing else.")

Method = Literal[
    "sc", "sc-predictors", "ascm", "sdid", "did", "cs", "ife", "mc", "fepois", "its", "calibrate", "recommended"
]


class _Group(TyperGroup):
    """A group whose command `panel` may be left out: `abate impact PANEL.csv` is `abate impact panel PANEL.csv`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["panel", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(cls=_Group, help="What a programme of whole areas prevented.", no_args_is_help=True)


@app.callback()
def impact() -> None:
    """What a programme prevented: of whole areas, `abate impact PANEL.csv`, or of many small ones, `calibrate`."""


def panel(
    file: Annotated[Path, _FILE],
    time: Annotated[str, _TIME],
    outcome: Annotated[str, _OUTCOME],
    method: Annotated[Method, _METHOD],
    unit: Annotated[str | None, _UNIT] = None,
    treated: Annotated[str, _TREATED] = "",
    begins: Annotated[str | None, _FROM] = None,
    first_treated: Annotated[str | None, _FIRST] = None,
    treatment: Annotated[str | None, _TREATMENT] = None,
    covariates: Annotated[str, _COVARIATES] = "",
    exposure: Annotated[str | None, _EXPOSURE] = None,
    controls: Annotated[Literal["never", "notyet"], _CONTROLS] = "never",
    inference: Annotated[str, _INFERENCE] = "",
    design: Annotated[Path | None, _DESIGN] = None,
    season: Annotated[str | None, _SEASON] = None,
    trend: Annotated[bool | None, _TREND] = None,
    slope: Annotated[bool | None, _SLOPE] = None,
    errors: Annotated[Literal["plain", "newey-west"] | None, _ERRORS] = None,
    model: Annotated[Literal["poisson", "arima", "structural"] | None, _MODEL] = None,
    choice: Annotated[list[str] | None, _CHOICE] = None,
    level: Annotated[float, _LEVEL] = 0.95,
    draws: Annotated[int, _DRAWS] = 200,
    seed: Annotated[int, _SEED] = 1,
    checks: Annotated[str, _CHECKS] = "",
    price_as: Annotated[str | None, _PRICE] = None,
    beside: Annotated[str, _BESIDE] = "",
    out: Annotated[Path | None, _OUT] = None,
    *,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Estimate what a programme of whole areas did: how many offences it prevented, and how sure that is.

    Areas that had the programme are compared with what would be expected without it, by the method named. The word
    `panel` may be left out.

    Example: abate impact panel forces.csv --unit force --time quarter --outcome violence --treated Essex
    --from "2019/20 Q1" --method sc -o impact
    """
    from abate.cli import answers
    from abate.impact import checks as known
    from abate.jobs import impact as jobs

    named = {"time": time, "outcome": outcome, "unit": unit, "exposure": exposure, "method": method}
    began: dict[str, Any] = {"begins": begins, "first_treated": first_treated, "treatment": treatment}
    sure = {"controls": controls, "design": design, "level": level, "draws": draws, "seed": seed, "price_as": price_as}
    choices = {"season": season, "trend": trend, "slope": slope, "errors": errors, "model": model}
    options = jobs.Options(
        file=file,
        treated=answers.listed(treated),
        beside=answers.listed(beside),
        checks=known.named(answers.listed(checks)),
        covariates=answers.listed(covariates),
        inference=jobs.inferences(answers.listed(inference)),
        choices={name: value for name, value in choices.items() if value is not None} | _choices(choice),
        **{**named, **began, **sure},
    )
    with answers.progress("Estimating", quiet=as_json) as tell:
        found = jobs.impact(options, tell=tell)
    _answer(found, options, out, as_json=as_json)


app.command(name="panel")(panel)
app.command(name="calibrate")(impact_calibrate.calibrate)
app.command(name="multiverse")(impact_multiverse.multiverse)


def _answer(found: Any, options: Any, out: Path | None, *, as_json: bool) -> None:
    from abate.cli import answers
    from abate.jobs import impact as jobs

    files = () if out is None else jobs.deliver(found, out, options, today=answers.today(), by=answers.person())
    if as_json:
        answers.document(found.document())
    else:
        _print(found, files)


def _choices(given: list[str] | None) -> dict[str, Any]:
    """Read choices of a method: true and false, numbers, else words."""
    from abate.errors import OptionError

    found: dict[str, Any] = {}
    for said in given or []:
        name, sign, value = said.partition("=")
        if not sign or not name or not value:
            raise OptionError(f"--choice {said}: should be NAME=VALUE, such as intercept=true")
        found[name] = _value(value)
    return found


def _value(said: str) -> Any:
    if said in ("true", "false"):
        return said == "true"
    for kind in (int, float):
        try:
            return kind(said)
        except ValueError:
            continue
    return said


def _print(found: Any, files: Any) -> None:
    from rich.console import Console

    from abate.cli import answers

    console = Console()
    for line in found.sentences():
        console.print(line, soft_wrap=True, highlight=False, markup=False)
    answers.close(console, notes=found.said, files=files)
