"""What came back for the money: net worth, benefit-cost ratio and break-even, from the draws of the worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.costs import prices
from abate.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abate.costs.pricing import Priced


@dataclass(frozen=True)
class Return:
    """Pounds of the price year: what the programme cost, the worth less that, and worth over cost, with ends.

    `chance` is the share of draws in which the worth is above the cost, None where no number came with an interval.
    `break_even` is how many offences of each kind alone would pay for it.
    """

    cost: float
    net: float
    net_low: float | None
    net_high: float | None
    ratio: float
    ratio_low: float | None
    ratio_high: float | None
    chance: float | None
    break_even: dict[str, float]


def weigh(priced: Priced, *, spent: Sequence[float]) -> Return:
    """Set the worth against what was spent, year by year from the first, in pounds of the price year.

    Raises `OptionError` for a cost that is not above 0.
    """
    if not spent or any(not np.isfinite(one) or one <= 0 for one in spent):
        raise OptionError("--programme-cost: each year's cost is an amount of pounds above 0")
    cost = sum(prices.present(one, year=year, rate=priced.terms.rate) for year, one in enumerate(spent, start=1))
    known = priced.low is not None and priced.high is not None
    low, high = (priced.low, priced.high) if known else (None, None)
    return Return(
        cost=cost,
        net=priced.total - cost,
        net_low=None if low is None else low - cost,
        net_high=None if high is None else high - cost,
        ratio=priced.total / cost,
        ratio_low=None if low is None else low / cost,
        ratio_high=None if high is None else high / cost,
        chance=float((priced.draws > cost).mean()) if known else None,
        break_even={
            part.prevented.offence: cost / (part.unit_cost.unit_cost * part.multiplier * priced.terms.uplift)
            for part in priced.parts
        },
    )
