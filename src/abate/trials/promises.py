"""A registered protocol held against the analysis that was made: what was promised, what was done, what differs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from abate.trials import protocols

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from abate.trials.protocols import Protocol

DECIDING = frozenset({"level", "draws", "seed", "lasting", "exclusions", "stopping"})
_SHOWN = 3
_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_SPAN = re.compile(r"\b(\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)\b")
_LENGTH = re.compile(r"\b(\d+)[ -]days?\b")


@dataclass(frozen=True)
class Done:
    """How a trial was analysed: what a protocol is held against.

    `options` by name, `outcomes` those that were analysed, `planned` the days of the schedule and `analysed` those
    that took part.
    """

    options: Mapping[str, Any] = field(default_factory=dict)
    outcomes: tuple[str, ...] = ("incidents",)
    planned: tuple[date, ...] = ()
    analysed: tuple[date, ...] = ()


def hold(protocol: Protocol, done: Done) -> list[str]:
    """Name everything in which an analysis is not as registered; an empty list when it is.

    Options are compared by name (`least-minutes` and `least_minutes` are one), outcomes by theirs. A day that was left
    out is as registered where an exclusion names it (`2026-12-25`, or `2026-12-24 to 2026-12-26`), an early end where
    the stopping rule names that day or that number of days.

    >>> protocol = protocols.parse({"title": "Op A", "hypothesis": "fewer", "stopping": "after 90 days",
    ...                             "analysis": {"least-minutes": 12},
    ...                             "outcomes": [{"name": "incidents", "measure": "violence", "primary": True}]})
    >>> hold(protocol, Done({"least_minutes": 10.0}))
    ['least_minutes: 12 was registered and 10.0 was used: not registered']
    """
    plain = {key.replace("-", "_"): value for key, value in protocol.analysis.items()}
    named = [outcome.name for outcome in protocol.outcomes]
    told = protocols.compare(plain, done.options)
    told += [f"outcome '{name}' was analysed: not registered" for name in done.outcomes if name not in named]
    told += [
        f"outcome '{name}' was registered and was not analysed here" for name in named if name not in done.outcomes
    ]
    return [*told, *_stopping(protocol, done), *_exclusions(protocol, done)]


def decides(departure: str) -> bool:
    """Say whether a departure touches the analysis of the primary outcome, which is then `supporting`.

    >>> decides("level: 0.95 was registered and 0.9 was used: not registered"), decides("buffers: used")
    (True, False)
    """
    return departure.split(":", maxsplit=1)[0] in DECIDING


def days_named(text: str) -> set[date]:
    """Give the days that a sentence names, as 2026-12-25 or 2026-12-24 to 2026-12-26.

    >>> sorted(day.day for day in days_named("2026-12-24 to 2026-12-26, the fair; 2026-12-31"))
    [24, 25, 26, 31]
    """
    found = {day for each in _DAY.findall(text) if (day := _read(each)) is not None}
    for begin, end in _SPAN.findall(text):
        first, last = _read(begin), _read(end)
        if first is not None and last is not None:
            found |= {date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)}
    return found


def _read(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _stopping(protocol: Protocol, done: Done) -> Iterator[str]:
    """Say where the days that were analysed end before the schedule does, and the rule does not name that end."""
    if not done.planned or not done.analysed or done.analysed[-1] >= done.planned[-1]:
        return
    last, length = done.analysed[-1], (done.analysed[-1] - done.planned[0]).days + 1
    lengths = {int(each) for each in _LENGTH.findall(protocol.stopping)}
    if last in days_named(protocol.stopping) or length in lengths:
        return
    whole = (done.planned[-1] - done.planned[0]).days + 1
    yield (
        f"stopping: '{protocol.stopping}' was registered, and the analysis ends with {last.isoformat()}, day {length} "
        f"of {whole}: not registered"
    )


def _exclusions(protocol: Protocol, done: Done) -> Iterator[str]:
    """Say which days were left out that no exclusion names, and which were analysed that one does."""
    foreseen = set().union(*map(days_named, protocol.exclusions)) if protocol.exclusions else set()
    seen = set(done.analysed)
    last = done.analysed[-1] if done.analysed else date.max
    gone = [day for day in done.planned if day not in seen and day <= last and day not in foreseen]
    if gone:
        yield f"exclusions: {_listed(gone)} left out and named by no exclusion: not registered"
    if kept := sorted(foreseen & seen):
        yield f"exclusions: {_listed(kept)} registered to be left out and analysed: not registered"


def _listed(days: list[date]) -> str:
    more = f" and {len(days) - _SHOWN:,} more" if len(days) > _SHOWN else ""
    return f"{', '.join(day.isoformat() for day in days[:_SHOWN])}{more} {'was' if len(days) == 1 else 'were'}"
