"""How noisy recorded positions are, and for how long one error lasts, from the positions themselves.

Where whatever carries a device stands still, its positions scatter about one point: their spread is the noise, and how
alike neighbouring errors are says how long one lasts (a first-order autoregression, the plain model of a receiver's
drift). Where nothing stands still, the bend of three positions in a row tells the noise, since even movement has none.

Source: Gelb (ed.) 1974, Applied Optimal Estimation, MIT Press, section 3.8 (the first-order Gauss-Markov error).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

WINDOW = 600.0
_REST = 25.0
_LEAST_WINDOWS = 12
_LEAST_POINTS = 6
_NEAREST, _FURTHEST = 2.0, 30.0
_LASTS = 30.0
_CLOSE = 15.0
ASSUMED = 10.0


@dataclass(frozen=True)
class Drift:
    """The noise of positions: standard deviation along one axis, how long an error lasts, and what shows it.

    `sd` is in the unit of the positions, `lasts` in that of the times (after it two errors are alike by 1/e). `basis`
    is "rest" (from `windows` stretches of standing still), "bends" or "assumed".
    """

    sd: float
    lasts: float
    basis: Literal["rest", "bends", "assumed"]
    windows: int

    def alike(self, apart: float) -> float:
        """Give the correlation of two errors that are `apart` in time.

        >>> round(Drift(8.0, 30.0, "rest", 40).alike(30.0), 3)
        0.368
        """
        return float(np.exp(-apart / self.lasts))


def estimate(track: Whole, seconds: Real, x: Real, y: Real) -> Drift:
    """Estimate the noise of positions in metres, which lie in the order of their track and time.

    Ten-minute stretches whose positions all lie within walking-free scatter are taken as rest; the middle of
    their spreads is the noise. With fewer than a dozen of them the bends of close positions are taken, and where
    positions are more than 15 seconds apart as well, 10 metres are assumed.

    >>> generator = np.random.default_rng(1)
    >>> noise = generator.normal(0, 6.0, (2, 2000))
    >>> found = estimate(np.zeros(2000, np.int64), np.arange(2000) * 15.0, noise[0], noise[1])
    >>> found.basis, bool(5 < found.sd < 7)
    ('rest', True)
    """
    if len(seconds) < _LEAST_POINTS:
        return Drift(ASSUMED, _LASTS, "assumed", 0)
    window = np.flatnonzero(_starts(track, seconds))
    of_point = np.cumsum(_starts(track, seconds)) - 1
    count = np.bincount(of_point)
    dx, dy = (each - (np.bincount(of_point, each) / count)[of_point] for each in (x - x[0], y - y[0]))
    spread = np.sqrt((np.bincount(of_point, dx * dx) + np.bincount(of_point, dy * dy)) / np.maximum(2 * count - 2, 1))
    length = seconds[np.r_[window[1:] - 1, len(seconds) - 1]] - seconds[window]
    rest = (count >= _LEAST_POINTS) & (length > WINDOW / 2) & (spread < _REST) & (spread > 0)
    if rest.sum() < _LEAST_WINDOWS:
        return _bends(track, seconds, x, y)
    sd = float(np.quantile(spread[rest], 0.5))
    quiet = rest & (spread <= 1.35 * sd)
    lasts = _lasting(of_point, quiet, seconds, dx, dy)
    short = 1 - 2 * lasts / WINDOW * (1 - lasts / WINDOW * (1 - np.exp(-WINDOW / lasts)))
    return Drift(float(np.clip(sd / np.sqrt(max(short, 0.25)), _NEAREST, _FURTHEST)), lasts, "rest", int(rest.sum()))


def _starts(track: Whole, seconds: Real) -> NDArray[np.bool_]:
    step = np.floor(seconds / WINDOW)
    fresh = np.ones(len(track), dtype=bool)
    fresh[1:] = (np.diff(track) != 0) | (np.diff(step) != 0)
    return fresh


def _lasting(of_point: Whole, quiet: NDArray[np.bool_], seconds: Real, dx: Real, dy: Real) -> float:
    """Give how long an error lasts, from how alike neighbours within the quiet stretches are."""
    pair = np.flatnonzero((of_point[1:] == of_point[:-1]) & quiet[of_point[1:]])
    apart = seconds[pair + 1] - seconds[pair]
    if not len(pair) or not (apart > 0).any():
        return _LASTS
    usual = float(np.median(apart))
    pair = pair[(apart > 0.5 * usual) & (apart < 1.5 * usual)]
    together = float((dx[pair] * dx[pair + 1] + dy[pair] * dy[pair + 1]).sum())
    alone = float((dx[pair] ** 2 + dy[pair] ** 2 + dx[pair + 1] ** 2 + dy[pair + 1] ** 2).sum()) / 2
    alike = together / alone if alone > 0 else 0.0
    return float(np.clip(-usual / np.log(np.clip(alike, 1e-3, 0.995)), 1.0, 120.0))


def _bends(track: Whole, seconds: Real, x: Real, y: Real) -> Drift:
    whole = (track[2:] == track[:-2]) & (seconds[2:] > seconds[1:-1]) & (seconds[1:-1] > seconds[:-2])
    step = np.median(np.diff(seconds)[np.diff(seconds) > 0]) if (np.diff(seconds) > 0).any() else np.inf
    even = whole & (np.abs(seconds[2:] - 2 * seconds[1:-1] + seconds[:-2]) < 0.2 * step)
    if step > _CLOSE or even.sum() < 100:
        return Drift(ASSUMED, _LASTS, "assumed", 0)
    bend = (x[2:] - 2 * x[1:-1] + x[:-2])[even] ** 2 + (y[2:] - 2 * y[1:-1] + y[:-2])[even] ** 2
    alike = np.exp(-step / _LASTS)
    sd = np.sqrt(np.median(bend) / (2 * np.log(2)) / (6 - 8 * alike + 2 * alike**2))
    return Drift(float(np.clip(sd, _NEAREST, _FURTHEST)), _LASTS, "bends", 0)
