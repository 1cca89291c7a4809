"""Totals that the untreated places shall reproduce, and the ladder of what is given up where no weights can do that.

On each rung fewer totals must come out exactly, the others as nearly as can be:

1. `everything`: the number of places, every covariate, every outcome in every stretch before the start;
2. `outcome sums`: outcomes exactly over the whole time before the start, in single stretches only nearly;
3. `covariates`: covariates nearly too;
4. `number`: the number of places exactly, all else nearly.

What a design itself asks for only nearly is so on every rung.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from abate.stats import balancing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from abate.stats.balancing import Ground

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

RUNGS = ("everything", "outcome sums", "covariates", "number")
Kind = Literal["number", "covariate", "outcome", "sum"]


@dataclass(frozen=True)
class Total:
    """One total to be balanced: of what, over which periods (labels; blank for what does not change), how strictly."""

    kind: Kind
    name: str
    first: str = ""
    last: str = ""
    near: bool = False

    @property
    def words(self) -> str:
        """Name the total as a person would."""
        when = f" in {self.first}" if self.first == self.last else f" from {self.first} to {self.last}"
        return self.name + (when if self.first else "")


@dataclass(frozen=True)
class Ladder:
    """Totals with their values by place, shape (places, totals), and the ground of each rung with its looseness."""

    totals: tuple[Total, ...]
    columns: Real
    rungs: tuple[tuple[Truth, Ground, Real], ...]


@dataclass(frozen=True)
class Weighed:
    """Weights by place (1 for the treated, 0 where left out), and the rung on which they could be found.

    `misfit` has an entry for each total of the ladder: weighted less treated. `exact` tells which of them had to agree.
    """

    weights: Real
    rung: int
    misfit: Real
    exact: Truth
    met: bool


def build(
    times: Sequence[str],
    before: range,
    outcomes: Mapping[str, Real],
    covariates: Mapping[str, Real],
    *,
    near: Sequence[str] = (),
    windows: Mapping[str, tuple[int, ...]] | None = None,
    places: int,
) -> Ladder:
    """Lay out the totals of outcomes (by name, shape (places, periods)) and covariates (shape (places,)).

    `windows` are lengths of stretches, counted back from the last period before the start; what they leave over at the
    beginning is not balanced. One period a stretch where there are none.

    >>> made = build(["1", "2"], range(2), {"n": np.ones((3, 2))}, {}, places=3)
    >>> [total.words for total in made.totals]
    ['number of places', 'n in 1', 'n in 2', 'n from 1 to 2']
    """
    totals = [Total("number", "number of places")]
    columns = [np.ones(places)]
    for name, values in covariates.items():
        totals.append(Total("covariate", name, near=name in near))
        columns.append(values)
    sums = []
    for name, values in outcomes.items():
        cut = stretches(before, (windows or {}).get(name, (1,) * len(before)))
        for one in cut:
            totals.append(Total("outcome", name, times[one[0]], times[one[-1]], name in near))
            columns.append(values[:, one].sum(axis=1))
        if name not in near:
            sums.append((Total("sum", name, times[cut[0][0]], times[cut[-1][-1]]), values[:, cut[0][0] : before.stop]))
    totals += [total for total, _ in sums]
    columns += [values.sum(axis=1) for _, values in sums]
    matrix = np.column_stack(columns).astype(np.float64)
    return Ladder(tuple(totals), matrix, _rungs(totals, matrix))


def stretches(before: range, lengths: Sequence[int]) -> list[range]:
    """Cut the time before into stretches of so many periods, counted back from its end; given in order of time.

    >>> stretches(range(0, 7), (1, 3))
    [range(3, 6), range(6, 7)]
    """
    cut, end = [], before.stop
    for length in lengths:
        if end <= before.start:
            break
        cut.append(range(max(end - length, before.start), end))
        end -= length
    return cut[::-1]


def weigh(ladder: Ladder, treated: Truth, used: Truth, *, rung: int = 0) -> Weighed:
    """Find the weights of the untreated places, on the first rung from `rung` down on which there are any.

    Only places in `used` take part, on either side.
    """
    own, free = treated & used, ~treated & used
    targets = ladder.columns[own].sum(axis=0)
    base = float(own.sum()) / float(free.sum())
    for at in range(rung, len(ladder.rungs)):
        chosen, ground, loose = ladder.rungs[at]
        found = balancing.balance(ground, targets[chosen], free, base=base, loose=loose)
        if found.met:
            break
    exact = np.zeros(len(targets), dtype=bool)
    exact[chosen] = loose == 0
    misfit = np.einsum("i,ij->j", found.weights, ladder.columns) - targets
    return Weighed(found.weights + own, at, misfit, exact, found.met)


def _rungs(totals: Sequence[Total], matrix: Real) -> tuple[tuple[Truth, Ground, Real], ...]:
    kinds = np.array([total.kind for total in totals])
    near = np.array([total.near for total in totals])
    whole = balancing.prepare(matrix)
    plain = kinds != "sum"
    stretched = near | (kinds == "outcome")
    given_up = (near, stretched, stretched | (kinds == "covariate"), kinds != "number")
    found = []
    for at, loosely in enumerate(given_up):
        chosen = plain if at in (0, 3) else np.ones(len(totals), dtype=bool)
        ground = whole.take(chosen)
        found.append((chosen, ground, np.where(loosely[chosen], balancing.LOOSE, 0.0)))
    return tuple(found)
