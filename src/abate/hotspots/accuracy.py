"""How good a forecast was: what the flagged places caught, and how true the stated probabilities were.

A forecast is a table of expected incidents. Places are flagged in order of what was expected until they fill the area
that patrols could cover, and are then confronted with what happened. The measures are those of the literature, each by
its own definition; none of them alone makes a method good (see docs/explanation/honest-accuracy.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.errors import TableError
from abate.stats import knapsacks, ranges, scoring
from abate.tables import FORECASTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.hotspots.histories import History, Window

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]

PIT_BINS = 10
_LEVEL = 0.95
_SLACK = 1e-9


@dataclass(frozen=True)
class Trial:
    """A forecast and what then happened.

    `past` is what the forecast could know and `forecast` (`tables.FORECASTS`) what it said of `window`, in the order of
    `past.places`; `seen` are the incidents of each place in the window. `beyond` counts incidents inside the area
    looked at but in none of the places: they are events that nobody could catch. `whole_km2` is that area, None where
    it is not known. With `by_density` places are flagged by expected incidents for each square kilometre, which is
    right for places of unlike size, else by expected incidents. Streets are measured by length: kilometres stand in
    the place of square kilometres.
    """

    past: History
    window: Window
    forecast: pd.DataFrame
    seen: Whole
    beyond: int = 0
    whole_km2: float | None = None
    by_density: bool = False

    def __post_init__(self) -> None:
        FORECASTS.check(self.forecast)
        named, known = (frame["place_id"].to_numpy(object) for frame in (self.forecast, self.past.places))
        if not np.array_equal(named, known):
            raise TableError("forecasts: the places are not those of the history, in the same order")

    @cached_property
    def expected(self) -> Real:
        """Incidents expected at each place."""
        return self.forecast["expected"].to_numpy(np.float64)

    @cached_property
    def sizes(self) -> Real:
        """The size of the negative binomial at each place; not-a-number for Poisson."""
        return self.forecast["size"].to_numpy(np.float64, na_value=np.nan)

    @cached_property
    def extents(self) -> Real:
        """The area of each place in square kilometres, or its length in kilometres where it is a stretch of street."""
        return extents(self.past.places)

    @property
    def events(self) -> int:
        """Located incidents inside the area in the window: what every rate is a share of."""
        return int(self.seen.sum()) + self.beyond

    @cached_property
    def order(self) -> NDArray[np.intp]:
        """The rows of the places in the order of flagging.

        Most expected first; equals by their incidents in the past, and then by their ids.
        """
        value = self.expected / np.maximum(self.extents, 1e-12) if self.by_density else self.expected
        return np.lexsort((np.arange(len(value)), -self.past.totals(), -value))


def extents(places: pd.DataFrame) -> Real:
    """Give each place's area in square kilometres; or its length in kilometres where it is a stretch of street."""
    if "length_m" in places and not (places["area_km2"] > 0).any():
        return places["length_m"].to_numpy(np.float64) / 1000
    return places["area_km2"].to_numpy(np.float64)


def flag(trial: Trial, asked: float) -> NDArray[np.intp]:
    """Choose the places to flag: in order, as many as come nearest to the area asked for, and at least one.

    `asked` is in square kilometres (kilometres for streets). Where one place fewer comes as near, it is left out.

    >>> from abate.hotspots import histories
    >>> import shapely
    >>> from datetime import date
    >>> four = pd.DataFrame({"place_id": list("abcd"), "area_km2": 0.1, "easting": 0.0, "northing": 0.0})
    >>> four = four.assign(shape=[shapely.Point(0, 0)] * 4)
    >>> happened = {"place_id": list("bbc"), "period": pd.to_datetime(["2025-01-01"] * 3), "incidents": 1}
    >>> span = histories.Window(date(2025, 1, 1), date(2025, 1, 31))
    >>> rows = pd.DataFrame(happened).assign(easting=0.0, northing=0.0)
    >>> past = histories.history(rows, four, span=span, unit="day")
    >>> told = histories.forecasts(past, past.totals().astype(float))
    >>> week = histories.Window(date(2025, 2, 1), date(2025, 2, 7))
    >>> trial = Trial(past, week, told, np.array([0, 1, 0, 1]), whole_km2=0.4)
    >>> flag(trial, 0.2).tolist(), measure(trial, 0.2)["hit_rate"]
    ([1, 2], 0.5)
    """
    filled = np.cumsum(trial.extents[trial.order])
    short = int(np.searchsorted(filled, asked * (1 - _SLACK)))
    if short >= len(filled):
        return trial.order
    before = asked - filled[short - 1] if short else np.inf
    count = short if before <= (filled[short] - asked) * (1 + _SLACK) else short + 1
    return trial.order[:count]


def measure(trial: Trial, asked: float) -> dict[str, Any]:
    """Measure what the flagged places caught.

    - `hits`, `hit_rate`: events in flagged places, and their share of all events.
    - `pai`: prediction accuracy index, hit rate over the flagged share of the whole area (Chainey, Tompson and Uhlig
      2008); blank where the area is not known.
    - `pei_star`: hits over the most that the same area could have caught on the same places (Hunt 2016, as the
      National Institute of Justice scored its contest of 2017).
    - `ser`: search efficiency rate, hits for each square kilometre flagged (Bowers, Johnson and Pease 2004).
    - `rri`: recapture rate index, hit rate over the share of the past's incidents that the same places held (Levine
      2008); 1 when they hold what they held.
    - `area_to_perimeter`: metres of area for each metre of the flagged places' outline; higher is more compact
      (Bowers, Johnson and Pease 2004). Blank for streets.

    Blank (None) where there is nothing to divide by.
    """
    flagged = flag(trial, asked)
    hits, area = int(trial.seen[flagged].sum()), float(trial.extents[flagged].sum())
    rate = hits / trial.events if trial.events else None
    best = knapsacks.fill(trial.seen, trial.extents, area)
    held = trial.past.totals()
    before = float(held[flagged].sum()) / float(held.sum()) if held.sum() else 0.0
    return {
        "flagged_area_km2": area,
        "flagged_places": len(flagged),
        "hits": hits,
        "hit_rate": rate,
        "pai": rate / (area / trial.whole_km2) if rate is not None and trial.whole_km2 and area else None,
        "best_hits": best,
        "pei_star": hits / best if best else None,
        "ser": hits / area if area else None,
        "rri": rate / before if rate is not None and before else None,
        "area_to_perimeter": _compactness(trial.past, flagged),
    }


def _compactness(past: History, flagged: NDArray[np.intp]) -> float | None:
    import shapely

    shapes = past.places["shape"].to_numpy(dtype=object)[flagged]
    joined = shapely.union_all(shapes)
    around = float(joined.length)
    return float(joined.area) * past.unit_m / around if joined.area > 0 and around > 0 else None


def churn(trial: Trial, before: Trial, asked: float) -> float:
    """Give the share of the flagged area that the forecast before did not flag: 0 is steady, 1 all new.

    The two trials may have different places; they are told apart by their ids.
    """
    now, then = flag(trial, asked), flag(before, asked)
    old = before.forecast["place_id"].to_numpy()[then]
    stays = np.isin(trial.forecast["place_id"].to_numpy()[now], old)
    area = trial.extents[now]
    return float(area[~stays].sum() / area.sum()) if area.sum() else 0.0


@dataclass(frozen=True)
class Truth:
    """How true the stated distributions were, place by place: log scores, and the transform that should be even."""

    log_scores: Real
    transforms: Real
    figures: dict[str, Any]


def judge(trial: Trial, *, seed: int) -> Truth:
    """Confront the stated distribution of every place with what it saw; nothing here depends on the area flagged.

    The figures are means over places: `log_score` (higher is better), `crps` and `brier` (lower is better), `cover_95`
    (the share of places inside their 95% interval, at least 0.95 when right), `pit` (the shares of ten equal steps of
    the randomised transform, 0.1 each when right) and `expected` (the sum, to be set beside the events).
    """
    said = (trial.seen, trial.expected, trial.sizes)
    log_scores, transforms = scoring.log_score(*said), scoring.pit(*said, seed=seed)
    bins = np.minimum((transforms * PIT_BINS).astype(np.int64), PIT_BINS - 1)
    shares = np.bincount(bins, minlength=PIT_BINS) / max(1, len(bins))
    return Truth(
        log_scores,
        transforms,
        {
            "expected": float(trial.expected.sum()),
            "log_score": float(log_scores.mean()),
            "crps": float(scoring.crps(*said).mean()),
            "brier": float(scoring.brier(*said).mean()),
            "cover_95": float(ranges.covered(*said, level=_LEVEL).mean()),
            "pit": [float(share) for share in shares],
        },
    )


def curve(trial: Trial, areas: Real) -> Whole:
    """Give the hits at each flagged area (rising, in square kilometres), places taken whole in order of flagging."""
    filled = np.cumsum(trial.extents[trial.order])
    caught = np.r_[0, np.cumsum(trial.seen[trial.order])]
    found: Whole = caught[np.searchsorted(filled, areas * (1 + _SLACK), side="right")]
    return found


def reliability(trial: Trial, *, groups: int = 10) -> pd.DataFrame:
    """Set what was expected beside what was seen, in groups of places with about equal sums of expected incidents.

    Gives `group`, `places`, `expected` and `seen`, quietest places first.
    """
    order = trial.order[::-1]
    expected, seen = trial.expected[order], trial.seen[order]
    total = float(expected.sum())
    middle = np.cumsum(expected) - expected / 2
    group = np.minimum((middle / total * groups).astype(np.int64), groups - 1) if total else np.zeros(len(order), int)
    return pd.DataFrame(
        {
            "group": np.arange(groups),
            "places": np.bincount(group, minlength=groups),
            "expected": np.bincount(group, weights=expected, minlength=groups),
            "seen": np.rint(np.bincount(group, weights=seen, minlength=groups)).astype(np.int64),
        }
    )
