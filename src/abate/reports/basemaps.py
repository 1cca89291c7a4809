"""A user's own basemap: a PMTiles file that the report carries inside, so that it draws from disk with no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abate.errors import OptionError

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 40_000_000
_BEGINNING = b"PMTiles\x03"


def read(path: Path) -> bytes:
    """Read a PMTiles file that is small enough to be carried inside the page.

    A page opened from disk may not read a second file, so the basemap must be inside. Raises `OptionError` when the
    file is not PMTiles version 3, or is larger than 40 MB: cut it to the area first.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise OptionError(
                f"{path}: a basemap of {size / 1e6:,.0f} MB is too large to be carried inside a report (at most "
                f"{MOST_BYTES / 1e6:.0f} MB): cut it to the area, for example with "
                "`pmtiles extract FILE SMALLER --bbox=WEST,SOUTH,EAST,NORTH --maxzoom=14`"
            )
        content = path.read_bytes()
    except OSError as fault:
        raise OptionError(f"{path}: the basemap cannot be read ({fault.strerror})") from None
    return check(content, name=str(path))


def check(content: bytes, *, name: str) -> bytes:
    """Give the basemap back, or say why it is none.

    >>> check(b"<html>", name="town.pmtiles")
    Traceback (most recent call last):
    ...
    abate.errors.OptionError: town.pmtiles: this is not a PMTiles file of version 3
    """
    if not content.startswith(_BEGINNING) or len(content) < 127:
        raise OptionError(f"{name}: this is not a PMTiles file of version 3")
    return content


def extent(content: bytes) -> tuple[float, float, float, float]:
    """Read from a basemap's header what it covers: west, south, east, north in degrees."""
    numbers = [int.from_bytes(content[at : at + 4], "little", signed=True) / 1e7 for at in range(102, 118, 4)]
    return numbers[0], numbers[1], numbers[2], numbers[3]
