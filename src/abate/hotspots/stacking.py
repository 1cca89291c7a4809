"""A stack: several methods' forecasts mixed by what each would have added in the past."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError
from abate.hotspots import methods, rehearsals, volumes
from abate.hotspots.histories import forecasts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from abate.hotspots.histories import History, Window

    Real = NDArray[np.float64]

PARTS = ("counts", "counts-12m", "memory", "shrinkage", "kernel", "near-repeat")
STRENGTH = 60.0
_REHEARSED = 3


def forecast(
    past: History, window: Window, *, parts: Sequence[str] = PARTS, strength: float = STRENGTH
) -> pd.DataFrame:
    """Mix the forecasts of several methods, each by its weight in making rehearsed windows of the past likeliest.

    `parts` are names of methods (`methods.METHODS`). Each says how a window's incidents are shared out among the
    places; the mixture of these shares that would have given the incidents of the last windows inside the record the
    highest log score is taken, drawn towards equal weights with the strength of `strength` incidents. A method that
    cannot work on this record, as one that needs days on months, is left out. The total is `volumes.foresee`. One row
    a place (`tables.FORECASTS`). Raises `OptionError` when no method is left, or one is not known. Sources: Breiman
    1996, Machine Learning 24, 49-64; for the log score Hall and Mitchell 2007, International Journal of Forecasting
    23, 1-13.
    """
    from abate.stats import mixtures

    held = rehearsals.rehearse(past, window, most=_REHEARSED)
    pairs = [(past, window), *((one.past, one.window) for one in held)]
    told = {name: _shares(name, pairs) for name in dict.fromkeys(parts) if name != "stack"}
    working = [shares for shares in told.values() if isinstance(shares, list)]
    if not working:
        reasons = "; ".join(f"{name}: {why}" for name, why in told.items())
        raise OptionError(f"none of the methods to be stacked can work on this record ({reasons or 'none is named'})")
    laid = [np.array(shares) for shares in zip(*working, strict=True)]  # one array (parts, places) a window
    even = np.full(len(working), 1 / len(working))
    weights = even
    if held:
        counts = np.concatenate([one.seen[one.seen > 0] for one in held])
        seen = np.hstack([shares[:, one.seen > 0] for shares, one in zip(laid[1:], held, strict=True)])
        exposure = np.full(len(even), float(counts.sum()))
        weights = mixtures.fit(seen, counts, exposure=exposure, prior=even, strength=strength)
    means = [volumes.foresee(*pair) * (weights @ shares) for pair, shares in zip(pairs, laid, strict=True)]
    return forecasts(past, means[0], rehearsals.bunch(held, means[1:], means[0]))


def _shares(name: str, pairs: list[tuple[History, Window]]) -> list[Real] | str:
    """Give the places' shares by one method in every window, or why it cannot work."""
    method = methods.find(name)
    shares = []
    for past, window in pairs:
        try:
            expected = method.forecast(past, window)["expected"].to_numpy(np.float64)
        except OptionError as fault:
            return str(fault)
        total = expected.sum()
        shares.append(expected / total if total > 0 else np.full(len(expected), 1 / len(expected)))
    return shares
