"""Who lives where the chosen sites are: for the person who approves a list, never an input of one.

The sites are laid over small areas by area. A site's mix of groups is that of the small areas it lies in, in proportion
to how much of the site lies in each; residents inside are the areas' residents in proportion to how much of each area
lies inside, as if people lived evenly over it. Both are estimates from published figures by small area; nothing here
knows an address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.errors import OptionError
from abate.stats import resampling
from abate.tables import AREAS, DECILES, EQUALITY, PLACES, RESIDENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Real = NDArray[np.float64]

UNKNOWN = "not known"
DEPRIVATION = "deprivation (without its crime domain)"
_ROUND = 10
_LEAST_MATCHED = 0.5


@dataclass(frozen=True)
class Laid:
    """Sites laid over small areas: `inside` is each site's ground in each area, in the shape (sites, areas).

    The ground is square units (units of length where sites are streets). `outside` is the share of each site that lies
    in none of the areas; `area` the whole ground of each area.
    """

    area_codes: tuple[str, ...]
    inside: Real
    area: Real
    outside: Real

    @property
    def mix(self) -> Real:
        """How each site's ground that lies in areas is shared out among them; rows add up to 1."""
        return _shares(self.inside)

    @property
    def covered(self) -> Real:
        """The share of each area that lies inside the sites."""
        share: Real = np.minimum(1.0, self.inside.sum(axis=0) / self.area)
        return share


@dataclass(frozen=True)
class Groups:
    """A characteristic with its groups: who lives in each area, as counts in the shape (areas, groups).

    The last group is those not known. `missing` are the areas that the table lacks.
    """

    characteristic: str
    names: tuple[str, ...]
    residents: Real
    missing: tuple[str, ...]


def lay(sites: pd.DataFrame, areas: pd.DataFrame) -> Laid:
    """Lay sites (`tables.PLACES`) over small areas (`tables.AREAS`), both in one coordinate system.

    Raises `OptionError` when no site lies in any area.

    >>> import shapely
    >>> site = {"place_id": ["s"], "area_km2": [1.0], "easting": [1.0], "northing": [0.5]}
    >>> sites = pd.DataFrame(site).assign(shape=[shapely.box(0, 0, 2, 1)])
    >>> known = {"place_id": ["a", "b"], "name": ["a", "b"], "area_type": "2021 LSOA", "mended": False}
    >>> areas = pd.DataFrame(known).assign(shape=[shapely.box(-3, 0, 1.5, 1), shapely.box(1.5, 0, 9, 1)])
    >>> lay(sites, areas).mix.tolist()
    [[0.75, 0.25]]
    """
    import shapely

    PLACES.check(sites)
    AREAS.check(areas)
    shapes, grounds = sites["shape"].to_numpy(), areas["shape"].to_numpy()
    lines = bool((shapely.area(shapes) == 0).all())
    measure = shapely.length if lines else shapely.area
    site, area = shapely.STRtree(grounds).query(shapes, predicate="intersects")
    inside = np.zeros((len(sites), len(areas)))
    inside[site, area] = measure(shapely.intersection(shapes[site], grounds[area]))
    whole = measure(shapes)
    if not inside.sum() > 0:
        raise OptionError(
            f"none of the {len(sites):,} sites lies in any of the {len(areas):,} small areas: a boundary file of the "
            "same part of the country would be right"
        )
    outside = np.clip(1 - inside.sum(axis=1) / np.maximum(whole, 1e-300), 0, 1)
    return Laid(tuple(map(str, areas["place_id"])), inside, shapely.area(grounds), outside)


def deciles(laid: Laid, table: pd.DataFrame, residents: Real) -> Groups:
    """Group the residents of each area by its decile of deprivation (`tables.DECILES`); 1 is the most deprived."""
    DECILES.check(table)
    known = dict(zip(table["area_code"], table["decile"].astype(int), strict=True))
    missing = _missing(laid, known, "deprivation")
    column = np.array([known.get(code, 11) - 1 for code in laid.area_codes])
    counts = np.zeros((len(column), 11))
    counts[np.arange(len(column)), column] = residents
    names = ("1 (most deprived)", *map(str, range(2, 10)), "10 (least deprived)", UNKNOWN)
    return Groups(DEPRIVATION, names, counts, missing)


def groups(laid: Laid, table: pd.DataFrame, *, characteristic: str) -> Groups:
    """Group the residents of each area as a census table does (`tables.RESIDENTS`)."""
    RESIDENTS.check(table)
    names = tuple(dict.fromkeys(sorted(table["group"])))
    wide = table.pivot(index="area_code", columns="group", values="residents").reindex(columns=list(names))
    missing = _missing(laid, set(wide.index), characteristic)
    counts = wide.reindex(list(laid.area_codes)).fillna(0).to_numpy(float)
    return Groups(characteristic, (*names, UNKNOWN), np.column_stack([counts, np.zeros(len(counts))]), missing)


def _missing(laid: Laid, known: Any, what: str) -> tuple[str, ...]:
    missing = tuple(code for code in laid.area_codes if code not in known)
    if len(missing) > _LEAST_MATCHED * len(laid.area_codes):
        raise OptionError(
            f"{what}: the table lacks {len(missing):,} of the {len(laid.area_codes):,} small areas, such as "
            f"{missing[0]}: a table of the same edition as the boundary file (2011 or 2021) would be right"
        )
    return missing


def compare(laid: Laid, kinds: Sequence[Groups], *, violence: Real, level: float = 0.95) -> pd.DataFrame:
    """Set the sites' mix of groups beside all residents' and that of reported violence: `tables.EQUALITY`.

    `violence` is incidents that victims reported, one number an area of `laid`; its share is the mix of those who
    live where it was reported, which is not who was hurt. Intervals say how much the ratios hang on single sites: they
    come from leaving out each site in turn, and are blank for fewer than three sites, or where all sites agree.
    """
    return EQUALITY.check(pd.concat([_compared(laid, kind, violence, level) for kind in kinds], ignore_index=True))


def _compared(laid: Laid, kind: Groups, violence: Real, level: float) -> pd.DataFrame:
    mix = _mixes(kind)
    sited = laid.inside.sum(axis=1) > 0
    by_site = laid.mix[sited] @ mix
    every = kind.residents.sum(axis=0) / max(float(kind.residents.sum()), 1.0)
    reported = violence @ mix / violence.sum() if violence.sum() > 0 else np.full(len(every), np.nan)
    held = by_site.mean(axis=0)
    inside = np.round(laid.covered @ kind.residents / _ROUND) * _ROUND
    frame = pd.DataFrame(
        {
            "characteristic": kind.characteristic,
            "group": list(kind.names),
            "residents": kind.residents.sum(axis=0),
            "residents_share": every,
            "inside": np.where(inside > 0, inside, np.nan),
            "sites_share": held,
            "violence_share": reported,
        }
    )
    for name, against in (("against_residents", every), ("against_violence", reported)):
        ratio, low, high = _ratios(by_site, against, level)
        frame[name], frame[f"{name}_low"], frame[f"{name}_high"] = ratio, low, high
    unknown = (frame["group"] == UNKNOWN) & (frame["residents"] == 0) & (frame["sites_share"] == 0)
    return frame[~unknown]


def _mixes(kind: Groups) -> Real:
    """Give each area's shares of the groups; areas without residents, or that the table lacks, are not known."""
    mix = _shares(kind.residents)
    mix[mix.sum(axis=1) == 0, -1] = 1.0
    return mix


def _shares(amounts: Real) -> Real:
    """Bring each row to the sum 1; a row of nothing stays nothing."""
    total = amounts.sum(axis=1, keepdims=True)
    shares: Real = np.divide(amounts, total, out=np.zeros_like(amounts), where=total > 0)
    return shares


def _ratios(by_site: Real, against: Real, level: float) -> tuple[Real, Real, Real]:
    sites = len(by_site)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(against > 0, by_site.mean(axis=0) / against, np.nan)
        left_out = (by_site.sum(axis=0) - by_site) / max(sites - 1, 1) / against
    if sites < 3:
        return ratio, np.full(len(ratio), np.nan), np.full(len(ratio), np.nan)
    low, high = resampling.jackknife(ratio, np.where(against > 0, left_out, np.nan), level=level)
    same = np.ptp(by_site, axis=0) == 0
    return ratio, np.where(same, np.nan, np.maximum(0.0, low)), np.where(same, np.nan, high)


def sentence(table: pd.DataFrame, *, sites: int) -> str:
    """Say in a sentence how the most deprived fifth stands; empty where deprivation is not in the table.

    >>> rows = {"group": ["1 (most deprived)", "2"], "characteristic": DEPRIVATION}
    >>> shares = {"sites_share": [0.3, 0.2], "residents_share": [0.1, 0.1], "violence_share": [0.25, 0.15]}
    >>> sentence(pd.DataFrame(rows | shares), sites=15)[:81]
    'Of those who live around the 15 sites, 50% live in the most deprived fifth of Eng'
    """
    poor = table[(table["characteristic"] == DEPRIVATION) & table["group"].isin(["1 (most deprived)", "2"])]
    if not len(poor):
        return ""
    shares = [float(poor[name].sum()) for name in ("sites_share", "residents_share", "violence_share")]
    known = bool(poor["violence_share"].notna().all())
    told = f", of those who live where victims reported violence {shares[2]:.0%}" if known else ""
    return (
        f"Of those who live around the {sites:,} sites, {shares[0]:.0%} live in the most deprived fifth of England "
        f"(crime left out of the index); of all residents {shares[1]:.0%} do{told}."
    )
