"""Many trials at once: the studentised statistic of each under its own draw, and its p-value under shared redraws.

The statistic is that of `rerandomised`; what is added is that the redraws are held against a whole stack of outcomes
by matrix products, which is how two thousand simulated trials are tested in seconds. The products are cut so small that
the library behind numpy makes each on one thread: its threads wait for one another in a loop, which costs several times
the processor time of the product, and more on a busy machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.stats.rerandomised import Redraws

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

_SAME = 1e-6
_ONE_THREAD = 250_000


@dataclass(frozen=True)
class Verdict:
    """For each of a stack of outcomes the statistic under its own draw, and the two-sided p-value."""

    statistic: Real
    p: Real


def judge(redraws: Redraws, treated: Truth, left: Real) -> Verdict:
    """Test a stack of outcomes, each against the same redraws.

    `treated` and `left` (what is left of the outcomes, with cells that are not open at 0) have the shape (units,
    stack, times). The real draw that `redraws` holds takes no part. The p-value is (1 + redraws at least as far from
    0) / (1 + redraws).
    """
    centred = np.ascontiguousarray(redraws.centred[:, 1:].transpose(0, 2, 1))
    values = left.astype(np.float32)
    scale = np.where(redraws.open, redraws.chance * (1 - redraws.chance), np.inf)
    own = (treated - redraws.chance[:, None]) / scale[:, None]
    statistic = _studentised((own * values).sum(axis=2)[:, :, None].astype(np.float32))[:, 0]
    edge = np.abs(statistic) * (1 - _SAME)
    side = max(1, int((_ONE_THREAD / max(values.shape[2], 1)) ** 0.5))
    as_far = np.empty(len(edge), dtype=np.int64)
    for first in range(0, len(edge), side):
        part = slice(first, first + side)
        far = np.abs(_studentised(_product(values[:, part], centred, side)))
        as_far[part] = (far >= edge[part, None]).sum(axis=1)
    return Verdict(statistic.astype(np.float64), (1 + as_far) / (1 + redraws.draws))


def _product(values: NDArray[np.float32], centred: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """Multiply (units, stack, times) by (units, times, draws), `side` draws at a time."""
    found = np.empty((*values.shape[:2], centred.shape[2]), dtype=np.float32)
    for first in range(0, centred.shape[2], side):
        part = slice(first, first + side)
        np.matmul(values, centred[:, :, part], out=found[:, :, part])
    return found


def _studentised(sums: NDArray[np.float32]) -> NDArray[np.float32]:
    """Divide the total of the units' sums by the root of their scatter; units stand first."""
    units = len(sums)
    total = sums.sum(axis=0)
    squares = np.einsum("usr,usr->sr", sums, sums)
    spread = np.sqrt(np.maximum(squares - total * total / units, 0) * np.float32(units / max(units - 1, 1)))
    found: NDArray[np.float32] = np.divide(total, spread, out=np.zeros_like(total), where=spread > 1e-6)
    return found


def left_over(outcomes: Real, cells: Truth, *, rows: bool, across: bool) -> Real:
    """Take unit effect times time effect off each outcome of a stack (units, stack, times).

    `cells` (units, times) are those that take part: whole times, so that the fit is exact in one step. `rows` and
    `across` say which of the two effects there are.

    >>> from numpy import ones
    >>> grid = np.outer([1.0, 2.0], [3.0, 4.0])[:, None, :]
    >>> float(np.abs(left_over(grid, ones((2, 2), dtype=bool), rows=True, across=True)).max())
    0.0
    """
    whole = bool(cells.all())
    kept = outcomes if whole else outcomes * cells[:, None]
    down, along = kept.sum(axis=2, keepdims=True), kept.sum(axis=0, keepdims=True)
    total = along.sum(axis=2, keepdims=True)
    units, times = cells.any(axis=1).sum(), cells.any(axis=0).sum()
    down = down if rows else np.broadcast_to(total / units, down.shape)
    along = along if across else np.broadcast_to(total / times, along.shape)
    fitted = down * np.divide(along, total, out=np.zeros_like(along), where=total > 0)
    left = kept - fitted
    return np.asarray(left if whole else left * cells[:, None], dtype=np.float64)
