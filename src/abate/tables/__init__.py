"""The data dictionary: every table that travels between rooms, one module a part of the field."""

from abate.tables.incidents import INCIDENTS, OUTCOMES, SEARCHES
from abate.tables.loads import COVERAGE, FATES, REJECTS, REPEATS
from abate.tables.places import COUNTS, HOTSPOTS, PLACES, POINTS

ALL = (INCIDENTS, OUTCOMES, SEARCHES, FATES, REJECTS, REPEATS, COVERAGE, PLACES, POINTS, COUNTS, HOTSPOTS)

__all__ = [
    "ALL",
    "COUNTS",
    "COVERAGE",
    "FATES",
    "HOTSPOTS",
    "INCIDENTS",
    "OUTCOMES",
    "PLACES",
    "POINTS",
    "REJECTS",
    "REPEATS",
    "SEARCHES",
]
