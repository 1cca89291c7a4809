"""The data dictionary: every table that travels between rooms, one module a part of the field."""

from abate.tables.forecasts import FORECASTS, OCCURRENCES
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
    OCCURRENCES,
    FORECASTS,
)

__all__ = [
    "ALL",
    "AREAS",
    "COUNTS",
    "COVERAGE",
    "FATES",
    "FORECASTS",
    "HOTSPOTS",
    "INCIDENTS",
    "OCCURRENCES",
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
