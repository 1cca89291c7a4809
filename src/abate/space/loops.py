"""The innermost sums over points, compiled: what numpy would need gigabytes or minutes for.

Each stands first as plain Python, which the tests run as the judge of the compiled one. All add up in the order in
which the points are given, so that the same input gives the same bytes.
"""

from __future__ import annotations

from math import erf, exp, floor, pi, sqrt
from typing import TYPE_CHECKING, no_type_check

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

GAUSSIAN, QUARTIC = 0, 1
REACH = 6.0
# where what is cut off is shared out again, so that less of it matters
NEAR = 5.0


@no_type_check
def deposit_plain(x: Real, y: Real, weight: Real, frame: Real, out: Real) -> None:
    """Share each point's weight among the 16 nodes round it so that cubics are kept (`frame`: west, south, step)."""
    rows, columns = out.shape
    for k in range(len(x)):
        across, up = (x[k] - frame[0]) / frame[2], (y[k] - frame[1]) / frame[2]
        left, low = floor(across), floor(up)
        if left < 1 or low < 1 or left > columns - 3 or low > rows - 3:
            continue
        s, t = across - left, up - low
        s0, s1 = -s * (s - 1) * (s - 2) / 6, (s + 1) * (s - 1) * (s - 2) / 2
        s2, s3 = -(s + 1) * s * (s - 2) / 2, (s + 1) * s * (s - 1) / 6
        w = weight[k]
        t0, t1 = -w * t * (t - 1) * (t - 2) / 6, w * (t + 1) * (t - 1) * (t - 2) / 2
        t2, t3 = -w * (t + 1) * t * (t - 2) / 2, w * (t + 1) * t * (t - 1) / 6
        for row, share in ((low - 1, t0), (low, t1), (low + 1, t2), (low + 2, t3)):
            out[row, left - 1] += share * s0
            out[row, left] += share * s1
            out[row, left + 1] += share * s2
            out[row, left + 2] += share * s3


@no_type_check
def read_plain(values: Real, x: Real, y: Real, frame: Real, out: Real) -> None:
    """Read a raster of nodes between its nodes, by cubics; 0 beyond its margin."""
    rows, columns = values.shape
    for k in range(len(x)):
        across, up = (x[k] - frame[0]) / frame[2], (y[k] - frame[1]) / frame[2]
        left, low = floor(across), floor(up)
        if left < 1 or low < 1 or left > columns - 3 or low > rows - 3:
            out[k] = 0.0
            continue
        s, t = across - left, up - low
        s0, s1 = -s * (s - 1) * (s - 2) / 6, (s + 1) * (s - 1) * (s - 2) / 2
        s2, s3 = -(s + 1) * s * (s - 2) / 2, (s + 1) * s * (s - 1) / 6
        t0, t1 = -t * (t - 1) * (t - 2) / 6, (t + 1) * (t - 1) * (t - 2) / 2
        t2, t3 = -(t + 1) * t * (t - 2) / 2, (t + 1) * t * (t - 1) / 6
        total = 0.0
        for row, share in ((low - 1, t0), (low, t1), (low + 1, t2), (low + 2, t3)):
            line = s0 * values[row, left - 1] + s1 * values[row, left]
            total += share * (line + s2 * values[row, left + 1] + s3 * values[row, left + 2])
        out[k] = total


@no_type_check
def draw_plain(points: Real, kernel: int, frame: Real, out: Real) -> None:
    """Add each point's kernel, of its own width, to the nodes within its reach; `points`: x, y, weight, width."""
    rows, columns = out.shape
    x, y, weight, width = points
    step = frame[2]
    for k in range(len(x)):
        reach = width[k] * REACH if kernel == GAUSSIAN else width[k]
        across, up = (x[k] - frame[0]) / step, (y[k] - frame[1]) / step
        left, right = max(0, floor(across - reach / step)), min(columns - 1, floor(across + reach / step) + 1)
        low, high = max(0, floor(up - reach / step)), min(rows - 1, floor(up + reach / step) + 1)
        if left > right or low > high:
            continue
        scale = (step / width[k]) ** 2
        if kernel == GAUSSIAN:
            along = np.empty(right - left + 1)
            for column in range(left, right + 1):
                along[column - left] = exp(-0.5 * scale * (column - across) ** 2)
            height = weight[k] / (2 * pi * width[k] ** 2)
            for row in range(low, high + 1):
                share = height * exp(-0.5 * scale * (row - up) ** 2)
                for column in range(left, right + 1):
                    out[row, column] += share * along[column - left]
        else:
            height = 3 * weight[k] / (pi * width[k] ** 2)
            for row in range(low, high + 1):
                above = scale * (row - up) ** 2
                for column in range(left, right + 1):
                    rest = max(0.0, 1 - above - scale * (column - across) ** 2)
                    out[row, column] += height * rest * rest


@no_type_check
def sum_plain(points: Real, kernel: int, targets: Real, buckets: tuple[Whole, Real, Whole], out: Real) -> None:
    """Add each point's kernel to the targets (rows x, y) within its reach; `points`: x, y, weight, width.

    Targets are sorted by bucket. `buckets` are where each bucket begins among them (and, last, where the last ends),
    the west, south and width of the buckets, and their columns and rows.
    """
    x, y, weight, width = points
    to_x, to_y = targets
    begin, frame, counts = buckets
    for k in range(len(x)):
        reach = width[k] * REACH if kernel == GAUSSIAN else width[k]
        left = max(0, floor((x[k] - reach - frame[0]) / frame[2]))
        right = min(counts[0] - 1, floor((x[k] + reach - frame[0]) / frame[2]))
        low = max(0, floor((y[k] - reach - frame[1]) / frame[2]))
        high = min(counts[1] - 1, floor((y[k] + reach - frame[1]) / frame[2]))
        square = width[k] ** 2
        height = weight[k] / (2 * pi * square) if kernel == GAUSSIAN else 3 * weight[k] / (pi * square)
        for row in range(low, high + 1):
            if left > right:
                break
            for j in range(begin[row * counts[0] + left], begin[row * counts[0] + right + 1]):
                apart = ((to_x[j] - x[k]) ** 2 + (to_y[j] - y[k]) ** 2) / square
                if kernel == GAUSSIAN:
                    if apart <= REACH * REACH:
                        out[j] += height * exp(-0.5 * apart)
                elif apart < 1:
                    out[j] += height * (1 - apart) * (1 - apart)


@no_type_check
def share_plain(points: Real, home: Whole, squares: Real, buckets: tuple[Whole, Real, Whole], out: Real) -> None:
    """Share each point's weight among squares in proportion to the Gaussian mass that falls into each.

    `points`: x, y, weight, width; `squares` (rows x and y of the middle, side) are sorted by bucket as in `sum_plain`.
    A square smaller than the kernel takes height times area, with the square's own variance added. Where no square is
    reached the weight goes to `home`.
    """
    x, y, weight, width = points
    to_x, to_y, side = squares
    begin, frame, counts = buckets
    mass = np.empty(len(to_x))
    found = np.empty(len(to_x), dtype=np.int64)
    for k in range(len(x)):
        reach = width[k] * NEAR
        left = max(0, floor((x[k] - reach - frame[0]) / frame[2]) - 1)
        right = min(counts[0] - 1, floor((x[k] + reach - frame[0]) / frame[2]) + 1)
        low = max(0, floor((y[k] - reach - frame[1]) / frame[2]) - 1)
        high = min(counts[1] - 1, floor((y[k] + reach - frame[1]) / frame[2]) + 1)
        number, total = 0, 0.0
        scale = 1 / (sqrt(2.0) * width[k])
        for row in range(low, high + 1):
            for j in range(begin[row * counts[0] + left], begin[row * counts[0] + right + 1]):
                east, north, half = to_x[j] - x[k], to_y[j] - y[k], side[j] / 2
                if side[j] > width[k]:
                    if abs(east) > reach + half or abs(north) > reach + half:
                        continue
                    across = erf((east + half) * scale) - erf((east - half) * scale)
                    part = across * (erf((north + half) * scale) - erf((north - half) * scale)) / 4
                elif east**2 + north**2 > reach**2:
                    continue
                else:
                    square = width[k] ** 2 + side[j] ** 2 / 12
                    part = side[j] ** 2 / (2 * pi * square) * exp(-0.5 * (east**2 + north**2) / square)
                mass[number], found[number] = part, j
                number += 1
                total += part
        if total > 1e-9:
            for i in range(number):
                out[found[i]] += weight[k] * mass[i] / total
        else:
            out[home[k]] += weight[k]


_compiled = numba.njit(cache=True, nogil=True)

deposit = _compiled(deposit_plain)
read = _compiled(read_plain)
draw = _compiled(draw_plain)
sum_up = _compiled(sum_plain)
share = _compiled(share_plain)
