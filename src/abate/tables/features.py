"""Tables of what stands in a place (pubs, stations, schools), and of how the rate of incidents goes with it."""

from __future__ import annotations

from abate.schema import Column, Table

FEATURES = Table(
    "features",
    "One row a thing on the ground that may draw or deter incidents. Things only: nothing about who lives there.",
    {
        "kind": Column("text", "what it is, such as `public house`"),
        "easting": Column("number", "its easting, in the unit of the analysis coordinate system"),
        "northing": Column("number", "its northing, in the unit of the analysis coordinate system"),
    },
)

RELATIVE_RATES = Table(
    "relative-rates",
    "One row a kind of feature: how many times the rate of incidents is within its reach, all else alike.",
    {
        "kind": Column("text", "the kind of feature"),
        "reach_m": Column("number", "metres beyond which a feature is taken to matter no more", at_least=0),
        "features": Column("whole", "features of the kind within reach of some place", at_least=0),
        "places": Column("whole", "places within reach of a feature of the kind", at_least=0),
        "relative_rate": Column(
            "number", "rate at places within reach, on average, over their rate without such a feature", at_least=0
        ),
        "low": Column("number", "lower end of its 95% interval", at_least=0),
        "high": Column("number", "upper end of its 95% interval", at_least=0),
    },
    key=("kind",),
)
