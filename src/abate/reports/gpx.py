"""Walks as GPX 1.1, which hand-held devices and phones follow: a track a walk, a waypoint a parking point."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

NAMESPACE = "http://www.topografix.com/GPX/1/1"
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Track:
    """One walk: its name, a sentence about it, and its corners as pairs of longitude and latitude."""

    name: str
    told: str
    corners: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Waypoint:
    """One point, such as where to park: its name, longitude, latitude, and a sentence about it."""

    name: str
    longitude: float
    latitude: float
    told: str = ""


def draw(
    tracks: Iterable[Track],
    *,
    title: str,
    told: str,
    moment: datetime | None = None,
    waypoints: Iterable[Waypoint] = (),
) -> bytes:
    """Write tracks and waypoints as one GPX file; the same input gives the same bytes.

    `told` stands in the file's description, which is where a marking belongs. `moment`, with its zone, is when the file
    was made; None leaves it out. Coordinates have six decimals, about 0.1 m.

    >>> text = draw([Track("Loop 1", "Park & walk", [(0.71, 51.54), (0.72, 51.55)])], title="A", told="B").decode()
    >>> text.count("<trkpt"), "Park &amp; walk" in text
    (2, True)
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<gpx version="1.1" creator="abate" xmlns="{NAMESPACE}">',
        f"  <metadata><name>{_words(title)}</name><desc>{_words(told)}</desc>{_time(moment)}</metadata>",
        *(_waypoint(each) for each in waypoints),
    ]
    for track in tracks:
        lines.append(f"  <trk><name>{_words(track.name)}</name><desc>{_words(track.told)}</desc><trkseg>")
        lines += [f'    <trkpt lat="{north:.6f}" lon="{east:.6f}"/>' for east, north in track.corners]
        lines.append("  </trkseg></trk>")
    return ("\n".join([*lines, "</gpx>"]) + "\n").encode()


def _waypoint(point: Waypoint) -> str:
    return (
        f'  <wpt lat="{point.latitude:.6f}" lon="{point.longitude:.6f}"><name>{_words(point.name)}</name>'
        f"<desc>{_words(point.told)}</desc></wpt>"
    )


def _time(moment: datetime | None) -> str:
    from datetime import UTC

    return "" if moment is None else f"<time>{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</time>"


def _words(text: str) -> str:
    return escape(_UNWRITABLE.sub(" ", text))
