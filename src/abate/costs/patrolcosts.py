"""What a trial's patrols cost for each offence and each day of harm that they prevented, beside what would pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from abate.errors import OptionError

if TYPE_CHECKING:
    from abate.estimate import Estimate


@dataclass(frozen=True)
class PatrolCost:
    """A trial's patrols in pounds: what they cost, what they prevented, and the price of one offence prevented.

    `offences` and `harm` are falls over all patrol days (offences; days of harm, None where harm was not analysed).
    `per_offence` and `per_harm` are None where the fall is not above 0: nothing was bought. Their ends come from the
    interval's: the dear end is None where the interval holds no fall. `break_even` is how many offences would pay.
    """

    spent: float
    offences: Estimate
    harm: Estimate | None
    per_offence: float | None
    per_offence_low: float | None
    per_offence_high: float | None
    per_harm: float | None
    per_harm_low: float | None
    per_harm_high: float | None
    break_even: float


def weigh(offences: Estimate, harm: Estimate | None, *, hours: float, hour_cost: float, unit_cost: float) -> PatrolCost:
    """Weigh patrols: `offences` and `harm` are falls in all, `hours` those patrolled, costs in pounds.

    Raises `OptionError` for hours or costs that are not above 0.

    >>> from abate.estimate import Estimate
    >>> fall = Estimate(40.0, 10.0, 70.0, 0.95, "trial")
    >>> found = weigh(fall, None, hours=1_000, hour_cost=50, unit_cost=10_000)
    >>> found.per_offence, round(found.per_offence_high), found.break_even
    (1250.0, 5000, 5.0)
    """
    for said, value in {"--patrol-hours": hours, "--hour-cost": hour_cost}.items():
        if not value > 0:
            raise OptionError(f"{said} {value:g}: is above 0")
    spent = hours * hour_cost
    one, low, high = _price(spent, offences)
    harm_one, harm_low, harm_high = (None, None, None) if harm is None else _price(spent, harm)
    return PatrolCost(spent, offences, harm, one, low, high, harm_one, harm_low, harm_high, spent / unit_cost)


def _price(spent: float, fall: Estimate) -> tuple[float | None, float | None, float | None]:
    value, low, high = (spent / count if count > 0 else None for count in (fall.value, fall.high, fall.low))
    return value, low, high
