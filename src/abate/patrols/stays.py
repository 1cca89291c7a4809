"""Stays of devices put together to stays of teams: officers who are there together count once as presence.

Each device tells on its own when its stay began and ended. Two that came together tell of the same moment: what fits
both is narrower than either. Minutes of presence are what at least one device covers; officer-minutes are the minutes
of all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from abate.space.sojourns import Sojourns

    Real = NDArray[np.float64]

FOOT_FASTEST = 2.8
_NORMAL = 1.959964
_UNSEEN_MOST = 1800.0
_SHARED = 0.5
COLUMNS = ("fence", "team", "kind", "begins", "ends", "minutes", "low", "high", "officers", "officer_minutes")


@dataclass(frozen=True)
class _Moment:
    """When something happened: a middle, the stretch that it is spread over, and the noise beside."""

    at: float
    width: float
    noise: float


def gather(stays: Sojourns, teams: Sequence[str | None], *, gap: float) -> pd.DataFrame:
    """Put the stays of devices together to one row a stay of a team.

    Devices of one team (or of no known team) in one place whose stays overlap, or lie within `gap` seconds, are one.
    `kind` is "foot" or "vehicle" (faster than 2.8 m/s for most of the time: by car or bicycle). `begins` and `ends`
    are seconds, `minutes` with `low` and `high` the presence with its 95% interval, `officers` the devices.
    """
    rows = _devices(stays, teams)
    if rows.empty:
        return rows.reindex(columns=list(COLUMNS))
    rows = rows.sort_values(["fence", "team", "kind", "begins", "ends"], na_position="first", kind="stable")
    whom = rows[["fence", "team", "kind"]].fillna("")
    fresh = (whom != whom.shift()).any(axis=1).to_numpy()
    latest = rows["ends"].groupby(np.cumsum(fresh)).cummax().shift().to_numpy()
    group = np.cumsum(fresh | (rows["begins"].to_numpy() > latest + gap)) - 1
    alone = np.bincount(group)[group] == 1
    single = rows[alone].assign(officers=1)
    records, groups = rows[~alone].to_dict("records"), group[~alone]
    ends = [*np.flatnonzero(np.diff(groups, prepend=-1)), len(groups)]
    joined = [_together(records[begin:end]) for begin, end in pairwise(ends)]
    found = pd.concat([single, pd.DataFrame(joined)], ignore_index=True) if joined else single
    found = _with_interval(found).sort_values(["fence", "begins", "ends", "team"], na_position="first", kind="stable")
    return found[list(COLUMNS)].reset_index(drop=True)


def _devices(stays: Sojourns, teams: Sequence[str | None]) -> pd.DataFrame:
    names = np.array([*teams, None], dtype=object)
    kind = np.where(stays.speed > FOOT_FASTEST, "vehicle", "foot")
    unseen = np.where(stays.unseen <= _UNSEEN_MOST, stays.unseen, 0.0).sum(axis=1)
    return pd.DataFrame(
        {
            "fence": stays.fence,
            "track": stays.track,
            "team": pd.Series(names[stays.track], dtype="object"),
            "kind": kind,
            "begins": stays.ends[:, 0],
            "ends": stays.ends[:, 1],
            "seconds": stays.ends[:, 1] - stays.ends[:, 0],
            "officer_minutes": (stays.ends[:, 1] - stays.ends[:, 0]) / 60,
            "width_in": stays.width[:, 0],
            "width_out": stays.width[:, 1],
            "noise_in": stays.noise[:, 0],
            "noise_out": stays.noise[:, 1],
            "unseen": unseen,
        }
    )


def _together(records: Sequence[dict[Any, Any]]) -> dict[str, Any]:
    """Put stays of several devices together: the first coming, the last going, less the time that none covers."""
    comes = _first([_Moment(row["begins"], row["width_in"], row["noise_in"]) for row in records])
    goes = _first([_Moment(-row["ends"], row["width_out"], row["noise_out"]) for row in records])
    reached, empty = records[0]["ends"], 0.0
    for row in records[1:]:
        empty += max(row["begins"] - reached, 0.0)
        reached = max(reached, row["ends"])
    ends = max(-goes.at, comes.at)
    return {
        "fence": records[0]["fence"],
        "team": records[0]["team"],
        "kind": records[0]["kind"],
        "begins": comes.at,
        "ends": ends,
        "seconds": max(ends - comes.at - empty, 0.0),
        "officers": len({row["track"] for row in records}),
        "officer_minutes": sum(row["officer_minutes"] for row in records),
        "width_in": comes.width,
        "width_out": goes.width,
        "noise_in": comes.noise,
        "noise_out": goes.noise,
        "unseen": min(row["unseen"] for row in records),
    }


def _first(moments: Sequence[_Moment]) -> _Moment:
    """Give the earliest of several moments; those that may be the same one are taken together.

    Even stretches that share a part leave that part; otherwise the mean of the middles is taken. Half of what the noise
    does is taken as shared, because those who walk together linger at the edge together.
    """
    earliest = min(moments, key=lambda each: each.at)
    same = [each for each in moments if _agree(each, earliest)]
    low = max(each.at - each.width / 2 for each in same)
    high = min(each.at + each.width / 2 for each in same)
    alone = sum(each.noise**2 for each in same) / len(same)
    noise = float(np.sqrt(alone * (1 + (len(same) - 1) * _SHARED) / len(same)))
    noisy = max(each.noise for each in same) > min(each.width for each in same) / 3
    if high >= low and not noisy:
        return _Moment((low + high) / 2, high - low, noise)
    even = sum(each.width**2 for each in same) / 12 / len(same) ** 2
    return _Moment(sum(each.at for each in same) / len(same), 0.0, float(np.sqrt(noise**2 + even)))


def _agree(one: _Moment, other: _Moment) -> bool:
    return abs(one.at - other.at) <= (one.width + other.width) / 2 + 2 * float(np.hypot(one.noise, other.noise))


def _with_interval(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the minutes with their interval; an even stretch has short tails, which a fourth-moment term allows for.

    Source: Cornish and Fisher 1938, Revue de l'Institut International de Statistique 5, 307-320.
    """
    widths = rows[["width_in", "width_out"]].to_numpy()
    noises = rows[["noise_in", "noise_out"]].to_numpy()
    variance = (widths**2).sum(axis=1) / 12 + (noises**2).sum(axis=1)
    tails = -(widths**4).sum(axis=1) / 120 / np.maximum(variance, 1e-9) ** 2
    half = (_NORMAL + (_NORMAL**3 - 3 * _NORMAL) * tails / 24) * np.sqrt(variance) / 60
    minutes = rows["seconds"].to_numpy() / 60
    return rows.assign(
        minutes=minutes, low=np.maximum(minutes - half, 0.0), high=minutes + half + rows["unseen"].to_numpy() / 60
    )
