"""Intention to treat by regression: every place-day counts as what it was drawn for, whatever happened then.

Each place and each day has its own level, so that busy places and busy days do not matter; errors let the days of one
place hang together and are right for few places. Beside the Poisson model stand those that others use.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

import numpy as np

from abate.errors import OptionError
from abate.stats import clustered, panelfits
from abate.trials.effects import blank

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.stats.clustered import Errors
    from abate.stats.panelfits import Fit
    from abate.trials.effects import Effect, Standing
    from abate.trials.outcomes import Outcome, Panel

    Real = NDArray[np.float64]


class _Sides(TypedDict):
    rows: bool
    across: bool


_POISSON = "Poisson, place and day effects, by place"
_LEAST_SQUARES = "least squares, place and day effects, by place"
_LEVELS = "Place and day multiply the rate, and so does patrol, by one factor; other place-days are untouched by it. "
_ADDS = "Place and day add to the mean, and so does patrol, one amount; other place-days are untouched by it. "
_BY_PLACE = "Days of one place may hang together, places are independent; right for few places (CR2, Satterthwaite)."


def rate_ratio(
    panel: Panel,
    *,
    outcome: Outcome = "incidents",
    level: float = 0.95,
    chance: Real | None = None,
    standing: Standing = "supporting",
) -> Effect:
    """Give the rate ratio of patrol days to usual days: Poisson with place and day effects, clustered by place.

    `chance` (sites, days) is the chance of what each place-day was drawn for, where these were unequal: each then
    counts by its inverse, and not at all where it was 0 (nothing else could come out). Holds for harm too, since the
    model needs only the mean to be right. A side without any incident has no ratio: the value is not a number.
    """
    return tell(*model(panel, outcome=outcome, chance=chance), outcome=outcome, level=level, standing=standing)


def model(panel: Panel, *, outcome: Outcome = "incidents", chance: Real | None = None) -> tuple[Fit, Errors]:
    """Fit the model behind `rate_ratio`, for what needs more of it than the ratio."""
    fit = panelfits.poisson(panel.of(outcome), _patrol(panel), weights=_weights(panel, chance), **_effects(panel))
    return fit, clustered.bias_reduced(fit)


def tell(fit: Fit, errors: Errors, *, outcome: str, level: float = 0.95, standing: Standing = "supporting") -> Effect:
    """Give the rate ratio of a fitted model as an effect."""
    assumes = _LEVELS + _BY_PLACE
    empty = blank(outcome, "rate ratio", _POISSON, level=level, assumes=assumes, standing=standing)
    return fill(empty, fit, errors)


def beside(panel: Panel, *, outcome: Outcome = "incidents", level: float = 0.95) -> list[Effect]:
    """Give the rate ratio by the models that others use: clustered both ways, negative binomial, quasi-Poisson."""
    columns, weights, effects = _patrol(panel), _weights(panel, None), _effects(panel)
    poisson = panelfits.poisson(panel.of(outcome), columns, weights=weights, **effects)
    broad = panelfits.negative_binomial(panel.of(outcome), columns, weights=weights, **effects)
    scatter = panelfits.dispersion(poisson)
    told = {
        "Poisson, by place and by day": "Days of one place and places on one day may hang together; needs many.",
        "negative binomial": f"Place-days are independent, with variance mean + mean²/{broad.size:.3g}.",
        "quasi-Poisson": f"Place-days are independent and scatter {scatter:.2f} times as much as Poisson counts.",
    }
    models = (
        (poisson, clustered.two_way(poisson)),
        (broad, clustered.plain(broad)),
        (poisson, clustered.plain(poisson, scale=max(scatter, 1.0))),
    )
    return [
        fill(blank(outcome, "rate ratio", method, level=level, assumes=_LEVELS + words), fit, errors)
        for (method, words), (fit, errors) in zip(told.items(), models, strict=True)
    ]


def difference(
    panel: Panel,
    *,
    outcome: Outcome = "incidents",
    level: float = 0.95,
    chance: Real | None = None,
    standing: Standing = "supporting",
) -> Effect:
    """Give how much more (or less) happens on a patrol day: least squares with place and day effects, by place."""
    empty = blank(outcome, "difference", _LEAST_SQUARES, level=level, assumes=_ADDS + _BY_PLACE, standing=standing)
    return _linear(empty, panel, panel.of(outcome), chance)


def risk_difference(
    panel: Panel, *, level: float = 0.95, chance: Real | None = None, standing: Standing = "supporting"
) -> Effect:
    """Give by how much patrol changes the chance that a place-day has any incident at all."""
    words = _ADDS + _BY_PLACE
    empty = blank("any incident", "risk difference", _LEAST_SQUARES, level=level, assumes=words, standing=standing)
    return _linear(empty, panel, (panel.incidents > 0).astype(np.float64), chance)


def fill(empty: Effect, fit: Fit, errors: Errors, place: int = 0) -> Effect:
    """Fill a blank effect in from slope `place` of a fit; it stays blank where the slope runs off.

    A slope without an error (as many cells as effects) gets an interval without ends.
    """
    value, error, freedom = (float(one[place]) for one in (fit.slopes, errors.error, errors.freedom))
    if not fit.settled:
        return empty
    low, high, p = interval(value, error, freedom, empty.level) if error > 0 else (-np.inf, np.inf, None)
    ends = [value, low, high]
    if empty.measure == "rate ratio":
        ends = [float(np.exp(end)) for end in ends]
    return replace(empty, value=ends[0], low=ends[1], high=ends[2], p=p, error=error, freedom=freedom)


def interval(value: float, error: float, freedom: float, level: float) -> tuple[float, float, float]:
    """Give the ends of Student's interval and the two-sided p-value of 0: (low, high, p).

    >>> [round(one, 3) for one in interval(1.0, 0.5, 19.0, 0.95)]
    [-0.047, 2.047, 0.06]
    """
    from scipy.special import stdtr, stdtrit

    reach = float(stdtrit(freedom, (1 + level) / 2)) * error
    p = 2 * float(stdtr(freedom, -abs(value) / error)) if error > 0 else float("nan")
    return value - reach, value + reach, p


def _linear(empty: Effect, panel: Panel, outcomes: Real, chance: Real | None) -> Effect:
    fit = panelfits.linear(outcomes, _patrol(panel), weights=_weights(panel, chance), **_effects(panel))
    return fill(empty, fit, clustered.bias_reduced(fit))


def _patrol(panel: Panel) -> Real:
    return panel.patrol.astype(np.float64)[None]


def _effects(panel: Panel) -> _Sides:
    """Say which effects can be told from patrol; a place (or a day) that is all or none leaves no room for its own."""
    patrolled, usual = panel.patrol & panel.drawn, ~panel.patrol & panel.drawn
    if not (patrolled.any() and usual.any()):
        raise OptionError(
            "the schedule drew every place-day alike: there is nothing to compare. Counts before and after beside "
            "other places (`abate trial wdd`) are valid as a description, not as a trial"
        )
    return {
        "rows": bool((patrolled.any(axis=1) & usual.any(axis=1)).any()),
        "across": bool((patrolled.any(axis=0) & usual.any(axis=0)).any()),
    }


def _weights(panel: Panel, chance: Real | None) -> Real:
    drawn = panel.drawn.astype(np.float64)
    if chance is None:
        return drawn
    found: Real = np.divide(drawn, chance, out=np.zeros_like(drawn), where=chance > 0)
    return found
