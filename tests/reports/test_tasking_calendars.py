from __future__ import annotations

from datetime import UTC, datetime

from icalendar import Calendar

import tasked
from abate.patrols import shifts, tasking
from abate.reports import tasking_calendars

SPOTS = {"S1": (1.02, 53.17), "S2": (1.03, 53.18)}
STAMP = datetime(2025, 8, 30, 9, tzinfo=UTC)
SHEETS = tasking.sheets(shifts.split(tasked.visits(), zone="Europe/London"), tasked.sites(), loops=tasked.loops())


def events(sheet=SHEETS[1]):
    return Calendar.from_ical(tasking_calendars.draw(sheet, spots=SPOTS, stamp=STAMP)).walk("VEVENT")


def test_every_visit_is_an_event_at_its_time_and_place():
    found = [(each.start.isoformat(), each.end.isoformat(), str(each["location"])) for each in events()]
    assert found == [
        ("2025-09-01T21:30:00+00:00", "2025-09-01T21:45:00+00:00", "near Plover Avenue"),
        ("2025-09-01T23:40:00+00:00", "2025-09-01T23:55:00+00:00", "near Priory Street"),
    ]


def test_every_event_is_confidential_and_says_when_it_expires():
    for event in events():
        assert event["class"] == "CONFIDENTIAL"
        assert "OFFICIAL-SENSITIVE" in event["description"]
        assert "destroy by 12:55, Tue 2 Sep 2025" in event["description"]
        assert event["dtstamp"].dt == STAMP


def test_identifiers_are_unique_and_stay():
    found = [str(event["uid"]) for sheet in SHEETS for event in events(sheet)]
    assert len(set(found)) == len(found) == len(tasked.visits())
    assert found == [str(event["uid"]) for sheet in SHEETS for event in events(sheet)]


def test_the_same_sheet_gives_the_same_bytes():
    again = tasking_calendars.draw(SHEETS[0], spots=SPOTS, stamp=STAMP)
    assert again == tasking_calendars.draw(SHEETS[0], spots=SPOTS, stamp=STAMP)
    assert b"\r\n" in again
    assert max(map(len, again.split(b"\r\n"))) <= 75
