"""What happens in the sample town: every incident with its moment and its spot, drawn from planted rates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from abate.sample import rhythms, words
from abate.sample.offences import KINDS, Kind
from abate.sample.plantings import YEARS, Group, yearly

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FIRST = np.datetime64("2023-01-01")
LAST = np.datetime64("2025-12-31")
REPEAT_DAYS = 10
REPEAT_WITHIN_M = 150.0
_DAY_BY_DAY = 0.8
_ALONG_M = 25.0
_ASIDE_M = 5.0


@dataclass(frozen=True)
class Stream:
    """One kind of incident in one group of streets: how many are expected in all, and when they come."""

    kind: Kind
    group: Group
    expected: float
    days: Floats
    rhythm: str
    repeats: float


def streams(groups: list[Group]) -> list[Stream]:
    """Lay out what is expected of every kind in every group of streets over the three years."""
    return [
        _stream(kind, group, expected)
        for kind in KINDS
        for group in groups
        if (expected := YEARS * yearly(kind, group)) > 0
    ]


def _stream(kind: Kind, group: Group, expected: float) -> Stream:
    quiet = group.town == words.QUIET_TOWN
    height, top = kind.season
    rhythm, years = kind.rhythm, (1.0,) * YEARS
    if group.spot is not None:
        rhythm, years = group.spot.rhythm, group.spot.years
        height, top = group.spot.season or kind.season
    if quiet:
        height, rhythm = 0.0, "flat"
    days = rhythms.days(FIRST, LAST, season=rhythms.year(height, top), rhythm=rhythm, years=years)
    repeats = 0.0 if quiet or group.landmark else kind.repeats
    return Stream(kind, group, expected, days, rhythm, repeats)


def happen(laid: list[Stream], streets: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the incidents of all streams, in order of time.

    Gives one row an incident: `stream` (number), `street` (row of `streets`; -1 at a stand-in), `day`, `minute` (of
    that day, local time), `along` (share of the street's length), `aside_m`, and `repeat_of` (the row of the incident
    that it is a near repeat of; -1 for none).
    """
    parts: list[pd.DataFrame] = []
    begun = 0
    for number, stream in enumerate(laid):
        part = _draw(stream, streets["length_m"].to_numpy(), rng)
        part["stream"] = number
        part.loc[part["repeat_of"] >= 0, "repeat_of"] += begun
        begun += len(part)
        parts.append(part)
    every = pd.concat(parts, ignore_index=True)
    order = np.lexsort((np.arange(len(every)), every["minute"], every["day"]))
    moved_to = np.empty(len(every), np.int64)
    moved_to[order] = np.arange(len(every))
    sorted_ = every.iloc[order].reset_index(drop=True)
    again = sorted_["repeat_of"].to_numpy()
    return sorted_.assign(repeat_of=np.where(again >= 0, moved_to[again], -1))


def _draw(stream: Stream, lengths: Floats, rng: np.random.Generator) -> pd.DataFrame:
    """Draw one stream. A near repeat takes its first's street and a day nearby, so that planted rates stay true."""
    firsts = int(rng.poisson(stream.expected * (1 - stream.repeats)))
    repeats = int(rng.poisson(stream.expected * stream.repeats)) if firsts else 0
    day = _pick(stream.days, firsts, rng)
    street = _streets(stream.group, firsts, rng)
    along = rng.random(firsts)
    parent = rng.integers(0, max(firsts, 1), repeats)
    near_day = _near(day[parent], stream.days, rng)
    length = lengths[street[parent]] if repeats else np.ones(0)
    near_along = _folded(along[parent] + rng.normal(0, 1, repeats) * _ALONG_M / length)
    days = np.concatenate([day, near_day])
    count = firsts + repeats
    return pd.DataFrame(
        {
            "street": np.concatenate([street, street[parent]]),
            "day": days,
            "minute": _minutes(days, stream.rhythm, rng),
            "along": np.concatenate([along, near_along]),
            "aside_m": np.clip(rng.normal(0, _ASIDE_M, count), -12, 12),
            "repeat_of": np.concatenate([np.full(firsts, -1), parent]),
        }
    )


def _pick(shares: Floats, count: int, rng: np.random.Generator) -> Ints:
    """Draw places in a list by their shares."""
    steps = np.cumsum(shares)
    return np.asarray(np.minimum(np.searchsorted(steps, rng.random(count) * steps[-1], side="right"), len(shares) - 1))


def _streets(group: Group, count: int, rng: np.random.Generator) -> Ints:
    return np.full(count, -1) if group.landmark else group.streets[_pick(group.shares, count, rng)]


def _near(day: Ints, shares: Floats, rng: np.random.Generator) -> Ints:
    """Draw a day near each given day, in such a way that the days drawn follow the same shares (Metropolis 1953)."""
    steps = np.arange(-REPEAT_DAYS, REPEAT_DAYS + 1)
    wanted = day + steps[_pick(_DAY_BY_DAY ** np.abs(steps), len(day), rng)]
    known = (wanted >= 0) & (wanted < len(shares))
    chance = np.where(known, shares[np.clip(wanted, 0, len(shares) - 1)] / shares[day], 0.0)
    return np.where(rng.random(len(day)) < chance, wanted, day)


def _folded(along: Floats) -> Floats:
    """Fold shares back at both ends of the street: what was even along it stays even."""
    turned = np.abs(along) % 2
    return np.asarray(np.where(turned > 1, 2 - turned, turned))


def _minutes(days: Ints, rhythm: str, rng: np.random.Generator) -> Ints:
    """Draw the minute of the day from the curve of that weekday."""
    curve = rhythms.week(rhythm)
    steps = np.cumsum(curve / curve.sum(axis=1, keepdims=True), axis=1)
    weekday = ((FIRST.astype(int) + days) + 3) % 7
    hour = (rng.random(len(days))[:, None] > steps[weekday]).sum(axis=1)
    return np.asarray(np.minimum(hour, 23) * 60 + rng.integers(0, 60, len(days)))
