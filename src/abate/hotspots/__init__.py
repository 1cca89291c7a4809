"""Which places are hottest, how surely, and how concentrated it all is."""

from abate.hotspots.concentration import Concentration, concentrate
from abate.hotspots.harm import weigh
from abate.hotspots.names import name
from abate.hotspots.persistence import Persistence, persist
from abate.hotspots.probability import Chances, probability_top
from abate.hotspots.ranking import Ranking, complete, rank
from abate.hotspots.reasons import area_trend, explain

__all__ = [
    "Chances",
    "Concentration",
    "Persistence",
    "Ranking",
    "area_trend",
    "complete",
    "concentrate",
    "explain",
    "name",
    "persist",
    "probability_top",
    "rank",
    "weigh",
]
