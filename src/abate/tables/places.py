"""Tables of places: the places themselves, which point lies in which, what each saw, and which are hottest."""

from __future__ import annotations

from abate.schema import Column, Table

PLACES = Table(
    "places",
    "One row a small place: a cell, an area or a stretch of street.",
    {
        "place_id": Column("text", "the place's name for machines; the same in every run"),
        "area_km2": Column(
            "number", "its area in square kilometres (inside `--within` where that is given)", at_least=0
        ),
        "easting": Column("number", "easting of its middle, in the unit of the coordinate system"),
        "northing": Column("number", "northing of its middle, in the unit of the coordinate system"),
        "shape": Column("shape", "its outline, in the analysis coordinate system"),
    },
    key=("place_id",),
)

POINTS = Table(
    "points",
    "One row a distinct coordinate pair with the place that it lies in.",
    {
        "x": Column("number", "easting or longitude as in the lake"),
        "y": Column("number", "northing or latitude as in the lake"),
        "crs": Column("text", "coordinate system of `x` and `y`"),
        "easting": Column("number", "easting in the analysis coordinate system"),
        "northing": Column("number", "northing in the analysis coordinate system"),
        "place_id": Column("text", "the place it lies in; blank when in none", blank=True),
        "distance_m": Column("number", "metres to the street it was put on; blank for cells and areas", blank=True),
    },
)

COUNTS = Table(
    "counts",
    "One row a place and period in which it saw incidents, of one crime group.",
    {
        "place_id": Column("text", "the place counted"),
        "period": Column("date", "the day on which the period began"),
        "incidents": Column(
            "whole", "incidents in the period; a place and period that is not listed saw 0", at_least=0
        ),
    },
    key=("place_id", "period"),
)

HOTSPOTS = Table(
    "hotspots",
    "One row a place chosen, hottest first.",
    {
        "place_id": Column("text", "the place"),
        "name": Column("text", "where it is, in words"),
        "rank": Column("whole", "1 is the hottest", at_least=1),
        "incidents": Column("whole", "incidents in the whole period", at_least=0),
        "share": Column("number", "share of all located incidents", at_least=0, at_most=1),
        "cumulative_share": Column(
            "number", "share of all located incidents in this place and those above", at_least=0, at_most=1.000001
        ),
        "area_km2": Column("number", "area in square kilometres", at_least=0),
        "easting": Column("number", "easting of its middle"),
        "northing": Column("number", "northing of its middle"),
        "probability_top": Column("number", "probability that it truly belongs to the top k", at_least=0, at_most=1),
    },
    key=("place_id",),
)
