"""Local Moran: places that are like their neighbours, and places that stand out from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from abate.hotspots.gi import DRAWS, LEVEL, both_sides, fitting

if TYPE_CHECKING:
    from abate.space.neighbours import Neighbours

KINDS = ("hot among hot", "hot among cold", "cold among hot", "cold among cold", "not clear", "no neighbours")


def classify(
    totals: pd.DataFrame,
    neighbours: Neighbours,
    *,
    column: str = "incidents",
    draws: int = DRAWS,
    seed: int = 1,
    level: float = LEVEL,
    dependent: bool = False,
) -> pd.DataFrame:
    """Tell for each place whether it belongs to a hot or cold patch, or stands out from its neighbours.

    `totals` and `neighbours` are as in `gi.significant`. Gives `place_id`, the column, `neighbours`, `moran` (local I),
    `z` (from the moments of conditional randomisation), `p` (both sides), `q` and `kind`: `hot among hot` and `cold
    among cold` (the neighbourhood is like the place), `hot among cold` and `cold among hot` (it is not), `not clear`,
    or `no neighbours`. Hot means above the mean of all places. Other software divides by N - 1 within I, which makes it
    smaller by that factor and changes no p. Source: Anselin 1995, Geographical Analysis 27, 93-115.

    Raises `OptionError` when all places have the same number or the weights do not fit, `TableError` for blank numbers.

    >>> from abate.space.neighbours import within
    >>> road = within(np.column_stack([np.arange(30.0), np.zeros(30)]), 2.0)
    >>> seen = pd.DataFrame({"place_id": [f"{n:02}" for n in range(30)], "incidents": [9, 8, 0, 8, 9] + 25 * [0]})
    >>> classify(seen, road).loc[2, "kind"]
    'cold among hot'
    """
    from abate.space import autocorrelation, conditioning
    from abate.stats.discovery import false_discovery

    values = fitting(totals, neighbours, column)
    local = autocorrelation.moran(values, neighbours)
    tails = conditioning.tails(values, neighbours, draws=draws, seed=seed)
    p = both_sides(tails.high, tails.low)
    q = false_discovery(p, dependent=dependent)
    hot, lifted, found = values > values.mean(), tails.high < tails.low, q <= level
    kind = np.select(
        [
            neighbours.degree == 0,
            ~found,
            hot & lifted,
            hot & ~lifted,
            ~hot & lifted,
        ],
        ["no neighbours", "not clear", "hot among hot", "hot among cold", "cold among hot"],
        "cold among cold",
    )
    return pd.DataFrame(
        {
            "place_id": totals["place_id"].to_numpy(),
            column: totals[column].to_numpy(),
            "neighbours": neighbours.degree,
            "moran": local.value,
            "z": local.z,
            "p": p,
            "q": q,
            "kind": pd.Series(kind, dtype="str"),
        }
    )
