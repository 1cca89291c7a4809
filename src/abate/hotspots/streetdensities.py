"""Forecast by kernel density along the streets: an incident tells of the streets one can walk to, not of those behind.

As `surfaces`, for places that are stretches of street. Each past incident is put on its stretch and spreads from there
along the network (see `networks.diffusion`), so that a railway or a river keeps apart what is near only in a straight
line. How far is chosen by the later part of the past, given the earlier.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError
from abate.hotspots import holdouts
from abate.hotspots.histories import forecasts
from abate.hotspots.holdouts import Fit
from abate.networks import diffusion, graphs, lixels, locations

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from abate.hotspots.histories import History, Window
    from abate.networks.diffusion import Conduction
    from abate.networks.lixels import Lixels

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Flags = NDArray[np.bool_]

CANDIDATES_M = (4.0, 8.0, 15.0, 21.0, 30.0, 42.0, 60.0, 85.0, 120.0, 170.0, 240.0, 340.0, 480.0, 680.0)
_STEP_M = 15.0


@dataclass(frozen=True)
class _Net:
    """The streets as lixels, how mass runs between them, the lixel of each record, and each stretch's length."""

    pieces: Lixels
    conduction: Conduction
    lixel: Whole
    length: Real


def forecast(
    past: History, window: Window, *, months: int | None = None, bandwidth_m: float | None = None
) -> pd.DataFrame:
    """Say how many incidents each stretch of street should expect, by kernel density along the network.

    `past.places` are the stretches (lines in `shape`, which meet at their ends). `months` looks back no further than
    so many months; `bandwidth_m` is taken as given instead of being chosen. All stretches together are expected to see
    what they saw in the last year, day for day. Gives `tables.FORECASTS`. Raises `OptionError` when the places are not
    lines or there are too few incidents to choose by. Source: McSwiggan, Baddeley and Nair 2017,
    https://doi.org/10.1111/sjos.12255.

    >>> import pandas as pd, shapely
    >>> from datetime import date
    >>> from abate.hotspots.histories import Window, history
    >>> lines = [shapely.LineString([(start, 0), (start + 100, 0)]) for start in (0, 100, 200)]
    >>> road = pd.DataFrame({"place_id": list("abc"), "area_km2": 0.0, "easting": [50.0, 150, 250], "northing": 0.0})
    >>> seen = pd.DataFrame({"place_id": ["a"], "easting": 50.0, "northing": 3.0, "incidents": [12]})
    >>> seen, road = seen.assign(period=pd.to_datetime("2025-01-01")), road.assign(shape=lines)
    >>> past = history(seen, road, span=Window(date(2025, 1, 1), date(2025, 12, 31)), unit="month")
    >>> told = forecast(past, Window(date(2026, 1, 1), date(2026, 12, 31)), bandwidth_m=60)
    >>> told["expected"].round(1).tolist()
    [9.1, 2.5, 0.4]
    """
    net = _net(past)
    used = past.day >= holdouts.begin(past, months)
    chosen = fit(past, months=months) if bandwidth_m is None else holdouts.given(past, used, bandwidth_m)
    share = next(_shares(past, used, net, (chosen.bandwidth_m,)))
    even = net.length / net.length.sum()
    expected = holdouts.level(past, window) * ((1 - chosen.even) * share + chosen.even * even)
    return forecasts(past, expected, np.full(len(expected), chosen.size))


def fit(past: History, *, months: int | None = None) -> Fit:
    """Choose the bandwidth along the streets under which the later part of the past was likeliest, given the earlier.

    Candidates are `CANDIDATES_M`. Raises `OptionError` when there are too few incidents.
    """
    held, net = holdouts.hold_out(past, months=months), _net(past)
    even, total = net.length / net.length.sum(), held.seen.sum()
    tried = []
    for width, share in zip(CANDIDATES_M, _shares(past, held.early, net, CANDIDATES_M), strict=True):
        verdict = holdouts.judge(share, even, held.seen)
        tried.append((width, verdict, total * ((1 - verdict.even) * share + verdict.even * even)))
    best, verdict, mean = max(tried, key=lambda one: one[1].likelihood)
    likelihood = tuple(one[1].likelihood for one in tried)
    return Fit(best, verdict.even, holdouts.size(held.seen, mean), CANDIDATES_M, likelihood)


def _net(past: History) -> _Net:
    import shapely

    lines = past.places["shape"].to_numpy(dtype=object)
    if not (shapely.get_type_id(lines) == 1).all():
        raise OptionError("density along streets needs places that are stretches of street: --place street:FILE")
    streets = graphs.graph(lines)
    pieces = lixels.cut(streets, step=_STEP_M / past.unit_m)
    along = locations.along(past.easting, past.northing, lines, past.place)
    return _Net(pieces, diffusion.conduct(streets, pieces), pieces.at(past.place, along), streets.length)


def _shares(past: History, records: Flags, net: _Net, widths_m: tuple[float, ...]) -> Iterator[Real]:
    """Spread the incidents of some records along the streets, ever wider; each gives shares that add up to 1."""
    lying = np.bincount(net.lixel[records], weights=past.incidents[records], minlength=len(net.pieces.length)).astype(
        np.float64
    )
    lying /= lying.sum()
    done = 0.0
    for width_m in widths_m:
        width = width_m / past.unit_m
        lying = diffusion.diffuse(net.conduction, lying, bandwidth=width, done=done)
        done = width
        yield np.bincount(net.pieces.edge, weights=lying, minlength=len(net.length)).astype(np.float64)
