"""Money shared out, as a report: what each area gets by each rule, what that prevents, who gains and who loses."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from abate.reports import charts
from abate.reports.chapters import WORKING_COPY, Bullets, Chapter, Figure, Paragraph, Report, Table, kept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pandas as pd

    from abate.funding.rules import Allocation, Terms

_WORDS = {
    "today": "as grants stand today",
    "need": "in proportion to need",
    "share80": "among the areas that make up 80% of need",
    "harm": "so that most is expected to be prevented",
    "regret": "so that most is prevented if effects are as bad as their intervals allow",
    "per-head": "by people, weighted by need per head",
}


@dataclass(frozen=True)
class Story:
    """What a sharing is told from: areas, terms, what each rule gives, today's sharing, how steady it is, notes."""

    areas: pd.DataFrame
    terms: Terms
    allocations: tuple[Allocation, ...]
    today: Allocation | None
    steadiness: pd.DataFrame | None
    notes: tuple[str, ...]


def sentences(story: Story) -> list[str]:
    """Say what each rule would do, in one sentence a rule."""
    return [_told(each, story) for each in story.allocations]


def report(story: Story, *, made: Sequence[tuple[str, str]], made_on: date) -> Report:
    """Lay a sharing out in chapters; `made` are pairs of how it was made."""
    chapters = (
        Chapter("rules", "What each rule would do", (Bullets(tuple(sentences(story))), _by_rule(story))),
        Chapter("areas", "What each area would get", (_by_area(story),)),
        None if story.today is None else Chapter("changes", "Who gains and who loses", _changes(story)),
        None
        if story.allocations[0].total is None
        else Chapter("next", "What the next pound would prevent", (_next(story),)),
        None if story.steadiness is None else Chapter("steady", "How steady it is", _steady(story.steadiness)),
        Chapter("known", "What has to be known", (Bullets(story.notes),)) if story.notes else None,
        Chapter(
            "made",
            "How this was made",
            (Table("How this was made", "The record that stands in provenance.json as well.", (), tuple(made)),),
        ),
    )
    closing = ("Rules are set side by side for those who decide; none of them is recommended here.",)
    return Report("How the money would be shared", WORKING_COPY, _lede(story), kept(chapters), closing, made_on)


def _lede(story: Story) -> str:
    money = f"£{story.terms.budget:,.2f} for {len(story.areas):,} areas, shared by"
    if len(story.allocations) == 1:
        return f"{money} one rule: {sentences(story)[0]}"
    said = f"{money} {len(story.allocations)} rules."
    known = [(each.total, each.rule) for each in story.allocations if each.total is not None]
    if len(known) < len(story.allocations):
        return f"{said} What they would prevent is not known."
    least, most = (end(known, key=lambda one: round(one[0][0])) for end in (min, max))
    apart = "do not overlap" if least[0][2] < most[0][1] else "overlap"
    return (
        f"{said} Expected to be prevented are from {least[0][0]:,.0f} offences ({least[1]}) to {most[0][0]:,.0f} "
        f"({most[1]}); the intervals of these two {apart}."
    )


def rows(story: Story) -> list[dict[str, object]]:
    """Give the `ALLOCATIONS` table: a row a rule and area."""
    today = None if story.today is None else story.today.pence
    people = story.areas["population"].to_numpy(dtype=np.float64)
    return [
        {
            "rule": each.rule,
            "area": area,
            "amount": f"{each.pence[place] / 100:.2f}",
            "today": "" if today is None else f"{today[place] / 100:.2f}",
            "change": "" if today is None else f"{(each.pence[place] - today[place]) / 100:.2f}",
            "per_head": f"{each.pence[place] / 100 / people[place]:.4f}" if people[place] > 0 else "",
            "prevented": _plain(each.prevented[place]),
            "prevented_low": _plain(each.low[place]),
            "prevented_high": _plain(each.high[place]),
            "marginal": _plain(each.marginal[place]),
        }
        for each in story.allocations
        for place, area in enumerate(story.areas["area"])
    ]


def _plain(value: float) -> str:
    return f"{value:.6g}" if np.isfinite(value) else ""


def _told(each: Allocation, story: Story) -> str:
    most = int(np.argmax(each.pence))
    holders = int((each.pence > 0).sum())
    worth = "what it would prevent is not known"
    if each.total is not None:
        value, low, high = each.total
        worth = f"expected to prevent {value:,.0f} offences (95% interval {low:,.0f} to {high:,.0f})"
    return (
        f"{each.rule}, {_WORDS[each.rule]}: {holders} areas get money, most {story.areas['area'].iloc[most]} "
        f"(£{each.pence[most] / 100:,.0f}); {worth}."
    )


def _by_rule(story: Story) -> Figure:
    """Draw, for each rule, the offences that it is expected to prevent, with their interval."""
    known = [each for each in story.allocations if each.total is not None]
    if not known:
        return Figure(
            charts.svg("", width=300, height=10, name="by-rule", told="Not known.", title="By rule"), "Not known.", ""
        )
    totals = [each.total for each in known if each.total is not None]
    least, most = min(0.0, *(total[1] for total in totals)), max(total[2] for total in totals)
    span = (most - least) or 1.0
    spoken = "; ".join(
        f"{each.rule} {total[0]:,.0f} ({total[1]:,.0f} to {total[2]:,.0f})"
        for each, total in zip(known, totals, strict=True)
    )

    def x(value: float) -> float:
        return 90 + 430 * (value - least) / span

    body = f'<line x1="{x(0):.1f}" y1="6" x2="{x(0):.1f}" y2="{24 * len(known) + 10}" stroke="{charts.RULE}"/>'
    body += (
        f'<text x="{x(0):.1f}" y="{24 * len(known) + 24}" text-anchor="middle" font-size="12" '
        f'fill="{charts.QUIET}">0</text>'
    )
    for place, (each, total) in enumerate(zip(known, totals, strict=True)):
        y = 22 + 24 * place
        body += (
            f'<text x="84" y="{y + 4}" text-anchor="end" font-size="12" fill="{charts.INK}">{escape(each.rule)}</text>'
            f'<line x1="{x(total[1]):.1f}" y1="{y}" x2="{x(total[2]):.1f}" y2="{y}" stroke="{charts.BAR}" '
            'stroke-width="2"/>'
            f'<circle cx="{x(total[0]):.1f}" cy="{y}" r="4" fill="{charts.INK}"/>'
            f'<text x="530" y="{y + 4}" font-size="12" fill="{charts.QUIET}">{total[0]:,.0f}</text>'
        )
    picture = charts.svg(
        body, width=600, height=24 * len(known) + 30, name="by-rule", told=spoken, title="Offences prevented by rule"
    )
    return Figure(picture, spoken, "Offences expected to be prevented by each rule, with 95% intervals.", wide=True)


def _by_area(story: Story) -> Table:
    headings = ("Area", *(each.rule for each in story.allocations))
    listed = tuple(
        (str(area), *(f"£{each.pence[place] / 100:,.2f}" for each in story.allocations))
        for place, area in enumerate(story.areas["area"])
    )
    total = ("All", *(f"£{each.pence.sum() / 100:,.2f}" for each in story.allocations))
    return Table(
        "What each area would get",
        "Pounds and pence; each column adds up to the budget.",
        headings,
        (*listed, total),
        frozenset(range(1, len(headings))),
    )


def _changes(story: Story) -> tuple[Paragraph | Table, ...]:
    others = [each for each in story.allocations if each.rule != "today"]
    if story.today is None or not others:
        return ()
    changes = {each.rule: (each.pence - story.today.pence) / 100 for each in others}
    counts = "; ".join(
        f"{rule}: {int((change > 0).sum())} gain, {int((change < 0).sum())} lose" for rule, change in changes.items()
    )
    listed = tuple(
        (str(area), *(_change(float(change[place])) for change in changes.values()))
        for place, area in enumerate(story.areas["area"])
    )
    headings = ("Area", *changes)
    caption = "Pounds more or less than of the same money shared as grants stand today."
    table = Table("Who gains and who loses", caption, headings, listed, frozenset(range(1, len(headings))))
    return Paragraph(f"Against today. {counts}."), table


def _change(pounds: float) -> str:
    return "0" if abs(pounds) < 0.5 else f"{pounds:+,.0f}"


def _next(story: Story) -> Table:
    headings = ("Area", *(each.rule for each in story.allocations))
    listed = tuple(
        (str(area), *(_marginal(each, place) for each in story.allocations))
        for place, area in enumerate(story.areas["area"])
    )
    return Table(
        "What the next pound would prevent",
        "Offences for each further million pounds there, at the rate of the next pound.",
        headings,
        listed,
        frozenset(range(1, len(headings))),
    )


def _marginal(each: Allocation, place: int) -> str:
    return f"{each.marginal[place] * 1e6:,.1f}" if each.pence[place] else "no money yet"


def _steady(steadiness: pd.DataFrame) -> tuple[Paragraph | Table, ...]:
    listed = tuple(
        (
            str(row.area),
            f"£{row.amount_low:,.0f} to £{row.amount_high:,.0f}",
            f"{row.rank_low} to {row.rank_high}",
            f"{row.kept_place:.0%}",
        )
        for row in steadiness.itertuples()
    )
    return (
        Paragraph(
            "If what a pound prevents were other than expected, within its interval, the sharing that prevents most "
            "would be another one: the middle 95% of what each area would then get, and of its place by amount."
        ),
        Table(
            "How steady it is",
            "The sharing that prevents most, by draws of what a pound prevents.",
            ("Area", "Amount", "Place", "Same place"),
            listed,
            frozenset({3}),
        ),
    )
