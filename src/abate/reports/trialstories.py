"""What the report of a trial is told from: the analysis, how the trial was drawn, and how it stands to its protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from abate.trials.analyses import Analysis
    from abate.trials.outcomes import Panel
    from abate.trials.protocols import Protocol
    from abate.trials.schemes import Scheme
    from abate.trials.selection import BeforeAfter


@dataclass(frozen=True, eq=False)
class Ground:
    """Where the sites lie: `tables.PATROL_SITES`, the system of coordinates, how wide the rings are (None: unknown)."""

    sites: pd.DataFrame
    crs: str
    ring_m: float | None = None


@dataclass(frozen=True, eq=False)
class Story:
    """What the report tells.

    `schedule` and `registered` are sentences (the latter None without a protocol), `departures` what is not as
    registered, `overrides` what was recorded as done otherwise, `notes` what the reader of any figure should know.
    `washed` place-days of a washout are set aside. `rings` holds the incidents in each site's ring,
    in the panel's shape (sites, days); `before` and `ground` are there where somebody gave them.
    """

    analysis: Analysis
    scheme: Scheme
    panel: Panel
    schedule: str
    registered: str | None
    protocol: Protocol | None
    departures: Sequence[str]
    overrides: Sequence[Mapping[str, Any]]
    notes: Sequence[str]
    made_on: date
    washed: int = 0
    rings: NDArray[np.float64] | None = None
    before: BeforeAfter | None = None
    ground: Ground | None = None

    @property
    def title(self) -> str:
        """What the trial is called."""
        return self.protocol.title if self.protocol else "What the trial found"
