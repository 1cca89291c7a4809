"""Tables of forecasts: what happened where and when, and how many incidents each place should expect next."""

from __future__ import annotations

from abate.schema import Column, Table

OCCURRENCES = Table(
    "occurrences",
    "One row a place, point and moment with its incidents: the past that a forecast is made from.",
    {
        "place_id": Column("text", "the place that the point lies in"),
        "easting": Column("number", "easting of the point, in the unit of the analysis coordinate system"),
        "northing": Column("number", "northing of the point, in the unit of the analysis coordinate system"),
        "period": Column("date", "the day, or for monthly data the first day of the month"),
        "incidents": Column("whole", "incidents at that point in that day or month", at_least=1),
    },
)

FORECASTS = Table(
    "forecasts",
    "One row a place with the incidents expected there in the days forecast, as a negative binomial distribution.",
    {
        "place_id": Column("text", "the place"),
        "expected": Column("number", "incidents expected (the mean)", at_least=0),
        "size": Column(
            "number",
            "size of the negative binomial: the variance is expected + expected squared / size; blank is Poisson",
            blank=True,
            at_least=0,
        ),
    },
    key=("place_id",),
)
