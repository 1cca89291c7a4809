"""Designs of a comparison by calibration weights: which totals shall agree, and which outcomes are asked about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from abate.errors import OptionError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

Test = Literal["lower", "upper", "twosided"]


@dataclass(frozen=True)
class BlockDesign:
    """What a person wrote down about blocks: their columns, the periods, what is balanced, and what is asked.

    `pre` and `post` are the first and last period before and after the start, as labels of the file. Effects are summed
    from the start to each of `ends` (the last of `post` where there are none). `match_outcomes` are balanced in every
    period before the start, or in stretches of so many periods counted back from it where `windows` says so;
    `near_outcomes` and `near_covariates` only as nearly as can be. `jackknife` is the number of groups, None for as
    many as the smaller of the two sides has blocks, 0 for none. `absent` says what a block and period without a row is.
    """

    pre: tuple[str, str]
    post: tuple[str, str]
    match_outcomes: tuple[str, ...]
    match_covariates: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    near_outcomes: tuple[str, ...] = ()
    near_covariates: tuple[str, ...] = ()
    windows: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    test: Test = "twosided"
    level: float = 0.9
    permutations: int = 250
    jackknife: int | None = None
    seed: int = 1
    id: str = "id"
    time: str = "time"
    treated: str = "treated"
    absent: Literal["zero", "refuse"] = "refuse"

    def __post_init__(self) -> None:
        faults = []
        if not 0 < self.level < 1:
            faults.append(f"level {self.level}: an interval's level lies between 0 and 1, such as 0.9")
        if self.permutations < 0:
            faults.append(f"permutations {self.permutations}: a number of groups, 0 for none")
        if self.jackknife is not None and (self.jackknife < 0 or self.jackknife == 1):
            faults.append(f"jackknife {self.jackknife}: a number of groups from 2 on, 0 for none")
        if not (self.match_outcomes or self.near_outcomes):
            faults.append("match_outcomes is empty: name the counts that shall agree before the start")
        faults += [
            f"{name} shall agree exactly and nearly: name it once"
            for name in (*self.match_outcomes, *self.match_covariates)
            if name in (*self.near_outcomes, *self.near_covariates)
        ]
        faults += [
            f"windows: {name} is not balanced. {nearest(name, self.balanced)}"
            for name in self.windows
            if name not in self.balanced
        ]
        if faults:
            raise OptionError(*faults)

    @property
    def balanced(self) -> tuple[str, ...]:
        """List the outcomes that are balanced before the start, exactly or nearly."""
        return (*self.match_outcomes, *self.near_outcomes)

    @property
    def asked(self) -> tuple[str, ...]:
        """List the outcomes whose effect is asked for: those named, or those balanced."""
        return self.outcomes or self.balanced

    @property
    def counted(self) -> tuple[str, ...]:
        """List every column of counts that is needed."""
        return tuple(dict.fromkeys((*self.balanced, *self.asked)))

    @property
    def covariates(self) -> tuple[str, ...]:
        """List every covariate that is needed."""
        return (*self.match_covariates, *self.near_covariates)


@dataclass(frozen=True)
class Blocks:
    """Many small places: which had the programme, what they are like, and what was counted in each period.

    `treated` has one entry a block; `outcomes` are by name, shape (blocks, periods), none missing; `covariates` by
    name, shape (blocks,).
    """

    ids: tuple[str, ...]
    times: tuple[str, ...]
    treated: Truth
    outcomes: Mapping[str, Real]
    covariates: Mapping[str, Real] = field(default_factory=dict)


@dataclass(frozen=True)
class Span:
    """Places of periods: those before the start, and from the start to each end."""

    before: range
    after: tuple[range, ...]


def spans(times: Sequence[str], design: BlockDesign) -> Span:
    """Find the design's periods among the file's, which are in order.

    Raises `OptionError` with every period that is not there (naming the nearest), and where before does not end before
    after begins.

    >>> found = spans(["1", "2", "3", "4"], BlockDesign(("1", "2"), ("3", "4"), ("thefts",)))
    >>> found.before, found.after
    (range(0, 2), (range(2, 4),))
    """
    labels = list(times)
    faults = []
    for name, said in (("pre", design.pre), ("post", design.post), ("end_post", design.ends)):
        faults += [
            f"{name} {label}: no such period in the counts, which run from {labels[0]} to {labels[-1]}. "
            f"{nearest(label, labels)}"
            for label in said
            if label not in labels
        ]
    if faults:
        raise OptionError(*faults)
    first, last, start, end = (labels.index(label) for label in (*design.pre, *design.post))
    if not first <= last < start <= end:
        raise OptionError(
            f"pre {design.pre[0]} to {design.pre[1]} and post {design.post[0]} to {design.post[1]}: each runs forward, "
            "and the time before ends before the time after begins"
        )
    ends = [labels.index(label) for label in design.ends] or [end]
    early = [labels[at] for at in ends if not start <= at <= end]
    if early:
        raise OptionError(f"end_post {', '.join(early)}: lies outside post, {design.post[0]} to {design.post[1]}")
    return Span(range(first, last + 1), tuple(range(start, at + 1) for at in ends))
