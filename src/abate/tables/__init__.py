"""The data dictionary: every table that travels between rooms, one module a part of the field."""

from abate.tables.hotspots import PLACED, REASONS, TALLIES
from abate.tables.incidents import INCIDENTS, OUTCOMES, SEARCHES
from abate.tables.loads import COVERAGE, FATES, REJECTS, REPEATS, SHARED_IDS
from abate.tables.outlines import AREAS, SEGMENTS
from abate.tables.places import COUNTS, HOTSPOTS, PLACES, POINTS

ALL = (
    INCIDENTS,
    OUTCOMES,
    SEARCHES,
    FATES,
    REJECTS,
    REPEATS,
    SHARED_IDS,
    COVERAGE,
    AREAS,
    SEGMENTS,
    PLACES,
    POINTS,
    TALLIES,
    PLACED,
    COUNTS,
    HOTSPOTS,
    REASONS,
)

__all__ = [
    "ALL",
    "AREAS",
    "COUNTS",
    "COVERAGE",
    "FATES",
    "HOTSPOTS",
    "INCIDENTS",
    "OUTCOMES",
    "PLACED",
    "PLACES",
    "POINTS",
    "REASONS",
    "REJECTS",
    "REPEATS",
    "SEARCHES",
    "SEGMENTS",
    "SHARED_IDS",
    "TALLIES",
]
