"""Deprivation without its crime domain, so that places are not called deprived because crime is recorded there.

For the person who approves a list; no method of forecasting may read it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from abate.errors import OptionError
from abate.tables import DECILES, DEPRIVATION

if TYPE_CHECKING:
    from collections.abc import Collection

WEIGHTS = {
    "income": 0.225,
    "employment": 0.225,
    "education": 0.135,
    "health": 0.135,
    "crime": 0.093,
    "housing": 0.093,
    "environment": 0.093,
}
_BEND = 23.0
_TIES = 0.01


def index(deprivation: pd.DataFrame, *, without: Collection[str] = ("crime",)) -> pd.DataFrame:
    """Make the index anew from the ranks of the domains, leaving some out: `tables.DECILES`, by area code.

    Each rank is scaled to R, from nearly 0 to 1 for the most deprived, and bent: -23 ln(1 - R (1 - exp(-100/23))), so
    that being least deprived in one domain cannot make up for being most deprived in another. The domains are then
    added with the published weights, brought to 1 for those that stay. With all seven domains this gives the published
    ranks and deciles. `deprivation` (`tables.DEPRIVATION`) must hold all of England, since decile 1 is the most
    deprived tenth of it; raises `OptionError` when it is a part. Source: McLennan and others 2019, The English Indices
    of Deprivation 2019: technical report, chapters 3 and 4.

    >>> ranks = {name: [1, 2, 3] for name in WEIGHTS}
    >>> three = pd.DataFrame({"area_code": ["E01000001", "E01000002", "E01000003"], **ranks})
    >>> index(three)["rank"].tolist()
    [1, 2, 3]
    """
    DEPRIVATION.check(deprivation)
    if unknown := sorted(set(without) - set(WEIGHTS)):
        raise OptionError(f"no domain of deprivation is called {', '.join(unknown)}: known are {', '.join(WEIGHTS)}")
    kept = {domain: weight for domain, weight in WEIGHTS.items() if domain not in without}
    if not kept:
        raise OptionError("an index of deprivation needs at least one domain")
    areas = len(deprivation)
    highest = int(deprivation[list(WEIGHTS)].to_numpy().max())
    if not areas * (1 - _TIES) <= highest <= areas:
        raise OptionError(
            f"deprivation: {areas:,} areas with ranks up to {highest:,}: a decile is a tenth of all England, so the "
            "file of all its areas would be right (32,844 in 2019, 33,755 in 2025)"
        )
    score = np.zeros(areas)
    for domain, weight in kept.items():
        scaled = (areas + 1 - deprivation[domain].to_numpy(float)) / areas
        score -= weight / sum(kept.values()) * _BEND * np.log(1 - scaled * (1 - np.exp(-100 / _BEND)))
    order = np.lexsort((deprivation["area_code"].to_numpy(str), -score))
    rank = np.empty(areas, dtype=np.int64)
    rank[order] = np.arange(1, areas + 1)
    frame = pd.DataFrame(
        {
            "area_code": deprivation["area_code"].to_numpy(),
            "score": score,
            "rank": rank,
            "decile": (rank * 10 + areas - 1) // areas,
        }
    )
    return DECILES.check(frame.sort_values("area_code", ignore_index=True))
