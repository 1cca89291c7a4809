"""What a doubter should believe after the trial: a stated prior, and the trial's likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, pi, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

from abate.errors import OptionError

if TYPE_CHECKING:
    from abate.trials.effects import Effect

_TO_LOGARITHM = pi / sqrt(3)


@dataclass(frozen=True)
class Prior:
    """What is believed before: the logarithm of the rate ratio is normal about `centre` with `spread`.

    `source` says where that comes from, in a phrase.
    """

    centre: float
    spread: float
    source: str

    def __post_init__(self) -> None:
        if not self.spread > 0:
            raise OptionError(f"a prior's spread is above 0, not {self.spread}")


@dataclass(frozen=True)
class Posterior:
    """What is believed after: median rate ratio with its credible interval, and chances that patrol helped.

    `fewer` is the chance that the ratio is below 1, `fewer_by_tenth` that it is below 0.9. `weight` is the share of
    the trial in the result; the rest is the prior's.
    """

    value: float
    low: float
    high: float
    level: float
    fewer: float
    fewer_by_tenth: float
    weight: float
    prior: Prior

    def __str__(self) -> str:
        """Say it as a person would."""
        return (
            f"starting from {self.prior.source}, the rate ratio is {self.value:.2f} ({self.level:.0%} credible "
            f"interval {self.low:.2f} to {self.high:.2f}); the chance that patrol days had fewer is {self.fewer:.0%}"
        )


def sceptical(standardised: float, *, chance: float = 0.05, source: str) -> Prior:
    """Turn a published mean effect into the prior of a doubter, who gives only `chance` to an effect as large as that.

    `standardised` is a standardised mean difference (Cohen's d, favourable above 0). It becomes a logarithm of a ratio
    by π/√3 (Hasselblad and Hedges 1995, Psychological Bulletin 117, 167-178; an odds ratio, which for incidents that
    are rare on a place-day is nearly the rate ratio). The prior is centred on no effect. Source: Spiegelhalter,
    Freedman and Parmar 1994, Journal of the Royal Statistical Society A 157, 357-416.

    >>> round(sceptical(0.102, source="x").spread, 4)
    0.1125
    """
    if not 0 < chance < 0.5:
        raise OptionError(f"a doubter's chance lies between 0 and 0.5, not at {chance}")
    return Prior(0.0, abs(standardised) * _TO_LOGARITHM / NormalDist().inv_cdf(1 - chance), source)


SCEPTICAL = sceptical(
    0.102,
    source="a sceptical prior (centred on no effect, with a 5% chance of one as large as the mean for violence in the "
    "review of hot spots policing by Braga and others 2019, d = 0.102)",
)


def update(effect: Effect, prior: Prior = SCEPTICAL) -> Posterior:
    """Give the posterior of a rate ratio: the prior and the trial, each weighted by how sure it is.

    The trial's likelihood is taken as normal on the logarithm, with the effect's error. Raises `OptionError` for an
    effect that is no rate ratio or has no error.

    >>> from abate.trials.effects import Effect
    >>> seen = Effect("incidents", "rate ratio", "x", exp(-0.2), 0.0, 1.0, 0.95, None, "x", error=0.1125)
    >>> round(log(update(seen).value), 3)
    -0.1
    """
    if effect.measure != "rate ratio" or effect.error is None or not effect.error > 0 or not effect.value > 0:
        raise OptionError("a posterior needs a rate ratio above 0 with its standard error")
    trial, before = effect.error**-2, prior.spread**-2
    weight = trial / (trial + before)
    after = NormalDist(weight * log(effect.value) + (1 - weight) * prior.centre, (trial + before) ** -0.5)
    low, high = (after.inv_cdf((1 + side * effect.level) / 2) for side in (-1, 1))
    return Posterior(
        *(exp(after.mean), exp(low), exp(high), effect.level, after.cdf(0.0), after.cdf(log(0.9)), weight, prior)
    )
