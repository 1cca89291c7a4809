"""What the report tells of the sites chosen for patrols."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from abate.tables.sites import CHANGES, SITES, TIME_BANDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from abate.reports.rehearsals import RehearsalStory


@dataclass(frozen=True)
class SiteStory:
    """The list of sites as it is told.

    - `sites`: `tables.SITES` with `by_month` (list of whole numbers, one for each month of the report).
    - `bands`: `tables.TIME_BANDS`. `hours`: each site's share of the week by hour, in the shape (sites, 168), or None.
    - `window`: the coming period in words. `rules`: what the list keeps to, in a sentence. `proof`: how good it is
      proven to be. `method`: how the forecast was made. `notes`: sentences special to this list.
    - `changes`: `tables.CHANGES` against an earlier list, or None; `refreshed` says in a sentence what became of it.
    - `label`: what the list's file says of itself: `version`, `made_from`, `first_month`, `last_month`, and `follows`
      where there was an earlier list.
    - `kept`: earlier files that are kept beside the new ones, by their names.
    - `rehearsal`: how good the forecast was on windows at the end of the record, or None.
    """

    sites: pd.DataFrame
    bands: pd.DataFrame
    hours: Any
    window: str
    rules: str
    proof: str
    method: str
    label: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    changes: pd.DataFrame | None = None
    refreshed: str = ""
    kept: Mapping[str, bytes] = field(default_factory=dict)
    rehearsal: RehearsalStory | None = None

    def __post_init__(self) -> None:
        SITES.check(self.sites)
        TIME_BANDS.check(self.bands)
        if self.changes is not None:
            CHANGES.check(self.changes)
