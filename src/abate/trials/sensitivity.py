"""Whether one event, one place or one day carries the result."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from abate.stats import panelfits
from abate.trials import regressions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.trials.effects import Effect
    from abate.trials.outcomes import Outcome, Panel

    Real = NDArray[np.float64]


@dataclass(frozen=True)
class Spread:
    """Rate ratios with each place (or day) left out in turn: one a name, and which of them moves the result most."""

    names: tuple[str, ...]
    ratios: tuple[float, ...]
    whole: float

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the largest of the ratios."""
        return float(np.nanmin(self.ratios)), float(np.nanmax(self.ratios))

    @property
    def most(self) -> str:
        """The place or day without which the result is furthest from that of all; the first of several."""
        moved = np.abs(np.log(self.ratios) - np.log(self.whole))
        return self.names[int(np.nanargmax(moved))]


@dataclass(frozen=True)
class WithoutTop:
    """The effect without the place-day that weighs most, and the share of the outcome that this one carries."""

    effect: Effect
    site: str
    day: str
    amount: float
    share: float


def without_top(panel: Panel, *, outcome: Outcome = "harm", level: float = 0.95) -> WithoutTop:
    """Leave out the place-day with the largest outcome (the first of several) and estimate the ratio again."""
    values = np.where(panel.drawn, panel.of(outcome), -1.0)
    row, column = divmod(int(values.argmax()), values.shape[1])
    kept = panel.drawn.copy()
    kept[row, column] = False
    effect = regressions.rate_ratio(_keep(panel, kept), outcome=outcome, level=level)
    share = float(values[row, column] / max(panel.of(outcome)[panel.drawn].sum(), 1e-300))
    return WithoutTop(
        replace(effect, method=f"{effect.method}, without the top place-day"),
        *(panel.sites[row], f"{panel.days[column]:%Y-%m-%d}", float(values[row, column]), share),
    )


def place_by_place(panel: Panel, *, outcome: Outcome = "incidents") -> Spread:
    """Estimate the rate ratio without each place in turn."""
    return _spread(panel, outcome, panel.sites, by_row=True)


def day_by_day(panel: Panel, *, outcome: Outcome = "incidents") -> Spread:
    """Estimate the rate ratio without each day in turn."""
    return _spread(panel, outcome, tuple(f"{day:%Y-%m-%d}" for day in panel.days), by_row=False)


def _spread(panel: Panel, outcome: Outcome, names: tuple[str, ...], *, by_row: bool) -> Spread:
    ratios = []
    for place in range(len(names)):
        kept = panel.drawn.copy()
        kept[place if by_row else slice(None), slice(None) if by_row else place] = False
        ratios.append(_ratio(_keep(panel, kept), outcome))
    return Spread(names, tuple(ratios), _ratio(panel, outcome))


def _ratio(panel: Panel, outcome: Outcome) -> float:
    columns, weights = panel.patrol.astype(np.float64)[None], panel.drawn.astype(np.float64)
    fit = panelfits.poisson(panel.of(outcome), columns, weights=weights)
    return float(np.exp(fit.slopes[0])) if fit.settled else float("nan")


def _keep(panel: Panel, kept: NDArray[np.bool_]) -> Panel:
    harm = None if panel.harm is None else np.where(kept, panel.harm, 0.0)
    return replace(panel, drawn=kept, incidents=np.where(kept, panel.incidents, 0.0), harm=harm)
