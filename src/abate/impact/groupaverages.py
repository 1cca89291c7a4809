"""Group-time effects put together: over all, by time since the start, by group and by period, with their influence.

The weights are the groups' sizes, which are estimated too: that part stands in the influence as well (Callaway and
Sant'Anna 2021, section 3 and theorem 2 of the appendix).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from abate.impact.groupcells import Cells, Sample

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]
    Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Average:
    """One average and its parts: `at` are event times, or places of groups or periods; influence has a row an area."""

    kind: str
    value: float
    influence: Real
    at: tuple[int, ...]
    values: Real
    influences: Real


@dataclass(frozen=True)
class _Part:
    value: float
    influence: Real


@dataclass(frozen=True)
class _Sizes:
    """Each area's group and weight, and the share of each cell's group among all areas."""

    first: Whole
    weights: Real
    share: Real

    def part(self, cells: Cells, chosen: Truth) -> _Part:
        """Average some cells by the sizes of their groups."""
        share, value = self.share[chosen], cells.value[chosen]
        total = float(share.sum())
        mean = float(share @ value) / total
        apart = np.zeros(int(max(self.first.max(), cells.group.max())) + 1)
        np.add.at(apart, cells.group[chosen], value - mean)
        influence = cells.influence[:, chosen] @ (share / total) + self.weights * apart[self.first] / total
        return _Part(mean, influence)


def average(used: Sample, cells: Cells, *, balance: int | None = None) -> dict[str, Average]:
    """Average group-time effects in the four usual ways: `simple`, `dynamic`, `group` and `calendar`.

    `simple` is over all cells after the start, `dynamic` the mean over event times of 0 and more (each an average over
    the groups seen then; those before the start are listed too), `group` over groups of their mean over periods,
    `calendar` the mean over periods of what the groups that had begun saw.
    """
    share = np.array([(used.weights * (used.panel.first == group)).mean() for group in cells.group])
    sizes = _Sizes(used.panel.first, used.weights, share)
    simple = sizes.part(cells, cells.after)
    return {
        "simple": Average("simple", simple.value, simple.influence, (), np.empty(0), simple.influence[:, None][:, :0]),
        "dynamic": _dynamic(sizes, cells, len(used.panel.times), balance),
        "group": _by_group(sizes, cells),
        "calendar": _calendar(sizes, cells),
    }


def _dynamic(sizes: _Sizes, cells: Cells, periods: int, balance: int | None) -> Average:
    since = cells.time - cells.group
    long: Truth = np.ones(len(since), dtype=np.bool_)
    if balance is not None:
        long = (periods - 1 - cells.group >= balance) & (since <= balance) & (since >= balance + 1 - periods)
    if not (long & (since >= 0)).any():
        long = np.ones(len(since), dtype=np.bool_)
    at = np.unique(since[long])
    parts = [sizes.part(cells, long & (since == one)) for one in at]
    return _evenly("dynamic", at, parts, at >= 0)


def _calendar(sizes: _Sizes, cells: Cells) -> Average:
    at = np.unique(cells.time[cells.after])
    parts = [sizes.part(cells, cells.after & (cells.time == one)) for one in at]
    return _evenly("calendar", at, parts, np.ones(len(at), dtype=np.bool_))


def _evenly(kind: str, at: Whole, parts: Sequence[_Part], counted: Truth) -> Average:
    values, influences = _stack(parts)
    value = float(values[counted].mean())
    return Average(kind, value, influences[:, counted].mean(axis=1), _plain(at), values, influences)


def _by_group(sizes: _Sizes, cells: Cells) -> Average:
    at = np.unique(cells.group[cells.after])
    parts = [sizes.part(cells, cells.after & (cells.group == one)) for one in at]
    values, influences = _stack(parts)
    share = np.array([sizes.share[cells.group == one][0] for one in at])
    total = float(share.sum())
    value = float(share @ values) / total
    apart = np.zeros(int(max(sizes.first.max(), at.max())) + 1)
    apart[at] = values - value
    influence = influences @ (share / total) + sizes.weights * apart[sizes.first] / total
    return Average("group", value, influence, _plain(at), values, influences)


def _stack(parts: Sequence[_Part]) -> tuple[Real, Real]:
    return np.array([one.value for one in parts]), np.column_stack([one.influence for one in parts])


def _plain(at: Whole) -> tuple[int, ...]:
    return tuple(int(one) for one in at)
