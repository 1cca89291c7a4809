"""The best few sets that do not clash: an integer program, with the bound that no other choice can pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

_COLUMNS = 1_000
_ALIKE = 10
_EXACT = 1e-9


@dataclass(frozen=True)
class Packing:
    """The sets chosen (their numbers, highest value first) and how good the choice is.

    `value` is their sum; `bound` is a value that no choice can pass; `gap` is (bound - value) / value. `price` is what
    the last place in the choice is worth: a set of lower value cannot raise the bound.
    """

    chosen: Whole
    value: float
    bound: float
    price: float

    @property
    def gap(self) -> float:
        """The share by which another choice could be better at most."""
        return max(0.0, self.bound - self.value) / self.value if self.value > 0 else 0.0


def cover(pairs: Whole, count: int) -> list[list[int]]:
    """Cover the pairs of things that clash by groups in which every two clash; things that clash with none stand alone.

    `pairs` has the shape (pairs, 2), numbers below `count`. Each pair not yet covered is enlarged by the first things
    that clash with all of the group so far. Few large groups make a sharper program than many pairs.

    >>> cover(np.array([[0, 1], [1, 2], [0, 2]]), 4)
    [[0, 1, 2], [3]]
    """
    clash = [0] * count
    for one, other in pairs.tolist():
        clash[one] |= 1 << other
        clash[other] |= 1 << one
    left = list(clash)
    groups: list[list[int]] = []
    for one in range(count):
        while left[one]:
            group = [one, (left[one] & -left[one]).bit_length() - 1]
            able = clash[one] & clash[group[1]]
            while able:
                group.append((able & -able).bit_length() - 1)
                able &= clash[group[-1]]
            whole = sum(1 << each for each in group)
            for each in group:
                left[each] &= ~whole
            groups.append(sorted(group))
    groups.extend([one] for one in range(count) if not clash[one])
    return groups


def greedy(values: Real, holds: Any, near: Any, *, most: int) -> Whole:
    """Take the set of highest value, strike out those that clash with it, and so on; ties go to the first.

    `holds` is a sparse matrix (CSR) in the shape (sets, cells), `near` one in the shape (cells, cells) with an entry
    where two cells cannot be in two sets, a cell with itself included. At most `most` sets, all of value above 0.

    >>> from scipy import sparse
    >>> cells = sparse.csr_array(np.eye(3))
    >>> greedy(np.array([2.0, 3.0, 1.0]), sparse.csr_array(np.array([[1, 1, 0], [0, 1, 1], [0, 0, 1]])), cells, most=2)
    array([1])
    """
    left = values.astype(np.float64).copy()
    chosen: list[int] = []
    while len(chosen) < most and len(left):
        best = int(np.argmax(left))
        if not left[best] > 0:
            break
        chosen.append(best)
        barred = np.zeros(near.shape[0])
        for cell in holds.indices[holds.indptr[best] : holds.indptr[best + 1]]:
            barred[near.indices[near.indptr[cell] : near.indptr[cell + 1]]] = 1.0
        left[holds @ barred > 0] = 0.0
    return np.array(chosen, dtype=np.int64)


def pack(values: Real, groups: Any, *, most: int, start: Whole, seconds: float = 60.0) -> Packing:
    """Choose at most `most` sets, at most one of each group, so that their values add up to the most.

    `values` has one entry a set (above 0), `groups` is a sparse matrix (CSR) in the shape (sets, groups) with a 1 where
    a set belongs to a group; each set belongs to one at least. `start` is a choice that is allowed. The linear program
    is solved on few sets, to which those are added whose value is above their price, until there is none: its value
    bounds every choice. Sets whose price is above their value by more than bound and start differ cannot be in a
    better choice; the integer program is solved over the others (HiGHS by `scipy.optimize.milp`).

    >>> from scipy import sparse
    >>> best = pack(np.array([2.0, 3.0, 2.0]), sparse.csr_array(np.array([[1, 0], [1, 1], [0, 1]])), most=2,
    ...     start=np.array([1]))
    >>> best.chosen.tolist(), best.value, best.gap
    ([0, 2], 4.0, 0.0)
    """
    floor = float(values[start].sum())
    bound, prices, price = _relaxed(values, groups, most, start)
    short = values - groups @ prices - price
    near = np.union1d(np.flatnonzero(short >= floor - bound - _EXACT * max(1.0, bound)), start)
    chosen, proven = _whole(values[near], groups[near], most, seconds)
    better = near[chosen]
    if float(values[better].sum()) < floor:
        better = start
    better = better[np.lexsort((better, -values[better]))]
    value = float(values[better].sum())
    return Packing(better, value, max(value, min(bound, proven)), price)


def _relaxed(values: Real, groups: Any, most: int, start: Whole) -> tuple[float, Real, float]:
    """Solve the linear program by adding sets until none is worth more than its price: bound and prices."""
    from scipy.optimize import linprog

    active = np.union1d(_several(np.arange(len(values)), values, groups), start)
    while True:
        part = groups[active]
        used = np.flatnonzero(np.bincount(part.indices, minlength=groups.shape[1]))
        rows = _rows(part[:, used])
        answer = linprog(-values[active], A_ub=rows, b_ub=_ends(rows, most), bounds=(0, None), method="highs-ds")
        paid = np.maximum(-answer.ineqlin.marginals, 0.0)
        prices, price = np.zeros(groups.shape[1]), float(paid[-1])
        prices[used] = paid[:-1]
        short = values - groups @ prices - price
        over = short.copy()
        over[active] = 0.0
        better = np.flatnonzero(over > _EXACT * max(1.0, float(values.max())))
        if not len(better):
            # the prices bound every choice, whatever the solver's tolerance: count what is still above its price
            return float(prices.sum() + most * (price + short.max(initial=0.0))), prices, price
        active = np.union1d(active, _several(better, over, groups))


def _several(sets: Whole, worth: Real, groups: Any) -> Whole:
    """Take some sets of most worth, a few alone that begin with the same group, since such are much alike."""
    ordered = sets[np.argsort(-worth[sets], kind="stable")]
    first = groups.indices[groups.indptr[ordered]]
    by_group = np.argsort(first, kind="stable")
    alike = first[by_group]
    turn = np.empty(len(ordered), dtype=np.int64)
    turn[by_group] = np.arange(len(ordered)) - np.searchsorted(alike, alike)
    return ordered[turn < _ALIKE][:_COLUMNS]


def _whole(values: Real, groups: Any, most: int, seconds: float) -> tuple[Whole, float]:
    """Solve the integer program: the sets taken, and the bound proven."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    rows = _rows(groups)
    answer = milp(
        -values,
        constraints=LinearConstraint(rows, ub=_ends(rows, most)),
        integrality=np.ones(len(values)),
        bounds=Bounds(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    if answer.x is None:
        return np.empty(0, dtype=np.int64), float("inf")
    bound = float("inf") if answer.mip_dual_bound is None else -float(answer.mip_dual_bound)
    return np.flatnonzero(answer.x > 0.5), bound


def _rows(groups: Any) -> Any:
    from scipy import sparse

    return sparse.csr_array(sparse.vstack([groups.T, np.ones((1, groups.shape[0]))]))


def _ends(rows: Any, most: int) -> Real:
    ends = np.ones(rows.shape[0])
    ends[-1] = most
    return ends
