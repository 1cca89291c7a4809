"""When things happen in the sample town: waves of the year, and curves of the week hour by hour."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_EVENING = np.array(
    [3, 2, 1.5, 1, 0.6, 0.5, 0.6, 1, 1.5, 1.6, 1.8, 2, 2.4, 2.6, 3, 4, 4.4, 4.6, 4.8, 5, 5, 4.8, 4.4, 3.8]
)
_NIGHT = np.array(
    [9, 9, 8, 5, 2, 0.5, 0.2, 0.2, 0.3, 0.4, 0.5, 0.6, 0.9, 1, 1, 1.2, 1.5, 2, 2.6, 3.4, 4.4, 5.6, 7, 8.4]
)
_DAY = np.array([0.2, 0.1, 0.1, 0.1, 0.1, 0.2, 0.5, 1, 2.4, 4, 5, 5.6, 6, 6, 6, 6, 5.8, 5, 3.4, 2, 1.2, 0.8, 0.5, 0.3])
_HOME = np.array(
    [3, 2, 1.4, 1, 0.8, 0.8, 1, 1.6, 2, 2.2, 2.2, 2.2, 2.4, 2.4, 2.4, 2.8, 3.2, 3.6, 4, 4.2, 4.2, 4.2, 4, 3.6]
)
_SCHOOL = np.array([0.2, 0.1, 0.1, 0.1, 0.1, 0.1, 0.3, 1.5, 5, 1.5, 1, 1, 2, 2, 3, 14, 11, 5, 3, 2, 1.6, 1.2, 0.8, 0.4])


def week(rhythm: str) -> Floats:
    """Give the curve of a week: 7 rows (Monday first) of 24 hours, local time, with mean 1.

    The hours before five in the morning belong to the night that began the day before, so that the small hours of a
    Saturday are as busy as a Friday night is.

    >>> night = week("night")
    >>> night.shape, float(round(night.mean(), 6)), bool(night[5, 1] > 5 * night[2, 1])
    ((7, 24), 1.0, True)
    """
    hours, nights = _CURVES[rhythm]
    curve = np.outer(nights, hours)
    curve[:, :5] = np.outer(np.roll(nights, 1), hours[:5])
    return np.asarray(curve / curve.mean())


_CURVES: dict[str, tuple[Floats, Floats]] = {
    "evening": (_EVENING, np.array([0.9, 0.9, 0.9, 0.95, 1.15, 1.2, 1.0])),
    "night": (_NIGHT, np.array([0.35, 0.35, 0.45, 0.7, 2.0, 2.3, 0.85])),
    "day": (_DAY, np.array([1, 1, 1, 1.05, 1.15, 1.3, 0.7])),
    "home": (_HOME, np.array([1, 0.95, 0.95, 0.95, 1.0, 1.1, 1.1])),
    "school": (_SCHOOL, np.array([1.25, 1.25, 1.25, 1.25, 1.3, 0.4, 0.3])),
    "flat": (np.ones(24), np.ones(7)),
}


def year(height: float, top: int) -> Floats:
    """Give the wave of a year: 12 weights around 1, highest in the month `top`.

    >>> summer = year(0.3, 7)
    >>> int(summer.argmax()) + 1, float(round(summer.max(), 6)), float(round(summer.mean(), 6))
    (7, 1.3, 1.0)
    """
    return np.asarray(1 + height * np.cos(2 * np.pi * (np.arange(1, 13) - top) / 12))


def days(first: np.datetime64, last: np.datetime64, *, season: Floats, rhythm: str, years: tuple[float, ...]) -> Floats:
    """Give the probability of each day from the first to the last, both included.

    A day's weight is that of its month in the year's wave, of its weekday in the week's curve, and of its calendar
    year in `years` (one factor a year).
    """
    calendar = np.arange(first, last + np.timedelta64(1, "D"))
    month = calendar.astype("datetime64[M]").astype(int)
    weekday = (calendar.astype(int) + 3) % 7
    which_year = month // 12 - month[0] // 12
    weights = season[month % 12] * week(rhythm).sum(axis=1)[weekday] * np.asarray(years)[which_year]
    return np.asarray(weights / weights.sum())
