"""Streets of an OpenStreetMap extract in PBF: every way with a `highway` tag, with its tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import MissingPartError, SourceError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]

START = b"\n\tOSMHeader"
MOST_BYTES = 4_000_000_000
_TAGS = ("highway", "name", "access", "foot", "layer", "bridge", "tunnel", "service", "area")


@dataclass(frozen=True)
class Ways:
    """Lines in longitude and latitude, and the tags of each with its identifier as `osm_id`."""

    lines: Shapes
    properties: list[dict[str, Any]]


def is_pbf(start: bytes) -> bool:
    r"""Tell by its first bytes whether a file is an OpenStreetMap extract in PBF.

    >>> is_pbf(b"\x00\x00\x00\x0e\n\tOSMHeader\x18")
    True
    """
    return start[4:].startswith(START)


def read(path: Path) -> Ways:
    """Read the ways of an extract that are streets or paths; corners whose place the extract lacks are left out.

    Raises `SourceError` when the file is damaged or too large or has no street, `MissingPartError` without the extra
    `geo`.
    """
    import shapely

    try:
        import osmium
    except ImportError:
        raise MissingPartError.of("osmium", extra="geo") from None
    if (size := path.stat().st_size) > MOST_BYTES:
        raise SourceError(f"{path.name}: {size:,} bytes, more than {MOST_BYTES:,}: give the extract of the county")
    lines: list[list[tuple[float, float]]] = []
    properties: list[dict[str, Any]] = []
    try:
        ways = (
            osmium.FileProcessor(osmium.io.File(str(path), "pbf"))
            .with_locations()
            .with_filter(osmium.filter.KeyFilter("highway"))
        )
        for way in ways:
            if not isinstance(way, osmium.osm.Way):
                continue
            corners = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
            if len(corners) > 1:
                lines.append(corners)
                properties.append({"osm_id": way.id, **{tag: way.tags[tag] for tag in _TAGS if tag in way.tags}})
    except RuntimeError as fault:
        raise SourceError(f"{path.name}: the extract is cut off or damaged ({fault}): fetch it again") from None
    if not lines:
        raise SourceError(f"{path.name}: no way with a `highway` tag: an extract with streets would be right")
    drawn = np.array([shapely.LineString(corners) for corners in lines], dtype=object)
    order = sorted(range(len(drawn)), key=lambda place: int(properties[place]["osm_id"]))
    return Ways(drawn[order], [properties[place] for place in order])
