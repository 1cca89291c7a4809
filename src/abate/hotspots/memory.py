"""The remembered count: the past with recent incidents counting more, as fast as the record itself shows best."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError
from abate.hotspots import volumes
from abate.hotspots.histories import forecasts
from abate.hotspots.ingredients import remember
from abate.hotspots.pastcounts import smooth
from abate.hotspots.rehearsals import bunch, rehearse

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from abate.hotspots.histories import History, Window
    from abate.hotspots.rehearsals import Rehearsal

    Real = NDArray[np.float64]

HALF_LIVES = (15.0, 30.0, 60.0, 120.0, 240.0, 480.0, 960.0, 1920.0, np.inf)


def forecast(past: History, window: Window, *, half_life_days: float | None = None) -> pd.DataFrame:
    """Expect of each place its share of the remembered incidents, one `half_life_days` old counting as one half.

    One row a place (`tables.FORECASTS`). Without `half_life_days` the half-life is the one of nine, from 15 days to
    never forgetting, under which rehearsed windows inside the record would have been likeliest (`choose`). What all
    places together expect is `volumes.foresee`. Raises `OptionError` when the window begins inside the record or the
    half-life is not above 0. Exponential smoothing: Gorr, Olligschlaeger and Thompson 2003, International Journal of
    Forecasting 19, 579-594.

    >>> import pandas as pd, shapely
    >>> from datetime import date
    >>> from abate.hotspots.histories import Window, history
    >>> middle = {"area_km2": 1.0, "easting": 0.0, "northing": 0.0, "shape": shapely.Point(0, 0)}
    >>> days = pd.to_datetime(["2025-01-01", "2025-01-31"])
    >>> seen = pd.DataFrame({"place_id": ["a", "b"], "period": days, "incidents": [4, 4]})
    >>> seen = seen.assign(easting=0.0, northing=0.0)
    >>> two = pd.DataFrame({"place_id": ["a", "b"], **middle})
    >>> past = history(seen, two, span=Window(date(2025, 1, 1), date(2025, 1, 31)), unit="day")
    >>> soon = Window(date(2025, 2, 1), date(2025, 2, 10))
    >>> forecast(past, soon, half_life_days=30)["expected"].round(2).tolist()
    [0.86, 1.72]
    """
    if half_life_days is not None and not half_life_days > 0:
        raise OptionError(f"a half-life is a number of days above 0, not {half_life_days:g}")
    held = rehearse(past, window)
    half_life = choose(held) if half_life_days is None else half_life_days

    def expect(known: History, ahead: Window) -> Real:
        return volumes.foresee(known, ahead) * shares(known, half_life)

    expected = expect(past, window)
    return forecasts(past, expected, bunch(held, [expect(one.past, one.window) for one in held], expected))


def choose(held: list[Rehearsal]) -> float:
    """Choose the half-life under which the rehearsed windows would have been likeliest; the longest where all tie.

    What is compared is the sum of the logarithms of the shares at which incidents then happened.
    """
    likely = dict.fromkeys(reversed(HALF_LIVES), 0.0)
    for one in held:
        some = one.seen > 0
        for half_life in likely:
            likely[half_life] += float(one.seen[some] @ np.log(shares(one.past, half_life)[some]))
    return max(likely, key=lambda half_life: likely[half_life])


def shares(past: History, half_life: float) -> Real:
    """Give each place's share of what is remembered, with a part for the places that saw nothing (`smooth`).

    Places that saw nothing share alike what they get of plain counts; where nothing is remembered all are alike.
    """
    counts = past.totals()
    total = float(counts.sum())
    if total == 0:
        return np.full(len(counts), 1.0 / max(1, len(counts)))
    plain, remembered = smooth(counts) / total, remember(past, half_life)
    unseen = counts == 0
    return np.where(unseen, plain, remembered / remembered.sum() * (1 - plain[unseen].sum()))
