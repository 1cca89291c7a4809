"""Tables of what places are made from: areas of a boundary file, and segments of a street network."""

from __future__ import annotations

from abate.schema import Column, Table

AREAS = Table(
    "areas",
    "One row an area of a boundary file.",
    {
        "place_id": Column("text", "the area's code; its place in the file where it has none"),
        "name": Column("text", "the area's name", blank=True),
        "area_type": Column("text", "what it is, with its year, such as `2011 LSOA`; blank if unknown", blank=True),
        "mended": Column("yes_no", "whether its outline touched or crossed itself and was put right"),
        "shape": Column("shape", "its outline, in the analysis coordinate system"),
    },
    key=("place_id",),
)

SEGMENTS = Table(
    "segments",
    "One row a stretch of street between two junctions.",
    {
        "segment_id": Column("text", "the segment's name for machines: the street's identifier and a running number"),
        "name": Column("text", "the street's name", blank=True),
        "kind": Column("text", "the street's class, such as `residential`", blank=True),
        "length_m": Column("number", "its length in metres", at_least=0),
        "motorway": Column("yes_no", "whether it is a motorway or a slip road of one"),
        "private": Column("yes_no", "whether the public may not use it"),
        "shape": Column("shape", "its line, in the analysis coordinate system"),
    },
    key=("segment_id",),
)
