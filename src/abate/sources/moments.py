"""Local dates and times as a source writes them, as Ibis values: the moment in UTC, and the month on the local wall.

A clock that is put back shows an hour twice: such a time is taken as the first of the two. A clock that is put
forward leaves an hour out: a time in it is moved forward by that hour. Both are what Python's `zoneinfo` does with
`fold=0` (PEP 495). Where a source gives the day alone, the offence lies somewhere between the first and the last
second of that day.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

_HOUR_SIGNS = ("%H", "%I", "%-H", "%-I")


@dataclass(frozen=True)
class Clock:
    """How a source writes its moments: the formats tried in turn, its time zone, and whether times mean nothing."""

    formats: tuple[str, ...]
    zone: str
    day_only: bool = False

    def offset(self) -> tuple[str, ...]:
        """List the formats in which the text itself says how far it is from UTC."""
        return tuple(form for form in self.formats if "%z" in form)

    def local(self) -> tuple[str, ...]:
        """List the formats with a time of day on the local clock."""
        return tuple(form for form in self.formats if "%z" not in form and any(sign in form for sign in _HOUR_SIGNS))

    def dated(self) -> tuple[str, ...]:
        """List the formats that give the day alone."""
        return tuple(form for form in self.formats if form not in {*self.offset(), *self.local()})


@dataclass(frozen=True)
class Moment:
    """One moment as Ibis values: what the local clock showed, the moment in UTC, and whether only the day is known."""

    wall: Any
    utc: Any
    whole_day: Any


@cache
def _engine() -> SimpleNamespace:
    import ibis
    import ibis.expr.datatypes as dt

    local, utc = dt.Timestamp(), dt.Timestamp(timezone="UTC")

    def named(name: str, takes: tuple[Any, ...], gives: Any) -> Any:
        def call(first: Any, second: Any) -> Any: ...

        return ibis.udf.scalar.builtin(call, name=name, signature=(takes, gives))

    return SimpleNamespace(
        ibis=ibis,
        instant=named("timezone", (dt.string, local), utc),
        wall=named("timezone", (dt.string, utc), local),
        parse=named("try_strptime", (dt.string, dt.Array(dt.string)), local),
        parse_offset=named("try_strptime", (dt.string, dt.Array(dt.string)), utc),
    )


def moment(text: Any, clock: Clock) -> Moment:
    """Understand a text as a moment; all three values are null where no format fits."""
    engine = _engine()
    nothing = engine.ibis.null("timestamp")
    exact = engine.ibis.null("timestamp('UTC')")
    if forms := clock.offset():
        exact = engine.parse_offset(text.re_replace("[zZ]$", "+00"), engine.ibis.array(list(forms)))
    timed = engine.parse(text, engine.ibis.array(list(clock.local()))) if clock.local() else nothing
    dated = engine.parse(text, engine.ibis.array(list(clock.dated()))) if clock.dated() else nothing
    wall = engine.ibis.coalesce(timed, dated, engine.wall(clock.zone, exact) if clock.offset() else nothing)
    if clock.day_only:
        wall = wall.truncate("D")
        return Moment(wall, universal(wall, clock.zone), wall.notnull())
    return Moment(
        wall,
        engine.ibis.coalesce(exact, universal(wall, clock.zone)),
        dated.notnull() & timed.isnull() & exact.isnull(),
    )


def universal(wall: Any, zone: str) -> Any:
    """Turn what a local clock showed into UTC: the first of an hour that comes twice, forward from one left out."""
    engine = _engine()
    later = engine.instant(zone, wall)
    earlier = later - engine.ibis.interval(hours=1)
    return engine.ibis.ifelse(engine.wall(zone, earlier) == wall, earlier, later)


def last_second(day: Moment, zone: str) -> Any:
    """Give the last second of the local day, in UTC."""
    engine = _engine()
    midnight = day.wall.truncate("D") + engine.ibis.interval(days=1)
    return universal(midnight, zone) - engine.ibis.interval(seconds=1)


def month_of(text: Any, form: str) -> Any:
    """Understand a text as a month, given back as YYYY-MM."""
    engine = _engine()
    return engine.parse(text, engine.ibis.array([form])).strftime("%Y-%m")
