"""How evenly a schedule fell over sites, weekdays, areas and runs, beside what the same scheme gives by chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.errors import OptionError
from abate.trials import schemes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.trials.schemes import Scheme

    Flags = NDArray[np.bool_]
    Whole = NDArray[np.int64]

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_RANGE = (0.025, 0.975)


@dataclass(frozen=True)
class Balance:
    """A schedule beside redraws of its scheme.

    `sites`, `weekdays`, `areas` and `runs` each have a row a site, weekday, area (none where there are no areas) or
    length of run, with `patrol` (place-days drawn for patrol, or runs of that length), `expected` (the mean of the
    redraws) and `low`, `high` (between which 95% of them lie). `sites` and `areas` also count the place-days in the
    draw (`days`), and `weekdays` the fewest and most patrols of a site on that weekday. `redraws` is their number.
    """

    sites: pd.DataFrame
    weekdays: pd.DataFrame
    areas: pd.DataFrame
    runs: pd.DataFrame
    redraws: int

    @property
    def sentence(self) -> str:
        """Say in a sentence how even the schedule is."""
        patrol = self.sites["patrol"]
        beyond = int(((patrol < self.sites["low"]) | (patrol > self.sites["high"])).sum())
        longest = int(self.runs.loc[self.runs["patrol"] > 0, "run_days"].max()) if len(self.runs) else 0
        return (
            f"Each site is drawn for patrol on {patrol.min()} to {patrol.max()} days; the longest run of patrol days "
            f"is {longest}. Outside the range that holds 95% of redraws: {beyond} of {len(patrol)} sites, where chance "
            f"alone gives about {0.05 * len(patrol):.1g} or fewer."
        )

    def plain(self) -> dict[str, Any]:
        """Give the tables as plain values, fit for JSON."""
        tables = {"sites": self.sites, "weekdays": self.weekdays, "areas": self.areas, "runs": self.runs}
        return {"redraws": self.redraws, **{name: table.to_dict("records") for name, table in tables.items()}}


def weigh(scheme: Scheme, sites: pd.DataFrame, *, seed: int, redraws: int = 1000) -> Balance:
    """Set the schedule that `seed` gives beside redraws of the same scheme.

    The redraws are the ones that follow it under the same seed, so that the same seed gives the same figures.

    >>> from datetime import date
    >>> sites = pd.DataFrame({"site_id": ["a", "b", "c"]})
    >>> found = weigh(schemes.Scheme(date(2025, 1, 6), 14, treat=1), sites, seed=1, redraws=200)
    >>> int(found.sites["patrol"].sum()), [round(value) for value in found.sites["expected"]]
    (14, [5, 5, 5])
    """
    if redraws < 1:
        raise OptionError(f"at least 1 redraw is needed to compare with, not {redraws}")
    drawn = schemes.draw(scheme, sites, seed=seed, draws=redraws + 1)
    opened = schemes.drawable(scheme, sites)
    names = sites["site_id"].astype(str).to_numpy(dtype=object)
    totals = drawn.sum(axis=1).astype(np.int64)
    by_site = _beside(pd.DataFrame({"site_id": names, "days": opened.sum(axis=0)}), totals)
    return Balance(
        by_site.sort_values("site_id", ignore_index=True),
        _weekdays(scheme, drawn),
        _areas(sites, opened, totals),
        _runs(drawn),
        redraws,
    )


def _beside(listed: pd.DataFrame, counts: Whole) -> pd.DataFrame:
    """Put the first draw's counts beside the mean and range of the others; `counts` is draws x rows."""
    low, high = np.quantile(counts[1:], _RANGE, axis=0, method="inverted_cdf")
    return listed.assign(
        patrol=counts[0], expected=counts[1:].mean(axis=0), low=low.astype(np.int64), high=high.astype(np.int64)
    )


def _weekdays(scheme: Scheme, drawn: Flags) -> pd.DataFrame:
    """Count patrols by weekday, and how unevenly the sites share them."""
    of = np.array([day.weekday() for day in scheme.dates])
    held = [number for number in range(7) if (of == number).any()]
    counts = np.stack([drawn[:, of == number].sum(axis=(1, 2)) for number in held], axis=1).astype(np.int64)
    each = [drawn[0][of == number].sum(axis=0) for number in held]
    listed = pd.DataFrame({"weekday": pd.Series([WEEKDAYS[number] for number in held], dtype="str")})
    told = _beside(listed, counts)
    return told.assign(
        least_a_site=[int(counted.min()) for counted in each], most_a_site=[int(counted.max()) for counted in each]
    )


def _areas(sites: pd.DataFrame, opened: Flags, totals: Whole) -> pd.DataFrame:
    found = sites["area"] if "area" in sites.columns else pd.Series([None] * len(sites), dtype=object)
    if not found.notna().any():
        empty = pd.DataFrame({"area": pd.Series(dtype="str"), "days": pd.Series(dtype="int64")})
        return empty.assign(patrol=empty["days"], expected=empty["days"].astype(float), low=empty["days"], high=0)
    named = found.fillna("(none)").astype(str).to_numpy(dtype=object)
    areas = sorted(set(named))
    counts = np.stack([totals[:, named == area].sum(axis=1) for area in areas], axis=1)
    days = [int(opened[:, named == area].sum()) for area in areas]
    return _beside(pd.DataFrame({"area": pd.Series(areas, dtype="str"), "days": days}), counts)


def _runs(drawn: Flags) -> pd.DataFrame:
    """Count runs of patrol days by their length."""
    counts = run_counts(drawn)
    longest = int(np.flatnonzero(counts.sum(axis=0)).max(initial=-1)) + 1
    told = _beside(pd.DataFrame({"run_days": np.arange(1, longest + 1)}), counts[:, :longest])
    return told[(told["patrol"] > 0) | (told["expected"] >= 0.05)].reset_index(drop=True)


def run_counts(drawn: Flags) -> Whole:
    """Count the runs of patrol days of each length: draws x lengths, from 1 day to the whole time.

    >>> week = np.array([[1, 1, 0, 1, 0, 1, 1]], dtype=bool).T[None]
    >>> run_counts(week)[0, :3].tolist()
    [1, 2, 0]
    """
    draws, days, sites = drawn.shape
    counts = np.zeros((draws, days + 1), dtype=np.int64)
    running = np.zeros((draws, sites), dtype=np.int64)
    rows = np.broadcast_to(np.arange(draws)[:, None], running.shape)
    for day in range(days + 1):
        on = drawn[:, day] if day < days else np.zeros((draws, sites), dtype=bool)
        over = ~on & (running > 0)
        np.add.at(counts, (rows[over], running[over]), 1)
        running = np.where(on, running + 1, 0)
    return counts[:, 1:]
