"""Positions made ready to be read: one clock, one row a moment, no positions thrown far off, no device twice.

What is dropped is counted and told; which device it was is not, because nobody needs to know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.space.sojourns import Tracks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Real = NDArray[np.float64]

    Values = pd.Series[Any]

FASTEST = 60.0
_THROWN_M = 200.0
_THROWN_SECONDS = 60.0
_SAME = 0.8
_FEW = 300_000
_PART = 16


@dataclass(frozen=True)
class Movement:
    """Tracks in metres with their devices' teams, and what was dropped on the way.

    `teams` has one entry a track: the team that carried it, None where that is not known. `repeats` rows stood there
    twice, `jumps` were thrown far off and back, `twins` devices were the same track under a second name, with
    `twin_rows` rows. `kept` is what is left.
    """

    tracks: Tracks
    teams: tuple[str | None, ...]
    repeats: int
    jumps: int
    twins: int
    twin_rows: int

    @property
    def kept(self) -> int:
        """How many positions are left."""
        return len(self.tracks.seconds)

    def notes(self) -> tuple[str, ...]:
        """Say in sentences what was dropped."""
        told = []
        if self.repeats:
            told.append(f"{self.repeats:,} rows repeat an earlier position of the same device and count once")
        if self.jumps:
            told.append(f"{self.jumps:,} positions jump far off and back within a minute and are left out")
        if self.twins:
            devices = "one device is" if self.twins == 1 else f"{self.twins:,} devices are"
            told.append(
                f"{devices} the same track as another under a second name: it counts once ({self.twin_rows:,} rows)"
            )
        return tuple(told)


def clean(
    fixes: pd.DataFrame, *, teams: Mapping[str, str] | None = None, clocks: Mapping[str, float] | None = None
) -> Movement:
    """Put positions in order and drop what is no position of its own.

    `fixes` is FIXES; `teams` says which team carried a device, `clocks` by how many seconds a device's clock runs
    ahead. A position that lies more than 200 m from the ones before and after, which lie close together, within a
    minute, or that would need more than 60 m/s there and back, is a jump. Two devices that share four fifths of their
    positions are one.

    >>> moments = pd.to_datetime(["2026-11-02T14:00Z", "2026-11-02T14:00Z", "2026-11-02T14:01Z"])
    >>> rows = pd.DataFrame({"device": "a", "moment": moments, "easting": [1.0, 1.0, 2.0], "northing": 0.0})
    >>> found = clean(rows)
    >>> found.kept, found.repeats
    (2, 1)
    """
    track, names = pd.factorize(fixes["device"], sort=True)
    ahead = np.array([(clocks or {}).get(str(name), 0.0) for name in names])
    seconds = _seconds(fixes["moment"]) - (ahead[track] if ahead.any() else 0.0)
    x, y = (fixes[axis].to_numpy(dtype=np.float64) for axis in ("easting", "northing"))
    tracks = _ordered(Tracks(track.astype(np.int64), seconds, x, y))
    fresh = ~_repeated(tracks)
    tracks = tracks.take(fresh)
    sound = ~_jumping(tracks)
    tracks = tracks.take(sound)
    twin = _twins(tracks, len(names))
    single = ~twin[tracks.track]
    tracks = tracks.take(single)
    if twin.any():
        tracks = Tracks((np.cumsum(~twin) - 1)[tracks.track], tracks.seconds, tracks.x, tracks.y)
    carried = tuple((teams or {}).get(str(name)) for name, double in zip(names, twin, strict=True) if not double)
    repeats, jumps, doubled = (int((~each).sum()) for each in (fresh, sound, single))
    return Movement(tracks, carried, repeats, jumps, int(twin.sum()), doubled)


def _seconds(moments: Values) -> Real:
    return moments.astype("datetime64[us, UTC]").astype("int64").to_numpy() / 1e6


def _ordered(tracks: Tracks) -> Tracks:
    step = np.diff(tracks.track)
    if ((step > 0) | ((step == 0) & (np.diff(tracks.seconds) >= 0))).all():
        return tracks
    return tracks.take(np.lexsort((tracks.seconds, tracks.track)))


def _repeated(tracks: Tracks) -> NDArray[np.bool_]:
    """Tell which rows stand at the same moment as the row before, of the same track."""
    wrong = np.zeros(len(tracks.track), dtype=bool)
    wrong[1:] = (np.diff(tracks.track) == 0) & (np.diff(tracks.seconds) == 0)
    return wrong


def _jumping(tracks: Tracks) -> NDArray[np.bool_]:
    """Tell which positions are thrown far off and back."""
    track, x, y = tracks.track, tracks.x, tracks.y
    wrong = np.zeros(len(track), dtype=bool)
    if len(track) < 3:
        return wrong
    far, apart = np.hypot(np.diff(x), np.diff(y)), np.diff(tracks.seconds)
    there, back = far[:-1], far[1:]
    across = np.hypot(x[2:] - x[:-2], y[2:] - y[:-2])
    fast = (there > FASTEST * apart[:-1]) & (back > FASTEST * apart[1:]) & (there > _THROWN_M)
    nearer = np.minimum(there, back)
    turned = (nearer > _THROWN_M) & (across < 0.25 * nearer) & (apart[:-1] + apart[1:] <= _THROWN_SECONDS)
    wrong[1:-1] = (fast | turned) & (track[2:] == track[:-2])
    return wrong


def _twins(tracks: Tracks, count: int) -> NDArray[np.bool_]:
    """Tell which tracks are an earlier one under a second name, from the moments and places that they share."""
    twin = np.zeros(count, dtype=bool)
    if count < 2:
        return twin
    track, x, y = tracks.track, tracks.x, tracks.y
    moment = np.floor(tracks.seconds).astype(np.int64)
    looked = np.ones(len(track), bool) if len(track) < _FEW else (moment * 2654435761 >> 9) % _PART == 0
    east, north = np.floor(x[looked] / 10).astype(np.int64), np.floor(y[looked] / 10).astype(np.int64)
    key = ((moment[looked] * 1_000_003 + east) * 998_244_353 + north).astype(np.int64)
    of, sizes = track[looked], np.bincount(track[looked], minlength=count)
    order = np.argsort(key, kind="stable")
    key, of = key[order], of[order]
    for apart in range(1, 4):
        same = np.flatnonzero((key[apart:] == key[:-apart]) & (of[apart:] != of[:-apart]))
        pairs, seen = np.unique(np.column_stack([of[same], of[same + apart]]), axis=0, return_counts=True)
        for (one, other), shared in zip(pairs, seen, strict=True):
            if shared >= max(_SAME * min(sizes[one], sizes[other]), 3):
                twin[
                    max(one, other) if sizes[one] == sizes[other] else (one if sizes[one] < sizes[other] else other)
                ] = True
    return twin
