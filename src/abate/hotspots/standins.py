"""Hotspots that may be hot because crime is reported there, or put there for want of a better place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from abate.hotspots.streets import bare
from abate.tables import PLACED

if TYPE_CHECKING:
    from collections.abc import Sequence

SHARE_LEAST = 0.5
_KINDS = re.compile(
    r"(^|\b)(police (station|hq|headquarters)|hospital|infirmary|prison|custody (suite|centre))$|^hmp\b", re.IGNORECASE
)


def is_stand_in(location: str) -> bool:
    """Tell whether the words of a file name a hospital, a prison or a police station.

    A street that is called after one is a street.

    >>> is_stand_in("On or near Police Station"), is_stand_in("On or near Basildon Hospital")
    (True, True)
    >>> is_stand_in("On or near Hospital Lane")
    False
    """
    return _KINDS.search(bare(location)) is not None


def stand_ins(placed: pd.DataFrame, place_ids: Sequence[str], *, share_least: float = SHARE_LEAST) -> pd.DataFrame:
    """Find hotspots of whose incidents at least half are placed at a hospital, a prison or a police station.

    Victims report there, and records are put there for want of a better place, so such a spot can look hot without
    being a place that a patrol could cool. `placed` are counts of incidents with their place and the words of the
    file (`abate.tables.PLACED`). Gives `place_id`, `incidents` (at such places) and `share` (of the hotspot's, 0 to
    1), in the order of `place_ids`; places under `share_least` are left out. The check is part of how hotspots are
    chosen for patrols in England and Wales: prisons, hospitals and stations where victims report are taken out.

    >>> spot = {"x": 0.0, "y": 0.0, "crs": "EPSG:27700", "month": "2025-01", "crime_type": "Robbery", "place_id": "a"}
    >>> spot |= {"easting": 0.0, "northing": 0.0}
    >>> rows = [{**spot, "location": "On or near Hospital", "incidents": 3}]
    >>> rows += [{**spot, "location": "On or near Mill Lane", "incidents": 1}]
    >>> stand_ins(pd.DataFrame(rows), ["a"]).to_dict("records")
    [{'place_id': 'a', 'incidents': 3, 'share': 0.75}]
    """
    PLACED.check(placed)
    listed = placed[placed["place_id"].isin(list(place_ids))]
    named = [words for words in listed["location"].dropna().unique() if is_stand_in(words)]
    at = listed["incidents"].where(listed["location"].isin(named), 0)
    found = pd.DataFrame(
        {"incidents": at.groupby(listed["place_id"]).sum(), "whole": listed.groupby("place_id")["incidents"].sum()}
    ).reindex(list(place_ids), fill_value=0)
    found["share"] = found["incidents"] / found["whole"].where(found["whole"] > 0)
    return found[found["share"] >= share_least].drop(columns="whole").rename_axis("place_id").reset_index()
