"""What a programme in many small places did, against untreated places weighted to match them: calibration weights.

Blocks without the programme get weights of 0 or more, so that their weighted totals equal those of the blocks that had
it: in number, in every covariate, in every outcome and period before the start. What the same weights give after the
start is what would have been expected. Several outcomes share one set of weights.

Three ways to say how sure that is. *Linearised*: as for a survey, from weighted residuals (a block's periods counted
as drawn apart, as published; `p_clustered` counts them as one draw). *Permutation*: random groups of blocks are taken
as if they had had it, weighed anew, and the real score is ranked among theirs. *Jackknife*: groups of blocks are left
out in turn and all is weighed anew. An omnibus test asks about all outcomes together.

Sources: Robbins, Saunders and Kilmer 2017, Journal of the American Statistical Association 112, 109-126; Robbins and
Davenport 2021, Journal of Statistical Software 97(2).
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError
from abate.impact import ladders, reweighings
from abate.impact.blockdesigns import spans
from abate.stats import weightedmeans

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from abate.impact.blockdesigns import BlockDesign, Blocks
    from abate.impact.ladders import Ladder, Weighed
    from abate.impact.reweighings import Left, Placebos

    Real = NDArray[np.float64]
    Tell = Callable[[float, str], None]

_FEW = 5


@dataclass(frozen=True)
class Outcome:
    """One outcome, summed from the start to an end: seen, expected, their ratio less 1, and how sure it is.

    `low` and `high` are the linearised interval of `change`; None where it cannot be reckoned or was not asked for.
    """

    observed: float
    expected: float
    change: float | None
    p_linear: float | None
    p_permutation: float | None
    p_jackknife: float | None
    p_clustered: float | None
    low: float | None
    high: float | None
    permutation_interval: tuple[float, float] | None
    jackknife_interval: tuple[float, float] | None
    clustered_interval: tuple[float, float] | None


@dataclass(frozen=True)
class Omnibus:
    """The test of all outcomes together."""

    p_linear: float | None
    p_permutation: float | None
    p_jackknife: float | None
    p_clustered: float | None


@dataclass(frozen=True)
class Results:
    """What was found from the start to one end, by outcome, and together."""

    end: str
    outcomes: dict[str, Outcome]
    omnibus: Omnibus


@dataclass(frozen=True)
class Calibration:
    """What calibration weights found, with the blocks and the design they were found in."""

    design: BlockDesign
    blocks: Blocks
    ladder: Ladder
    weighed: Weighed
    results: tuple[Results, ...]
    placebos: int
    placebos_relaxed: int
    jackknife_relaxed: int
    jackknife_groups: int

    @property
    def effective(self) -> float:
        """Give how many untreated blocks of equal weight would scatter as much as these."""
        held = self.weighed.weights[~self.blocks.treated]
        return float(held.sum() ** 2 / (held**2).sum())


@dataclass(frozen=True)
class _Made:
    """What results are read from: outcomes asked about, real weights, stretches after, and the weighings redone."""

    design: BlockDesign
    blocks: Blocks
    values: Real
    weights: Real
    after: tuple[range, ...]
    placebos: Placebos
    left: Left | None


def estimate(
    blocks: Blocks, design: BlockDesign, *, tell: Tell = lambda _share, _words: None, parcels: int = 8
) -> Calibration:
    """Weigh the untreated blocks and compare, for every outcome and end that the design asks for.

    Raises `OptionError` for periods that are not there or where one side has no block. The answer depends on the
    design's seed, not on `parcels`, the number of pieces in which the reweighing is handed out.
    """
    span = spans(blocks.times, design)
    _check(blocks)
    tell(0.1, "weighing")
    ladder = ladders.build(
        blocks.times,
        span.before,
        {name: blocks.outcomes[name] for name in design.balanced},
        {name: blocks.covariates[name] for name in design.covariates},
        near=(*design.near_outcomes, *design.near_covariates),
        windows=design.windows,
        places=len(blocks.ids),
    )
    everyone = np.ones(len(blocks.ids), dtype=bool)
    weighed = ladders.weigh(ladder, blocks.treated, everyone)
    values = np.stack([blocks.outcomes[name] for name in design.asked])
    task = reweighings.Task(ladder, values, span.after, weighed.rung)
    tell(0.2, "weighing random groups")
    placebos = reweighings.permute(task, blocks.treated, groups=design.permutations, seed=design.seed, parcels=parcels)
    tell(0.9, "leaving groups out")
    left = reweighings.leave_out(task, blocks.treated, groups=_groups(blocks, design), seed=design.seed)
    made = _Made(design, blocks, values, weighed.weights, span.after, placebos, left)
    results = tuple(_results(made, at) for at in range(len(span.after)))
    return Calibration(
        design,
        blocks,
        ladder,
        weighed,
        results,
        len(placebos.rungs),
        int((placebos.rungs > weighed.rung).sum()),
        0 if left is None else int((left.rungs > weighed.rung).sum()),
        0 if left is None else len(left.rungs),
    )


def _check(blocks: Blocks) -> None:
    own = int(blocks.treated.sum())
    if own == 0 or own == len(blocks.ids):
        raise OptionError(
            f"{'no' if own == 0 else 'every'} block had the programme: both kinds are needed to compare them"
        )


def _groups(blocks: Blocks, design: BlockDesign) -> int:
    """Give the number of groups that the jackknife leaves out: what was asked, at most the smaller side's blocks."""
    own = int(blocks.treated.sum())
    smaller = min(own, len(blocks.ids) - own)
    asked = smaller if design.jackknife is None else min(design.jackknife, smaller)
    return asked if asked > 1 else 0


def _results(made: _Made, at: int) -> Results:
    """Put the three inferences together for the periods from the start to one end."""
    after, treated, design = made.after[at], made.blocks.treated, made.design
    values = made.values[:, :, after]
    apart = weightedmeans.compare(values, made.weights, treated)
    together = weightedmeans.compare(values, made.weights, treated, draws="together")
    spread = None if made.left is None else reweighings.spread(made.left, at, apart)
    ranks = made.placebos.at(at)
    seen = values[:, treated].sum(axis=(1, 2))
    found = {}
    for place, name in enumerate(design.asked):
        ratio, error = float(apart.log_ratio[place]), float(apart.log_error[place])
        low, high = _ends(ratio, error, design) or (None, None)
        found[name] = Outcome(
            observed=float(seen[place]),
            expected=float(apart.other[place]) * int(treated.sum()) * len(after),
            change=float(apart.own[place] / apart.other[place] - 1) if apart.other[place] > 0 else None,
            p_linear=_normal(float(apart.scores[place]), design),
            p_permutation=rank(float(apart.scores[place]), ranks.scores[:, place], design),
            p_jackknife=None if spread is None else _normal(float(spread.scores[place]), design),
            p_clustered=_normal(float(together.scores[place]), design),
            low=low,
            high=high,
            permutation_interval=_among(ratio, error, ranks.ratios[:, place], design),
            jackknife_interval=None if spread is None else _ends(ratio, float(spread.log_errors[place]), design),
            clustered_interval=_ends(ratio, float(together.log_error[place]), design),
        )
    several = Omnibus(
        p_linear=_jointly(apart.difference, apart.covariance, design),
        p_permutation=_joint_rank(apart, ranks, design),
        p_jackknife=None if spread is None else _jointly(apart.difference, spread.covariance, design),
        p_clustered=_jointly(together.difference, together.covariance, design),
    )
    return Results(made.blocks.times[after[-1]], found, several)


def rank(score: float, others: Real, design: BlockDesign) -> float | None:
    """Rank a score among those of random groups, counting itself: the share that is as far out the way the test asks.

    >>> from abate.impact.blockdesigns import BlockDesign
    >>> lower = BlockDesign(("1", "1"), ("2", "2"), ("n",), test="lower")
    >>> rank(-2.0, np.array([-3.0, 0.0, 1.0]), lower)
    0.5
    """
    known = others[np.isfinite(others)]
    if not np.isfinite(score) or not len(known):
        return None
    below = (1 + int((known <= score).sum())) / (1 + len(known))
    above = (1 + int((known >= score).sum())) / (1 + len(known))
    return {"lower": below, "upper": above, "twosided": min(1.0, 2 * min(below, above))}[design.test]


def _normal(score: float, design: BlockDesign) -> float | None:
    if not np.isfinite(score):
        return None
    below = NormalDist().cdf(score)
    return {"lower": below, "upper": NormalDist().cdf(-score), "twosided": 2 * min(below, 1 - below)}[design.test]


def _ends(ratio: float, error: float, design: BlockDesign) -> tuple[float, float] | None:
    """Give the interval of the ratio less 1 from a log ratio and its error."""
    if not np.isfinite(ratio) or not np.isfinite(error):
        return None
    reach = NormalDist().inv_cdf((1 + design.level) / 2) * error
    return float(np.expm1(ratio - reach)), float(np.expm1(ratio + reach))


def _among(ratio: float, error: float, others: Real, design: BlockDesign) -> tuple[float, float] | None:
    """Give the interval that the random groups' log ratios, each in its own errors, suggest; None where too few."""
    known = others[np.isfinite(others)]
    if not np.isfinite(ratio) or not error > 0 or len(known) < _FEW / (1 - design.level):
        return None
    tail = (1 - design.level) / 2
    low, high = np.quantile(np.append(known, ratio / error), (tail, 1 - tail))
    return float(np.expm1(ratio - error * high)), float(np.expm1(ratio - error * low))


def _jointly(difference: Real, covariance: Real, design: BlockDesign) -> float | None:
    if design.test != "twosided":
        return _normal(weightedmeans.lean(difference, covariance), design)
    far, freedom = weightedmeans.distance(difference, covariance)
    if not np.isfinite(far):
        return None
    from scipy.special import gammaincc

    return float(gammaincc(freedom / 2, far / 2))


def _joint_rank(own: weightedmeans.Means, ranks: reweighings.Ranks, design: BlockDesign) -> float | None:
    if design.test != "twosided":
        return rank(weightedmeans.lean(own.difference, own.covariance), ranks.leans, design)
    far, _ = weightedmeans.distance(own.difference, own.covariance)
    known = ranks.distances[np.isfinite(ranks.distances)]
    if not np.isfinite(far) or not len(known):
        return None
    return (1 + int((known >= far).sum())) / (1 + len(known))
