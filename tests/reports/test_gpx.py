from __future__ import annotations

from datetime import datetime, timedelta, timezone
from xml.etree import ElementTree as ET

from abate.reports import gpx

NAMES = {"g": gpx.NAMESPACE}
WALK = gpx.Track("Walk 1", "a < b & \x07c", [(0.71, 51.54), (-0.1234567, 51.5)])


def test_tracks_and_waypoints_come_back():
    drawn = gpx.draw([WALK], title="T & co", told="marked", waypoints=[gpx.Waypoint("Park", 0.7, 51.5, "here")])
    root = ET.fromstring(drawn)
    assert root.find("g:metadata/g:name", NAMES).text == "T & co"
    assert root.find("g:metadata/g:desc", NAMES).text == "marked"
    assert root.find("g:wpt", NAMES).attrib == {"lat": "51.500000", "lon": "0.700000"}
    assert root.find("g:trk/g:desc", NAMES).text == "a < b &  c"
    points = [(float(each.get("lon")), float(each.get("lat"))) for each in root.iterfind(".//g:trkpt", NAMES)]
    assert points == [(0.71, 51.54), (-0.123457, 51.5)]


def test_the_moment_is_told_in_utc_or_not_at_all():
    moment = datetime(2025, 9, 1, 14, tzinfo=timezone(timedelta(hours=1)))
    assert b"<time>2025-09-01T13:00:00Z</time>" in gpx.draw([WALK], title="a", told="b", moment=moment)
    assert b"<time>" not in gpx.draw([WALK], title="a", told="b")


def test_elements_stand_in_the_order_that_the_format_asks_for():
    drawn = gpx.draw([WALK], title="a", told="b", waypoints=[gpx.Waypoint("Park", 0.7, 51.5)])
    assert [child.tag.split("}")[1] for child in ET.fromstring(drawn)] == ["metadata", "wpt", "trk"]
