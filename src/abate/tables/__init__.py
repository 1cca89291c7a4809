"""The data dictionary: every table that travels between rooms, one module a part of the field."""

from abate.tables.fairness import DECILES, DEPRIVATION, EQUALITY, FEEDBACK, RESIDENTS
from abate.tables.features import FEATURES, RELATIVE_RATES
from abate.tables.forecasts import FORECASTS, OCCURRENCES
from abate.tables.hotspots import PLACED, REASONS, TALLIES
from abate.tables.incidents import INCIDENTS, OUTCOMES, SEARCHES
from abate.tables.loads import COVERAGE, FATES, REJECTS, REPEATS, SHARED_IDS
from abate.tables.outlines import AREAS, SEGMENTS
from abate.tables.places import COUNTS, HOTSPOTS, PLACES, POINTS
from abate.tables.scores import SCORES
from abate.tables.sites import CHANGES, SITES, TIME_BANDS

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
    FEATURES,
    RELATIVE_RATES,
    FEEDBACK,
    DEPRIVATION,
    DECILES,
    RESIDENTS,
    EQUALITY,
    SCORES,
    SITES,
    TIME_BANDS,
    CHANGES,
)

__all__ = [
    "ALL",
    "AREAS",
    "CHANGES",
    "COUNTS",
    "COVERAGE",
    "DECILES",
    "DEPRIVATION",
    "EQUALITY",
    "FATES",
    "FEATURES",
    "FEEDBACK",
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
    "RELATIVE_RATES",
    "REPEATS",
    "RESIDENTS",
    "SCORES",
    "SEARCHES",
    "SEGMENTS",
    "SHARED_IDS",
    "SITES",
    "TALLIES",
    "TIME_BANDS",
]
