"""Tables of funding: areas that money is shared among, and what each would get by which rule."""

from __future__ import annotations

from abate.schema import Column, Table

RULES = ("today", "need", "share80", "harm", "regret", "per-head")

FUNDED_AREAS = Table(
    "funded_areas",
    "One row an area that may get money: its need, what it holds today, and what a pound is expected to prevent.",
    {
        "area": Column("text", "the area"),
        "population": Column("number", "people who live there", at_least=0),
        "need": Column("number", "how much serious violence it has, in one unit for all areas", at_least=0),
        "current_grant": Column("number", "what it holds today, in pounds", at_least=0),
        "floor": Column("number", "the least that it must get, in pounds", at_least=0),
        "cap": Column("number", "the most that it may get, in pounds; blank for no limit", blank=True, at_least=0),
        "prevented_per_pound": Column(
            "number", "offences that a pound prevents at today's grant; blank if unknown", blank=True
        ),
        "prevented_low": Column("number", "lower end of its 95% interval; blank if unknown", blank=True),
        "prevented_high": Column("number", "upper end of its 95% interval; blank if unknown", blank=True),
    },
    key=("area",),
)

ALLOCATIONS = Table(
    "allocations",
    "One row a rule and area: what the area would get, against today, and what that is expected to prevent.",
    {
        "rule": Column("text", "the rule", one_of=RULES),
        "area": Column("text", "the area"),
        "amount": Column("number", "what it would get, in pounds and pence", at_least=0),
        "today": Column("number", "what it would get of the same money if shared as today", at_least=0),
        "change": Column("number", "amount less today"),
        "per_head": Column("number", "amount for each person who lives there", blank=True),
        "prevented": Column("number", "offences that the amount is expected to prevent; blank if unknown", blank=True),
        "prevented_low": Column("number", "lower end of its interval", blank=True),
        "prevented_high": Column("number", "upper end of its interval", blank=True),
        "marginal": Column("number", "offences that one more pound there would prevent", blank=True),
    },
    key=("rule", "area"),
)
