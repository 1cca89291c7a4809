"""Unit costs: what one offence costs society on average, its parts where they are known, and whose figure it is."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Literal

from abate.errors import OptionError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["police", "survey", "health"]

BASE_YEAR = "2015-16"
SOURCE = "Home Office Research Report 99, The economic and social costs of crime, second edition (2018)"
PARTS = ("anticipation", "consequence", "response")


@dataclass(frozen=True)
class UnitCost:
    """What one offence costs society, in pounds of the price year, and the parts of it that are known.

    `anticipation` is spent before (alarms, insurance), `consequence` is harm, lost output and care, `response` police,
    courts, prison and probation, of which `police` is a share; None where it is not known. `kind` says what is counted:
    offences of the police record, of a survey, or events of a health service. `standing` is `seen` where the figure was
    read in the source named, else `unverified`: a default that a user can replace.
    """

    offence: str
    unit_cost: float
    anticipation: float | None = None
    consequence: float | None = None
    response: float | None = None
    police: float | None = None
    price_year: str = BASE_YEAR
    source: str = SOURCE
    standing: Literal["seen", "unverified", "given"] = "given"
    note: str = ""
    kind: Kind = "police"


@cache
def published() -> Mapping[str, UnitCost]:
    """Give the published unit costs by offence, in prices of 2015/16.

    They are averages over actual crimes as a survey finds them, not over recorded ones. Most of the cost of violence is
    physical and emotional harm, which is no cash of any budget.

    >>> round(published()["violence_with_injury"].unit_cost), round(published()["violence_without_injury"].unit_cost)
    (14050, 5930)
    """
    text = resources.files("abate.costs").joinpath("data/unit_costs.csv").read_text(encoding="utf-8")
    return {row["offence"]: _cost(row) for row in csv.DictReader(text.splitlines())}


def _cost(row: Mapping[str, str]) -> UnitCost:
    return UnitCost(
        row["offence"],
        float(row["unit_cost"]),
        anticipation=_number(row["anticipation"]),
        consequence=_number(row["consequence"]),
        response=_number(row["response"]),
        police=_number(row["police"]),
        standing="seen" if row["standing"] == "seen" else "unverified",
        note=row["note"],
    )


def _number(said: str) -> float | None:
    return float(said) if said else None


_ACTIVITY = ("drug", "possession", "weapon")


def of(offence: str, *, given: Mapping[str, UnitCost]) -> UnitCost:
    """Give the unit cost of an offence: the user's own where `given` has it, else the published one.

    Raises `OptionError` for an offence that has none. Drugs and the possession of weapons have none on purpose: their
    counts follow what police do, not what people suffer.
    """
    known = {**published(), **given}
    if offence in known:
        return known[offence]
    if any(word in offence for word in _ACTIVITY):
        raise OptionError(
            f"{offence}: is not priced, because records of drugs and of carried weapons follow how much police search, "
            "not how much harm is done"
        )
    raise OptionError(f"{offence}: there is no unit cost of it. {nearest(offence, known)}")
