"""Near repeats: whether incidents are soon followed by others close by, more often than by chance."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from abate.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

Metric = Literal["manhattan", "euclidean"]

SURE = 0.05
FEW = 100


@dataclass(frozen=True)
class Bands:
    """The bands of distance and time that pairs are counted in: edges in metres and in whole days, rising from 0.

    Distances lie above one edge and at most at the next; the same place (distance 0) is a band of its own. Times run
    from one edge to before the next, as in the Near Repeat Calculator. Beyond the last edge is one more band of each.

    Raises `OptionError` with every fault at once.

    >>> Bands((0, 200, 400), (0, 1, 7)).rows
    ('same place', 'up to 200 m', '200 to 400 m', 'more than 400 m')
    >>> Bands((0, 200, 400), (0, 1, 7)).columns
    ('same day', '1 to 6 days', '7 days or more')
    """

    metres: tuple[float, ...]
    days: tuple[int, ...]

    def __post_init__(self) -> None:
        faults = [*_misplaced("distance", "metres", self.metres), *_misplaced("time", "days", self.days)]
        if faults:
            raise OptionError(*faults)

    @property
    def rows(self) -> tuple[str, ...]:
        """The distance bands in words."""
        between = [f"{low:g} to {high:g} m" for low, high in pairwise(self.metres[1:])]
        return ("same place", f"up to {self.metres[1]:g} m", *between, f"more than {self.metres[-1]:g} m")

    @property
    def columns(self) -> tuple[str, ...]:
        """The time bands in words."""
        between = tuple(_days(low, high - 1) for low, high in pairwise(self.days))
        return (*between, f"{self.days[-1]} {'day' if self.days[-1] == 1 else 'days'} or more")


def _days(first: int, last: int) -> str:
    if first == last:
        return "same day" if first == 0 else f"{first} day{'s' if first > 1 else ''}"
    return f"{first} to {last} days"


def _misplaced(what: str, unit: str, edges: Sequence[float]) -> list[str]:
    listed = ",".join(f"{edge:g}" for edge in edges)
    finite = bool(np.isfinite(np.array(edges, dtype=float)).all())
    if len(edges) > 1 and edges[0] == 0 and finite and all(low < high for low, high in pairwise(edges)):
        return []
    example = "0,100,200,300" if unit == "metres" else "0,7,14,21"
    return [f"the edges of the {what} bands, in {unit}, begin with 0 and rise, for example {example}; not {listed}"]


@dataclass(frozen=True)
class NearRepeats:
    """Pairs of incidents by how far and how long apart they are, against chance.

    `observed`, `expected`, `ratio` and `p` are tables with a row a distance band (the first is the same place, the
    last is beyond) and a column a time band (the last is beyond). `expected` is the mean over `draws` shuffles of the
    days, `ratio` is observed over expected (blank where none is expected), and `p` the share of shuffles with at least
    as many pairs, what was seen being one of them. `rounded` says that coordinates were rounded to a millionth of a
    metre, since they are no plain decimals.
    """

    observed: pd.DataFrame
    expected: pd.DataFrame
    ratio: pd.DataFrame
    p: pd.DataFrame
    events: int
    draws: int
    metric: Metric
    seed: int
    rounded: bool

    @property
    def pairs(self) -> int:
        """How many pairs there are in all."""
        return self.events * (self.events - 1) // 2

    @property
    def strongest(self) -> pd.DataFrame:
        """The near bands with more pairs than chance would leave (p at most 0.05), the largest ratio first.

        Columns: `distance`, `time`, `observed`, `expected`, `ratio`, `p`.
        """
        near = self.table()
        beyond = near["distance"].eq(self.observed.index[-1]) | near["time"].eq(self.observed.columns[-1])
        sure = near[~beyond & (near["p"] <= SURE) & (near["observed"] > near["expected"])]
        order = np.lexsort((np.arange(len(sure)), -sure["observed"], -sure["ratio"].fillna(np.inf)))
        return sure.iloc[order].reset_index(drop=True)

    @property
    def sentence(self) -> str:
        """What the table says, in words."""
        tested = (len(self.observed) - 1) * (len(self.observed.columns) - 1)
        sure = self.strongest
        if not len(sure):
            return f"No near repeats: none of the {tested} near bands holds clearly more pairs than chance would leave."
        top = sure.iloc[0]
        times = f"{top['ratio']:.3g} times" if np.isfinite(top["ratio"]) else "infinitely"
        return (
            f"Incidents repeat nearby: {len(sure)} of the {tested} near bands hold more pairs than chance would leave "
            f"(p at most {SURE:g}), most of all {top['distance']}, {top['time']}: {top['observed']:,} pairs, "
            f"{times} as many as the {top['expected']:.3g} expected (p = {top['p']:.3g})."
        )

    @property
    def notes(self) -> list[str]:
        """What should be known beside the table."""
        notes = []
        if self.events < FEW:
            notes.append(
                f"{self.events} events are few: only a very strong pattern could show (some hundreds are better)"
            )
        if self.rounded:
            notes.append("coordinates are no plain decimals (they were converted): rounded to a millionth of a metre")
        return notes

    def table(self) -> pd.DataFrame:
        """Give the four tables as one with a row a cell: distance, time, observed, expected, ratio, p."""
        rows, columns = list(self.observed.index), list(self.observed.columns)
        return pd.DataFrame(
            {
                "distance": np.repeat(rows, len(columns)),
                "time": np.tile(columns, len(rows)),
                "observed": self.observed.to_numpy().ravel(),
                "expected": self.expected.to_numpy().ravel(),
                "ratio": self.ratio.to_numpy().ravel(),
                "p": self.p.to_numpy().ravel(),
            }
        )

    def plain(self) -> dict[str, Any]:
        """Give the tables as lists of lists, with their labels and setting: fit for JSON."""
        tables = {"observed": self.observed, "expected": self.expected, "ratio": self.ratio, "p": self.p}
        return {
            **{name: table.to_numpy().tolist() for name, table in tables.items()},
            "rows": list(self.observed.index),
            "columns": list(self.observed.columns),
            "events": self.events,
            "pairs": self.pairs,
            "draws": self.draws,
            "metric": self.metric,
            "seed": self.seed,
            "sentence": self.sentence,
            "notes": self.notes,
        }


def knox(
    events: pd.DataFrame,
    bands: Bands,
    *,
    metric: Metric = "manhattan",
    draws: int = 999,
    seed: int = 1,
    tell: Callable[[float], None] = lambda _share: None,
) -> NearRepeats:
    """Count pairs of incidents by distance and days apart, against chance: the same places with their days shuffled.

    `events` has the columns `easting` and `northing` in metres and `date` (days; times of day do not count), one row an
    incident. A ratio above 1 close by and soon after is a near repeat. Coordinates that are decimals are compared with
    the edges exactly. Chance keeps how often each place and each day saw incidents, so a place that is always hot is no
    near repeat; a place that was hot for one season only is counted as one. `tell` hears how far the work is.

    Sources: Knox 1964, Journal of the Royal Statistical Society C 13, 25-29; bands as in the Near Repeat Calculator
    (Ratcliffe 2009). Raises `OptionError` when there are fewer than two events, no draws, or an unknown metric.

    >>> three = pd.DataFrame({"easting": [0, 0, 900], "northing": [0, 100, 0]})
    >>> three["date"] = pd.to_datetime(["2025-01-01", "2025-01-02", "2025-03-01"])
    >>> near = knox(three, Bands((0, 200), (0, 7)), draws=9)
    >>> near.observed.to_numpy().tolist()
    [[0, 0], [1, 0], [0, 2]]
    """
    from abate.stats import exactness, interaction

    _refuse(events, metric, draws)
    points = events[["easting", "northing"]].to_numpy(float)
    units = exactness.whole(points[:, 0], points[:, 1], np.array(bands.metres, dtype=float))
    found = interaction.knox(
        units.values[0],
        units.values[1],
        events["date"].to_numpy("M8[D]").astype(np.int64),
        edges=units.values[2],
        edges_days=np.array(bands.days, dtype=np.int64),
        metric=metric,
        draws=draws,
        seed=seed,
        tell=tell,
    )
    ratio = np.full(found.expected.shape, np.nan)
    np.divide(found.observed, found.expected, out=ratio, where=found.expected > 0)

    def laid_out(values: NDArray[Any]) -> pd.DataFrame:
        return pd.DataFrame(values, index=list(bands.rows), columns=list(bands.columns))

    return NearRepeats(
        observed=laid_out(found.observed),
        expected=laid_out(found.expected),
        ratio=laid_out(ratio),
        p=laid_out(found.p),
        events=len(events),
        draws=draws,
        metric=metric,
        seed=seed,
        rounded=units.rounded,
    )


def _refuse(events: pd.DataFrame, metric: str, draws: int) -> None:
    faults = []
    if len(events) < 2:
        faults.append(
            f"near repeats are pairs of events: at least 2 are needed (some hundreds to say much), not {len(events)}"
        )
    if draws < 1:
        faults.append(f"chance needs at least one shuffle, better 999: draws is {draws}")
    if metric not in get_args(Metric):
        faults.append(f"'{metric}' is no metric: distances are manhattan (along the grid of streets) or euclidean")
    if faults:
        raise OptionError(*faults)


@dataclass(frozen=True)
class Correlation:
    """Mantel's test in one figure: the correlation of distance and days apart over all pairs, and its p-value.

    `transformation` says what the distances and days became first. `value` and `p` are not a number where all pairs
    are alike.
    """

    value: float
    p: float
    events: int
    draws: int
    transformation: str


MOST_FOR_MANTEL = 20_000


def mantel(
    events: pd.DataFrame, *, reciprocal: bool = True, constant: float = 1.0, draws: int = 999, seed: int = 1
) -> Correlation:
    """Correlate how far apart incidents are with how many days lie between them, over all pairs.

    `events` are as in `knox`. With `reciprocal` both become 1 / (figure + constant), in metres and days, so that what
    is close counts; without, far pairs decide, which tells of slow drift more than of near repeats. One figure for the
    whole record needs no bands, and does not say at which distance or delay incidents repeat. Source: Mantel 1967,
    Cancer Research 27, 209-220.

    Raises `OptionError` when there are fewer than three events, or too many for all their pairs.

    >>> line = pd.DataFrame({"easting": [0, 10, 500, 510], "northing": 0})
    >>> line["date"] = pd.to_datetime(["2025-01-01", "2025-01-02", "2025-06-01", "2025-06-02"])
    >>> round(mantel(line, draws=9).value, 3)
    1.0
    """
    from abate.stats import association

    if not 3 <= len(events) <= MOST_FOR_MANTEL:
        raise OptionError(
            f"Mantel's test takes 3 to {MOST_FOR_MANTEL:,} events, since it goes through all their pairs, "
            f"not {len(events):,}"
        )
    if reciprocal and not constant > 0:
        raise OptionError(f"the constant added before turning figures over is above 0, not {constant:g}")
    days = events["date"].to_numpy("M8[D]").astype(np.int64)
    lags = np.arange(int(np.ptp(days)) + 1, dtype=float)
    found = association.mantel(
        events["easting"].to_numpy(float),
        events["northing"].to_numpy(float),
        days,
        apart=(constant, -1.0) if reciprocal else (0.0, 1.0),
        between=1 / (lags + constant) if reciprocal else lags,
        draws=draws,
        seed=seed,
    )
    words = f"1 / (figure + {constant:g})" if reciprocal else "as they are"
    return Correlation(found.value, found.p, len(events), draws, words)
