"""Trials that are made up: incidents as places would have them, of which patrols then prevent a planted share.

Incidents are drawn once, each with a number between 0 and 1 that decides whether a given effect prevents it. All
effects are thus tried on the same trials, so that they differ by the effect and not by luck. Leaving out each incident
of a Poisson count with a fixed chance leaves a Poisson count of the smaller mean, and harm goes with its incident.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from abate.trials.backgrounds import Background, Variation

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

Outcome = Literal["incidents", "any", "harm"]
OUTCOMES: tuple[Outcome, ...] = ("incidents", "any", "harm")


@dataclass(frozen=True)
class Events:
    """Incidents of a stack of made-up trials before any is prevented.

    Each incident has its cell (a place in the flattened shape `shape` = places, trials, days), its fate (uniform on 0
    to `most`, the largest effect that can be planted) and its harm (None where harm is not known).
    """

    shape: tuple[int, int, int]
    cell: NDArray[np.int64]
    fate: Real
    harm: Real | None


@dataclass(frozen=True)
class Seen:
    """What a stack of trials would have recorded, in the shape (places, trials, days); harm None where not known."""

    incidents: Real
    harm: Real | None

    def of(self, outcome: Outcome) -> Real:
        """Give one outcome: how many, whether any, or how much harm."""
        match outcome:
            case "incidents":
                return self.incidents
            case "any":
                return (self.incidents > 0).astype(np.float64)
            case "harm":
                if self.harm is None:
                    raise ValueError("harm is not known of these incidents")
                return self.harm


def expect(background: Background, *, weekday: NDArray[np.int64], trials: int, stream: Generator) -> Real:
    """Draw how many incidents are to be expected: place rate x weekday x day x place-and-day, the last two at random.

    `weekday` has the weekday (0 is Monday) of each day. Shape (places, trials, days).
    """
    days, places = len(weekday), len(background.sites)
    common = wander(background.day, (1, trials, days), stream)
    root = None if background.near is None else background.near.root
    single = wander(background.place, (places, trials, days), stream, root=root)
    return background.rates[:, None, None] * background.weekdays[weekday] * common * single


def wander(variation: Variation, shape: tuple[int, int, int], stream: Generator, *, root: Real | None = None) -> Real:
    """Draw factors around 1 along the last axis: a part afresh each day, a part that fades slowly.

    With the `root` of a correlation (places, places) the places of the first axis hang together, in both parts alike.

    >>> from abate.trials.backgrounds import Variation
    >>> drawn = wander(Variation(0.1, 0.2, 0.8), (50, 40, 100), np.random.default_rng(1))
    >>> round(float(drawn.mean()), 1), round(float(np.log(drawn).var()), 1)
    (1.0, 0.3)
    """
    if variation.passing + variation.lasting == 0:
        return np.ones(shape)
    logs = np.zeros(shape)
    if variation.lasting > 0:
        logs = stream.standard_normal(shape)
        fresh = np.sqrt(1 - variation.kept**2)
        for day in range(1, shape[-1]):
            logs[..., day] = variation.kept * logs[..., day - 1] + fresh * logs[..., day]
        logs *= np.sqrt(variation.lasting)
    if variation.passing > 0:
        logs += np.sqrt(variation.passing) * stream.standard_normal(shape)
    if root is not None:
        logs = np.tensordot(root, logs, axes=1)
    return np.asarray(np.exp(logs - (variation.passing + variation.lasting) / 2), dtype=np.float64)


def happen(expected: Real, *, harms: Real | None, most: float, stream: Generator) -> Events:
    """Let incidents happen, as many as the largest effect would allow (`most`, at least 1)."""
    counts = stream.poisson(expected * most).ravel()
    cell = np.repeat(np.arange(counts.size), counts)
    harm = None if harms is None else harms[stream.integers(0, len(harms), len(cell))]
    places, trials, days = expected.shape
    return Events((places, trials, days), cell, stream.random(len(cell)) * most, harm)


def prevent(events: Events, exposure: Real, effect: float) -> Seen:
    """Leave the incidents that a patrol does not prevent: each stays with the chance effect ** exposure.

    `exposure` (places, trials, days) is 1 where a patrol took place, 0 where nothing of one is left.
    """
    stays = events.fate < (np.power(effect, exposure.ravel()[events.cell]) if effect != 1 else 1.0)
    cell = events.cell[stays]
    incidents = np.bincount(cell, minlength=exposure.size).reshape(events.shape).astype(np.float64)
    if events.harm is None:
        return Seen(incidents, None)
    harm = np.bincount(cell, weights=events.harm[stays], minlength=exposure.size).reshape(events.shape)
    return Seen(incidents, harm.astype(np.float64))


def deliver(planned: Truth, compliance: float, stream: Generator) -> Truth:
    """Say which of the planned patrols take place."""
    return planned if compliance >= 1 else planned & (stream.random(planned.shape) < compliance)


def linger(delivered: Truth, kept: float) -> Real:
    """Give how much of a patrol's effect works on each day: 1 on its day, `kept` on the next, its square after that.

    >>> linger(np.array([True, False, False, True]), 0.5).tolist()
    [1.0, 0.5, 0.25, 1.0]
    """
    working = delivered.astype(np.float64)
    for day in range(1, working.shape[-1] if kept > 0 else 0):
        np.maximum(working[..., day], kept * working[..., day - 1], out=working[..., day])
    return working


def shares(values: Sequence[float]) -> tuple[float, ...]:
    """Put effects in order, the strongest fall first, each once, with no effect (1) among them.

    >>> shares([0.8, 0.6])
    (0.6, 0.8, 1.0)
    """
    return tuple(sorted({*values, 1.0}))
