"""What changes in a list when it is made in another way: which places come, which go, which stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Difference:
    """Places that come and go when the list is made in the other way, and how many incidents more (or fewer) it counts.

    `entering`, `leaving` and `staying` are ids, in the order of the list that they stand on.
    """

    entering: tuple[str, ...]
    leaving: tuple[str, ...]
    staying: tuple[str, ...]
    incidents: int
    share: float

    def __str__(self) -> str:
        more = "more" if self.incidents >= 0 else "fewer"
        told = f"{abs(self.incidents):,} {more} incidents ({abs(self.share):.1%} of those counted now)"
        if not self.entering and not self.leaving:
            return f"{told}, and the same {len(self.staying):,} places"
        gone = len(self.leaving)
        return f"{told}, and {gone:,} of {gone + len(self.staying):,} places would be others"


def differ(chosen: pd.DataFrame, other: pd.DataFrame, *, counted: int, counted_otherwise: int) -> Difference:
    """Compare two lists of places, each with `place_id` and `rank`; `counted` are the incidents behind each.

    >>> import pandas as pd
    >>> one = pd.DataFrame({"place_id": ["a", "b"], "rank": [1, 2]})
    >>> print(differ(one, one.assign(place_id=["a", "c"]), counted=200, counted_otherwise=210))
    10 more incidents (5.0% of those counted now), and 1 of 2 places would be others
    """
    now, then = (tuple(frame.sort_values("rank")["place_id"].astype(str)) for frame in (chosen, other))
    return Difference(
        entering=tuple(place for place in then if place not in set(now)),
        leaving=tuple(place for place in now if place not in set(then)),
        staying=tuple(place for place in now if place in set(then)),
        incidents=counted_otherwise - counted,
        share=(counted_otherwise - counted) / max(counted, 1),
    )
