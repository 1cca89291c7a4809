"""Rules by which money can be shared among areas, side by side, and what each would come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError
from abate.funding import responses as curves
from abate.funding import sharing
from abate.tables.funding import RULES

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from abate.funding.responses import Responses

    Real = NDArray[np.float64]

_SHARE = 0.8
_REACH = 1.959963984540054
NEEDS_RATES = ("harm", "regret")


@dataclass(frozen=True)
class Terms:
    """What is shared and how: the budget in pounds, the power of diminishing returns, the weight of need per head.

    `equity` is the power of an area's need per head, over that of all areas, by which `per-head` weighs its people: 0
    gives everybody the same, 1 is the same as sharing by need.
    """

    budget: float
    diminishing: float = 0.5
    equity: float = 0.5
    draws: int = 400
    seed: int = 1

    def __post_init__(self) -> None:
        faults = []
        if not 0 < self.budget < 1e13:
            faults.append(f"--budget {self.budget:g}: is an amount of pounds above 0")
        elif abs(self.budget * 100 - round(self.budget * 100)) > 1e-6:
            faults.append(f"--budget {self.budget}: has parts of a penny; give pounds and pence")
        if not 0 <= self.equity <= 1:
            faults.append(f"--equity {self.equity:g}: a power from 0 (all people alike) to 1 (by need)")
        if faults:
            raise OptionError(*faults)


@dataclass(frozen=True)
class Allocation:
    """What one rule gives: pence an area (in the table's order), their worth, and the worth of the next pound.

    `prevented`, `low` and `high` are offences an area, NaN where the area's rate is unknown; `total` is (value, low,
    high) of their sum from joint draws, None where a rate is unknown. `marginal` is offences for one more pound in each
    area; `next_pound` that of the budget under a rule that seeks the most, else None.
    """

    rule: str
    pence: NDArray[np.int64]
    prevented: Real
    low: Real
    high: Real
    total: tuple[float, float, float] | None
    marginal: Real
    next_pound: float | None

    @property
    def pounds(self) -> Real:
        """Give the amounts in pounds."""
        return self.pence / 100


def check(areas: pd.DataFrame, terms: Terms, rules: tuple[str, ...]) -> None:
    """Raise `OptionError` with every reason why this money cannot be shared among these areas by these rules."""
    faults = []
    floors, caps = areas["floor"], areas["cap"].fillna(np.inf)
    if floors.sum() > terms.budget + 0.005:
        faults.append(
            f"the floors add up to £{floors.sum():,.2f}, more than the budget of £{terms.budget:,.2f}: raise --budget "
            f"by £{floors.sum() - terms.budget:,.2f} or lower the floors"
        )
    if caps.sum() < terms.budget - 0.005:
        faults.append(
            f"the caps add up to £{caps.sum():,.2f}, less than the budget of £{terms.budget:,.2f}: £"
            f"{terms.budget - caps.sum():,.2f} could not be given to anybody"
        )
    faults += [
        f"{row.area}: the floor of £{row.floor:,.2f} is above the cap of £{row.cap:,.2f}"
        for row in areas[floors > caps].itertuples()
    ]
    unknown = areas.loc[areas["prevented_per_pound"].isna(), "area"].tolist()
    if unknown and (asked := [rule for rule in rules if rule in NEEDS_RATES]):
        faults.append(
            f"--rule {asked[0]} needs prevented_per_pound of every area, and it is blank for {', '.join(unknown[:5])}"
            f"{f' and {len(unknown) - 5} more' if len(unknown) > 5 else ''}"
        )
    if faults:
        raise OptionError(*faults)


def allocate(areas: pd.DataFrame, rule: str, terms: Terms) -> Allocation:
    """Share the budget by one rule; `areas` is a `FUNDED_AREAS` table.

    - today: as the current grants stand to one another;
    - need: as needs stand to one another;
    - share80: the same, but only among the areas of most need that together make up 80% of it;
    - harm: so that most offences are expected to be prevented;
    - regret: the same if every area's money worked as badly as its interval allows;
    - per-head: by people, each counted more where need per head is higher.

    Every rule keeps floors and caps, and the amounts add up to the budget to the penny. Raises `OptionError` where a
    rule cannot be followed.
    """
    floors = areas["floor"].to_numpy(dtype=np.float64)
    caps = areas["cap"].fillna(np.inf).to_numpy(dtype=np.float64)
    next_pound = None
    if rule in NEEDS_RATES:
        column = "prevented_per_pound" if rule == "harm" else "prevented_low"
        rates = areas[column].fillna(areas["prevented_per_pound"]).to_numpy(dtype=np.float64)
        response = respond(areas, terms)
        curve = curves.Responses(rates, response.at, response.power)
        money, next_pound = curves.best(terms.budget, curve, floors, caps)
    else:
        weights = weigh(areas, rule, terms)
        _possible(rule, weights, terms.budget, floors, caps)
        money = sharing.share(terms.budget, weights, floors, caps)
    pence = sharing.to_the_penny(money, round(terms.budget * 100), floors, caps)
    return _worth(rule, pence, areas, terms, next_pound)


def weigh(areas: pd.DataFrame, rule: str, terms: Terms) -> Real:
    """Give the weights by which a rule shares in proportion, one an area."""
    need = areas["need"].to_numpy(dtype=np.float64)
    people = areas["population"].to_numpy(dtype=np.float64)
    match rule:
        case "today":
            weights = areas["current_grant"].to_numpy(dtype=np.float64)
        case "need":
            weights = need
        case "share80":
            weights = np.where(most_need(need), need, 0.0)
        case "per-head":
            with np.errstate(invalid="ignore", divide="ignore"):
                heavier = np.where(people > 0, (need / people) / (need.sum() / people.sum()), 0.0) ** terms.equity
            weights = people * heavier
        case _:
            raise OptionError(f"--rule {rule}: is not one of {', '.join((*RULES, 'all'))}")
    found: Real = weights
    return found


def most_need(need: Real) -> NDArray[np.bool_]:
    """Tell which areas of most need make up 80% of all need: the fewest that do. Equal needs go by order.

    >>> most_need(np.array([50.0, 10.0, 35.0, 5.0])).tolist()
    [True, False, True, False]
    """
    order = np.argsort(-need, kind="stable")
    before = np.cumsum(need[order]) - need[order]
    chosen = np.zeros(len(need), dtype=np.bool_)
    chosen[order] = (before < _SHARE * need.sum() * (1 - 1e-12)) & (need[order] > 0)
    return chosen


def respond(areas: pd.DataFrame, terms: Terms) -> Responses:
    """Give the areas' response curves, through what a pound prevents at today's grant.

    For an area that holds nothing today the curve passes through its share of the budget by need instead.
    """
    grant = areas["current_grant"].to_numpy(dtype=np.float64)
    need = areas["need"].to_numpy(dtype=np.float64)
    by_need = terms.budget * need / need.sum() if need.sum() > 0 else np.full(len(need), terms.budget / len(need))
    at = np.where(grant > 0, grant, np.maximum(by_need, 1.0))
    return curves.Responses(areas["prevented_per_pound"].to_numpy(dtype=np.float64), at, terms.diminishing)


def draw_rates(areas: pd.DataFrame, terms: Terms) -> Real:
    """Draw what a pound prevents in each area, shape (draws, areas): two half normal curves that fit its interval."""
    rate = areas["prevented_per_pound"].to_numpy(dtype=np.float64)
    down = (rate - areas["prevented_low"].fillna(areas["prevented_per_pound"]).to_numpy(dtype=np.float64)) / _REACH
    up = (areas["prevented_high"].fillna(areas["prevented_per_pound"]).to_numpy(dtype=np.float64) - rate) / _REACH
    normals = np.random.default_rng(terms.seed).standard_normal((terms.draws, len(rate)))
    found: Real = rate + normals * np.where(normals < 0, down, up)
    return found


def _possible(rule: str, weights: Real, budget: float, floors: Real, caps: Real) -> None:
    can = weights > 0
    most = float(np.where(can, caps, floors).sum())
    if not can.any() or most < budget - 0.005:
        raise OptionError(
            f"--rule {rule}: the areas that it gives money to may take £{most:,.2f} at most, and £{budget:,.2f} is to "
            "be shared: raise their caps or choose another rule"
        )


def _worth(
    rule: str, pence: NDArray[np.int64], areas: pd.DataFrame, terms: Terms, next_pound: float | None
) -> Allocation:
    money, response = pence / 100, respond(areas, terms)
    shape = response.at * (money / response.at) ** response.power
    prevented = response.prevented(money)
    low, high = (shape * areas[end].to_numpy(dtype=np.float64) for end in ("prevented_low", "prevented_high"))
    total = None
    if np.isfinite(prevented).all():
        sums = draw_rates(areas, terms) @ shape
        ends = np.quantile(sums, [0.025, 0.975])
        total = (float(prevented.sum()), float(ends[0]), float(ends[1]))
    return Allocation(rule, pence, prevented, low, high, total, response.marginal(money), next_pound)
