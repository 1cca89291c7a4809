"""The point of a simplex of donors that lies nearest to a target: an active set that ends at the exact minimiser.

Wolfe's method with a linear term and a ridge: donors enter one by one, the best mix of those in use is found by a
Cholesky factor that is kept up to date, and a donor whose weight would fall below 0 leaves. Compiled; it holds no lock,
so that several descents run side by side.

Source: Wolfe 1976, Mathematical Programming 11, 128-149.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, no_type_check

import numba
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

_TOGETHER = 32
_SMALL = 1e-12
_ROUNDING = 1e-14
_DEPENDENT = 1e-13
_STEPS_EACH = 40


def _compiled(function: Callable[..., Any]) -> Any:
    return numba.njit(cache=True, nogil=True)(function)


@_compiled
@no_type_check
def _solve(lower, size, right, found):
    """Solve lower · lower' · found = right for the first `size` rows."""
    for row in range(size):
        total = right[row]
        for column in range(row):
            total -= lower[row, column] * found[column]
        found[row] = total / lower[row, row]
    for row in range(size - 1, -1, -1):
        value = found[row] / lower[row, row]
        found[row] = value
        for column in range(row):
            found[column] -= lower[row, column] * value


@_compiled
@no_type_check
def _append(lower, size, shift, ridge, rows, entering):  # noqa: PLR0917 - a kernel takes plain arrays
    """Put the donor `entering` into the factor as its last row; give the pivot over the diagonal (0 is dependent)."""
    periods = entering.shape[0]
    own = shift + ridge
    for time in range(periods):
        own += entering[time] * entering[time]
    left = own
    for row in range(size):
        total = shift
        for time in range(periods):
            total += rows[row, time] * entering[time]
        for column in range(row):
            total -= lower[row, column] * lower[size, column]
        value = total / lower[row, row]
        lower[size, row] = value
        left -= value * value
    lower[size, size] = np.sqrt(max(left, 0.0))
    return left / own


@_compiled
@no_type_check
def _leave(lower, size, place, order, weights, rows):  # noqa: PLR0917 - a kernel takes plain arrays
    """Take the donor at `place` out of the factor and the lists, keeping the others in order."""
    for row in range(place, size - 1):
        order[row] = order[row + 1]
        weights[row] = weights[row + 1]
        rows[row] = rows[row + 1]
        lower[row, : row + 2] = lower[row + 1, : row + 2]
    for turn in range(place, size - 1):
        one, other = lower[turn, turn], lower[turn, turn + 1]
        length = np.hypot(one, other)
        cosine, sine = one / length, other / length
        lower[turn, turn] = length
        lower[turn, turn + 1] = 0.0
        for row in range(turn + 1, size - 1):
            one, other = lower[row, turn], lower[row, turn + 1]
            lower[row, turn] = cosine * one + sine * other
            lower[row, turn + 1] = cosine * other - sine * one


@_compiled
@no_type_check
def _mixed(rows, weights, size, point):
    """Put the weighted sum of the donors in use into `point`; give its length, and the weighted sum of lengths."""
    point[:] = 0.0
    lengths = 0.0
    for row in range(size):
        own = 0.0
        for time in range(point.shape[0]):
            point[time] += weights[row] * rows[row, time]
            own += rows[row, time] * rows[row, time]
        lengths += abs(weights[row]) * np.sqrt(own)
    return np.sqrt(np.sum(point * point)), lengths


@_compiled
@no_type_check
def _best(lower, size, rows, linear, ridge, order, level, tilt, best, point):  # noqa: PLR0917 - a kernel takes plain arrays
    """Put the best mix of the donors in use, whatever its signs, into `best`; refined once against its own slopes."""
    slopes = np.empty(size)
    turned = np.empty(size)
    slopes[:] = 1.0
    _solve(lower, size, slopes, level)
    for row in range(size):
        slopes[row] = linear[order[row]] / 2
    _solve(lower, size, slopes, tilt)
    factor = (1.0 + np.sum(tilt[:size])) / np.sum(level[:size])
    for row in range(size):
        best[row] = factor * level[row] - tilt[row]
    _mixed(rows, best, size, point)
    for row in range(size):
        slopes[row] = -ridge * best[row] - linear[order[row]] / 2
        for time in range(point.shape[0]):
            slopes[row] -= rows[row, time] * point[time]
    _solve(lower, size, slopes, turned)
    factor = (1.0 - np.sum(best[:size]) - np.sum(turned)) / np.sum(level[:size])
    for row in range(size):
        best[row] += turned[row] + factor * level[row]


@_compiled
@no_type_check
def _step(weights, best, size):
    """Go from the weights towards the best mix as far as none falls below 0; give the place that reaches 0, or -1."""
    share, place = 1.0, -1
    for row in range(size):
        if best[row] <= 0.0:
            reach = weights[row] / (weights[row] - best[row]) if weights[row] > 0.0 else 0.0
            if place < 0 or reach < share:
                share, place = reach, row
    for row in range(size):
        weights[row] = best[row] if place < 0 else max(weights[row] + share * (best[row] - weights[row]), 0.0)
    return place


@_compiled
@no_type_check
def _settle(lower, size, rows, linear, ridge, order, weights, work, point):  # noqa: PLR0917 - a kernel takes plain arrays
    """Find the best mix of the donors in use with no weight below 0: those that reach 0 leave. Give how many stay."""
    while True:
        _best(lower, size, rows, linear, ridge, order, work[0], work[1], work[2], point)
        place = _step(weights, work[2], size)
        if place < 0:
            return size
        _leave(lower, size, place, order, weights, rows)
        size -= 1


@_compiled
@no_type_check
def _swap(lower, size, weights, work):
    """Shift weight to the entering donor, which is a mix of those in use, until one of these reaches 0; give it.

    The entering donor's row of the factor stands in `lower[size]`; the weight that it takes is `work[1, 0]`.
    """
    mix = work[0]
    for row in range(size - 1, -1, -1):
        value = lower[size, row]
        for later in range(row + 1, size):
            value -= lower[later, row] * mix[later]
        mix[row] = value / lower[row, row]
    share, place = np.inf, -1
    for row in range(size):
        if mix[row] > 0.0 and weights[row] / mix[row] < share:
            share, place = weights[row] / mix[row], row
    for row in range(size):
        weights[row] = max(weights[row] - share * mix[row], 0.0)
    work[1, 0] = share
    return place


@_compiled
@no_type_check
def _price(points, norms, linear, barred, used, point, bounds, found, lack):  # noqa: PLR0917 - a kernel takes plain arrays
    """Find the donors that would gain most by entering, best first; give how many, and the largest shortfall.

    `bounds` holds the level that a slope must fall below, and the two lengths by which rounding is judged.
    """
    periods, donors = points.shape
    slopes = linear / 2
    for time in range(periods):
        for donor in range(donors):
            slopes[donor] += points[time, donor] * point[time]
    number, most = 0, 0.0
    for donor in range(donors):
        short = bounds[0] - slopes[donor]
        if donor == barred or used[donor]:
            continue
        most = max(most, short)
        slack = norms[donor] * (_SMALL * bounds[1] + _ROUNDING * bounds[2]) + _ROUNDING * abs(linear[donor])
        if short <= slack or (number == found.shape[0] and short <= lack[number - 1]):
            continue
        at = min(number, found.shape[0] - 1)
        while at > 0 and lack[at - 1] < short:
            lack[at], found[at] = lack[at - 1], found[at - 1]
            at -= 1
        lack[at], found[at] = short, donor
        number = min(number + 1, found.shape[0])
    return number, most


@_compiled
@no_type_check
def _pick(held, found, number, norms, linear, used, point, bounds):  # noqa: PLR0917 - a kernel takes plain arrays
    """Choose among the donors at hand the one that would gain most by entering; -1 where none would."""
    chosen, most = -1, 0.0
    for at in range(number):
        donor = found[at]
        if used[donor]:
            continue
        slope = linear[donor] / 2
        for time in range(point.shape[0]):
            slope += held[at, time] * point[time]
        short = bounds[0] - slope
        slack = norms[donor] * (_SMALL * bounds[1] + _ROUNDING * bounds[2]) + _ROUNDING * abs(linear[donor])
        if short > slack and short > most:
            chosen, most = at, short
    return chosen


@_compiled
@no_type_check
def _bound(rows, weights, size, linear, ridge, order, point, bounds):  # noqa: PLR0917 - a kernel takes plain arrays
    """Bring the point and the level of slopes in use up to date."""
    bounds[1], bounds[2] = _mixed(rows, weights, size, point)
    level = 0.0
    for row in range(size):
        level += weights[row] * (ridge * weights[row] + linear[order[row]] / 2)
    bounds[0] = level + bounds[1] * bounds[1]


@_compiled
@no_type_check
def _enter(lower, size, shift, ridge, rows, order, weights, linear, work, donor, values, point):  # noqa: PLR0917 - a kernel takes plain arrays
    """Let a donor enter and settle the weights; give how many are in use (the entering one may be turned away)."""
    gained = 0.0
    if _append(lower, size, shift, ridge, rows, values) < _DEPENDENT:
        place = _swap(lower, size, weights, work)
        if place < 0:
            return size
        gained = work[1, 0]
        _leave(lower, size, place, order, weights, rows)
        size -= 1
        if _append(lower, size, shift, ridge, rows, values) <= 0.0:
            return size
    order[size], weights[size] = donor, gained
    rows[size] = values
    return _settle(lower, size + 1, rows, linear, ridge, order, weights, work, point)


@_compiled
@no_type_check
def _descend(points, linear, ridge, barred):  # noqa: C901 - one descent, told in order
    periods, donors = points.shape
    room = donors + 1 if ridge > 0 else min(donors, periods + 1) + 1
    lower, work = np.zeros((room, room)), np.empty((3, room))
    rows, weights = np.empty((room, periods)), np.zeros(room)
    order, used = np.zeros(room, np.int64), np.zeros(donors, np.bool_)
    found, lack, held = np.empty(_TOGETHER, np.int64), np.empty(_TOGETHER), np.empty((_TOGETHER, periods))
    point, bounds = np.empty(periods), np.zeros(3)
    squares = np.zeros(donors)
    for time in range(periods):
        for donor in range(donors):
            squares[donor] += points[time, donor] * points[time, donor]
    norms, first = np.sqrt(squares), -1
    for donor in range(donors):
        if donor != barred and (first < 0 or squares[donor] + linear[donor] < squares[first] + linear[first]):
            first = donor
    shift = squares[first] if squares[first] > 0 else 1.0
    size = _enter(lower, 0, shift, ridge, rows, order, weights, linear, work, first, points[:, first].copy(), point)
    used[first] = True
    number, steps, most = 0, 0, 0.0
    while steps < _STEPS_EACH * (room + 10):
        steps += 1
        _bound(rows, weights, size, linear, ridge, order, point, bounds)
        chosen = _pick(held, found, number, norms, linear, used, point, bounds)
        if chosen < 0:
            number, most = _price(points, norms, linear, barred, used, point, bounds, found, lack)
            if number == 0:
                break
            for at in range(number):
                held[at] = points[:, found[at]]
            chosen = 0
        size = _enter(lower, size, shift, ridge, rows, order, weights, linear, work, found[chosen], held[chosen], point)
        used[:] = False
        for row in range(size):
            used[order[row]] = True
    full = np.zeros(donors)
    for row in range(size):
        full[order[row]] = weights[row]
    return full / np.sum(full), max(most, 0.0), steps


descend: Any = _descend
"""(points, linear, ridge, barred) -> (weights, shortfall, steps), from compiled code too.

`points` has the shape (periods, donors): each donor less the target. The sum is |points · weights|² + linear · weights
+ ridge · |weights|²; the donor `barred` (-1: none) has no weight. The shortfall is by how much the slope (halved) of a
donor not in use still lies below that of those in use: twice it bounds how far the sum is above the least.
"""


@_compiled
@no_type_check
def _descend_each(targets, donors, penalty, ridge, barred, first, last, weights, short):  # noqa: PLR0917 - a kernel takes plain arrays
    """Descend for the targets from `first` to `last`, into `weights` and `short`; donors as (periods, donors)."""
    points = np.empty_like(donors)
    linear = np.zeros(donors.shape[1])
    for one in range(first, last):
        for time in range(donors.shape[0]):
            for donor in range(donors.shape[1]):
                points[time, donor] = donors[time, donor] - targets[one, time]
        if penalty > 0:
            linear[:] = 0.0
            for time in range(donors.shape[0]):
                for donor in range(donors.shape[1]):
                    linear[donor] += penalty * points[time, donor] * points[time, donor]
        weights[one], short[one], _ = _descend(points, linear, ridge, barred[one])


descend_each: Any = _descend_each
