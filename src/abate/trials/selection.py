"""Places chosen for having been bad get better by themselves: how far, before anything is claimed for the patrol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError, TableError
from abate.stats import penalised

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from abate.trials.outcomes import Panel

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

FEWEST_OTHERS = 5
_NAMED = 3
_ASSUMES = (
    "The sites of the trial were chosen among the candidates for their counts in this very period; candidates' own "
    "rates follow one gamma distribution and did not change. Season, trend and what patrol leaves on usual days are "
    "not allowed for."
)


@dataclass(frozen=True)
class Fall:
    """What the chosen places had before, and what they would have in the time ahead if nothing changed.

    `low` and `high` hold the count that would be seen, at `level`; `share` is the fall that comes of choosing alone,
    in as long a time, as a share of `before` (0.2 is a fifth).
    """

    before: int
    expected: float
    low: float
    high: float
    level: float
    share: float


@dataclass(frozen=True)
class Stretch:
    """Incidents at the sites of a trial over so many place-days; `place_days` is None where nobody said how many."""

    incidents: int
    place_days: float | None

    @property
    def rate(self) -> float | None:
        """Incidents per 100 place-days.

        >>> Stretch(30, 120.0).rate
        25.0
        """
        return None if self.place_days is None else 100 * self.incidents / self.place_days


@dataclass(frozen=True)
class BeforeAfter:
    """The sites of a trial before it and on its usual days, with the fall that comes of having chosen the worst.

    `sites` of `candidates` places were chosen. `fall` looks ahead over the usual place-days of the trial, and over as
    long a time as before where the length of that time is unknown.
    """

    candidates: int
    sites: int
    before: Stretch
    usual: Stretch
    fall: Fall
    assumes: str = _ASSUMES

    @property
    def expected_rate(self) -> float | None:
        """Incidents per 100 usual place-days that choosing alone would leave; None where the time is unknown."""
        return self._per_100(self.fall.expected)

    @property
    def interval(self) -> tuple[float, float] | None:
        """The interval of the rate that would be seen, per 100 place-days; None where the time is unknown."""
        low, high = self._per_100(self.fall.low), self._per_100(self.fall.high)
        return None if low is None or high is None else (low, high)

    def _per_100(self, count: float) -> float | None:
        if self.before.place_days is None or not self.usual.place_days:
            return None
        return 100 * count / self.usual.place_days

    def __str__(self) -> str:
        """Say it as a person would."""
        chosen = (
            f"The {self.sites} sites were chosen among {self.candidates} candidates. Having been among the worst, they "
            f"would have had {_percent(self.fall.share)} by themselves, in as long a time."
        )
        if self.interval is None or self.before.rate is None or self.usual.rate is None:
            return (
                f"{chosen} They had {self.before.incidents:,} incidents before. How many days that was is not said, so "
                "usual days of the trial cannot be held against it."
            )
        low, high = self.interval
        return (
            f"{chosen} Before the trial they had {self.before.rate:.1f} incidents per 100 place-days; choosing alone "
            f"would bring that to {self.expected_rate:.1f} ({self.fall.level:.0%} interval {low:.1f} to {high:.1f}), "
            f"and usual days of the trial had {self.usual.rate:.1f}. {self._verdict(low, high)}"
        )

    def _verdict(self, low: float, high: float) -> str:
        rate = self.usual.rate or 0.0
        if rate < low:
            return "That is lower than choosing explains; season, trend or patrol that lasts may be why."
        if rate > high:
            return "That is higher than choosing leaves; season or trend may be why."
        return "That is what choosing alone would bring: nothing else need have changed."


def expect(
    counts: Whole,
    chosen: NDArray[np.bool_],
    *,
    days: Real | None = None,
    ahead: Real | None = None,
    level: float = 0.95,
    draws: int = 20_000,
    seed: int = 1,
) -> Fall:
    """Say how far the chosen places would fall by themselves.

    `counts` are those of *all* places that could have been chosen, over the time that the choice looked at: `days` of
    each place, the same for all unless given. `ahead` are the days of each chosen place to look ahead over, as many as
    before unless given. Places' rates follow a gamma distribution; a place with many incidents had, as a rule, a high
    rate and bad luck, and only the rate stays. Raises `OptionError` when nothing was chosen or everything was, where
    there is no choice to allow for. Sources: Robbins 1956 (empirical Bayes); Hauer 1997, Observational Before-After
    Studies in Road Safety.

    >>> fall = expect(np.array([9, 2, 3, 1, 2, 8, 1, 2]), np.array([True, *[False] * 4, True, False, False]))
    >>> fall.before, round(fall.expected, 1)
    (17, 12.6)
    """
    if not chosen.any() or chosen.all():
        raise OptionError(
            "the fall from choosing needs the counts of places that were chosen and of those that were not"
        )
    watched = np.ones(len(counts)) if days is None else days
    taken, spent = counts[chosen], watched[chosen]
    coming = spent if ahead is None else ahead
    usual = float(counts.sum() / watched.sum())
    size = penalised.size(counts, usual * watched)
    generator = np.random.default_rng(seed)
    if np.isfinite(size):
        scale = 1 / (size / usual + spent)
        own = (size + taken) * scale
        rates = generator.gamma(size + taken, scale, size=(draws, len(taken)))
    else:
        own = np.full(len(taken), usual)
        rates = np.broadcast_to(own, (draws, len(taken)))
    seen = np.random.default_rng(seed + 1).poisson(rates @ coming)
    low, high = np.quantile(seen, [(1 - level) / 2, (1 + level) / 2])
    before, left = int(taken.sum()), float(own @ spent)
    return Fall(before, float(own @ coming), float(low), float(high), level, 1 - left / before if before else 0.0)


def compare(panel: Panel, before: pd.DataFrame, *, level: float = 0.95, seed: int = 1) -> BeforeAfter:
    """Hold the time before a trial against its usual days, with the fall that choosing alone would bring.

    `before` has a row for each place that could have been chosen, with `site_id`, `incidents` and `days` (how many days
    they were counted over; not a number where nobody said). Usual days are those that no patrol was drawn for. Raises
    `TableError` when a site of the trial is not among the candidates, when too few others are, and when none had an
    incident.
    """
    names = before["site_id"].astype(str)
    _check(panel, list(names), int(before["incidents"].sum()))
    chosen = names.isin(panel.sites).to_numpy(dtype=bool)
    counts = before["incidents"].to_numpy(dtype=np.int64)
    days = before["days"].to_numpy(dtype=np.float64)
    usual = panel.drawn & ~panel.patrol
    place_days = dict(zip(panel.sites, usual.sum(axis=1).astype(np.float64), strict=True))
    seen = Stretch(int(panel.incidents[usual].sum()), float(usual.sum()))
    if np.isnan(days).any():
        fall = expect(counts, chosen, level=level, seed=seed)
        earlier = Stretch(fall.before, None)
    else:
        ahead = np.array([place_days[name] for name in names[chosen]], dtype=np.float64)
        fall = expect(counts, chosen, days=days, ahead=ahead, level=level, seed=seed)
        earlier = Stretch(fall.before, float(days[chosen].sum()))
    return BeforeAfter(len(names), len(panel.sites), earlier, seen, fall)


def _check(panel: Panel, names: list[str], incidents: int) -> None:
    lacking = [site for site in panel.sites if site not in names]
    others = len(set(names) - set(panel.sites))
    faults = []
    if lacking:
        more = f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
        told = ", ".join(f"'{site}'" for site in lacking[:_NAMED]) + more
        faults.append(
            f"sites of the trial are not among the candidates: {told}. A row for every place that could have been "
            "chosen would be right, those that were chosen among them"
        )
    if others < FEWEST_OTHERS:
        faults.append(
            f"{others} candidates were not chosen, and at least {FEWEST_OTHERS} are needed: without them nobody can "
            "tell how far the chosen places fall by themselves, and no before-and-after number is shown"
        )
    if not incidents:
        faults.append("no candidate had an incident before, so there is no fall to reckon")
    if faults:
        raise TableError(*faults)


def _percent(share: float) -> str:
    percent = round(abs(share) * 100)
    return "as many incidents" if percent == 0 else f"{percent}% {'fewer' if share > 0 else 'more'} incidents"
