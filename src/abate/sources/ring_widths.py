"""How wide the rings about sites are, as a list of sites that abate wrote says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abate.sources import geojson, markup

if TYPE_CHECKING:
    from pathlib import Path


def read(path: Path) -> float | None:
    """Read the width in metres from a file of sites; None where the file does not say."""
    return parse(geojson.read_bytes(path))


def parse(content: bytes) -> float | None:
    """Find the width in the bytes of a `sites.geojson`; None where there is none.

    >>> parse(b'{"type": "FeatureCollection", "buffer_m": 150}'), parse(b"site_id,name")
    (150.0, None)
    """
    try:
        told: Any = markup.load_json(content)
    except ValueError:
        return None
    width = told.get("buffer_m") if isinstance(told, dict) else None
    return float(width) if isinstance(width, int | float) and not isinstance(width, bool) and width > 0 else None
