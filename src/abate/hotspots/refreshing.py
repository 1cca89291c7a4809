"""The quarterly refresh: which sites of an earlier list stay, move, leave or enter, why, and whether it is noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from abate.hotspots import redraws
from abate.hotspots.reasons import follow
from abate.tables.sites import CHANGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from abate.hotspots.choosing import Choice

    Real = NDArray[np.float64]

Change = Literal["stays", "moves", "leaves", "enters"]

HALF = 0.5
_FATES = {
    "stays": "a site like it stays",
    "moves": "a site like it is lost",
    "leaves": "a site like it is lost",
    "enters": "a site like it comes",
}
_WORDS = {"rising": "its incidents rise", "falling": "its incidents fall", "no clear change": "no clear trend"}


@dataclass(frozen=True)
class Refresh:
    """What became of an earlier list: one row a site (`tables.CHANGES`), and the list as a whole.

    `by_chance` is how often redraws without any change of rates lose at least as many sites as were lost (moved or
    left), `usual` the middle number of sites that they lose.
    """

    changes: pd.DataFrame
    by_chance: float
    usual: float

    def __str__(self) -> str:
        """Say what became of the list."""
        count = self.changes["change"].value_counts()
        told = ", ".join(f"{int(count.get(word, 0))} {plural}" for word, plural in _PLURALS.items())
        return (
            f"Against the earlier list {told}. Were no rate to change, a new list would lose {self.usual:g} of the "
            f"sites (the middle of the redraws), and as many as here or more in {self.by_chance:.0%} of redraws."
        )


_PLURALS = {"stays": "stay", "moves": "move", "leaves": "leave", "enters": "enter"}


def match(old: NDArray[np.object_], new: NDArray[np.object_], *, near: float) -> list[tuple[int | None, int | None]]:
    """Pair the sites of two lists: by the ground that both cover, then by nearness.

    `old` and `new` are outlines; `near` is the distance of middles, in the unit of the coordinates, up to which a site
    has moved rather than left. Pairs are taken from the greatest overlap down (share of the smaller site's ground),
    then from the least distance up. What is left over stands with None.

    >>> import shapely
    >>> old = np.array([shapely.box(0, 0, 1, 1), shapely.box(9, 9, 10, 10)])
    >>> match(old, np.array([shapely.box(0, 0, 1, 2)]), near=3)
    [(0, 0), (1, None)]
    """
    import shapely

    shared = _overlaps(old, new)
    apart = shapely.distance(shapely.centroid(old)[:, None], shapely.centroid(new)[None, :])
    pairs: list[tuple[int | None, int | None]] = []
    free_old, free_new = set(range(len(old))), set(range(len(new)))
    by_ground = sorted((-shared[o, n], apart[o, n], o, n) for o, n in np.argwhere(shared > 0).tolist())
    by_way = sorted((0.0, apart[o, n], o, n) for o, n in np.argwhere(apart <= near).tolist())
    for _, _, one, other in [*by_ground, *by_way]:
        if one in free_old and other in free_new:
            pairs.append((one, other))
            free_old.remove(one)
            free_new.remove(other)
    pairs += [(one, None) for one in sorted(free_old)]
    pairs += [(None, other) for other in sorted(free_new)]
    return pairs


def _overlaps(old: NDArray[np.object_], new: NDArray[np.object_]) -> Real:
    """Give the share of the smaller site's ground that both cover, in the shape (old, new)."""
    import shapely

    both = shapely.area(shapely.intersection(old[:, None], new[None, :]))
    smaller = np.minimum(shapely.area(old)[:, None], shapely.area(new)[None, :])
    shares: Real = both / np.maximum(smaller, 1e-12)
    return shares


def refresh(
    choice: Choice,
    sites: pd.DataFrame,
    old: pd.DataFrame,
    *,
    months: Sequence[str],
    old_months: tuple[str, str] | None,
    seed: int,
    draws: int = 200,
) -> Refresh:
    """Compare a new list of sites with an earlier one.

    `sites` is `tables.SITES`, `old` has `site_id` and `shape`, both in the analysis coordinate system; `months` are
    those of the new list, `old_months` the first and last month of the earlier one (None where it does not say: then it
    is taken to rest on as many months, none of them shared). A site stays where at least half of the smaller outline
    is common ground, and moves where less is, or none, but its middle lies within the distance that two sites keep.
    `noise` is how often redraws from rates that do not change (`redraws.unchanged`) do the same to a site: on both
    lists, on the earlier alone, or on the later alone.
    """
    board, rules = choice.board, choice.rules
    was, now = old["shape"].to_numpy(dtype=object), sites["shape"].to_numpy(dtype=object)
    pairs = match(was, now, near=max(rules.apart_m, rules.reach_m) / board.unit_m)
    shared = _overlaps(was, now)
    grounds = np.column_stack([_inside(was, choice), choice.members])
    null = redraws.unchanged(choice, grounds, months=_shares(months, old_months), draws=draws, seed=seed)
    seen = np.rint(grounds.T @ board.seen).astype(np.int64)
    compared = _Compared(choice, sites, old, grounds, shared, null, seen, follow(seen, list(months)))
    rows = [compared.row(one, other) for one, other in pairs]
    changes = pd.DataFrame(rows, columns=list(CHANGES.columns)).astype({"was": "str"})
    lost = int(changes["change"].isin(["moves", "leaves"]).sum())
    return Refresh(CHANGES.check(changes), float((null.left >= lost).mean()), float(np.median(null.left)))


@dataclass(frozen=True)
class _Compared:
    """Two lists side by side: `grounds`, `null`, `seen` and `trends` have the sites of the old list, then the new."""

    choice: Choice
    sites: pd.DataFrame
    old: pd.DataFrame
    grounds: Real
    shared: Real
    null: redraws.Unchanged
    seen: NDArray[np.int64]
    trends: pd.DataFrame

    def row(self, one: int | None, other: int | None) -> dict[str, Any]:
        """Say what became of one site: `one` of the old list, `other` of the new."""
        change = self._change(one, other)
        ground = len(self.old) + other if other is not None else one or 0
        asked = one if one is not None else ground
        noise = self._noise(change, asked)
        both = one is not None and other is not None
        trend = self.trends.iloc[asked]
        return {
            "site_id": self.sites["site_id"].iloc[other] if other is not None else self.old["site_id"].iloc[one or 0],
            "was": None if one is None else self.old["site_id"].iloc[one],
            "change": change,
            "moved_m": self._way(one or 0, other or 0) if both else np.nan,
            "overlap": min(float(self.shared[one, other]), 1.0) if both else 0.0,
            "incidents": int(self.seen[asked].sum()),
            **{name: trend[name] for name in ("trend_ratio", "trend_low", "trend_high")},
            "noise": noise,
            "why": f"{self._why(change, asked, other)}; {_WORDS.get(str(trend['trend']), 'its trend is not known')}; "
            f"without any change {_FATES[change]} in {noise:.0%} of redraws",
        }

    def _change(self, one: int | None, other: int | None) -> Change:
        if one is None:
            return "enters"
        if other is None:
            return "leaves"
        return "stays" if self.shared[one, other] >= HALF * (1 - 1e-9) else "moves"

    def _noise(self, change: Change, asked: int) -> float:
        before, after = self.null.before[:, asked], self.null.after[:, asked]
        fits = {"stays": before & after, "enters": after & ~before}.get(change, before & ~after)
        return float(fits.mean())

    def _way(self, one: int, other: int) -> float:
        import shapely

        middles = shapely.centroid([self.old["shape"].iloc[one], self.sites["shape"].iloc[other]])
        return float(shapely.distance(*middles)) * self.choice.board.unit_m

    def _why(self, change: Change, asked: int, other: int | None) -> str:
        ground = self.grounds[:, asked]
        if not ground.any():
            return "none of its places is among those looked at"
        holds = float(self.choice.board.values @ ground)
        moved_to = float(self.choice.board.values @ self.choice.members[:, other or 0])
        least = float((self.choice.board.values @ self.choice.members).min())
        if change == "moves":
            return f"its ground is expected to hold {holds:.1f}, the ground moved to {moved_to:.1f}"
        if change in ("stays", "enters"):
            return f"its ground is expected to hold {holds:.1f}, the last site on the list {least:.1f}"
        if holds < least:
            return f"its ground is expected to hold {holds:.1f}, less than the last site on the list ({least:.1f})"
        return (
            f"its ground is expected to hold {holds:.1f}, as much as the last site on the list ({least:.1f}), "
            "but it breaks a rule or a better site lies too near"
        )


def _inside(shapes: NDArray[np.object_], choice: Choice) -> Real:
    """Tell which places lie by half or more in each outline, in the shape (places, outlines)."""
    import shapely

    places = choice.board.places["shape"].to_numpy(dtype=object)
    outline, place = shapely.STRtree(places).query(shapes, predicate="intersects")
    both = shapely.area(shapely.intersection(shapes[outline], places[place]))
    half = both >= HALF * shapely.area(places[place]) * (1 - 1e-9)
    inside = np.zeros((len(places), len(shapes)))
    inside[place[half], outline[half]] = 1.0
    return inside


def _shares(months: Sequence[str], old_months: tuple[str, str] | None) -> tuple[int, int, int]:
    """Count the months of the earlier list alone, of both, and of the new list alone."""
    if old_months is None:
        return len(months), 0, len(months)
    first, last = old_months
    both = sum(first <= month <= last for month in months)
    whole = (int(last[:4]) - int(first[:4])) * 12 + int(last[5:7]) - int(first[5:7]) + 1
    return max(whole - both, 0), both, len(months) - both
