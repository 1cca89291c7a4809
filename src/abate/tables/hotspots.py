"""Tables on the way from incidents to hotspots: what each point saw, where it lies, and why a place was chosen."""

from __future__ import annotations

from abate.schema import Column, Table

_TALLY = {
    "x": Column("number", "easting or longitude as in the lake"),
    "y": Column("number", "northing or latitude as in the lake"),
    "crs": Column("text", "coordinate system of `x` and `y`"),
    "month": Column("month", "the month, as YYYY-MM"),
    "crime_type": Column("text", "the kind of crime, in the source's own words"),
    "location": Column("text", "the place in words, as given", blank=True),
    "incidents": Column("whole", "how many incidents share all of this row's other values", at_least=1),
}

TALLIES = Table(
    "tallies",
    "One row a distinct coordinate pair, month, kind of crime and place in words (and harm weight, where there is a "
    "column `harm`: the weight of each single incident of the row), with the number of incidents.",
    _TALLY,
)

PLACED = Table(
    "placed",
    "The tallies that lie in a place, with the place and with easting and northing in the analysis system.",
    {
        **_TALLY,
        "place_id": Column("text", "the place it lies in"),
        "easting": Column("number", "easting in the analysis coordinate system"),
        "northing": Column("number", "northing in the analysis coordinate system"),
    },
)

REASONS = Table(
    "reasons",
    "One row a hotspot: why this place. Columns that hold lists hold plain lists and dictionaries, fit for JSON.",
    {
        "place_id": Column("text", "the hotspot"),
        "months_active": Column("whole", "months in which it saw at least one incident", at_least=0),
        "largest_month_share": Column("number", "its busiest month's share of its incidents", at_least=0, at_most=1),
        "trend_ratio": Column("number", "rate at the end of a year over that at its beginning", blank=True, at_least=0),
        "trend_low": Column("number", "lower end of the ratio's 95% interval", blank=True, at_least=0),
        "trend_high": Column("number", "upper end of the ratio's 95% interval", blank=True, at_least=0),
        "trend": Column("text", "the trend in words", one_of=("rising", "falling", "no clear change", "not known")),
    },
    key=("place_id",),
)
