"""What to call a hotspot: by its commonest street, so that an officer knows where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from abate.errors import TableError
from abate.hotspots import streets
from abate.tables import PLACED, PLACES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

NEAREST_M = 1000.0
UNNAMED = "no street named"


def name(placed: pd.DataFrame, places: pd.DataFrame, *, place_ids: Sequence[str], unit_m: float = 1.0) -> pd.DataFrame:
    """Name places by the street that most of their incidents were on or near.

    Kinds of place ("Supermarket") count only where no incident names a street; then the nearest street that any
    incident names, within 1 km of the place's middle, is added. Equal streets go to the one first in the alphabet.
    Two places with one name are told apart by a number, in the order of `place_ids` (hottest first). `unit_m` is how
    many metres one unit of easting and northing is. Gives `place_id` and `name` in the order of `place_ids`. Raises
    `TableError` when a place is not known.

    >>> spot = {"x": 0.0, "y": 0.0, "crs": "EPSG:27700", "month": "2025-01", "crime_type": "Robbery", "incidents": 1}
    >>> spot |= {"place_id": "a", "easting": 0.0, "northing": 0.0}
    >>> import shapely
    >>> middle = {"area_km2": 0.1, "easting": 0.0, "northing": 0.0, "shape": shapely.box(-9, -9, 9, 9)}
    >>> a = pd.DataFrame({"place_id": ["a"], **middle})
    >>> name(pd.DataFrame([{**spot, "location": "On or near HIGH STREET"}]), a, place_ids=["a"])["name"].tolist()
    ['near High Street']
    """
    PLACED.check(placed)
    PLACES.check(places)
    middles = dict(zip(places["place_id"], zip(places["easting"], places["northing"], strict=True), strict=True))
    if strangers := [place for place in place_ids if place not in middles]:
        raise TableError(f"names: {len(strangers):,} places are not in places, the first is '{strangers[0]}'")
    worded = placed[placed["location"].notna()]
    said = worded[worded["place_id"].isin(list(place_ids))]
    own, kinds = _commonest(said, streets.street), _commonest(said, streets.kind)
    plain = []
    for place in place_ids:
        if place in own:
            plain.append(f"near {own[place]}")
        else:
            nearby = _nearest(worded, *middles[place], within=NEAREST_M / unit_m)
            plain.append(_without_street(kinds.get(place), nearby))
    return pd.DataFrame({"place_id": list(place_ids), "name": told_apart(plain)})


def told_apart(names: Iterable[str]) -> list[str]:
    """Number the second and later of equal names, in the order given.

    >>> told_apart(["near High Street", "near Mill Lane", "near High Street"])
    ['near High Street', 'near Mill Lane', 'near High Street (2)']
    """
    listed = list(names)
    taken: set[str] = set()
    apart = []
    for plain in listed:
        number, candidate = 1, plain
        while candidate in taken or (number > 1 and candidate in listed):
            number += 1
            candidate = f"{plain} ({number})"
        taken.add(candidate)
        apart.append(candidate)
    return apart


def _commonest(said: pd.DataFrame, read: Callable[[str], str | None]) -> dict[str, str]:
    """Give each place's commonest words, as `read` reads them; places of which it reads nothing are left out."""
    known = {location: read(location) for location in said["location"].unique()}
    named = said.assign(words=said["location"].map(known)).dropna(subset=["words"])
    summed = named.groupby(["place_id", "words"], as_index=False).agg(incidents=("incidents", "sum"))
    ordered = summed.sort_values(["place_id", "incidents", "words"], ascending=[True, False, True])
    first = ordered.drop_duplicates("place_id")
    return dict(zip(first["place_id"], first["words"], strict=True))


def _nearest(worded: pd.DataFrame, easting: float, northing: float, *, within: float) -> str | None:
    """Give the street nearest to a point that any incident names; of equally near ones the first in the alphabet."""
    away = np.hypot(worded["easting"].to_numpy() - easting, worded["northing"].to_numpy() - northing)
    close = np.flatnonzero(away <= within)
    rows = pd.DataFrame({"away": away[close], "location": worded["location"].to_numpy()[close]}).drop_duplicates()
    named = [(far, streets.street(words)) for far, words in zip(rows["away"], rows["location"], strict=True)]
    return min(((far, street) for far, street in named if street), default=(0.0, None))[1]


def _without_street(kind: str | None, nearby: str | None) -> str:
    match kind, nearby:
        case None, None:
            return UNNAMED
        case None, _:
            return f"by {nearby}"
        case _, None:
            return f"near {kind}"
        case _:
            return f"near {kind} by {nearby}"
