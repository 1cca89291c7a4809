"""Where events come about by themselves: places and addresses, drawn towards what lies about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.hotspots.histories import History

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

SMOOTHED_M = (150.0, 300.0)
PULLS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
EVENLY = 1e6
EVEN_PARTS = (0.01, 0.03, 0.1, 0.3, 1.0)


@dataclass(frozen=True)
class Ground:
    """Events one by one on their places and addresses, and how places lie to each other.

    An address is a distinct pair of coordinates; `footprint` is the area in square metres that it stands for: its
    place's area by the number of addresses that it would need to have, were all alike, for unconnected events to fall
    on one address as seldom as they do. `own` is the share of its place's events that an event's address has by the
    others, drawn towards an even share by `address_pull`. `smooth` carries a place's events to the places about it,
    more or less far.
    """

    place: Whole
    address: Whole
    day: Whole
    points: Real
    areas: Real
    footprint: Real
    own: Real
    address_pull: float
    smooth: tuple[Any, ...]


@dataclass(frozen=True)
class Background:
    """The background's density at each event without that event, a square metre; its share in each place.

    `known` is how many events stand behind each place's share. `pull` says how strongly places are
    drawn to what lies about them: within some `smoothed_m`, and a part `even_part` spread evenly.
    """

    density: Real
    share: Real
    known: Real
    pull: float
    even_part: float
    smoothed_m: float


def ground(past: History, *, lag_days: int) -> Ground:
    """Lay out the events of a history one by one, with their addresses.

    How much addresses differ, and how often events that have nothing to do with each other share one, is told from
    events more than `lag_days` apart: of these neither can have led to the other.
    """
    place, day = np.repeat(past.place, past.incidents), np.repeat(past.day, past.incidents)
    points: Real = np.round(np.repeat(past.points_m, past.incidents, axis=0), 3).astype(np.float64)
    known, address = np.unique(np.column_stack([points, place]), axis=0, return_inverse=True)
    address = address.reshape(-1).astype(np.int64)
    listed = np.bincount(known[:, 2].astype(np.int64), minlength=len(past.places))[place]
    others, alike = _far(place, day, lag_days), _far(address, day, lag_days)
    unseen = max(1.0, (float((others / listed).sum()) + 0.5) / (float(alike.sum()) + 0.5))
    areas = np.maximum(past.places["area_km2"].to_numpy(float) * 1e6, 1.0)
    addresses = np.asarray(listed * unseen, dtype=np.float64)
    own, pull = _of_its_place(alike, others, addresses)
    return Ground(
        place=place,
        address=address,
        day=day,
        points=points,
        areas=areas,
        footprint=areas[place] / addresses,
        own=own,
        address_pull=pull,
        smooth=tuple(spill(past.middles_m, areas, spread=spread, widths=2.5) for spread in SMOOTHED_M),
    )


def _far(group: Whole, day: Whole, lag_days: int) -> Whole:
    """Count, for each event, the events of its group more than `lag_days` before or after it."""
    wide = int(day.max()) + lag_days + 2
    keys = np.sort(group * wide + day)
    low, high = np.maximum(day - lag_days, 0), np.minimum(day + lag_days, wide - 1)
    close = np.searchsorted(keys, group * wide + high, side="right") - np.searchsorted(keys, group * wide + low)
    return (np.bincount(group)[group] - close).astype(np.int64)


def spill(middles: Real, areas: Real, *, spread: float, widths: float = 4.0) -> Any:
    """Give which share of what starts in a place ends in each other, after Gaussian steps of `spread` metres.

    A sparse matrix, one row a place of origin. Places are taken as squares of their area, start and end lie anywhere in
    them, and steps beyond `widths` times the spread are left out. What leaves the places altogether is lost: rows add
    up to at most 1.
    """
    from scipy.sparse import csr_array
    from scipy.spatial import cKDTree

    sides = np.sqrt(areas)
    reach = widths * spread + float(np.median(sides))
    pairs = cKDTree(middles).query_pairs(reach, output_type="ndarray").astype(np.int64)
    own = np.arange(len(middles))
    start = np.concatenate([pairs[:, 0], pairs[:, 1], own])
    end = np.concatenate([pairs[:, 1], pairs[:, 0], own])
    apart = np.abs(middles[start] - middles[end])
    across, up = (_step(apart[:, axis], sides[start], sides[end], spread) for axis in (0, 1))
    share = across * up
    held = np.bincount(start, weights=share, minlength=len(middles))
    return csr_array((share / np.maximum(held, 1.0)[start], (start, end)), shape=(len(middles), len(middles)))


def _step(apart: Real, side: Real, other: Real, spread: float) -> Real:
    """Give the chance of a Gaussian step from anywhere in one stretch to anywhere in another, their middles `apart`."""
    from scipy.special import ndtr

    def ramp(reach: Real) -> Real:
        z = reach / spread
        slope: Real = reach * ndtr(z) + spread * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
        return slope

    whole, half = (side + other) / 2, (side - other) / 2
    moved = ramp(apart + whole) - ramp(apart + half) - ramp(apart - half) + ramp(apart - whole)
    return np.asarray(np.maximum(moved, 0) / side, dtype=np.float64)


def lay(ground: Ground, chance: Real) -> Background:
    """Lay out the background from events weighed by the chance that they belong to it.

    Each place's share is drawn towards what lies about it (a Gaussian of 150 or 300 m, with a part spread evenly);
    `pull` is how many events that prior counts for. Width, part and pull are those under which each event is foretold
    best by all the others.
    """
    place, total = ground.place, float(chance.sum())
    at_place = np.bincount(place, weights=chance, minlength=len(ground.areas))
    others = np.maximum(at_place[place] - chance, 0)
    even = ground.areas / ground.areas.sum()
    best, density, known, share = -np.inf, np.empty(len(place)), np.asarray(even), even
    pull, even_part, smoothed_m = 0.0, 1.0, 0.0
    for spread, smooth in zip(SMOOTHED_M, ground.smooth, strict=True):
        about = smooth.T @ at_place
        about_others = np.maximum(about[place] - chance * smooth.diagonal()[place], 0)
        scale = total / float(about.sum())
        for part in EVEN_PARTS:
            prior = (1 - part) * about_others * scale / np.maximum(total - chance, 1e-9) + part * even[place]
            for tried in len(ground.areas) * np.array(PULLS):
                told = (others + tried * prior) / (total - chance + tried)
                height = float((chance * np.log(told)).sum())
                if height > best + 1e-9:
                    best, density = height, told
                    known = at_place + tried * ((1 - part) * about * scale / total + part * even)
                    share = known / (total + tried)
                    pull, even_part, smoothed_m = float(tried), part, spread
    return Background(
        density=density * ground.own / ground.footprint,
        share=share,
        known=known,
        pull=pull,
        even_part=even_part,
        smoothed_m=smoothed_m,
    )


def _of_its_place(alike: Whole, others: Whole, addresses: Real) -> tuple[Real, float]:
    """Give each event's address's share of its place, and the pull to an even share under which that is likeliest."""
    best, share, chosen = -np.inf, np.ones(len(alike)), EVENLY
    for pull in (EVENLY, *PULLS[::-1]):
        tried = (alike + pull / addresses) / (others + pull)
        height = float(np.log(tried).sum())
        if height > best + 1e-9:
            best, share, chosen = height, tried, pull
    return share, chosen
