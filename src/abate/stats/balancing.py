"""Weights of 0 or more that give chosen totals exactly and stay as even as they can: calibration weights.

Of all weights w >= 0 with `columns' w = targets` those are taken that lie nearest to one base weight d, by the sum of
`(w - d)^2 / d`. Each is then `w = d max(0, 1 + columns @ multipliers)`, so that the search runs over one multiplier a
total rather than over one weight a row: a smooth convex function made of quadratic pieces, on which Newton's method
ends after some ten steps. Totals named `loose` need only be met as nearly as can be.

Sources: Deville and Särndal 1992, Journal of the American Statistical Association 87, 376-382 (the distance); Robbins,
Saunders and Kilmer 2017, the same journal 112, 109-126 (its use for places); Qi and Sun 2006, SIAM Journal on Matrix
Analysis and Applications 28, 360-385 (Newton's method on a dual of this kind).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, no_type_check

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

_STEPS = 200
_HALVINGS = 40
_MET = 1e-12
_DAMPING = 1e-10
_SLOPE = 1e-4
_PATIENT = 12
_HEAVIEST = 10.0
_ROUNDING = 1e-12
LOOSE = 1e-5
"""How loose a total is that need only be met as nearly as can be: its misfit is LOOSE times its multiplier."""


@dataclass(frozen=True)
class Ground:
    """Columns made ready for many balances over different rows: scaled to one size, with their products."""

    scaled: Real
    sizes: Real
    products: Real

    def take(self, chosen: Truth) -> Ground:
        """Give the ground of some of the columns."""
        return Ground(
            np.ascontiguousarray(self.scaled[:, chosen]), self.sizes[chosen], self.products[np.ix_(chosen, chosen)]
        )


@dataclass(frozen=True)
class Balance:
    """Weights found, one a row (0 where the row was not free), and how the totals came out.

    `misfit` is each total less its target, in the columns' own units. `met` tells whether every total that is not loose
    came out as asked, to twelve figures of the largest; where no weights of 0 or more can do that it is false.
    """

    weights: Real
    misfit: Real
    met: bool
    steps: int


def prepare(columns: Real) -> Ground:
    """Make columns, shape (rows, totals), ready to be balanced."""
    sizes = np.sqrt((columns**2).mean(axis=0))
    sizes[sizes == 0] = 1.0
    scaled = np.ascontiguousarray(columns / sizes)
    return Ground(scaled, sizes, scaled.T @ scaled)


def balance(ground: Ground, targets: Real, free: Truth, *, base: float, loose: Real | None = None) -> Balance:
    """Weigh the free rows so that each column's weighted total is its target.

    `base` is the weight that all would have if nothing had to be met; `loose` has an entry a total: 0 where it must be
    met, `LOOSE` where it need only be met as nearly as can be. Columns that say the same twice do no harm.

    >>> columns = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0], [1.0, 5.0]])
    >>> found = balance(prepare(columns), np.array([2.0, 3.0]), np.array([True, True, True, False]), base=2 / 3)
    >>> found.weights.round(4).tolist(), found.met
    ([0.1667, 0.6667, 1.1667, 0.0], True)
    """
    slack = np.zeros(len(targets)) if loose is None else loose
    search = _Search(ground, targets / ground.sizes, free, base, slack * base * float(free.sum()))
    rises, steps, met = search.run()
    weights = base * np.maximum(rises, 0.0)
    misfit = (np.einsum("i,ij->j", weights, ground.scaled) - search.targets) * ground.sizes
    return Balance(weights, misfit, met, steps)


class _Search:
    """Newton's method on the multipliers, with the matrix of second derivatives kept up row by row."""

    def __init__(self, ground: Ground, targets: Real, free: Truth, base: float, slack: Real) -> None:
        self.scaled, self.targets, self.free = ground.scaled, targets, free
        self.base, self.slack = base, slack
        self.products = ground.products.copy()
        self.rises = np.empty(len(free))
        self.on = np.ones(len(free), dtype=np.bool_)
        _shift(self.scaled, free, self.on, self.products)
        self.largest = max(float(np.abs(targets).max(initial=0.0)), 1e-300)

    def run(self) -> tuple[Real, int, bool]:
        """Give 1 + columns @ multipliers of each row (-1 where not free), the steps taken, and success."""
        at = np.zeros(len(self.targets))
        height, rises, gradient = self._measure(at)
        for step in range(_STEPS):
            if float(np.abs(gradient).max(initial=0.0)) <= _MET * self.largest:
                return rises, step, True
            way = -_solve(self._second(), gradient)
            length, slope = 1.0, float(gradient @ way)
            for _ in range(_HALVINGS):
                new = self._measure(at + length * way)
                if new[0] <= height + _SLOPE * length * slope or self._flat(height, slope, gradient, new[2]):
                    break
                length /= 2
            else:
                return rises, step, self._near(gradient)
            at = at + length * way
            height, rises, gradient = new
            if step >= _PATIENT and self._hopeless(at):
                break
        return rises, step, self._near(gradient)

    def _flat(self, height: float, slope: float, before: Real, after: Real) -> bool:
        """Tell whether heights no longer differ beyond rounding while the gradient still shrinks."""
        level = -slope <= _ROUNDING * (1.0 + abs(height))
        return level and float(np.abs(after).max()) < 0.5 * float(np.abs(before).max())

    def _hopeless(self, at: Real) -> bool:
        """Tell whether the multipliers prove that no weights, up to ten times the base's sum, can meet the totals.

        For any such weights the targets' product with the multipliers is at most their sum times the largest row's.
        """
        firm = np.where(self.slack == 0, at, 0.0)
        climbs = np.einsum("ij,j->i", self.scaled, firm)
        highest = max(float(climbs[self.free].max(initial=0.0)), 0.0)
        return float(self.targets @ firm) > _HEAVIEST * self.base * float(self.free.sum()) * highest

    def _near(self, gradient: Real) -> bool:
        """Tell whether the search ended, where rounding lets it go no further, with all totals met well enough."""
        return float(np.abs(gradient).max(initial=0.0)) <= 1e6 * _MET * self.largest

    def _measure(self, at: Real) -> tuple[float, Real, Real]:
        height, gradient = _sweep(self.scaled, at, self.free, self.rises)
        _shift(self.scaled, self.rises > 0, self.on, self.products)
        loosely = self.slack * at
        found = 0.5 * self.base * height - float(self.targets @ at) + 0.5 * float(loosely @ at)
        return found, self.rises.copy(), self.base * gradient - self.targets + loosely

    def _second(self) -> Real:
        second: Real = self.base * self.products
        second.flat[:: len(second) + 1] += self.slack + _DAMPING * self.base * len(self.free)
        return second


@numba.njit(cache=True, nogil=True, fastmath=True)
@no_type_check
def _sweep(scaled, at, free, rises):
    """Fill in 1 + scaled @ at for the free rows (-1 for others); give the sums of squares and of rows where above 0."""
    height, gradient = 0.0, np.zeros(len(at))
    for row in range(len(scaled)):
        rise = -1.0
        if free[row]:
            rise = 1.0
            for place in range(len(at)):
                rise += scaled[row, place] * at[place]
            if rise > 0:
                height += rise * rise
                for place in range(len(at)):
                    gradient[place] += rise * scaled[row, place]
        rises[row] = rise
    return height, gradient


@numba.njit(cache=True, nogil=True, fastmath=True)
@no_type_check
def _shift(scaled, on, was, products):
    """Take rows that come on into the products, and rows that go off out of them; `was` becomes `on`."""
    size = scaled.shape[1]
    for row in range(len(scaled)):
        if on[row] != was[row]:
            sign = 1.0 if on[row] else -1.0
            for one in range(size):
                held = sign * scaled[row, one]
                if held != 0.0:
                    for other in range(size):
                        products[one, other] += held * scaled[row, other]
            was[row] = on[row]


@numba.njit(cache=True, nogil=True)
@no_type_check
def _solve(matrix, right):
    """Solve a symmetric positive definite system by Cholesky's square root; pivots lost to rounding are kept above 0.

    The systems are too small to gain by the threads of a linear algebra library, which many at once slow down.
    """
    size = len(right)
    root, found = np.zeros((size, size)), right.copy()
    for row in range(size):
        for column in range(row + 1):
            left = matrix[row, column]
            for place in range(column):
                left -= root[row, place] * root[column, place]
            if row == column:
                root[row, row] = np.sqrt(max(left, 1e-14 * matrix[row, row]))
            else:
                root[row, column] = left / root[column, column]
    for row in range(size):
        for place in range(row):
            found[row] -= root[row, place] * found[place]
        found[row] /= root[row, row]
    for row in range(size - 1, -1, -1):
        for place in range(row + 1, size):
            found[row] -= root[place, row] * found[place]
        found[row] /= root[row, row]
    return found
