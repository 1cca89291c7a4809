"""The price of offences prevented as a report: the total, its parts, what came back, and what was assumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from abate.reports.chapters import WORKING_COPY, Bullets, Chapter, Paragraph, Report, Table, kept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from abate.costs.patrolcosts import PatrolCost
    from abate.costs.pricing import Part, Priced
    from abate.costs.returns import Return

_PARTS: tuple[Literal["anticipation"], Literal["consequence"], Literal["response"]] = (
    "anticipation",
    "consequence",
    "response",
)


@dataclass(frozen=True)
class Story:
    """What a price is told from: the worth, what came back for its cost, a trial's patrols, and what is to be known."""

    priced: Priced | None
    returned: Return | None
    patrols: PatrolCost | None
    notes: tuple[str, ...]
    price_year: str


def sentences(story: Story) -> list[str]:
    """Say the price as a person would, each amount with its interval where it has one."""
    said = []
    if story.priced is not None:
        said.append(_worth(story.priced, story.price_year))
        said.append(_cashable(story.priced))
    if story.returned is not None:
        said.append(_returned(story.returned))
    if story.patrols is not None:
        said.append(_patrols(story.patrols))
    return said


def report(story: Story, *, made: Sequence[tuple[str, str]], made_on: date) -> Report:
    """Lay the price out in chapters; `made` are pairs of how it was made, as provenance gives them."""
    chapters = (
        None if story.priced is None else Chapter("parts", "What it is made of", _made_of(story.priced)),
        None if story.returned is None else Chapter("return", "What would pay", _return(story.returned)),
        None if story.patrols is None else Chapter("patrols", "What the patrols cost", _trial(story.patrols)),
        Chapter("known", "What has to be known", (Bullets(story.notes),)) if story.notes else None,
        Chapter(
            "made",
            "How this was made",
            (Table("How this was made", "The record that stands in provenance.json as well.", (), tuple(made)),),
        ),
    )
    return Report(
        "What offences prevented are worth",
        WORKING_COPY,
        " ".join(sentences(story)),
        kept(chapters),
        ("Unit costs: averages to society, harm included. An estimate, not an account.",),
        made_on,
    )


def worth(story: Story) -> tuple[Paragraph | Table | Bullets, ...]:
    """Give the price as blocks of another report: in sentences, its parts, and what has to be known."""
    parts = () if story.priced is None else _made_of(story.priced)
    return (*(Paragraph(line) for line in sentences(story)), *parts, Bullets(story.notes))


def rows(priced: Priced) -> list[dict[str, object]]:
    """Give the parts as rows of a table, a row an offence, area and year, amounts in pounds of the price year."""
    return [
        {
            "offence": part.prevented.offence,
            "area": part.prevented.area,
            "year": part.prevented.year,
            "prevented": part.prevented.value,
            "prevented_low": part.prevented.low,
            "prevented_high": part.prevented.high,
            "unit_cost": part.unit_cost.unit_cost,
            "multiplier": part.multiplier,
            "uplift": priced.terms.uplift,
            "worth": round(part.worth, 2),
            "worth_low": None if part.low is None else round(part.low, 2),
            "worth_high": None if part.high is None else round(part.high, 2),
            "source": part.unit_cost.source,
            "standing": part.unit_cost.standing,
        }
        for part in priced.parts
    ]


def pounds(amount: float) -> str:
    """Say an amount: in millions with two places from a million on, else whole.

    >>> pounds(352651410), pounds(-1250.4)
    ('£352.65 million', '-£1,250')
    """
    sign, size = "-" if amount < 0 else "", abs(amount)
    return f"{sign}£{size / 1e6:,.2f} million" if size >= 1e6 else f"{sign}£{size:,.0f}"


def _worth(priced: Priced, year: str) -> str:
    prices = "prices as the uplift says" if year.startswith("as") else f"{year} prices"
    share = priced.terms.sensitivity
    between = (
        "; the numbers came without an interval"
        if priced.low is None or priced.high is None
        else f", {priced.terms.level:.0%} interval {pounds(priced.low)} to {pounds(priced.high)}"
    )
    return (
        f"Worth {pounds(priced.total)} to society in {prices}{between}. With unit costs {share:.0%} lower or higher "
        f"(an assumption): {pounds(priced.total * (1 - share))} to {pounds(priced.total * (1 + share))}."
    )


def _cashable(priced: Priced) -> str:
    if not priced.cashable_of:
        return "What part could come back to public bodies is not known for these offences."
    return (
        f"Where the response part is known (offences worth {pounds(priced.cashable_of)}), {pounds(priced.cashable)} of "
        "it could come back to public bodies, in the long run."
    )


def _returned(back: Return) -> str:
    ends = (
        ""
        if back.ratio_low is None or back.ratio_high is None
        else f" ({back.ratio_low:.2f} to {back.ratio_high:.2f}; worth is above cost in {back.chance:.0%} of draws)"
    )
    return f"Each pound spent brought {back.ratio:.2f} pounds of worth{ends}; net {pounds(back.net)}."


def _patrols(cost: PatrolCost) -> str:
    if cost.per_offence is None:
        bought = "no fall was found, so nothing was bought"
    else:
        dear = (
            "no limit, since no fall at all is possible too"
            if cost.per_offence_high is None
            else pounds(cost.per_offence_high)
        )
        cheap = "" if cost.per_offence_low is None else f"{pounds(cost.per_offence_low)} to "
        bought = f"{pounds(cost.per_offence)} an offence prevented ({cost.offences.level:.0%} interval {cheap}{dear})"
    return f"Patrols cost {pounds(cost.spent)}: {bought}. They pay from {cost.break_even:,.1f} offences prevented on."


def _made_of(priced: Priced) -> tuple[Table, ...]:
    listed = tuple(_row(part) for part in priced.parts)
    headings = ("Offence", "Prevented", "Unit cost", "Worth", "Interval")
    parts = tuple(
        (
            name_of(part),
            *(pounds(part.shares[name]) if name in part.shares else "not known" for name in _PARTS),
        )
        for part in priced.parts
    )
    return (
        Table("Worth by offence", "Number x unit cost x multiplier x uplift.", headings, listed, frozenset({1, 2, 3})),
        Table(
            "Parts of the worth",
            "Spent before, harm and loss, and response.",
            ("Offence", *map(str.capitalize, _PARTS)),
            parts,
            frozenset({1, 2, 3}),
        ),
    )


def name_of(part: Part) -> str:
    """Name a part: its offence, its area where it has one, and its year after the first."""
    said = part.prevented
    return ", ".join(filter(None, [said.offence, said.area, f"year {said.year}" if said.year > 1 else ""]))


def _row(part: Part) -> tuple[str, ...]:
    said = part.prevented
    between = "not known" if part.low is None or part.high is None else f"{pounds(part.low)} to {pounds(part.high)}"
    return name_of(part), f"{said.value:,.0f}", pounds(part.unit_cost.unit_cost), pounds(part.worth), between


def _return(back: Return) -> tuple[Paragraph | Table, ...]:
    even = tuple((offence, f"{number:,.0f}") for offence, number in back.break_even.items())
    return (
        Paragraph(f"The programme cost {pounds(back.cost)}. {_returned(back)}"),
        Table(
            "Break-even",
            "Offences of one kind alone that would pay for it.",
            ("Offence", "Number"),
            even,
            frozenset({1}),
        ),
    )


def _trial(cost: PatrolCost) -> tuple[Paragraph, ...]:
    said = [Paragraph(_patrols(cost))]
    if cost.harm is not None:
        if cost.per_harm is None:
            said.append(Paragraph("No fall in harm was found."))
        else:
            said.append(Paragraph(f"A day of harm prevented cost {pounds(cost.per_harm)}."))
    return tuple(said)
