"""Whether hot places stay hot: how many of one year's hottest are among the next year's."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.errors import OptionError, TableError
from abate.hotspots.panels import Panel, panel
from abate.hotspots.probability import excess
from abate.periods import following
from abate.stats import mixing, proportions, ranks, resampling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

YEAR = 12
SHORTEST_HALF = 3
_COLUMNS = (
    "first",
    "second",
    "top",
    "kept",
    "low",
    "high",
    "by_chance",
    "if_unchanged",
    "if_unchanged_low",
    "if_unchanged_high",
    "rank_correlation",
    "rank_low",
    "rank_high",
)


@dataclass(frozen=True)
class Persistence:
    """How many of the hottest places of one stretch of time are among the hottest of the next.

    `years` has one row for each two years that follow each other, `halves` one row for the two halves of what there
    is when there are not two years (a weaker measure: the halves are shorter and lie in different seasons). Columns:
    `first` and `second` (the stretches), `top` (how many places), `kept` (share of the first's top that is in the
    second's, with `low` and `high`), `by_chance` (the share if places were drawn from a hat), `if_unchanged` with
    its ends (the share to expect if every place kept its rate and only chance moved the counts), `rank_correlation`
    (Spearman's, over all places, with `rank_low` and `rank_high`). `needs` says what is missing for a year to year
    measure, None when nothing is.
    """

    years: pd.DataFrame
    halves: pd.DataFrame
    needs: str | None
    level: float
    basis: str

    def plain(self) -> dict[str, Any]:
        """Give the figures as plain numbers, lists and dictionaries, fit for JSON."""
        return {
            "years": self.years.to_dict("records"),
            "halves": self.halves.to_dict("records"),
            "needs": self.needs,
            "level": self.level,
            "basis": self.basis,
        }

    def __str__(self) -> str:
        told = self.years if len(self.years) else self.halves
        said = [_sentence(row, self.level, halves=not len(self.years)) for row in told.tail(1).to_dict("records")]
        return " ".join([*([self.needs] if self.needs else []), *said])


def persist(
    counts: pd.DataFrame,
    places: pd.DataFrame,
    *,
    months: Sequence[str],
    top: int,
    seed: int,
    draws: int = 200,
    level: float = 0.95,
) -> Persistence:
    """Measure what share of one year's `top` places is among the next year's `top`.

    Years are twelve months held in a row, counted back from the latest; 24 such months are needed, and with fewer
    `needs` says how many more. Places tied at a cut share its slots. The interval of the share is Wilson's for `top`
    places; that of the rank correlation comes from places drawn again. `if_unchanged` draws each place's rate given
    its count in both stretches together, then both stretches anew around it, as variable as the busiest places'
    months within each stretch: a share within its ends gives no reason to think that the places changed. Raises
    `OptionError` when `top` is below 1.
    """
    if top < 1:
        raise OptionError(f"the number of places on the list is at least 1, not {top}")
    laid_out = panel(counts, places, months=months)
    held = unbroken(laid_out.months)
    blocks = [held[end - YEAR : end] for end in range(len(held), YEAR - 1, -YEAR)][::-1]
    years = [
        _compare(laid_out, first, second, top=top, seed=seed, draws=draws, level=level)
        for first, second in pairwise(blocks)
    ]
    half = len(held) // 2
    halves = []
    if not years and half >= SHORTEST_HALF:
        recent = held[-2 * half :]
        halves = [_compare(laid_out, recent[:half], recent[half:], top=top, seed=seed, draws=draws, level=level)]
    return Persistence(
        years=pd.DataFrame(years, columns=list(_COLUMNS)),
        halves=pd.DataFrame(halves, columns=list(_COLUMNS)),
        needs=None if years else _needs(held),
        level=level,
        basis=f"Wilson interval for the share, {draws} redraws of places for the rank correlation, {draws} draws of "
        f"the count model for what chance alone would do",
    )


def unbroken(months: Sequence[str]) -> list[str]:
    """Give the longest stretch of months without a gap; of equally long ones the latest.

    >>> unbroken(["2021-01", "2021-02", "2021-04", "2021-05"])
    ['2021-04', '2021-05']
    """
    best: list[str] = []
    run: list[str] = []
    for month in sorted(months):
        run = [*run, month] if run and following(run[-1]) == month else [month]
        best = run if len(run) >= len(best) else best
    return best


def _needs(held: list[str]) -> str:
    more = 2 * YEAR - len(held)
    span = f" ({held[0]} to {held[-1]})" if held else ""
    return (
        f"Persistence from year to year needs {2 * YEAR} full months in a row; {len(held)} "
        f"{'is' if len(held) == 1 else 'are'} held{span}, so {more} more {'is' if more == 1 else 'are'} needed."
    )


def _compare(
    laid_out: Panel, first: list[str], second: list[str], *, top: int, seed: int, draws: int, level: float
) -> dict[str, Any]:
    before, after = laid_out.over(first), laid_out.over(second)
    top = min(top, int((before > 0).sum()), int((after > 0).sum()))
    if not top:
        raise TableError(
            f"counts: no incident in any place in {first[0]} to {first[-1]} or {second[0]} to {second[-1]}"
        )
    kept = float(_overlap(before, after, top))
    low, high = proportions.wilson(kept * top, top, level=level)
    unchanged = _if_unchanged(laid_out, (first, second), top=top, seed=seed, draws=draws)
    ends = np.quantile(unchanged, [(1 - level) / 2, (1 + level) / 2])
    correlation, rank_low, rank_high = _rank_correlation(before, after, seed=seed, draws=draws, level=level)
    values = (kept, low, high, top / len(before), unchanged.mean(), *ends, correlation, rank_low, rank_high)
    stretches = (f"{first[0]} to {first[-1]}", f"{second[0]} to {second[-1]}")
    return dict(zip(_COLUMNS, (*stretches, top, *map(float, values)), strict=True))


def _overlap(before: NDArray[np.int64], after: NDArray[np.int64], top: int) -> NDArray[np.float64]:
    both = ranks.membership(before, top) * ranks.membership(after, top)
    shared: NDArray[np.float64] = both.sum(axis=-1) / top
    return shared


def _if_unchanged(
    laid_out: Panel, stretches: tuple[list[str], list[str]], *, top: int, seed: int, draws: int
) -> NDArray[np.float64]:
    parts = [laid_out.during(months) for months in stretches]
    scatter = float(np.mean([excess(part, top) for part in parts]))
    totals = mixing.with_unseen(parts[0].totals + parts[1].totals)
    share = parts[0].totals.sum() / totals.sum()
    generator = np.random.default_rng(seed)
    if np.isfinite(mixing.prior_shape(totals, dispersion=scatter)):
        known = mixing.posterior(totals, dispersion=scatter)
        rates = known.draw(_able(totals, top, scatter), draws=draws, generator=generator)
    else:
        rates = np.full((len(totals), draws), totals.mean())
    overlaps = []
    for drawn in rates.T:
        again = [mixing.recur(drawn * part, dispersion=scatter, generator=generator) for part in (share, 1 - share)]
        overlaps.append(float(_overlap(again[0], again[1], top)))
    return np.array(overlaps)


def _able(totals: NDArray[np.int64], top: int, scatter: float) -> NDArray[np.intp]:
    """Find the places that chance can bring to the cut: those within four standard errors on both sides of it."""
    cut = float(np.partition(totals, len(totals) - top)[len(totals) - top])
    highest = totals + 4 * np.sqrt(scatter * (totals + 9.0))
    return np.flatnonzero(highest >= cut - 4 * np.sqrt(scatter * cut))


def _rank_correlation(
    before: NDArray[np.int64], after: NDArray[np.int64], *, seed: int, draws: int, level: float
) -> tuple[float, float, float]:
    first, second = ranks.midranks(before), ranks.midranks(after)
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan"), float("nan"), float("nan")
    generator = np.random.default_rng([seed, 2])
    seen = float(np.corrcoef(first, second)[0, 1])
    again = []
    for _ in range(draws):
        chosen = generator.integers(0, len(first), len(first))
        if np.ptp(first[chosen]) and np.ptp(second[chosen]):
            again.append(float(np.corrcoef(first[chosen], second[chosen])[0, 1]))
    low, high = resampling.centred(seen, np.array(again), level=level)
    return seen, max(-1.0, low), min(1.0, high)


def _sentence(row: Mapping[Any, Any], level: float, *, halves: bool) -> str:
    unit = "half" if halves else "year"
    weaker = " (halves of what there is: a weaker measure than years)" if halves else ""
    return (
        f"Of the {row['top']} hottest places of {row['first']}, {row['kept']:.0%} ({level:.0%} interval: "
        f"{row['low']:.0%} to {row['high']:.0%}) were among the {row['top']} hottest of the next {unit}{weaker}; it "
        f"would be {row['by_chance']:.1%} by chance, and {row['if_unchanged']:.0%} "
        f"({row['if_unchanged_low']:.0%} to {row['if_unchanged_high']:.0%}) if only chance moved the counts."
    )
