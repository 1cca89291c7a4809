"""What a programme prevented, from a file of areas and periods."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from abate.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    import pandas as pd

    from abate.impact.checks import Check
    from abate.impact.effects import Aggregate, Effect, Inference, Setting
    from abate.impact.panels import Panel
    from abate.reports.costs import Story as Worth
    from abate.sources.area_panels import Read

    Tell = Callable[[float, str], None]

_COUNTS = ("fepois", "its")
_ITS = ("season", "trend", "slope", "model")


@dataclass(frozen=True)
class Options:
    """What the person asked for: the file and its columns, the method, and how its uncertainty is reckoned.

    Who had the programme and from when is said in one of three ways: `treated` areas that all began in the period
    `begins`, the column `first_treated`, or the column `treatment`. `choices` are those of one method alone.
    """

    file: Path
    time: str
    outcome: str
    method: str
    unit: str | None = None
    treated: tuple[str, ...] = ()
    begins: str | None = None
    first_treated: str | None = None
    treatment: str | None = None
    covariates: tuple[str, ...] = ()
    exposure: str | None = None
    controls: Literal["never", "notyet"] = "never"
    inference: tuple[Inference, ...] = ()
    design: Path | None = None
    level: float = 0.95
    draws: int = 200
    seed: int = 1
    choices: Mapping[str, Any] = field(default_factory=dict)
    price_as: str | None = None
    beside: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()

    def __post_init__(self) -> None:
        ways = [
            name
            for name, said in {
                "--treated with --from": self.treated or self.begins,
                "--first-treated": self.first_treated,
                "--treatment": self.treatment,
            }.items()
            if said
        ]
        if len(ways) != 1:
            raise OptionError(
                f"{' and '.join(ways) or 'nothing'} says who had the programme and from when: give one of --treated "
                "NAME,... with --from PERIOD, --first-treated COLUMN, --treatment COLUMN (for a single series --from "
                "alone)"
            )
        if self.treated and self.begins is None:
            raise OptionError("--treated needs --from, the first period with the programme")
        if self.begins and not self.treated and self.unit is not None:
            raise OptionError(
                "--from needs --treated, the areas that had the programme; only a single series needs none"
            )
        if self.unit is None and self.method != "its":
            raise OptionError(f"--method {self.method} compares areas: give --unit, the column of their names")


def inferences(words: tuple[str, ...]) -> tuple[Inference, ...]:
    """Check the names of inferences; raises `OptionError` with the nearest name for each that is not one."""
    from typing import get_args

    from abate.errors import nearest
    from abate.impact import effects

    known: tuple[Inference, ...] = get_args(effects.Inference)
    faults = [f"--inference '{word}': no such inference. {nearest(word, known)}" for word in words if word not in known]
    if faults:
        raise OptionError(*faults)
    return tuple(name for word in words for name in known if name == word)


@dataclass(frozen=True)
class Found:
    """The answer: the effect with its panel and setting, and sentences about the file."""

    effect: Effect
    notes: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Give the answer as the JSON document of `abate impact --json`."""
        return document(self.effect) | {"notes": list(self.said)}

    @property
    def said(self) -> tuple[str, ...]:
        """Give what else is to be known: of the file, then of the method."""
        return (*self.notes, *self.effect.notes)

    def sentences(self) -> list[str]:
        """Say the effect as a person would."""
        from abate.impact import wording

        return wording.sentences(self.effect)


def impact(options: Options, *, tell: Tell = lambda _share, _words: None) -> Found:
    """Estimate what a programme of whole areas did.

    `tell` hears how far the work is. Raises `AbateError` with a sentence a fault.
    """
    from abate.impact import methods

    tell(0.05, "reading the panel")
    chosen = choices(options)
    panel, notes = panel_of(options, chosen)
    tell(0.2, f"estimating by {options.method}")
    effect = methods.estimate(panel, setting(options, chosen, panel))
    if options.checks:
        from abate.impact import checks

        tell(0.6, "checking")
        told = checks.run(effect, options.checks)
        effect = replace(effect, diagnostics={**effect.diagnostics, "checks": told})
        notes = (*notes, *checks.sentences(told))
    tell(1.0, "done")
    return Found(effect, notes)


def panel_of(options: Options, chosen: Mapping[str, Any]) -> tuple[Panel, tuple[str, ...]]:
    """Read the panel that the options name, with what is to be known of the file; `chosen` are the method's choices."""
    from abate.sources import area_panels

    named = chosen["design"].columns if "design" in chosen else ()
    columns = area_panels.Columns(
        time=options.time,
        outcome=options.outcome,
        unit=options.unit,
        treatment=options.treatment,
        first_treated=options.first_treated,
        covariates=tuple(dict.fromkeys((*options.covariates, *(one for one in named if one != options.outcome)))),
        exposure=options.exposure,
    )
    return _panel(area_panels.read(options.file, columns), options)


def _panel(said: Read, options: Options) -> tuple[Panel, tuple[str, ...]]:
    """Make the panel of what the file says; a rate of the exposure for methods that compare levels."""
    from abate.impact import effects, panels
    from abate.sources.area_panels import plain_label

    first = said.begins
    if first is None:
        first = panels.starts(
            said.units,
            said.periods,
            treated=options.treated or said.units,
            begins=plain_label(str(options.begins)),
        )
    notes = []
    if said.absent:
        notes.append(f"{said.absent:,} areas and periods have no row in the file: they are missing, not zero")
    outcomes = said.outcomes
    if said.exposure is not None and options.method not in _COUNTS:
        outcomes = said.outcomes / said.exposure * effects.PER
        notes.append(f"{options.outcome} is compared as a rate per {effects.PER:,.0f} of {options.exposure}")
    panel = panels.Panel(said.units, said.periods, outcomes, first, said.covariates, said.exposure, options.outcome)
    if not panel.ever.any():
        raise OptionError(f"{options.file.name}: no area has the programme in any period of the file")
    if not panel.ever.all():
        panels.overlap(panel)
    return panel, tuple(notes)


def choices(options: Options) -> dict[str, Any]:
    """Give the choices of the method, with its design where a file holds one; raises for those of another method."""
    chosen = dict(options.choices)
    if options.method != "its" and (odd := [name for name in _ITS if name in chosen]):
        raise OptionError(f"--{odd[0]} belongs to --method its, not to {options.method}")
    if options.design is not None:
        if options.method != "sc-predictors":
            raise OptionError(f"--design belongs to --method sc-predictors, not to {options.method}")
        from abate.sources import impact_designs

        chosen["design"] = impact_designs.read(options.design)
    return chosen


def setting(options: Options, chosen: Mapping[str, Any], panel: Panel) -> Setting:
    """Say how the effect is to be found; where no inference is asked for, the one that the panel allows is taken."""
    from abate.impact.effects import Setting

    return Setting(
        method=options.method,
        covariates=options.covariates,
        controls=options.controls,
        inference=options.inference or usual(options.method, panel),
        level=options.level,
        draws=options.draws,
        seed=options.seed,
        options=chosen,
    )


def usual(method: str, panel: Panel) -> tuple[Inference, ...]:
    """Give the inference that is made when none is asked for: an effect is not told without how sure it is.

    Methods that know their own errors make them unasked. The others take placebos where more areas lack the programme
    than have it, and else leave areas out one by one.
    """
    had = int(panel.ever.sum())
    alone = had == 1
    if method in ("cs", "fepois", "its", "calibrate", "recommended") or (method == "did" and not alone):
        return ()
    if method in ("ife", "mc"):
        return ("bootstrap",)
    return ("placebo",) if len(panel.units) - had > had else ("jackknife",)


def deliver(found: Found, into: Path, options: Options, *, today: date, by: str) -> tuple[Path, ...]:
    """Write the answer as page, PDF, Word file and tables, with how it was made; all of them, or none."""
    from abate.jobs import recorded
    from abate.reports import impact as reports

    made = recorded.made(options, inputs=[path for path in (options.file, options.design) if path], today=today, by=by)
    report = reports.report(
        found.effect,
        notes=found.said,
        made=recorded.rows(made),
        made_on=today,
        ways=_ways(options),
        worth=_worth(found.effect, options),
    )
    weights = [{"unit": unit, "weight": weight} for unit, weight in found.effect.weights.items()]
    return recorded.deliver(
        "impact", report, {"path.csv": reports.rows(found.effect), "weights.csv": weights}, made, into
    )


def _ways(options: Options) -> pd.DataFrame | None:
    """Run the other methods that were asked for beside this one; None where none was."""
    if not options.beside:
        return None
    from abate.jobs import impact_multiverse

    methods = tuple(dict.fromkeys((options.method, *options.beside)))
    ways = impact_multiverse.Ways((options.outcome,), methods)
    plain = replace(options, design=None, choices={}, inference=())
    return impact_multiverse.impact_multiverse(plain, ways).table


def _worth(effect: Effect, options: Options) -> Worth | None:
    """Price what was prevented, where the person says as which offence; None where it cannot be said."""
    from abate.impact import effects

    total = effects.prevented(effect)
    if options.price_as is None or total is None:
        return None
    from abate.jobs import costs

    value, low, high = total
    said = f"{value}" if low is None or high is None else f"{value}:{low}:{high}"
    return costs.costs(costs.Options(said={options.price_as: said}, level=options.level)).story()


def document(effect: Effect) -> dict[str, Any]:
    """Give an effect as one JSON document: what does not apply to its method is null or empty."""
    from abate.impact import effects

    total = effects.prevented(effect)
    return {
        "method": effect.setting.method,
        "estimate": {"value": effect.value, "low": effect.low, "high": effect.high},
        "level": effect.setting.level,
        "se": effect.se,
        "p_value": effect.p,
        "total_prevented": None if total is None else dict(zip(("value", "low", "high"), total, strict=True)),
        "weights": dict(effect.weights),
        "pre_rmse": effect.pre_rmse,
        "path": _path(effect),
        "groups": [
            {
                "group": _label(effect.panel, each.group),
                "time": _label(effect.panel, each.time),
                "att": each.att,
                "se": each.se,
            }
            for each in effect.groups
        ],
        "aggregations": {name: _aggregate(each) for name, each in effect.aggregations.items()},
        "diagnostics": dict(effect.diagnostics),
    }


def _path(effect: Effect) -> list[dict[str, Any]]:
    from abate.impact import effects

    found = effects.path(effect)
    if found is None:
        return []
    low, high = effect.band if effect.band is not None else (found.gap * float("nan"),) * 2
    columns = (found.observed, found.counterfactual, found.gap, low, high)
    return [
        {
            "time": _label(effect.panel, place),
            **dict(zip(("observed", "counterfactual", "gap", "low", "high"), map(float, values), strict=True)),
        }
        for place, values in enumerate(zip(*columns, strict=True))
    ]


def _label(panel: Panel, place: int) -> str | float:
    """Give a period as it stood in the file: a number where it was one."""
    label = panel.times[place]
    try:
        number = float(label)
    except ValueError:
        return label
    return int(number) if number == int(number) else number


def _aggregate(each: Aggregate) -> dict[str, Any]:
    return {"value": each.value, "se": each.se, "by": [dict(one) for one in each.by]}
