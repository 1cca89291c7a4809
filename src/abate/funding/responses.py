"""What money prevents in an area: more money prevents more, but each further pound less than the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]

PIECES = 400


@dataclass(frozen=True)
class Responses:
    """How much each area's money prevents: `rate` offences a pound at the money `at`, flattening by `power`.

    An area with the money m prevents rate x at x (m / at) ** power offences; a power of 1 does not flatten. `rate` and
    `at` have one entry an area; a rate below 0 stands for harm done.
    """

    rate: Real
    at: Real
    power: float

    def __post_init__(self) -> None:
        if not 0 < self.power <= 1:
            raise OptionError(
                f"--diminishing {self.power:g}: a power above 0 and at most 1 (1: each pound as good as the last)"
            )

    def prevented(self, money: Real) -> Real:
        """Give how many offences the money in each area prevents.

        >>> Responses(np.array([0.001]), np.array([1e6]), 0.5).prevented(np.array([4e6])).tolist()
        [2000.0]
        """
        found: Real = self.rate * self.at * (np.maximum(money, 0.0) / self.at) ** self.power
        return found

    def marginal(self, money: Real) -> Real:
        """Give how many offences one more pound in each area would prevent; a first pound stands for none."""
        found: Real = self.rate * self.power * (np.maximum(money, 1.0) / self.at) ** (self.power - 1)
        return found


def best(budget: float, responses: Responses, floors: Real, caps: Real) -> tuple[Real, float]:
    """Share a budget so that most is prevented; gives the money of each area and what the budget's next pound prevents.

    Each area's curve is cut into straight pieces and the linear program solved by HiGHS; the pieces are fine enough
    (400 an area) that the answer is within a thousandth of the best. An area in which money does harm gets its floor.
    """
    from scipy.optimize import linprog

    free = float(budget - floors.sum())
    if free <= 0:
        return floors.copy(), float(responses.marginal(floors).max(initial=0.0))
    reach = np.minimum(caps - floors, free)
    ends = (np.arange(PIECES + 1) / PIECES) ** 2
    knots = floors[:, None] + reach[:, None] * ends
    curve = responses.rate[:, None] * responses.at[:, None] * (knots / responses.at[:, None]) ** responses.power
    widths = np.diff(knots, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        slopes = np.where(widths > 0, np.diff(curve, axis=1) / widths, 0.0)
    scale = float(np.abs(slopes).max()) or 1.0
    solved = linprog(
        -slopes.ravel() / scale,
        A_eq=np.ones((1, slopes.size)),
        b_eq=[1.0],
        bounds=np.column_stack([np.zeros(slopes.size), widths.ravel() / free]),
        method="highs",
    )
    if solved.status != 0:
        raise OptionError(f"the money cannot be shared so: {solved.message}")
    money: Real = floors + solved.x.reshape(slopes.shape).sum(axis=1) * free
    return money, float(-solved.eqlin.marginals[0]) * scale


def best_of_draws(budget: float, rates: Real, responses: Responses, floors: Real, caps: Real) -> Real:
    """Share a budget best for each draw of the rates, shape (draws, areas), by levelling marginal worth."""
    usable = rates > 0
    low, high = np.full(len(rates), -60.0), np.full(len(rates), 20.0)
    power = min(responses.power, 0.999)
    with np.errstate(divide="ignore"):
        level = np.log(np.where(usable, rates, 1.0) * power)

    def money(price: Real) -> Real:
        wanted = responses.at * np.exp(np.clip((level - price[:, None]) / (1 - power), -700, 50))
        return np.clip(np.where(usable, wanted, 0.0), floors, caps)

    for _ in range(120):
        middle = (low + high) / 2
        over = money(middle).sum(axis=1) > budget
        low, high = np.where(over, middle, low), np.where(over, high, middle)
    return money(high)
