"""Events that lead to others, generation by generation: simulation, and how many there are in the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.stats.excitation import Rates

    Real = NDArray[np.float64]


@dataclass(frozen=True)
class Grown:
    """Simulated events in order of time; `generation` is 0 for those of the background."""

    x: Real
    y: Real
    t: Real
    generation: NDArray[np.int64]


def grow(
    x: Real,
    y: Real,
    t: Real,
    *,
    rates: Rates,
    reach: float,
    lag: float,
    until: float,
    generator: np.random.Generator,
    step: float = 0.0,
    after: float = -np.inf,
) -> Grown:
    """Let background events be followed by others, and those by others, until nothing more comes before `until`.

    Each event has a Poisson number of followers at exactly its place (mean `same`) and near it (mean `near`), after
    exponential times cut off at `lag` and at Gaussian distances cut off at `reach`. With a `step` times are rounded up
    to whole steps, so that no follower comes in the step of the event that it follows. Followers at or before `after`
    are left out: they are already among what was seen. Raises `ValueError` when an event is followed by one or more on
    average: such a process need not end.

    Source: the branching form of Hawkes and Oakes 1974, Journal of Applied Probability 11, 493-503.
    """
    if rates.followers >= 1:
        raise ValueError("an event is followed by one or more on average: the simulation need not end")
    generations = [(x, y, t)]
    while len(generations[-1][0]):
        generations.append(
            _followers(
                *generations[-1],
                rates=rates,
                reach=reach,
                lag=lag,
                window=(after, until),
                generator=generator,
                step=step,
            )
        )
    number = np.repeat(np.arange(len(generations)), [len(one[0]) for one in generations])
    east, north, when = (np.concatenate(part) for part in zip(*generations, strict=True))
    order = np.lexsort((north, east, when))
    return Grown(east[order], north[order], when[order], number[order])


def _followers(
    x: Real,
    y: Real,
    t: Real,
    *,
    rates: Rates,
    reach: float,
    lag: float,
    window: tuple[float, float],
    generator: np.random.Generator,
    step: float,
) -> tuple[Real, Real, Real]:
    near, same = generator.poisson(rates.near, len(x)), generator.poisson(rates.same, len(x))
    parent = np.concatenate([np.repeat(np.arange(len(x)), near), np.repeat(np.arange(len(x)), same)])
    wait = -np.log1p(generator.random(len(parent)) * np.expm1(-rates.decay * lag)) / rates.decay
    when = t[parent] + (np.ceil(wait / step) * step if step else wait)
    narrow = 0.5 / rates.spread**2
    chance = generator.random(len(parent))
    apart = np.sqrt(-np.log1p(chance * np.expm1(-narrow * reach**2)) / narrow)
    apart[int(near.sum()) :] = 0.0
    angle = generator.uniform(0, 2 * np.pi, len(parent))
    kept = (when > window[0]) & (when <= window[1])
    return (
        (x[parent] + apart * np.cos(angle))[kept],
        (y[parent] + apart * np.sin(angle))[kept],
        when[kept],
    )
