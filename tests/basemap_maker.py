"""A PMTiles file of one tile, made by hand from the published layout (version 3): to be carried by a report."""

from __future__ import annotations

import gzip
import json
import struct
import zlib


def varint(number: int) -> bytes:
    """Seven bits a byte, lowest first."""
    told = bytearray()
    while number > 0x7F:
        told.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*told, number])


def pmtiles(tile: bytes, *, kind: int, metadata: dict[str, object], west_east: tuple[float, float] = (-8, 2)) -> bytes:
    """One tile at zoom 0; `kind` is 1 for vector tiles and 2 for PNG."""
    packed = gzip.compress(tile, mtime=0) if kind == 1 else tile
    root = gzip.compress(b"".join(map(varint, (1, 0, 1, len(packed), 1))), mtime=0)
    about = gzip.compress(json.dumps(metadata).encode(), mtime=0)
    places = (127, len(root), 127 + len(root), len(about), 127 + len(root) + len(about), 0)
    counts = (127 + len(root) + len(about), len(packed), 1, 1, 1)
    box = [round(side * 1e7) for side in (west_east[0], 49.0, west_east[1], 61.0)]
    header = (
        b"PMTiles\x03"
        + struct.pack("<6Q", *places)
        + struct.pack("<5Q", *counts)
        + bytes([1, 2, 2 if kind == 1 else 1, kind, 0, 0])
        + struct.pack("<4i", *box)
        + bytes([0])
        + struct.pack("<2i", round((box[0] + box[2]) / 2), round((box[1] + box[3]) / 2))
    )
    assert len(header) == 127
    return header + root + about + packed


def vector_tile(layer: str) -> bytes:
    """A tile with one layer that is water everywhere."""

    def field(number: int, content: bytes) -> bytes:
        return varint(number << 3 | 2) + varint(len(content)) + content

    corners = [9, 0, 0, 26, 8192, 0, 0, 8192, 8191, 0, 15]
    shape = varint(3 << 3) + varint(3) + field(4, b"".join(map(varint, corners)))
    told = field(1, layer.encode()) + field(2, shape) + varint(5 << 3) + varint(4096) + varint(15 << 3) + varint(2)
    return field(3, told)


def png(red: int, green: int, blue: int, side: int = 256) -> bytes:
    """A picture of one colour."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    rows = (b"\0" + bytes([red, green, blue]) * side) * side
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def vector_basemap() -> bytes:
    """A basemap of vector tiles: all water."""
    layers = [{"id": "water", "fields": {}}]
    return pmtiles(vector_tile("water"), kind=1, metadata={"vector_layers": layers, "attribution": "<b>A map</b>"})


def raster_basemap() -> bytes:
    """A basemap of pictures: all one green."""
    return pmtiles(png(20, 200, 60), kind=2, metadata={})
