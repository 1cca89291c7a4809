"""Events that are followed by more of their kind: how many, how soon and how near, from a list of pairs.

The rate of events at x and t is background + Σ over earlier events i of

    near · k(t - tᵢ) · Gaussian(x - xᵢ; spread)  and, at exactly the same coordinates,  same · k(t - tᵢ),

with k an exponential of rate `decay`, cut off at `lag`, and the Gaussian cut off at `reach`; both then integrate to 1
within their cut-offs. `near` and `same` are the events that one event is followed by. Where times are whole steps
(days) k is the geometric distribution over 1, 2, ... steps that the exponential makes.

Sources: Mohler, Short, Brantingham, Schoenberg and Tita 2011, Journal of the American Statistical Association 106,
100-108; Veen and Schoenberg 2008, Journal of the American Statistical Association 103, 614-624; Ogata 1998, Annals of
the Institute of Statistical Mathematics 50, 379-402.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, no_type_check

import numba
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

PARTS = 16
_LEAST = 1e-6
_MOST = 50.0


@dataclass(frozen=True)
class Rates:
    """The five numbers of the process.

    `background` events a unit of time over the whole area; `near` and `same`, the events that one event is followed by
    within the cut-offs, near it and at exactly its place; `decay`, a unit of time; `spread`, a unit of length.
    """

    background: float
    near: float
    same: float
    decay: float
    spread: float

    @property
    def followers(self) -> float:
        """How many events one event is followed by; below 1 the process dies out."""
        return self.near + self.same


@dataclass(frozen=True)
class Record:
    """What was seen, with the pairs of events.

    One entry an event: `density`, the background's share a unit of area there; `footprint`, the area that an address
    stands for there; `inside`, the share of near followers that falls where events are seen, at the spread `inside_at`,
    and `inside_change` its change with the logarithm of the spread; `left`, the time from it to the end. `first`,
    `earlier`, `squared`, `elapsed` are the pairs (`abate.space.successions`), found with `reach` and `lag`. `span` is
    the time in all, `step` the unit of whole times, 0 where times are exact. Where followers cannot be told from the
    background with ease, an error of 1% in `inside` can move `near` by 10%.
    """

    density: Real
    footprint: Real
    inside: Real
    left: Real
    first: Whole
    earlier: NDArray[np.int32]
    squared: Real
    elapsed: Real
    reach: float
    lag: float
    span: float
    step: float = 0.0
    inside_at: float = 1.0
    inside_change: Real | float = 0.0

    def seen_of(self, spread: float) -> Real:
        """Give the share of each event's near followers that falls where events are seen."""
        share = self.inside + self.inside_change * np.log(spread / self.inside_at)
        return np.asarray(np.clip(share, 1e-3, 1.0), dtype=np.float64)


@dataclass(frozen=True)
class Fit:
    """Fitted rates, their standard errors, the log likelihood, and how surely each event is background."""

    rates: Rates
    errors: Rates
    log_likelihood: float
    background: Real
    passes: int


@no_type_check
def _gather(bounds, pairs, decay, narrow, out):
    """Add up over the pairs of each event: near and same weights, and each of them times time and squared distance."""
    first, squared, elapsed = pairs
    for j in range(bounds[0], bounds[1]):
        near, same, near_time, same_time, near_squared = 0.0, 0.0, 0.0, 0.0, 0.0
        for pair in range(first[j], first[j + 1]):
            d, t = squared[pair], elapsed[pair]
            if d > 0:
                weight = np.exp(-decay * t - narrow * d)
                near += weight
                near_time += weight * t
                near_squared += weight * d
            else:
                weight = np.exp(-decay * t)
                same += weight
                same_time += weight * t
        out[0, j], out[1, j], out[2, j], out[3, j], out[4, j] = near, same, near_time, same_time, near_squared


_fast_gather: Any = numba.njit(cache=True, nogil=True)(_gather)


@dataclass(frozen=True)
class _Sums:
    """One pass over the pairs: rates at the events and by part, with the sums that both ways of fitting need."""

    rate: Real
    near: Real
    same: Real
    time: Real
    squared: Real
    reached: Real


def _pass(record: Record, rates: Rates) -> _Sums:
    out = np.empty((5, len(record.density)))
    ends = np.searchsorted(record.first, np.linspace(0, len(record.squared), PARTS + 1)[1:-1])
    bounds = np.concatenate([[0], ends, [len(record.density)]]).astype(np.int64)
    narrow = 0.5 / rates.spread**2

    def part(number: int) -> None:
        pairs = (record.first, record.squared, record.elapsed)
        _fast_gather((bounds[number], bounds[number + 1]), pairs, rates.decay, narrow, out)

    with ThreadPoolExecutor() as workers:
        list(workers.map(part, range(PARTS)))
    soon = _speed(record, rates.decay) / -np.expm1(-rates.decay * record.lag)
    close = narrow / np.pi / -np.expm1(-narrow * record.reach**2)
    by_near, by_same = rates.near * soon * close, rates.same * soon / record.footprint
    near, same = by_near * out[0], by_same * out[1]
    return _Sums(
        rates.background * record.density + near + same,
        near,
        same,
        by_near * out[2] + by_same * out[3],
        by_near * out[4],
        _reached(record, rates.decay),
    )


def _speed(record: Record, decay: float) -> float:
    return decay if record.step == 0 else float(np.expm1(decay * record.step)) / record.step


def _reached(record: Record, decay: float) -> Real:
    """Give the share of each event's followers that comes before the end."""
    share: Real = np.expm1(-decay * np.minimum(record.left, record.lag)) / np.expm1(-decay * record.lag)
    return share


def _reached_slope(record: Record, decay: float) -> Real:
    """Give how that share changes with the decay."""
    left = np.minimum(record.left, record.lag)
    gone, all_gone = np.exp(-decay * left), np.exp(-decay * record.lag)
    slope: Real = (left * gone * (1 - all_gone) - (1 - gone) * record.lag * all_gone) / (1 - all_gone) ** 2
    return slope


def likelihood(record: Record, rates: Rates) -> tuple[float, Real]:
    """Give the log likelihood, and its slopes in the logarithms of the five rates (in the order of `Rates`)."""
    seen = _pass(record, rates)
    inside = record.seen_of(rates.spread)
    due_near, due_same = float((inside * seen.reached).sum()), float(seen.reached.sum())
    lost = float((record.inside_change * seen.reached * ((inside > 1e-3) & (inside < 1))).sum())
    height = float(np.log(seen.rate).sum()) - rates.background * record.span
    height -= rates.near * due_near + rates.same * due_same
    near, same = float((seen.near / seen.rate).sum()), float((seen.same / seen.rate).sum())
    turn = 1 / rates.decay if record.step == 0 else record.step / -np.expm1(-rates.decay * record.step)
    turn -= record.lag * np.exp(-rates.decay * record.lag) / -np.expm1(-rates.decay * record.lag)
    slope = _reached_slope(record, rates.decay)
    later = rates.near * float((inside * slope).sum()) + rates.same * float(slope.sum())
    wide = (record.reach / rates.spread) ** 2
    narrowing = -2 + wide * np.exp(-wide / 2) / -np.expm1(-wide / 2)
    slopes = [
        float((rates.background * record.density / seen.rate).sum()) - rates.background * record.span,
        near - rates.near * due_near,
        same - rates.same * due_same,
        rates.decay * ((near + same) * turn - float((seen.time / seen.rate).sum()) - later),
        near * narrowing + float((seen.squared / seen.rate).sum()) / rates.spread**2 - rates.near * lost,
    ]
    return height, np.array(slopes, dtype=np.float64)


def _improve(record: Record, rates: Rates) -> Rates:
    """Take one step of expectation and maximisation: each event is shared out among those that may have led to it."""
    from scipy.optimize import minimize_scalar

    seen = _pass(record, rates)
    near, same = float((seen.near / seen.rate).sum()), float((seen.same / seen.rate).sum())
    time, squared = float((seen.time / seen.rate).sum()), float((seen.squared / seen.rate).sum())

    def sooner(log_decay: float) -> float:
        decay = float(np.exp(log_decay))
        gone = -np.expm1(-decay * np.minimum(record.left, record.lag))
        due = near * np.log((inside * gone).sum()) + same * np.log(gone.sum())
        return -((near + same) * float(np.log(_speed(record, decay))) - decay * time - float(due))

    def closer(log_spread: float) -> float:
        spread = float(np.exp(log_spread))
        narrow = 0.5 / spread**2
        due = near * float(np.log((record.seen_of(spread) * reached).sum()))
        return due - (near * float(np.log(narrow / -np.expm1(-narrow * record.reach**2))) - narrow * squared)

    inside = record.seen_of(rates.spread)
    low, high = np.log(_bounds(record)).T
    decay = float(np.exp(minimize_scalar(sooner, bounds=(low[3], high[3]), method="bounded").x))
    reached, spread = _reached(record, decay), rates.spread
    if near > 0:
        spread = float(np.exp(minimize_scalar(closer, bounds=(low[4], high[4]), method="bounded").x))
    background = float((rates.background * record.density / seen.rate).sum()) / record.span
    return Rates(
        background, near / float((record.seen_of(spread) * reached).sum()), same / float(reached.sum()), decay, spread
    )


def _bounds(record: Record) -> Real:
    """Give the least and the most that each rate may be, in the shape (5, 2).

    A Gaussian wider than half of its cut-off, or a decay that takes longer than the lag, is no more than a background.
    """
    events = len(record.density)
    quickest = 20 / record.step if record.step else 1e4 / record.lag
    return np.array(
        [
            [_LEAST * events / record.span, 2 * events / record.span],
            [_LEAST, _MOST],
            [_LEAST, _MOST],
            [0.5 / record.lag, quickest],
            [record.reach / 1000, record.reach / 2],
        ],
        dtype=np.float64,
    )


def _start(record: Record) -> Rates:
    return Rates(0.7 * len(record.density) / record.span, 0.2, 0.1, 5 / record.lag, record.reach / 4)


def fit(
    record: Record,
    *,
    method: Literal["direct", "em"] = "direct",
    start: Rates | None = None,
    steps: int = 500,
    errors: bool = True,
) -> Fit:
    """Fit the five rates to what was seen.

    "direct" climbs the log likelihood along its slopes (L-BFGS-B in the logarithms); "em" shares each event out among
    the background and those before it, and fits anew, until nothing moves by a ten-thousandth. Both reach the same
    top. Standard errors are those of the observed information, by the delta method; not a number for a rate that ends
    at its bound or when `errors` is off.
    """
    began = _start(record) if start is None else start
    climb: Callable[[Record, Rates, int], tuple[Rates, int]] = _shared_out if method == "em" else _climbed
    rates, passes = climb(record, began, steps)
    seen = _pass(record, rates)
    height, _ = likelihood(record, rates)
    unknown = Rates(*[float("nan")] * 5)
    return Fit(
        rates,
        _errors(record, rates) if errors else unknown,
        height,
        rates.background * record.density / seen.rate,
        passes,
    )


def _shared_out(record: Record, began: Rates, steps: int) -> tuple[Rates, int]:
    rates = began
    for step in range(1, steps + 1):
        better = _improve(record, rates)
        moved = np.abs(np.subtract(astuple(better), astuple(rates))) > 1e-4 * np.abs(astuple(better)) + 1e-12
        rates = better
        if not moved.any():
            return rates, step
    return rates, steps


def _climbed(record: Record, began: Rates, steps: int) -> tuple[Rates, int]:
    from scipy.optimize import minimize

    bounds = np.log(_bounds(record))
    first = _improve(record, _improve(record, began))
    passes = 2

    def down(logs: Real) -> tuple[float, Real]:
        nonlocal passes
        passes += 1
        height, slopes = likelihood(record, Rates(*map(float, np.exp(logs))))
        return -height / len(record.density), -slopes / len(record.density)

    at = np.clip(np.log(np.maximum(astuple(first), 1e-300)), bounds[:, 0], bounds[:, 1])
    found = minimize(
        down, at, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": steps, "gtol": 1e-7, "ftol": 1e-13}
    )
    rates = Rates(*map(float, np.exp(found.x)))
    return replace(rates, near=_none(rates.near), same=_none(rates.same)), passes


def _none(followers: float) -> float:
    return 0.0 if followers <= 1.01 * _LEAST else followers


def _errors(record: Record, rates: Rates, *, width: float = 1e-3) -> Rates:
    """Give standard errors from the curvature of the log likelihood: central differences of its slopes."""
    values = np.array(astuple(rates), dtype=np.float64)
    bounds = _bounds(record)
    free = np.flatnonzero((values > 1.01 * bounds[:, 0]) & (values < 0.99 * bounds[:, 1]))
    curve = np.empty((len(free), len(free)))
    for row, which in enumerate(free):
        sides = []
        for sign in (1, -1):
            moved = values.copy()
            moved[which] *= np.exp(sign * width)
            sides.append(likelihood(record, Rates(*map(float, moved)))[1][free])
        curve[row] = -(sides[0] - sides[1]) / (2 * width)
    spread = np.full(5, np.nan)
    try:
        found = np.diag(np.linalg.inv((curve + curve.T) / 2))
    except np.linalg.LinAlgError:
        return Rates(*spread.tolist())
    spread[free] = np.where(found > 0, np.sqrt(np.maximum(found, 0)), np.nan) * values[free]
    return Rates(*spread.tolist())
