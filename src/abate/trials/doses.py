"""What a patrol that took place does: the draw as instrument, and what goes with longer stays.

Some visits that were drawn do not happen, and some happen that were not drawn. Days on which patrol came differ from
other days for reasons that nobody drew; the draw itself does not. The complier effect uses only that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError
from abate.stats import clustered, panelfits
from abate.trials import randomisation, regressions
from abate.trials.effects import blank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from abate.stats.rerandomised import Redraws
    from abate.trials.effects import Effect
    from abate.trials.outcomes import Outcome, Panel

    Real = NDArray[np.float64]

BANDS = (5.0, 10.0, 16.0)
_COMPLIERS = (
    " The draw acts only through visits that took place, and never keeps away a patrol that would have come without "
    "it; the effect is that of visits that the draw brought about."
)
_OBSERVED = (
    "Not drawn: days with longer stays may differ from others in ways that nobody recorded. Place, day and dose "
    "multiply the rate; clustered by place (CR2)."
)


@dataclass(frozen=True)
class Compliance:
    """How far visits followed the draw: shares of place-days with a visit, drawn for patrol and not, and minutes."""

    drawn_visited: float
    usual_visited: float
    drawn_minutes: float
    usual_minutes: float
    departures: int

    @property
    def strength(self) -> float:
        """By how much the draw raises the chance of a visit."""
        return self.drawn_visited - self.usual_visited


@dataclass(frozen=True)
class Complier:
    """Effects of visits that took place, the draw as instrument: a factor, an amount, an amount per ten minutes."""

    compliance: Compliance
    ratio: Effect
    difference: Effect
    per_ten_minutes: Effect


@dataclass(frozen=True)
class Band:
    """The rate ratio of place-days with a stay of this length against those with none, and what it rests on."""

    label: str
    minutes: float
    effect: Effect
    place_days: int


def comply(panel: Panel, minutes: Real, *, at_least: float = 10.0) -> Compliance:
    """Say how far visits followed the draw; a visit is at least so many minutes. `minutes` is (sites, days)."""
    visited = minutes >= at_least
    drawn, usual = panel.patrol & panel.drawn, ~panel.patrol & panel.drawn
    return Compliance(
        drawn_visited=float(visited[drawn].mean()),
        usual_visited=float(visited[usual].mean()),
        drawn_minutes=float(minutes[drawn].mean()),
        usual_minutes=float(minutes[usual].mean()),
        departures=int((visited != panel.patrol)[panel.drawn].sum()),
    )


def complier(
    panel: Panel,
    redraws: Redraws,
    minutes: Real,
    *,
    outcome: Outcome = "incidents",
    level: float = 0.95,
    at_least: float = 10.0,
) -> Complier:
    """Estimate what a visit that took place does, with intervals by redraws of the schedule.

    For each supposed effect it is taken off the days with a visit, and the redraws say whether the drawn days still
    differ: the interval holds the effects for which they do not. It stays right however weak the draw's hold on visits
    is, and is endless where there is none. Raises `OptionError` when the draw did not raise visits at all. Sources:
    Anderson and Rubin 1949, Annals of Mathematical Statistics 20, 46-63; Imbens and Rosenbaum 2005, Journal of the
    Royal Statistical Society A 168, 109-126.
    """
    compliance = comply(panel, minutes, at_least=at_least)
    if not compliance.strength > 0:
        raise OptionError(
            f"visits did not follow the draw: {compliance.drawn_visited:.0%} of place-days drawn for patrol had one "
            f"and {compliance.usual_visited:.0%} of the others. Only the comparison as drawn is valid"
        )
    visited = (minutes >= at_least).astype(np.float64)
    ratio = randomisation.ratio(panel, redraws, outcome=outcome, level=level, exposure=visited)
    amount = randomisation.difference(panel, redraws, outcome=outcome, level=level, exposure=visited)
    tens = randomisation.difference(panel, redraws, outcome=outcome, level=level, exposure=minutes / 10)
    return Complier(
        compliance,
        _renamed(ratio, f"visits of {at_least:g} minutes, the draw as instrument"),
        _renamed(amount, f"visits of {at_least:g} minutes, the draw as instrument"),
        _renamed(tens, "ten minutes of presence, the draw as instrument"),
    )


def respond(
    panel: Panel,
    minutes: Real,
    *,
    outcome: Outcome = "incidents",
    level: float = 0.95,
    bands: Sequence[float] = BANDS,
) -> tuple[Band, ...]:
    """Compare place-days by how long patrol was there with those where it was not: what goes together, not what causes.

    `bands` are the edges in minutes; any presence up to the first edge is the first band. The shape that Koper
    (1995, Justice Quarterly 12, 649-672) found is not assumed: each band has its own ratio. Bands without a place-day
    are left out. Raises `OptionError` when there is no presence, or no place-day without.
    """
    edges = [0.0, *sorted(bands), np.inf]
    kinds = [(minutes > low) & (minutes <= high) & panel.drawn for low, high in pairwise(edges)]
    labels = [
        f"up to {edges[1]:g} min",
        *(f"{a:g} to {b:g} min" for a, b in pairwise(edges[1:-1])),
    ]
    labels.append(f"over {edges[-2]:g} min")
    kept = [(label, kind) for label, kind in zip(labels, kinds, strict=True) if kind.any()]
    if not kept or not (panel.drawn & (minutes <= 0)).any():
        raise OptionError("a dose-response needs place-days with presence and place-days without")
    columns = np.stack([kind for _, kind in kept]).astype(np.float64)
    fit = panelfits.poisson(panel.of(outcome), columns, weights=panel.drawn.astype(np.float64))
    errors = clustered.bias_reduced(fit)
    found = []
    for place, (label, kind) in enumerate(kept):
        method = f"Poisson by minutes of presence: {label}"
        empty = blank(outcome, "rate ratio", method, level=level, assumes=_OBSERVED, standing="descriptive")
        effect = regressions.fill(empty, fit, errors, place)
        found.append(Band(label, float(minutes[kind].mean()), effect, int(kind.sum())))
    return tuple(found)


def _renamed(effect: Effect, method: str) -> Effect:
    return replace(effect, method=method, assumes=effect.assumes + _COMPLIERS)
