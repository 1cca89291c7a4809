"""What money prevents in an area: more money prevents more, but each further pound less than the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]

PIECES = 20
_ROUNDS = 10
_NEAR = 3


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

    Each area's curve is cut into straight pieces and the linear program solved by HiGHS, first over all that an area
    may get and then, nine times, in finer pieces about the answer, which is then within a few pounds of the best. An
    area in which money does harm gets its floor.
    """
    free = float(budget - floors.sum())
    if free <= 0:
        return floors.copy(), float(responses.marginal(floors).max(initial=0.0))
    low, high, bend = floors, np.minimum(caps, floors + free), 2
    for _ in range(_ROUNDS):
        ends = (np.arange(PIECES + 1) / PIECES) ** bend
        knots = low[:, None] + (high - low)[:, None] * ends
        money, next_pound = _fill(budget, responses, knots)
        widths = np.diff(knots, axis=1)
        near = _NEAR * widths[np.arange(len(money)), _piece(knots, money)]
        low, high, bend = np.maximum(low, money - near), np.minimum(high, money + near), 1
    return money, next_pound


def _piece(knots: Real, money: Real) -> NDArray[np.intp]:
    """Give the piece in which each area's money ends."""
    found: NDArray[np.intp] = np.clip((knots[:, 1:] < money[:, None]).sum(axis=1), 0, PIECES - 1)
    return found


def _fill(budget: float, responses: Responses, knots: Real) -> tuple[Real, float]:
    """Fill the pieces between knots, shape (areas, knots), from the first of each row; the budget is used up."""
    from scipy.optimize import linprog

    free = float(budget - knots[:, 0].sum())
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
    money: Real = knots[:, 0] + solved.x.reshape(slopes.shape).sum(axis=1) * free
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
