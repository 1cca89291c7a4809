"""Forecast by kernel density: every past incident is spread over the ground round it, and adds up to a surface.

Places near many past incidents are expected to see more, also those that saw none themselves. How far an incident
spreads, the bandwidth, is what matters most; here it is the one under which the later part of the past was likeliest,
given the earlier (see `holdouts`). Each place takes what falls into the square of its area round its middle, and what
would fall outside all places is shared among those that the kernel does reach, so that nothing is lost over the edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError
from abate.hotspots import holdouts
from abate.hotspots.histories import forecasts
from abate.hotspots.holdouts import Fit
from abate.space import bandwidths, spreading
from abate.space.spreading import Squares

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from abate.hotspots.histories import History, Window
    from abate.hotspots.holdouts import Holdout
    from abate.space.bandwidths import Spots

    Real = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Whole = NDArray[np.int64]

_NARROWEST, _WIDEST = 0.25, 64.0
_AROUND = np.array([0.5, 0.5**0.5, 1.0, 2**0.5, 2.0])


def forecast(
    past: History,
    window: Window,
    *,
    months: int | None = None,
    adaptive: bool = False,
    bandwidth_m: float | None = None,
) -> pd.DataFrame:
    """Say how many incidents each place should expect, by kernel density of the past ones (`tables.FORECASTS`).

    `months` looks back no further than so many months. With `adaptive` every incident has its own bandwidth, narrow
    where incidents are dense, wide where they are few (Abramson 1982). `bandwidth_m` is taken as given instead of
    being chosen. All places together are expected to see what they saw in the last year, day for day. Raises
    `OptionError` when there are too few incidents to choose by, or when the places are streets, which have no area.
    Sources: Silverman 1986, Density Estimation; Chainey, Tompson and Uhlig 2008, https://doi.org/10.1057/palgrave.sj.8350066.

    >>> import pandas as pd, shapely
    >>> from datetime import date
    >>> from abate.hotspots.histories import Window, history
    >>> spot = {"area_km2": 0.01, "northing": 50.0, "shape": shapely.Point(0, 0)}
    >>> row = pd.DataFrame({"place_id": list("abc"), "easting": [50.0, 150.0, 250.0], **spot})
    >>> seen = pd.DataFrame({"place_id": ["a"], "easting": 50.0, "northing": 50.0, "incidents": [12]})
    >>> seen = seen.assign(period=pd.to_datetime("2025-01-01"))
    >>> past = history(seen, row, span=Window(date(2025, 1, 1), date(2025, 12, 31)), unit="month")
    >>> told = forecast(past, Window(date(2026, 1, 1), date(2026, 12, 31)), bandwidth_m=50)
    >>> told["expected"].round(1).tolist()
    [9.3, 2.4, 0.3]
    """
    ground = squares(past)
    used = past.day >= holdouts.begin(past, months)
    if bandwidth_m is None:
        chosen = fit(past, months=months, adaptive=adaptive)
    else:
        chosen = holdouts.given(past, used, bandwidth_m)
    share = _shares(_lying(past, used), ground, chosen.bandwidth_m, adaptive=adaptive)
    expected = holdouts.level(past, window) * ((1 - chosen.even) * share + chosen.even * _even(ground))
    return forecasts(past, expected, np.full(len(expected), chosen.size))


def fit(past: History, *, months: int | None = None, adaptive: bool = False) -> Fit:
    """Choose the bandwidth under which the later part of the past was likeliest, given the earlier.

    Candidates run from a quarter of a typical place's side to 64 sides, each 1.41 times the one before; adaptive
    bandwidths (their geometric mean) are tried up to twice and down to half of the best fixed one. The spread of counts
    around their mean is fitted to the same later part. Raises `OptionError` when there are too few incidents.
    """
    held, ground = holdouts.hold_out(past, months=months), squares(past)
    side = float(np.median(ground.side))
    tried = _tried(past, held, ground, bandwidths.ladder(_NARROWEST * side, _WIDEST * side), adaptive=False)
    if adaptive:
        tried = _tried(past, held, ground, _AROUND * max(tried, key=lambda one: one[1].likelihood)[0], adaptive=True)
    best, verdict, mean = max(tried, key=lambda one: one[1].likelihood)
    return Fit(
        bandwidth_m=best,
        even=verdict.even,
        size=holdouts.size(held.seen, mean),
        candidates=tuple(one[0] for one in tried),
        likelihood=tuple(one[1].likelihood for one in tried),
    )


def squares(past: History) -> Squares:
    """Give each place as a square of its area round its middle, in metres; `OptionError` where places have no area."""
    side = np.sqrt(past.places["area_km2"].to_numpy(float) * 1e6)
    if not (side > 0).all():
        raise OptionError("a surface needs places that have an area: for streets take the method kernel-street")
    return Squares(past.middles_m[:, 0].copy(), past.middles_m[:, 1].copy(), side)


def _tried(
    past: History, held: Holdout, ground: Squares, candidates: Real, *, adaptive: bool
) -> list[tuple[float, holdouts.Verdict, Real]]:
    """Judge each candidate: the bandwidth, the verdict, and what each place was expected to see later."""
    even, total, tried = _even(ground), held.seen.sum(), []
    lying = _lying(past, held.early)
    for width in candidates.tolist():
        share = _shares(lying, ground, width, adaptive=adaptive)
        verdict = holdouts.judge(share, even, held.seen)
        tried.append((width, verdict, total * ((1 - verdict.even) * share + verdict.even * even)))
    return tried


def _even(ground: Squares) -> Real:
    area: Real = ground.side**2
    return np.asarray(area / area.sum())


@dataclass(frozen=True)
class _Lying:
    """The spots where incidents happened, and the place that each spot lies in."""

    spots: Spots
    home: Whole


def _lying(past: History, records: Flags) -> _Lying:
    x, y = np.ascontiguousarray(past.points_m[records].T)
    held = bandwidths.spots(x, y, past.incidents[records].astype(np.float64))
    return _Lying(held, past.place[records][held.first])


def _shares(lying: _Lying, ground: Squares, width: float, *, adaptive: bool) -> Real:
    """Spread the incidents over the places; the shares add up to 1."""
    held = lying.spots
    one_each = bandwidths.adapt(held.x, held.y, bandwidth=width, weights=held.weight) if adaptive else width
    spread = spreading.spread(held.x, held.y, ground, weight=held.weight, home=lying.home, bandwidth=one_each)
    return np.asarray(spread / held.weight.sum())
