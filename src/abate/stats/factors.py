"""Rectangles explained by effects of rows and columns, covariates, and a part of low rank: many rectangles at once.

outcome = row effect + column effect + columns · slopes + common part + noise, where the common part is a matrix of few
factors, held to a rank (interactive fixed effects) or shrunk by its nuclear norm (matrix completion). Cells that are
missing are left out and filled by the fit. Each step puts what is left over back onto the common part and cuts that
back to its rank or by its threshold; steps are lengthened by momentum, which is dropped where it leads astray.

Sources: Bai 2009, Econometrica 77, 1229-1279 (the least squares that a rank stands for); Mazumder, Hastie and
Tibshirani 2010, Journal of Machine Learning Research 11, 2287-2322 (cutting back step by step); O'Donoghue and Candès
2015, Foundations of Computational Mathematics 15, 715-732 (when to drop the momentum).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]
    Whole = NDArray[np.int64]

_TINY = 1e-12


@dataclass(frozen=True)
class Rectangles:
    """Outcomes (many, rows, columns), what explains them (many, explaining, rows, columns), and which cells are there.

    Cells that are not `used` must hold any finite number. `rows` and `across` say which effects are taken out; without
    either it is the overall mean.
    """

    outcomes: Real
    columns: Real
    used: Truth
    rows: bool = True
    across: bool = True

    @classmethod
    def of(cls, outcomes: Real, columns: Real | None = None, *, rows: bool = True, across: bool = True) -> Rectangles:
        """Take one rectangle (rows, columns), or several; cells are missing where any value is NaN."""
        stacked = outcomes[None] if outcomes.ndim == 2 else outcomes
        explaining = np.zeros((len(stacked), 0, *stacked.shape[1:])) if columns is None else columns
        explaining = explaining[None] if explaining.ndim == 3 else explaining
        used = np.isfinite(stacked) & np.isfinite(explaining).all(axis=1)
        return cls(
            np.where(used, stacked, 0.0), np.where(used[:, None], explaining, 0.0), used, rows=rows, across=across
        )

    def some(self, keep: Whole) -> Rectangles:
        """Give some of the rectangles."""
        return replace(self, outcomes=self.outcomes[keep], columns=self.columns[keep], used=self.used[keep])

    def effects(self, values: Real) -> tuple[Real, Real]:
        """Give the effects of rows (many, rows) and columns (many, columns) in values (many, ..., rows, columns)."""
        if self._whole and self.rows and self.across:
            across = values.mean(axis=-2)
            return values.mean(axis=-1) - across.mean(axis=-1)[..., None], across
        weights = self._spread(values)
        masked = values * weights
        along, down = masked.sum(axis=-1), masked.sum(axis=-2)
        if self.rows and self.across:
            share = along / self._spread(along, self._across)
            system = self._spread(values, self._inverse)
            late = ((down - (share[..., None] * weights).sum(axis=-2))[..., None, :] @ system)[..., 0, :]
            return share - (weights * late[..., None, :]).sum(axis=-1) / self._spread(along, self._across), late
        if self.rows:
            return along / self._spread(along, self._across), np.zeros(down.shape)
        if self.across:
            return np.zeros(along.shape), down / self._spread(down, self._down)
        return np.zeros(along.shape), np.zeros(down.shape)

    def left(self, values: Real) -> Real:
        """Take effects and covariates out of values (many, rows, columns); missing cells get 0."""
        bare = self.bare(values)
        found: Real = bare - (self.slopes(bare)[:, :, None, None] * self._inside).sum(axis=1)
        return found

    def slopes(self, values: Real) -> Real:
        """Give the slopes of the covariates in values (many, rows, columns)."""
        found: Real = (self._bread @ np.einsum("bprc,brc->bp", self._inside, values)[..., None])[..., 0]
        return found

    def centred(self, common: Real) -> Real:
        """Take out of a common part what effects of rows and columns (of the whole rectangle) could say as well."""
        if self.rows:
            common = common - common.mean(axis=-1, keepdims=True)
        if self.across:
            common = common - common.mean(axis=-2, keepdims=True)
        return common

    def bare(self, values: Real) -> Real:
        """Take the effects alone out of values (many, ..., rows, columns); missing cells get 0.

        Without effects of rows or columns it is the overall mean of the outcomes, once and for all.
        """
        if not (self.rows or self.across):
            return np.asarray((values - self._means[0][:, None, None]) * self._weights)
        if self._whole:
            return self.centred(values)
        rows, across = self.effects(values)
        return np.asarray((values - rows[..., :, None] - across[..., None, :]) * self._spread(values))

    def _spread(self, like: Real, what: Real | None = None) -> Real:
        """Give the weights, or what is made of them, with room for values of more axes."""
        given = self._weights if what is None else what
        lacking = like.ndim - given.ndim
        return given.reshape(given.shape[:1] + (1,) * lacking + given.shape[1:])

    @cached_property
    def _weights(self) -> Real:
        return self.used.astype(np.float64)

    @cached_property
    def _whole(self) -> bool:
        return bool(self.used.all())

    @cached_property
    def _across(self) -> Real:
        return np.asarray(np.maximum(self._weights.sum(axis=2), 1.0))

    @cached_property
    def _down(self) -> Real:
        return np.asarray(np.maximum(self._weights.sum(axis=1), 1.0))

    @cached_property
    def _inverse(self) -> Real:
        """Give the inverse that turns sums by column into effects of columns, the rows' effects being free."""
        weights = self._weights
        sums, periods = weights.sum(axis=1), weights.shape[2]
        system = np.eye(periods) * sums[:, None, :]
        system = system - weights.swapaxes(1, 2) @ (weights / self._across[:, :, None])
        scale = sums.mean(axis=1)[:, None, None]
        return np.asarray(np.linalg.inv(system + scale * (1 / periods + _TINY * np.eye(periods))))

    @cached_property
    def _inside(self) -> Real:
        if not self.columns.shape[1]:
            return self.columns
        if not (self.rows or self.across):
            return np.asarray((self.columns - self._means[1][:, :, None, None]) * self._weights[:, None])
        return self.bare(self.columns)

    @cached_property
    def _means(self) -> tuple[Real, Real]:
        """Give the means of the outcomes (many,) and of the columns (many, explaining) over cells in use."""
        cells = np.maximum(self._weights.sum(axis=(1, 2)), 1.0)
        outcomes = (self.outcomes * self._weights).sum(axis=(1, 2)) / cells
        return outcomes, np.einsum("bprc,brc->bp", self.columns, self._weights) / cells[:, None]

    def level(self, slopes: Real) -> Real:
        """Give the level (many,) that is left of the outcomes' mean once slopes times columns are taken out."""
        outcomes, columns = self._means
        return np.asarray(outcomes - (slopes * columns).sum(axis=1))

    @cached_property
    def _bread(self) -> Real:
        curve = np.einsum("bprc,bqrc->bpq", self._inside, self._inside)
        return np.asarray(np.linalg.pinv(curve, rcond=1e-10, hermitian=True) if curve.shape[1] else curve)


@dataclass(frozen=True)
class Fit:
    """What explains each rectangle: `common` (many, rows, columns), `slopes`, `rows` and `across` (the effects).

    `residual` is 0 where a cell is missing; `steps` and `settled` say how the search ended, one a rectangle.
    """

    common: Real
    slopes: Real
    rows: Real
    across: Real
    residual: Real
    steps: Whole
    settled: Truth

    def expected(self, columns: Real) -> Real:
        """Give the fitted value of every cell, missing ones too, from its covariates (many, explaining, rows, cols)."""
        explained = (self.slopes[:, :, None, None] * columns).sum(axis=1)
        found: Real = self.common + explained + self.rows[:, :, None] + self.across[:, None, :]
        return found

    def factors(self, rank: int) -> Real:
        """Give the first factors (many, columns, rank), each with a mean square of 1; a fixed sign for each."""
        basis = _leading(self.common, None, rank, rounds=3)
        seen = self.common @ basis
        turn = np.linalg.eigh(seen.swapaxes(1, 2) @ seen)[1]
        vectors = basis @ turn[:, :, ::-1]
        largest = np.take_along_axis(vectors, np.abs(vectors).argmax(axis=1)[:, None, :], axis=1)
        signed: Real = vectors * np.where(largest < 0, -1.0, 1.0) * np.sqrt(vectors.shape[1])
        return signed


def fit(
    given: Rectangles,
    *,
    rank: int | None = None,
    threshold: Real | None = None,
    begin: Real | None = None,
    tolerance: float = 1e-9,
    most: int = 20_000,
) -> Fit:
    """Fit rectangles with a common part of so high a rank, or with its singular values cut by a threshold (many,).

    The sum that is made least is that of squared residuals, halved, plus (with a threshold) the threshold times the
    sum of the common part's singular values. It ends when a step changes no cell by more than `tolerance` of the
    outcomes' spread. A rank has no guarantee of the least sum, as all its kind; with a threshold it is the least.

    >>> seen = np.outer([1.0, 2.0, 3.0, 4.0], [1.0, 3.0, 2.0, 5.0])
    >>> seen[3, 3] = np.nan
    >>> given = Rectangles.of(seen, rows=False, across=False)
    >>> found = fit(Rectangles.of(seen), rank=1)
    >>> bool(found.settled[0]), abs(float(found.residual.max())) < 1e-6
    (True, True)
    """
    many = len(given.outcomes)
    common = np.zeros(given.outcomes.shape) if begin is None else begin.copy()
    steps, settled = np.zeros(many, dtype=np.int64), np.zeros(many, dtype=bool)
    if rank == 0:
        settled[:] = True
    else:
        _search(given, common, steps, settled, rank=rank, threshold=threshold, tolerance=tolerance, most=most)
    return _told(given, common, steps, settled)


def largest(given: Rectangles) -> Real:
    """Give the largest singular value of what effects and covariates leave: from this threshold on nothing is common.

    >>> largest(Rectangles.of(np.array([[1.0, 0.0], [0.0, 1.0]]))).round(6).tolist()
    [1.0]
    """
    left = given.left(given.outcomes)
    return np.asarray(np.linalg.norm(left, ord=2, axis=(1, 2)), dtype=np.float64)


def _search(
    given: Rectangles,
    common: Real,
    steps: Whole,
    settled: Truth,
    *,
    rank: int | None,
    threshold: Real | None,
    tolerance: float,
    most: int,
) -> None:
    """Step until each rectangle is settled; those that are leave the work. Writes into its arrays."""
    active, work = np.arange(len(common)), given
    cut = None if threshold is None else np.broadcast_to(np.asarray(threshold), (len(common),)).copy()
    scale = np.sqrt((given.left(given.outcomes) ** 2).mean(axis=(1, 2))) + _TINY
    now, before, pace = common.copy(), common.copy(), np.ones(len(common))
    basis = None if rank is None else _leading(given.left(given.outcomes - common) + common, None, rank, rounds=9)
    for step in range(1, most + 1):
        faster = (1 + np.sqrt(1 + 4 * pace**2)) / 2
        ahead = now + ((pace - 1) / faster)[:, None, None] * (now - before)
        target = ahead + work.left(work.outcomes - ahead)
        if rank is None:
            new = _shrunk(target, cut)
        else:
            basis = _leading(target, basis, rank, rounds=2)
            new = (target @ basis) @ basis.swapaxes(1, 2)
        astray = ((ahead - new) * (new - now)).sum(axis=(1, 2)) > 0
        moved = np.abs(new - ahead).max(axis=(1, 2))
        pace, before, now = np.where(astray, 1.0, faster), now, new
        done = moved <= tolerance * scale
        if done.any() or step == most:
            common[active], steps[active], settled[active] = now, step, done
            keep = np.flatnonzero(~done)
            if not len(keep) or step == most:
                return
            active, work, scale = active[keep], work.some(keep), scale[keep]
            now, before, pace = now[keep], before[keep], pace[keep]
            cut = None if cut is None else cut[keep]
            basis = None if basis is None else basis[keep]


def _leading(values: Real, basis: Real | None, rank: int, *, rounds: int) -> Real:
    """Turn a basis (many, columns, rank) towards the leading singular vectors of matrices, round by round."""
    if basis is None:
        basis = np.random.default_rng(0).normal(size=(values.shape[2], rank))
        basis = np.broadcast_to(basis, (len(values), *basis.shape))
    for _ in range(rounds):
        basis = np.linalg.qr(values.swapaxes(1, 2) @ (values @ basis))[0]
    return np.asarray(basis)


def _shrunk(values: Real, threshold: Real | None) -> Real:
    """Lessen the singular values of matrices by a threshold (many,), through the smaller square."""
    if values.shape[1] < values.shape[2]:
        return _shrunk(values.swapaxes(1, 2), threshold).swapaxes(1, 2)
    sizes, vectors = np.linalg.eigh(values.swapaxes(1, 2) @ values)
    singular = np.sqrt(np.maximum(sizes, 0.0))
    cut = np.zeros(len(values)) if threshold is None else threshold
    share = np.maximum(1 - cut[:, None] / np.maximum(singular, _TINY), 0.0)
    return np.asarray((values @ (vectors * share[:, None, :])) @ vectors.swapaxes(1, 2))


def _told(given: Rectangles, common: Real, steps: Whole, settled: Truth) -> Fit:
    common = given.centred(common)
    rest = given.outcomes - common
    slopes = given.slopes(given.bare(rest))
    rest = rest - (slopes[:, :, None, None] * given.columns).sum(axis=1)
    rows, across = given.effects(rest)
    if not (given.rows or given.across):
        across = across + given.level(slopes)[:, None]
    residual = np.where(given.used, rest - rows[:, :, None] - across[:, None, :], 0.0)
    return Fit(common, slopes, rows, across, residual, steps, settled)


@dataclass(frozen=True)
class Carried:
    """Further rows explained by factors that are known.

    `expected` (many, rows, columns) leaves covariates and column effects out; `loads` (many, rows, factors) has the
    row's own level last where it has one; `left_out` is each used cell's error when it alone is left out, NaN elsewhere
    and where it cannot be left out.
    """

    expected: Real
    loads: Real
    left_out: Real


def carry(factors: Real, outcomes: Real, used: Truth, *, level: bool) -> Carried:
    """Fit rows (many, rows, columns) by least squares to factors (many, columns, rank), each with a level if wanted.

    >>> factors = np.array([[[1.0], [-1.0], [2.0]]])
    >>> used = np.array([[[True, True, False]]])
    >>> carry(factors, np.array([[[5.0, 3.0, 0.0]]]), used, level=True).expected.round(6).tolist()
    [[[5.0, 3.0, 6.0]]]
    """
    bases = factors
    if level:
        bases = np.concatenate([factors, np.ones((*factors.shape[:2], 1))], axis=2)
    weights = used.astype(np.float64)
    if not bases.shape[2]:
        zero = np.zeros(outcomes.shape)
        return Carried(zero, np.zeros((*outcomes.shape[:2], 0)), np.where(used, outcomes, np.nan))
    curve = np.einsum("bnt,btk,btl->bnkl", weights, bases, bases, optimize=True)
    inverse = np.linalg.pinv(curve, rcond=1e-12, hermitian=True)
    loads = (inverse @ np.einsum("bnt,btk->bnk", np.where(used, outcomes, 0.0), bases)[..., None])[..., 0]
    expected = np.einsum("bnk,btk->bnt", loads, bases)
    pull = np.einsum("btk,bnkl,btl->bnt", bases, inverse, bases, optimize=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        left_out = np.where(used & (pull < 1 - 1e-9), (outcomes - expected) / (1 - pull), np.nan)
    return Carried(expected, loads, left_out)
