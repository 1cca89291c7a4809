"""How a budget would be shared among areas, by one rule or by all of them side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import OptionError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    import pandas as pd

    from abate.funding.rules import Allocation, Terms
    from abate.reports.funding import Story

    Tell = Callable[[float, str], None]


@dataclass(frozen=True)
class Options:
    """What the person asked for: the areas, the budget in pounds, the rule (or all), and how returns diminish."""

    file: Path
    budget: float
    rule: str = "all"
    diminishing: float = 0.5
    equity: float = 0.5
    draws: int = 400
    seed: int = 1

    def __post_init__(self) -> None:
        from abate.tables.funding import RULES

        if self.rule not in (*RULES, "all"):
            raise OptionError(f"--rule {self.rule}: no such rule. {nearest(self.rule, (*RULES, 'all'))}")

    @property
    def terms(self) -> Terms:
        """Give the terms that rules need."""
        from abate.funding.rules import Terms

        return Terms(self.budget, self.diminishing, self.equity, self.draws, self.seed)


@dataclass(frozen=True)
class Found:
    """The answer: the areas, what each rule gives (the one asked for first), how steady it is, what is to be known."""

    areas: pd.DataFrame
    terms: Terms
    asked: str
    allocations: tuple[Allocation, ...]
    today: Allocation | None
    steadiness: pd.DataFrame | None
    notes: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Give the answer as the JSON document of `abate fund --json`.

        With `--rule all` the keys of the first rule stand at the top too, and `rules` has one such document a rule.
        """
        told = [self._one(each) for each in self.allocations]
        first = told[0] if self.asked != "all" else {"rule": "all", "total": told[0]["total"], "rules": told}
        steady = None if self.steadiness is None else self.steadiness.to_dict("records")
        return {**first, "budget": self.terms.budget, "steadiness": steady, "notes": list(self.notes)}

    def _one(self, each: Allocation) -> dict[str, Any]:
        rows = zip(self.areas["area"], each.pence, each.prevented, each.low, each.high, strict=True)
        today = np.full(len(self.areas), np.nan) if self.today is None else self.today.pence
        return {
            "rule": each.rule,
            "allocations": [
                {
                    "area": area,
                    "amount": int(pence) / 100,
                    "change": (int(pence) - float(before)) / 100,
                    "expected_prevented": {"value": float(value), "low": float(low), "high": float(high)},
                }
                for (area, pence, value, low, high), before in zip(rows, today, strict=True)
            ],
            "total": int(each.pence.sum()) / 100,
            "expected_prevented": None
            if each.total is None
            else dict(zip(("value", "low", "high"), each.total, strict=True)),
            "marginal": {
                "next_pound": each.next_pound,
                "areas": [
                    {"area": area, "value": float(value)}
                    for area, value in zip(self.areas["area"], each.marginal, strict=True)
                ],
            },
        }

    def story(self) -> Story:
        """Give what a report tells."""
        from abate.reports.funding import Story

        return Story(self.areas, self.terms, self.allocations, self.today, self.steadiness, self.notes)

    def sentences(self) -> list[str]:
        """Say the answer as a person would."""
        from abate.reports import funding as reports

        return reports.sentences(self.story())


def fund(options: Options, *, tell: Tell = lambda _share, _words: None) -> Found:
    """Share a budget among areas; raises `AbateError` with a sentence a fault.

    `tell` hears how far the work is.
    """
    from abate.funding import rules, steadiness
    from abate.sources import funding_areas
    from abate.tables.funding import RULES

    tell(0.05, "reading the areas")
    areas, terms = funding_areas.read(options.file), options.terms
    known = bool(areas["prevented_per_pound"].notna().all())
    asked = (options.rule,) if options.rule != "all" else tuple(r for r in RULES if known or r not in rules.NEEDS_RATES)
    rules.check(areas, terms, asked)
    notes = [] if known or options.rule != "all" else [_unknown(areas)]
    held = areas["current_grant"].sum() > 0
    if not held:
        notes.append(
            "No area holds a grant today (current_grant is 0), so that there are no winners and losers against today"
        )
        asked = tuple(rule for rule in asked if rule != "today" or options.rule == "today")
    allocations = []
    for place, rule in enumerate(asked):
        tell(0.1 + 0.6 * place / len(asked), f"sharing by {rule}")
        allocations.append(rules.allocate(areas, rule, terms))
    today = rules.allocate(areas, "today", terms) if held else None
    tell(0.8, "looking how steady it is")
    steady = steadiness.examine(areas, terms) if known and areas["prevented_low"].notna().all() else None
    tell(1.0, "done")
    return Found(
        areas, terms, options.rule, tuple(allocations), today, steady, (*notes, *_said(areas, terms, known=known))
    )


def _unknown(areas: pd.DataFrame) -> str:
    blank = areas.loc[areas["prevented_per_pound"].isna(), "area"].tolist()
    return (
        f"What a pound prevents is not known for {len(blank)} areas ({', '.join(blank[:3])} ...), so that harm and "
        "regret are left out"
    )


def _said(areas: pd.DataFrame, terms: Terms, *, known: bool) -> list[str]:
    if not known:
        return []
    power = terms.diminishing
    more = f"{4**power:.2g} times as much"
    said = [f"Returns diminish by a power of {power:g} (assumed): four times the money prevents {more}"]
    unclear = areas.loc[(areas["prevented_low"] <= 0) & (areas["prevented_high"] >= 0), "area"].tolist()
    if unclear:
        said.append(
            f"For {len(unclear)} of {len(areas)} areas the interval of what a pound prevents holds nothing at all: by "
            "the worst plausible effects they get their floor"
        )
    return said


def deliver(found: Found, into: Path, options: Options, *, today: date, by: str) -> tuple[Path, ...]:
    """Write the answer as page, PDF, Word file and table, with how it was made; all of them, or none."""
    from abate.jobs import recorded
    from abate.reports import funding as reports

    made = recorded.made(options, inputs=[options.file], today=today, by=by)
    report = reports.report(found.story(), made=recorded.rows(made), made_on=today)
    return recorded.deliver("funding", report, {"allocations.csv": reports.rows(found.story())}, made, into)
