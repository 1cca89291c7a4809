"""What offences prevented are worth: totals added from joint draws, each part on its own, with what was assumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from abate.costs import prices
from abate.errors import OptionError
from abate.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from abate.costs.unitcosts import Kind, UnitCost

    Real = NDArray[np.float64]

DRAWS = 20_000


@dataclass(frozen=True)
class Prevented:
    """How many of one offence were prevented, in one area and year of the programme; more recorded is below zero.

    `low` and `high` are the ends of an interval at `level`, both None where none is known. `source` is the record the
    number was counted in; `year` counts from 1.
    """

    offence: str
    value: float
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    source: Kind = "police"
    area: str = ""
    year: int = 1

    def __post_init__(self) -> None:
        if (self.low is None) != (self.high is None):
            raise OptionError(f"{self.offence}: an interval has two ends; give both or neither")
        if self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            raise OptionError(f"{self.offence}: {self.value:,g} does not lie between {self.low:,g} and {self.high:,g}")

    @property
    def unclear(self) -> bool:
        """Tell whether the interval holds none at all."""
        return self.low is not None and self.high is not None and self.low <= 0 <= self.high


@dataclass(frozen=True)
class Terms:
    """What the price is reckoned on.

    `uplift` takes prices of the unit costs' year to the price year; `multipliers` take recorded to actual offences
    (1 where none is given); `rate` is the yearly discount; `attribution` the share of the effect that is claimed;
    `correlation` that between the errors of the numbers; `sensitivity` the share by which unit costs are tried lower
    and higher, which is an assumption: no interval of them is published.
    """

    uplift: float = 1.0
    multipliers: Mapping[str, float] | None = None
    rate: float = 0.035
    attribution: float = 1.0
    correlation: float = 0.0
    sensitivity: float = 0.2
    level: float = 0.95
    seed: int = 1

    def multiplier(self, offence: str) -> float:
        """Give by how much recorded counts of an offence are multiplied."""
        return (self.multipliers or {}).get(offence, 1.0)


@dataclass(frozen=True)
class Part:
    """One offence's worth: pounds of the price year, with what they are made of; `shares` are known parts in pounds."""

    prevented: Prevented
    unit_cost: UnitCost
    multiplier: float
    worth: float
    low: float | None
    high: float | None
    shares: Mapping[Literal["anticipation", "consequence", "response", "police"], float]


@dataclass(frozen=True)
class Priced:
    """All parts, their total, and the draws it was added from (pounds; one a draw, shape (draws,)).

    `low` and `high` are None where no number came with an interval. `cashable` is the response part of those offences
    for which it is known, in pounds, and `cashable_of` the worth of those offences. `by_area` and `by_offence` are
    (value, low, high) of the parts together; no ends where one of them came without an interval.
    """

    parts: tuple[Part, ...]
    terms: Terms
    total: float
    low: float | None
    high: float | None
    draws: Real
    cashable: float
    cashable_of: float
    by_area: Mapping[str, tuple[float, float | None, float | None]]
    by_offence: Mapping[str, tuple[float, float | None, float | None]]

    @property
    def estimate(self) -> Estimate | None:
        """Give the total with its interval; None where no number came with one."""
        if self.low is None or self.high is None:
            return None
        return Estimate(self.total, self.low, self.high, self.terms.level, "joint draws of the numbers prevented")


def price(prevented: Sequence[Prevented], costs: Mapping[str, UnitCost], terms: Terms) -> Priced:
    """Price offences prevented: number x unit cost x multiplier x uplift x share claimed, discounted from year 2 on.

    `costs` holds a unit cost for every offence. The total's interval comes from draws of all numbers together: adding
    the ends of intervals would be wrong. Source of the method: Home Office Research Report 99; HM Treasury Green Book.

    >>> from abate.costs.unitcosts import published
    >>> two = [Prevented("violence_with_injury", 7636), Prevented("violence_without_injury", 41377)]
    >>> print(f"{price(two, published(), Terms()).total:,.0f}")
    352,651,410
    """
    if not prevented:
        raise OptionError("nothing to price: give at least one number prevented")
    rates = np.array([_rate(each, costs[each.offence], terms) for each in prevented])
    drawn = draw(prevented, terms)
    worth = drawn * rates
    known = any(each.low is not None for each in prevented)
    parts = tuple(
        _part(each, costs[each.offence], terms, rate, column)
        for each, rate, column in zip(prevented, rates, worth.T, strict=True)
    )
    total = worth.sum(axis=1)
    low, high = _ends(total, terms.level) if known else (None, None)
    areas, offences = [each.area for each in prevented], [each.offence for each in prevented]
    with_response = [part for part in parts if "response" in part.shares]
    return Priced(
        parts,
        terms,
        sum(part.worth for part in parts),
        low,
        high,
        total,
        sum(part.shares["response"] for part in with_response),
        sum(part.worth for part in with_response),
        _together(parts, areas, worth, terms.level),
        _together(parts, offences, worth, terms.level),
    )


def _together(
    parts: Sequence[Part], names: Sequence[str], worth: Real, level: float
) -> dict[str, tuple[float, float | None, float | None]]:
    """Add the worth of parts of one name, with the interval of their joint draws; no end where one of them has none."""
    found = {}
    for name in dict.fromkeys(names):
        places = [place for place, own in enumerate(names) if own == name]
        known = all(parts[place].low is not None for place in places)
        low, high = _ends(worth[:, places].sum(axis=1), level) if known else (None, None)
        found[name] = (sum(parts[place].worth for place in places), low, high)
    return found


def draw(prevented: Sequence[Prevented], terms: Terms, *, draws: int = DRAWS) -> Real:
    """Draw all numbers together, shape (draws, numbers); a number without an interval stays what it is.

    Each follows two half normal curves that meet at its value and fit its interval's ends; their errors share
    `terms.correlation`.
    """
    from scipy.special import ndtri

    count = len(prevented)
    if not -1 / max(count - 1, 1) <= terms.correlation <= 1:
        raise OptionError(f"--correlation {terms.correlation}: {count} numbers cannot all be correlated so")
    generator = np.random.default_rng(terms.seed)
    values, vectors = np.linalg.eigh(
        np.full((count, count), terms.correlation) + np.eye(count) * (1 - terms.correlation)
    )
    normals = generator.standard_normal((draws, count)) @ (vectors * np.sqrt(np.maximum(values, 0.0))).T
    middle = np.array([each.value for each in prevented])
    reach = np.array([float(ndtri((1 + each.level) / 2)) for each in prevented])
    down = np.array([each.value - (each.value if each.low is None else each.low) for each in prevented]) / reach
    up = np.array([(each.value if each.high is None else each.high) - each.value for each in prevented]) / reach
    found: Real = middle + normals * np.where(normals < 0, down, up)
    return found


def _rate(each: Prevented, cost: UnitCost, terms: Terms) -> float:
    pounds = cost.unit_cost * terms.multiplier(each.offence) * terms.uplift * terms.attribution
    return prices.present(pounds, year=each.year, rate=terms.rate)


def _part(each: Prevented, cost: UnitCost, terms: Terms, rate: float, drawn: Real) -> Part:
    low, high = (None, None) if each.low is None else _ends(drawn, terms.level)
    number = each.value * rate / cost.unit_cost
    shares = {
        name: number * known
        for name in ("anticipation", "consequence", "response", "police")
        if (known := getattr(cost, name)) is not None
    }
    return Part(each, cost, terms.multiplier(each.offence), each.value * rate, low, high, shares)  # type: ignore[arg-type]


def _ends(drawn: Real, level: float) -> tuple[float, float]:
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
