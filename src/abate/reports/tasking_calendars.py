"""The calendar of a shift as iCalendar (RFC 5545): one event a visit, the same bytes for the same timetable."""

from __future__ import annotations

import hashlib
from datetime import UTC
from typing import TYPE_CHECKING, Any

from abate.errors import MissingPartError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from abate.patrols.tasking import Page, Sheet, Visit


def draw(sheet: Sheet, *, spots: Mapping[str, tuple[float, float]], stamp: datetime) -> bytes:
    """Write a sheet's visits as calendar events, each confidential and with its marking and expiry in its description.

    `spots` gives each site's longitude and latitude. `stamp` is when the timetable was made, which the format asks
    for. The identifier of an event is made from team, site and start, so that a calendar that is loaded twice holds it
    once. Raises `MissingPartError` where the extra `report` is not installed.
    """
    try:
        from icalendar import Calendar
    except ImportError:
        raise MissingPartError.of("icalendar", extra="report") from None
    calendar: Any = Calendar()
    calendar.add("prodid", "-//abate//patrols//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{sheet.team}: {sheet.shift}")
    calendar.add("x-wr-caldesc", sheet.marking)
    pages = {page.site_id: page for page in sheet.pages}
    for visit in sheet.visits:
        calendar.add_component(_event(visit, pages[visit.site_id], sheet, spots[visit.site_id], stamp))
    return bytes(calendar.to_ical(sorted=True))


def identifier(team: str, site_id: str, start: datetime) -> str:
    """Make the identifier of an event from its team, site and start.

    >>> from datetime import datetime
    >>> identifier("P1", "a", datetime(2025, 9, 1, 13, tzinfo=UTC))
    'f952763f1c01952b42d7d5b75485e642@abate'
    """
    said = f"{team}|{site_id}|{start.astimezone(UTC).isoformat()}"
    return f"{hashlib.sha256(said.encode()).hexdigest()[:32]}@abate"


def _event(visit: Visit, page: Page, sheet: Sheet, spot: tuple[float, float], stamp: datetime) -> Any:
    from icalendar import Event

    walk = f" Walk {visit.loop}." if visit.loop else ""
    event: Any = Event()
    event.add("uid", identifier(sheet.team, visit.site_id, visit.start))
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("dtstart", visit.start.astimezone(UTC))
    event.add("dtend", visit.ends.astimezone(UTC))
    event.add("summary", f"Foot patrol: {visit.name}")
    event.add("location", visit.name)
    event.add("geo", (round(spot[1], 6), round(spot[0], 6)))
    event.add("class", "CONFIDENTIAL")
    event.add("description", f"{sheet.marking}\nTeam {sheet.team}.{walk}\n" + "\n".join(page.background.why))
    return event
