"""What must not be added, multiplied or divided, and what a reader has to be told about a price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abate.costs import prices
from abate.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from abate.costs.pricing import Prevented, Terms
    from abate.costs.unitcosts import UnitCost


def refuse(prevented: Sequence[Prevented], terms: Terms, programmes: Sequence[str]) -> None:
    """Raise `OptionError` with every reason why these numbers cannot be priced together on these terms."""
    faults = [*_overlaps(prevented), *_multiplied(prevented, terms), *_divided(terms, programmes), *_twice(prevented)]
    if faults:
        raise OptionError(*faults)


def _overlaps(prevented: Sequence[Prevented]) -> Iterator[str]:
    kinds = {each.source for each in prevented}
    if "health" in kinds and kinds - {"health"}:
        health = sorted({each.offence for each in prevented if each.source == "health"})
        other = sorted({each.offence for each in prevented if each.source != "health"})
        yield (
            f"{', '.join(health)} (health records) and {', '.join(other)} (police records or a survey) may be the same "
            "events, and unit costs of crime already hold what health services spend: price them apart"
        )
    if {"police", "survey"} <= kinds:
        yield "police records and a survey count the same offences: price one of them"


def _multiplied(prevented: Sequence[Prevented], terms: Terms) -> Iterator[str]:
    for offence in dict.fromkeys(each.offence for each in prevented):
        sources = {each.source for each in prevented if each.offence == offence}
        if terms.multiplier(offence) == 1:
            continue
        if offence == "homicide":
            yield "--multiplier homicide: the multiplier of homicide is 1, since every one is recorded"
        if sources - {"police"}:
            yield f"--multiplier {offence}: its number is not from police records, so nothing is unrecorded in it"
    for offence in terms.multipliers or {}:
        if offence not in {each.offence for each in prevented}:
            yield f"--multiplier {offence}: no number of this offence is given"


def _divided(terms: Terms, programmes: Sequence[str]) -> Iterator[str]:
    if not 0 < terms.attribution <= 1:
        yield f"--attribution {terms.attribution}: a share lies above 0 and at most at 1"
    elif len(programmes) > 1 and terms.attribution != 1:
        yield (
            f"--attribution {terms.attribution}: {' and '.join(programmes)} ran in the same areas, so that the effect "
            "is that of both together; it cannot be divided between them"
        )


def _twice(prevented: Sequence[Prevented]) -> Iterator[str]:
    keys = [(each.offence, each.area, each.year) for each in prevented]
    for key in dict.fromkeys(key for key in keys if keys.count(key) > 1):
        where = f" of {key[1]}" if key[1] else ""
        yield f"{key[0]}{where} is given {keys.count(key)} times for year {key[2]}; give one number"


def remarks(
    prevented: Sequence[Prevented], costs: Mapping[str, UnitCost], terms: Terms, programmes: Sequence[str]
) -> list[str]:
    """Say what a reader of the price has to know; nothing here can be left off a report."""
    offences = {each.offence for each in prevented}
    said = []
    if len(programmes) > 1:
        said.append(f"This is the worth of {' and '.join(programmes)} together: the effect of each alone is not known.")
    recorded = sorted(each.offence for each in prevented if each.source == "police" and each.offence != "homicide")
    if any(terms.multiplier(offence) == 1 for offence in recorded):
        said.append(
            "Police-recorded counts were priced as they stand (multiplier 1), although the unit costs are averages "
            "over actual crimes, of which many go unrecorded."
        )
    said += [
        f"{each.offence}{f' in {each.area}' if each.area else ''}: the interval ({each.low:,.0f} to {each.high:,.0f}) "
        "holds none at all, so that the worth may be nothing or a loss."
        for each in prevented
        if each.unclear
    ]
    if any(each.low is None for each in prevented):
        said.append("Numbers without an interval were taken as certain, which no estimate is.")
    if "robbery_individual" in offences and any(name.startswith("violence") for name in offences):
        said.append("A robbery's cost already holds its violence: the violence counts must not hold robberies.")
    if "homicide" in offences:
        said.append("Homicides are few and dear: one more or less by chance moves the total by millions.")
    unsure = sorted({name for name in offences if costs[name].standing == "unverified"})
    if unsure:
        said.append(
            f"Not seen in the source itself, and to be replaced by --unit-costs where known: {', '.join(unsure)}."
        )
    said.append(
        "Most of this is harm to people given a value in pounds, not money that any budget saves; only the response "
        "part can come back to public bodies, and only in the long run."
    )
    return said


def odd_year(year: str | None) -> list[str]:
    """Warn of the price year whose index stands out."""
    if year != prices.ODD_YEAR:
        return []
    return [
        "Prices of 2020-21 stand out, because public output was measured otherwise in the pandemic: choose another."
    ]
