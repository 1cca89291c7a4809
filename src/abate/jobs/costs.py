"""What offences prevented are worth, and what a trial's patrols cost for each."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from abate.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from abate.costs.patrolcosts import PatrolCost
    from abate.costs.pricing import Part, Prevented, Priced, Terms
    from abate.costs.returns import Return
    from abate.costs.unitcosts import UnitCost
    from abate.reports.costs import Story


@dataclass(frozen=True)
class Options:
    """What the person asked for: numbers prevented (said, in a table, or answers of `abate impact`) and the terms.

    `said` and `effects` are by offence; `uplift` and (`deflator`, `price_year`) are two ways to say prices. A trial is
    priced apart, with its `patrol_hours` and `hour_cost`, as offences of the kind `trial_offence`.
    """

    said: Mapping[str, str] = field(default_factory=dict)
    table: Path | None = None
    effects: Mapping[str, Path] = field(default_factory=dict)
    source: Literal["police", "survey", "health"] = "police"
    unit_costs: Path | None = None
    deflator: Path | None = None
    price_year: str | None = None
    uplift: float | None = None
    multipliers: Mapping[str, float] = field(default_factory=dict)
    programmes: tuple[str, ...] = ()
    attribution: float = 1.0
    programme_cost: tuple[float, ...] = ()
    discount: float = 0.035
    correlation: float = 0.0
    sensitivity: float = 0.2
    level: float = 0.95
    seed: int = 1
    trial: Path | None = None
    trial_offence: str = "violence_with_injury"
    patrol_hours: float | None = None
    hour_cost: float | None = None

    def __post_init__(self) -> None:
        faults = []
        if not (self.said or self.table or self.effects or self.trial):
            faults.append(
                "nothing to price: give --prevented OFFENCE=NUMBER, --table FILE, --effect OFFENCE=FILE or --trial"
            )
        if (self.deflator is None) != (self.price_year is None):
            faults.append("--deflator and --price-year belong together: the index, and the year to price in")
        if self.uplift is not None and self.deflator is not None:
            faults.append("--uplift and --deflator both say how prices rose: give one")
        if self.uplift is not None and not self.uplift > 0:
            faults.append(f"--uplift {self.uplift:g}: is above 0; 1.08 for prices 8% higher")
        if self.trial is not None and (self.patrol_hours is None or self.hour_cost is None):
            faults.append("--trial needs --patrol-hours and --hour-cost: the hours patrolled and what one costs")
        if not 0 <= self.sensitivity < 1:
            faults.append(f"--sensitivity {self.sensitivity:g}: a share from 0 up to 1, such as 0.2")
        if not 0 <= self.discount < 1:
            faults.append(f"--discount {self.discount:g}: a yearly rate from 0 up to 1, such as 0.035")
        if not 0 < self.level < 1:
            faults.append(f"--level {self.level}: an interval's level lies between 0 and 1, such as 0.95")
        if faults:
            raise OptionError(*faults)


@dataclass(frozen=True)
class Found:
    """The answer: the worth with its parts, what came back for the cost, a trial's price, and what has to be known."""

    priced: Priced | None
    returned: Return | None
    patrols: PatrolCost | None
    notes: tuple[str, ...]
    price_year: str

    def story(self) -> Story:
        """Give what a report tells."""
        from abate.reports.costs import Story

        return Story(self.priced, self.returned, self.patrols, self.notes, self.price_year)

    def sentences(self) -> list[str]:
        """Say the answer as a person would."""
        from abate.reports import costs as reports

        return reports.sentences(self.story())

    def document(self) -> dict[str, Any]:
        """Give the answer as the JSON document of `abate costs --json`."""
        return {
            **({} if self.priced is None else _priced(self.priced)),
            "price_year": self.price_year,
            "return": None if self.returned is None else asdict(self.returned),
            "trial": None if self.patrols is None else asdict(self.patrols),
            "notes": list(self.notes),
        }


def costs(options: Options) -> Found:
    """Price offences prevented on stated terms; raises `AbateError` with a sentence a fault."""
    from abate.costs import guards, patrolcosts, pricing, returns, unitcosts
    from abate.sources import cost_tables, trial_answers

    given = {} if options.unit_costs is None else cost_tables.unit_costs(options.unit_costs)
    prevented = _prevented(options)
    known = _known([each.offence for each in prevented], given)
    terms = _terms(options, known)
    priced = returned = patrols = None
    notes: list[str] = []
    if prevented:
        guards.refuse(prevented, terms, options.programmes)
        priced = pricing.price(prevented, known, terms)
        returned = returns.weigh(priced, spent=options.programme_cost) if options.programme_cost else None
        notes = guards.remarks(prevented, known, terms, options.programmes)
    if options.trial is not None:
        fall = trial_answers.trial_fall(options.trial)
        cost = unitcosts.of(options.trial_offence, given=given)
        patrols = patrolcosts.weigh(
            fall.incidents,
            fall.harm,
            hours=float(options.patrol_hours or 0),
            hour_cost=float(options.hour_cost or 0),
            unit_cost=cost.unit_cost * terms.uplift,
        )
    year = options.price_year or (unitcosts.BASE_YEAR if options.uplift is None else "as the uplift says")
    return Found(priced, returned, patrols, (*notes, *guards.odd_year(options.price_year)), year)


def _prevented(options: Options) -> list[Prevented]:
    """Gather the numbers of all three ways; raises every fault of what was typed at once."""
    from abate.costs.pricing import Prevented
    from abate.sources import cost_tables, trial_answers

    found = [] if options.table is None else cost_tables.prevented(options.table, source=options.source)
    faults = []
    for offence, said in options.said.items():
        try:
            numbers = [float(number.replace(",", "")) for number in said.split(":")]
        except ValueError:
            numbers = []
        if len(numbers) == 1:
            found.append(Prevented(offence, numbers[0], source=options.source))
        elif len(numbers) == 3:
            value, low, high = numbers
            found.append(Prevented(offence, value, low, high, options.level, options.source))
        else:
            faults.append(f"--prevented {offence}={said}: should be NUMBER, or NUMBER:LOW:HIGH with an interval's ends")
    if faults:
        raise OptionError(*faults)
    for offence, path in options.effects.items():
        total = trial_answers.impact_total(path)
        found.append(Prevented(offence, total.value, total.low, total.high, level=total.level, source=options.source))
    return found


def _known(offences: list[str], given: Mapping[str, UnitCost]) -> dict[str, UnitCost]:
    from abate.costs import unitcosts

    found: dict[str, UnitCost] = {}
    faults: list[str] = []
    for offence in dict.fromkeys(offences):
        try:
            found[offence] = unitcosts.of(offence, given=given)
        except OptionError as fault:
            faults.extend(fault.faults)
    if faults:
        raise OptionError(*faults)
    return found


def _terms(options: Options, known: Mapping[str, UnitCost]) -> Terms:
    from abate.costs import prices
    from abate.costs.pricing import Terms
    from abate.sources import cost_tables

    years = sorted({cost.price_year for cost in known.values()} or {"2015-16"})
    if len(years) > 1:
        raise OptionError(
            f"unit costs of {' and '.join(years)} cannot be added: give --unit-costs that are all of one price year"
        )
    uplift = options.uplift or 1.0
    if options.deflator is not None:
        index = cost_tables.deflator(options.deflator)
        uplift = index.factor(years[0], prices.financial_year(str(options.price_year)))
    return Terms(
        uplift=uplift,
        multipliers=options.multipliers,
        rate=options.discount,
        attribution=options.attribution,
        correlation=options.correlation,
        sensitivity=options.sensitivity,
        level=options.level,
        seed=options.seed,
    )


def _priced(priced: Priced) -> dict[str, Any]:
    share = priced.terms.sensitivity
    return {
        "total": {"value": priced.total, "low": priced.low, "high": priced.high},
        "level": priced.terms.level,
        "sensitivity": {
            "share": share,
            "low": priced.total * (1 - share),
            "high": priced.total * (1 + share),
            "assumes": "unit costs lower and higher by this share: an assumption, since no interval is published",
        },
        "cashable": {"value": priced.cashable, "of": priced.cashable_of},
        "uplift": priced.terms.uplift,
        "by_offence": _together("offence", priced.by_offence),
        "by_area": _together("area", priced.by_area) if any(priced.by_area) else [],
        "parts": [_part(part, priced.terms) for part in priced.parts],
    }


def _together(key: str, sums: Mapping[str, tuple[float, float | None, float | None]]) -> list[dict[str, Any]]:
    return [{key: name, "value": value, "low": low, "high": high} for name, (value, low, high) in sums.items()]


def _part(part: Part, terms: Terms) -> dict[str, Any]:
    each, cost = part.prevented, part.unit_cost
    return {
        "offence": each.offence,
        "area": each.area,
        "year": each.year,
        "prevented": {"value": each.value, "low": each.low, "high": each.high, "level": each.level},
        "unit_cost": cost.unit_cost,
        "price_year": cost.price_year,
        "source": cost.source,
        "standing": cost.standing,
        "multiplier": part.multiplier,
        "uplift": terms.uplift,
        "value": part.worth,
        "low": part.low,
        "high": part.high,
        **{name: part.shares.get(name) for name in ("anticipation", "consequence", "response", "police")},
    }


def deliver(found: Found, into: Path, options: Options, *, today: date, by: str) -> tuple[Path, ...]:
    """Write the answer as page, PDF, Word file and table, with how it was made; all of them, or none."""
    from abate.jobs import recorded
    from abate.reports import costs as reports

    made = recorded.made(options, inputs=_inputs(options), today=today, by=by)
    report = reports.report(found.story(), made=recorded.rows(made), made_on=today)
    tables = {} if found.priced is None else {"costs.csv": reports.rows(found.priced)}
    return recorded.deliver("costs", report, tables, made, into)


def _inputs(options: Options) -> list[Path]:
    given = (options.table, options.unit_costs, options.deflator, options.trial, *options.effects.values())
    return [path for path in given if path is not None]
