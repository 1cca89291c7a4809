"""Points where a patrol may leave its car: a CSV file with longitude and latitude, or easting and northing."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd

from abate.errors import SourceError, nearest
from abate.sources import geojson, small_tables
from abate.space import projections

_PAIRS = (("longitude", "latitude"), ("easting", "northing"))
MOST_TOLD = 20


def read(path: str | Path, *, crs: str) -> pd.DataFrame:
    """Read parking points, carried to `crs`: `easting`, `northing`, and `site_id` (blank: for any site).

    Raises `SourceError` naming every row whose coordinates will not do.
    """
    path = Path(path)
    text = geojson.read_bytes(path)
    try:
        return parse(text.decode("utf-8-sig"), name=path.name, crs=crs)
    except UnicodeDecodeError as fault:
        raise SourceError(f"{path.name}: is not UTF-8 text (byte {fault.start + 1}): save it as UTF-8 CSV") from None


def parse(text: str, *, name: str, crs: str) -> pd.DataFrame:
    r"""Understand the text of a file of parking points; `name` is what it is called in sentences.

    >>> parse("easting,northing\n529000,183000\n", name="p.csv", crs="EPSG:27700").to_csv(index=False)
    'site_id,easting,northing\n,529000.0,183000.0\n'
    """
    try:
        rows = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, skipinitialspace=True)
    except (pd.errors.EmptyDataError, pd.errors.ParserError):
        raise SourceError(f"{name}: is no CSV file with a header; one with longitude,latitude would be right") from None
    rows.columns = rows.columns.str.strip().str.lower()
    pair = next((each for each in _PAIRS if set(each) <= set(rows.columns)), None)
    if pair is None:
        raise SourceError(
            f"{name}: has no columns longitude and latitude (or easting and northing). "
            f"{nearest('longitude', rows.columns)}"
        )
    if not len(rows):
        raise SourceError(f"{name}: has a header and no rows")
    x, y = (small_tables.numbers(rows[axis]).to_numpy(float) for axis in pair)
    degrees = pair == _PAIRS[0]
    bad = ~(np.isfinite(x) & np.isfinite(y)) | (degrees & ((np.abs(x) > 180) | (np.abs(y) > 90)))
    if bad.any():
        faults = [
            f"{name}, row {row + 1}: {pair[0]} '{rows[pair[0]].iloc[row]}', {pair[1]} '{rows[pair[1]].iloc[row]}'; "
            f"they should be {'degrees such as -0.12 and 51.5' if degrees else 'numbers of metres'}"
            for row in np.flatnonzero(bad).tolist()
        ]
        raise SourceError(*faults[:MOST_TOLD])
    placed = projections.convert(x, y, source=projections.LONGITUDE_LATITUDE if degrees else crs, target=crs)
    blank = pd.Series([""] * len(rows), dtype="str")
    site = (rows["site_id"] if "site_id" in rows.columns else blank).str.strip()
    return pd.DataFrame({"site_id": site.mask(site == ""), "easting": placed.easting, "northing": placed.northing})
