"""The plain past count: places go on as they were. The opponent that every other method has to beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError
from abate.hotspots.histories import forecasts
from abate.hotspots.rehearsals import bunch, rehearse

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from abate.hotspots.histories import History, Window

    Real = NDArray[np.float64]


def forecast(past: History, window: Window, *, months: int | None = None) -> pd.DataFrame:
    """Expect of each place what it saw in the past, day for day; of the last `months` only, where they are given.

    One row a place (`tables.FORECASTS`), in the order of the past's. Places that saw nothing share what new places can
    be expected to see (see `smooth`), so that nothing is held impossible; the order of the places is that of the
    counts. The sizes of the negative binomial come from rehearsals inside the past. Raises `OptionError` when the
    window begins inside the record or `months` is below 1. Plain counts forecast about as well as kernel densities:
    Chainey, Tompson and Uhlig 2008, https://doi.org/10.1057/palgrave.sj.8350066; Bowers, Johnson and Pease 2004,
    https://doi.org/10.1093/bjc/azh036.

    >>> import pandas as pd, shapely
    >>> from datetime import date
    >>> from abate.hotspots.histories import Window, history
    >>> middle = {"area_km2": 1.0, "easting": 0.0, "northing": 0.0, "shape": shapely.Point(0, 0)}
    >>> seen = pd.DataFrame({"place_id": ["a"], "period": pd.to_datetime(["2025-01-01"]), "incidents": [31]})
    >>> seen = seen.assign(easting=0.0, northing=0.0)
    >>> two = pd.DataFrame({"place_id": ["a", "b"], **middle})
    >>> past = history(seen, two, span=Window(date(2025, 1, 1), date(2025, 1, 31)), unit="month")
    >>> forecast(past, Window(date(2025, 2, 1), date(2025, 2, 28)))["expected"].round(1).tolist()
    [27.6, 0.4]
    """
    if months is not None and months < 1:
        raise OptionError(f"past counts look back one month or more, not {months}")
    held = rehearse(past, window, most=3)

    def expect(known: History, ahead: Window) -> Real:
        since = begin(known, months)
        return smooth(known.totals(since)) * (ahead.days / (known.span.days - since))

    expected = expect(past, window)
    return forecasts(past, expected, bunch(held, [expect(one.past, one.window) for one in held], expected))


def begin(past: History, months: int | None) -> int:
    """Give the day of the span on which its last `months` begin; 0 where the span is no longer than that."""
    if months is None:
        return 0
    after = np.datetime64(past.span.last) + 1
    count = int(after.astype("M8[M]").astype(np.int64)) - months
    first = np.datetime64(count, "M").astype("M8[D]") + int((after - after.astype("M8[M]").astype("M8[D]")).astype(int))
    return max(0, int((first - np.datetime64(past.span.first)).astype(np.int64)))


def smooth(counts: NDArray[np.int64]) -> Real:
    """Leave the places that saw nothing a part of the incidents, and take as much from the others, in proportion.

    The part is the share of incidents that lie alone in their place (half an incident at least): the chance that the
    next falls where there was none. No unseen place gets more than half of what a place with one incident keeps.
    Source: Good 1953, Biometrika 40, 237-264.

    >>> smooth(np.array([0, 0, 1, 1, 8])).round(2).tolist()
    [0.45, 0.45, 0.91, 0.91, 7.27]
    """
    seen = counts.astype(np.float64)
    total, unseen = float(seen.sum()), int((counts == 0).sum())
    alone = max(0.5, float((counts == 1).sum()))
    if total == 0 or unseen == 0:
        return seen
    # half of what a single incident keeps, (1 - part), over all the unseen, is the most that they can get
    part = min(alone / total, unseen / (2 * total + unseen))
    return np.where(counts == 0, part * total / unseen, seen * (1 - part))
