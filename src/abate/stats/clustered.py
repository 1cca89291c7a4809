"""Errors of slopes when the cells of a row hang together: by row, by column or by both, and right for few rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from abate.stats import twoway

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.stats.panelfits import Fit

    Real = NDArray[np.float64]

By = Literal["rows", "columns"]
_MOST = 30_000_000
_STEPS = 80
_TINY = 1e-10
_NOTHING = 1e-8


@dataclass(frozen=True)
class Errors:
    """Covariance of the slopes, in the shape (slopes, slopes), and the degrees of freedom of each."""

    covariance: Real
    freedom: Real

    @property
    def error(self) -> Real:
        """The standard error of each slope."""
        found: Real = np.sqrt(np.diag(self.covariance))
        return found


def plain(fit: Fit, *, scale: float = 1.0) -> Errors:
    """Give the errors that hold when the model's variance, times `scale`, is right and cells are independent."""
    return Errors(fit.bread * scale, np.full(len(fit.slopes), float(max(fit.freedom, 1))))


def influence(fit: Fit, *, by: By = "rows") -> Real:
    """Give how far each group of cells moves the slopes, in the shape (groups, slopes); they add up to 0."""
    axis = "r" if by == "rows" else "c"
    score = np.einsum(f"krc,rc,rc->{axis}k", fit.inside, fit.layout.weights, fit.residual)
    found: Real = score @ fit.bread
    return found


def one_way(fit: Fit, *, by: By = "rows") -> Errors:
    """Give errors clustered by row (or by column), with the usual correction for few groups.

    The sandwich times G/(G - 1) · (N - 1)/(N - K), where effects that lie within the groups are not counted in K; on
    G - 1 degrees of freedom. Source: Cameron and Miller 2015, Journal of Human Resources 50, 317-372.
    """
    moved = influence(fit, by=by)
    groups = _groups(fit, by)
    nested = groups if (fit.layout.rows if by == "rows" else fit.layout.columns) else 0
    free = fit.layout.parameters() - nested + (1 if nested else 0)
    few = groups / max(groups - 1, 1) * (fit.cells - 1) / max(fit.cells - len(fit.slopes) - free, 1)
    return Errors(moved.T @ moved * few, np.full(len(fit.slopes), float(max(groups - 1, 1))))


def two_way(fit: Fit) -> Errors:
    """Give errors clustered by row and by column at once: cells of one row or of one column may hang together.

    Source: Cameron, Gelbach and Miller 2011, Journal of Business and Economic Statistics 29, 238-249. Where the sum
    is smaller than that of either way alone (it need not be positive), the larger of the two ways stands.
    """
    rows, columns = one_way(fit, by="rows"), one_way(fit, by="columns")
    cells = np.einsum("krc,lrc,rc->kl", fit.inside, fit.inside, (fit.layout.weights * fit.residual) ** 2)
    both = rows.covariance + columns.covariance - fit.bread @ cells @ fit.bread
    wider = rows.covariance if np.trace(rows.covariance) >= np.trace(columns.covariance) else columns.covariance
    enough = bool((np.diag(both) >= np.maximum(np.diag(rows.covariance), np.diag(columns.covariance))).all())
    return Errors(both if enough else wider, np.minimum(rows.freedom, columns.freedom))


def bias_reduced(fit: Fit) -> Errors:
    """Give errors clustered by row that stay right for few rows, each slope with its own degrees of freedom.

    The residuals of each row are first stretched by the inverse root of what the fit took out of them, so that the
    sandwich is unbiased when the model's variance is right (`CR2`); the degrees of freedom are Satterthwaite's.
    Sources: Bell and McCaffrey 2002, Survey Methodology 28, 169-181; Pustejovsky and Tipton 2018, Journal of Business
    and Economic Statistics 36, 672-683. Rectangles so large that this would not fit into memory have many rows: they
    get `one_way`, from which it then hardly differs.
    """
    rows, columns = fit.layout.weights.shape
    if rows * rows * columns > _MOST:
        return one_way(fit)
    roots = np.sqrt(fit.layout.weights)
    scaled, left = fit.inside * roots, fit.residual * roots
    stretched = _stretched(fit, scaled)
    scores = np.einsum("krc,rc->rk", stretched, left) @ fit.bread
    freedom = [_satterthwaite(fit, scaled, roots, np.tensordot(row, stretched, 1)) for row in fit.bread]
    return Errors(scores.T @ scores, np.array(freedom))


def _stretched(fit: Fit, scaled: Real) -> Real:
    """Multiply each row's columns by the inverse root of what the fit leaves of that row, in the shape of `scaled`.

    By Lanczos' steps, which need products with that matrix only: it is as large as the row is long, and nearly the
    identity. Directions of which nothing is left get 0.
    """
    along = scaled.transpose(1, 2, 0)

    def left_of(values: Real) -> Real:
        inner = np.einsum("rck,rcv->rkv", along, values)
        taken = twoway.own_part(values, fit.layout) + np.einsum("rck,kl,rlv->rcv", along, fit.bread, inner)
        found: Real = values - taken
        return found

    lengths = np.linalg.norm(along, axis=1)
    steps = [np.divide(along, lengths[:, None], out=np.zeros_like(along), where=lengths[:, None] > 0)]
    size = min(along.shape[1], _STEPS)
    narrow = np.zeros((*lengths.shape, size, size))
    found = np.zeros_like(along)
    for step in range(size):
        moved = left_of(steps[-1])
        narrow[:, :, step, step] = np.einsum("rck,rck->rk", steps[-1], moved)
        for basis in (*steps, *steps):
            moved = moved - basis * np.einsum("rck,rck->rk", basis, moved)[:, None]
        mixes = _inverse_root(narrow[:, :, : step + 1, : step + 1])
        after = np.linalg.norm(moved, axis=1)
        if step + 1 == size or not (after > _TINY).any() or np.abs(mixes[:, :, -1]).max() < _TINY:
            found = np.einsum("srck,rks->rck", np.stack(steps), mixes) * lengths[:, None]
            break
        steps.append(np.divide(moved, after[:, None], out=np.zeros_like(moved), where=after[:, None] > _TINY))
        narrow[:, :, step, step + 1] = narrow[:, :, step + 1, step] = np.where(after > _TINY, after, 0.0)
    return found.transpose(2, 0, 1)


def _inverse_root(narrow: Real) -> Real:
    """Give the first column of the inverse square root of small symmetric matrices; what has no size gets 0."""
    values, vectors = np.linalg.eigh(narrow)
    stretch = np.where(values > _NOTHING, 1 / np.sqrt(np.maximum(values, _NOTHING)), 0.0)
    found: Real = np.einsum("rksv,rkv,rkv->rks", vectors, stretch, vectors[:, :, 0])
    return found


def _satterthwaite(fit: Fit, scaled: Real, roots: Real, spread: Real) -> float:
    """Give the degrees of freedom of a sandwich made of one vector a row (`spread`, in the shape (rows, columns))."""
    rows, columns = spread.shape
    placed = np.zeros((rows, rows, columns))
    placed[np.arange(rows), np.arange(rows)] = spread
    per = np.divide(placed, roots, out=np.zeros_like(placed), where=roots > 0)
    free = twoway.residuals(per, fit.layout) * roots
    along = np.einsum("grc,krc->gk", free, scaled)
    free -= np.einsum("gk,kl,lrc->grc", along, fit.bread, scaled)
    flat = free.reshape(rows, -1)
    products = flat @ flat.T
    return float(np.trace(products) ** 2 / max(float((products**2).sum()), 1e-300))


def _groups(fit: Fit, by: By) -> int:
    return int(fit.used.any(axis=1 if by == "rows" else 0).sum())
