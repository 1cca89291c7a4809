"""How many incidents each place saw, and when."""

from abate.counts.counting import count, count_kinds, locate
from abate.counts.tallies import tally, unlocated

__all__ = ["count", "count_kinds", "locate", "tally", "unlocated"]
