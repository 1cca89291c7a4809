"""A scheme laid out over its sites: which place-days can be drawn, in which areas, how many of each a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from abate.errors import OptionError, nearest
from abate.trials import rotations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from abate.trials.schemes import Scheme

    Flags = NDArray[np.bool_]
    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

_SHOWN = 3


@dataclass(frozen=True)
class Ground:
    """Sites in the order of their names, and what can be drawn on each day.

    `order` gives each site's position in the caller's list; `open` (days x sites) the place-days in the draw; `areas`
    the positions of the sites of each area (of each pair; all of them in one where there are none). `share` (days x
    areas) is each area's part of the day's patrols and `extra` (days) what is left once whole parts are given. `days`
    is 1 where one draw holds throughout. `listed` are the sites as given.
    """

    order: Whole
    open: Flags
    areas: tuple[Whole, ...]
    share: Real
    extra: Whole
    days: int
    listed: pd.DataFrame

    @property
    def sites(self) -> int:
        """How many sites there are."""
        return int(self.open.shape[1])

    @property
    def width(self) -> int:
        """How many uniform numbers a day of a draw takes: one a site, one an area, one for the turn."""
        return self.sites + len(self.areas) + 1

    @property
    def alike(self) -> bool:
        """Tell whether the sites of an area differ in nothing, and its patrols a day are whole."""
        same = all((self.open[:, members] == self.open[:, members[:1]]).all() for members in self.areas)
        return same and not self.extra.any()

    def quotas(self, keys: Real) -> Whole:
        """Give each area's patrols by draw and day."""
        return rotations.quotas(self.share, self.extra, keys[..., self.sites :])

    def chances(self) -> Real:
        """Give each place-day's chance where days know nothing of one another."""
        told = np.zeros(self.open.shape)
        for area, members in enumerate(self.areas):
            free = self.open[: self.days, members].sum(axis=1)
            told[:, members] = (self.share[:, area] / np.maximum(free, 1))[:, None]
        return told * self.open


def lay(scheme: Scheme, sites: pd.DataFrame) -> Ground:
    """Lay a scheme out over its sites.

    Raises `OptionError` with everything that does not fit: names that stand twice, areas or pairs that are not
    told, more patrols than sites, days on which too few sites are left.
    """
    names = sites["site_id"].astype(str).to_numpy(dtype=object)
    order = np.argsort(names, kind="stable").astype(np.int64)
    if len(again := sorted({str(name) for name in names[order][1:][names[order][1:] == names[order][:-1]]})):
        raise OptionError(f"site_id {', '.join(again[:_SHOWN])} stands more than once; one row a site is right")
    ordered = [str(name) for name in names[order]]
    opened = _open(scheme, ordered)
    groups = _groups(scheme, sites, order)
    areas = tuple(np.flatnonzero(groups == group).astype(np.int64) for group in sorted(set(groups)))
    days = scheme.days if scheme.kind == "daily" else 1
    share = _share(scheme, opened[:days] if scheme.kind == "daily" else np.ones((1, len(names)), dtype=bool), areas)
    whole = np.floor(share + 1e-9)
    extra = np.rint((share - whole).sum(axis=1)).astype(np.int64)
    return Ground(order, opened, areas, share, extra, days, sites)


def _open(scheme: Scheme, names: list[str]) -> Flags:
    """Mark the place-days that are in the draw."""
    opened = np.ones((scheme.days, len(names)), dtype=bool)
    place = {name: position for position, name in enumerate(names)}
    strange = sorted({each.site_id for each in scheme.excluded if each.site_id is not None} - set(place))
    if strange:
        raise OptionError(*(f"--exclude: there is no site '{name}'. {nearest(name, names)}" for name in strange))
    for each in scheme.excluded:
        day = (each.day - scheme.starts).days
        if 0 <= day < scheme.days:
            opened[day, slice(None) if each.site_id is None else place[each.site_id]] = False
    return opened


def _groups(scheme: Scheme, sites: pd.DataFrame, order: Whole) -> NDArray[np.object_]:
    """Give each site's area or pair, in the order of the ground; one for all where the scheme asks for none."""
    if scheme.kind != "pairs" and "area" not in scheme.block:
        return np.full(len(sites), "", dtype=object)
    column = "pair" if scheme.kind == "pairs" and "pair" in sites.columns else "area"
    found = sites[column] if column in sites.columns else pd.Series([None] * len(sites), dtype=object)
    asks = "matched pairs" if scheme.kind == "pairs" else "a draw blocked by area"
    if found.isna().any():
        lacking = sites["site_id"][found.isna().to_numpy()].astype(str).tolist()
        more = f" and {len(lacking) - _SHOWN:,} more" if len(lacking) > _SHOWN else ""
        right = "`pair` (or `area`)" if scheme.kind == "pairs" else "`area`"
        raise OptionError(
            f"{asks} needs the column {right} for every site; it is blank for {', '.join(lacking[:_SHOWN])}{more}"
        )
    groups: NDArray[np.object_] = found.astype(str).to_numpy(dtype=object)[order]
    if scheme.kind == "pairs":
        names, sizes = np.unique(groups.astype(str), return_counts=True)
        if (sizes != 2).any():
            raise OptionError(
                *(
                    f"pair '{name}' has {size} site{'s' if size != 1 else ''}; two are right"
                    for name, size in zip(names, sizes, strict=True)
                    if size != 2
                )
            )
    return groups


def _share(scheme: Scheme, opened: Flags, areas: tuple[Whole, ...]) -> Real:
    """Give each area's part of each day's patrols, in proportion to its sites that can be drawn."""
    free = np.stack([opened[:, members].sum(axis=1) for members in areas], axis=1).astype(np.float64)
    if scheme.kind == "pairs":
        return np.ones(free.shape)
    if scheme.chance is not None:
        return free * scheme.chance
    if faults := [*_too_many(scheme, opened)]:
        more = [f"{len(faults) - _SHOWN:,} more days like these"] if len(faults) > _SHOWN else []
        raise OptionError(*faults[:_SHOWN], *more)
    total = free.sum(axis=1, keepdims=True)
    wanted = np.where(total > 0, float(scheme.treat or 0), 0.0)
    share: Real = wanted * free / np.maximum(total, 1)
    return share


def _too_many(scheme: Scheme, opened: Flags) -> Iterator[str]:
    """Say where more sites are to be patrolled than can be."""
    sites, treat = opened.shape[1], scheme.treat or 0
    if treat >= sites:
        left = "more than there are" if treat > sites else "which leaves none for usual policing to compare with"
        yield f"--treat {treat}: there are {sites} sites: {treat} of {sites} is {left}; at most {sites - 1} is right"
        return
    for day, free in enumerate(opened.sum(axis=1).tolist()):
        if 0 < free < treat:
            yield (
                f"{scheme.dates[day].isoformat()}: --treat {treat} and --exclude are in conflict: {sites - free} of "
                f"{sites} sites are excluded and {free} are left; exclude the whole day, fewer sites, or patrol fewer"
            )
