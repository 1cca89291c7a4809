"""The hotspots as tables for other programs: CSV, GeoJSON in longitude and latitude, GeoPackage."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import MissingPartError
from abate.reports import outlines
from abate.tables import HOTSPOTS

if TYPE_CHECKING:
    import pandas as pd

    from abate.reports.stories import HotspotStory

_DECIMALS = {
    "share": 6,
    "cumulative_share": 6,
    "area_km2": 6,
    "easting": 2,
    "northing": 2,
    "probability_top": 4,
    "trend_ratio": 4,
    "trend_low": 4,
    "trend_high": 4,
    "largest_month_share": 4,
    "harm": 2,
    "harm_median": 2,
    "harm_top_share": 4,
}


def csv(story: HotspotStory) -> bytes:
    """Write the hotspots as CSV (UTF-8, comma, LF), the marking in a column of its own.

    Lists are written as JSON. A text that a spreadsheet would run as a formula begins with an apostrophe.
    """
    return _plain(story).map(harmless).to_csv(index=False, lineterminator="\n").encode()


def harmless(value: object) -> object:
    r"""Keep a text on one line, and from being run as a formula by a spreadsheet.

    >>> harmless("=1+1"), harmless("near High\nStreet"), harmless(-1)
    ("'=1+1", 'near High Street', -1)
    """
    if not isinstance(value, str):
        return value
    line = re.sub(r"[\x00-\x1f\x7f]+", " ", value).strip()
    return f"'{line}" if line.startswith(("=", "+", "-", "@")) else line


def geojson(story: HotspotStory) -> bytes:
    """Write the hotspots as GeoJSON (RFC 7946: longitude, latitude; 6 decimals), with the marking at the top."""
    import shapely

    shapes = outlines.longitude_latitude(_shapes(story), crs=story.crs)
    columns = _ordered(story)
    features = [
        {
            "type": "Feature",
            "id": row["place_id"],
            "geometry": json.loads(told),
            "properties": {**{name: json_value(value) for name, value in row.items()}, "marking": story.marking},
        }
        for row, told in zip(columns.to_dict("records"), shapely.to_geojson(shapes), strict=True)
    ]
    document: dict[str, Any] = {"type": "FeatureCollection", "name": "hotspots", "marking": story.marking}
    if story.demonstration:
        document["demonstration"] = story.demonstration
    document["features"] = features
    return (json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n").encode()


def geopackage(story: HotspotStory) -> bytes:
    """Write the hotspots as a GeoPackage in the analysis coordinate system, layer `hotspots`.

    The marking stands in a column and in the file's metadata; its date is that of the report.
    """
    try:
        import pyogrio
    except ImportError:
        raise MissingPartError.of("pyogrio", extra="geo") from None
    import shapely

    columns = _plain(story)
    told = {"marking": story.marking, "title": story.title, "demonstration": story.demonstration or ""}
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{story.made_on.isoformat()}T00:00:00.000Z"})
    shapes, kind = _one_kind(_shapes(story))
    written = io.BytesIO()
    try:
        pyogrio.raw.write(
            written,
            shapely.to_wkb(shapes),
            [_array(columns[name]) for name in columns],
            list(columns),
            layer="hotspots",
            driver="GPKG",
            geometry_type=kind,
            crs=story.crs,
            dataset_metadata={name: words for name, words in told.items() if words},
        )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
    return written.getvalue()


def _one_kind(shapes: Any) -> tuple[Any, str]:
    """Make every shape the same kind, as a layer asks: polygons, or lines for stretches of street."""
    import shapely

    lines = np.isin(shapely.get_type_id(shapes), (1, 5))
    if len(shapes) and lines.all():
        return np.array([shapely.multilinestrings(shapely.get_parts(each)) for each in shapes]), "MultiLineString"
    return np.array([shapely.multipolygons(shapely.get_parts(each)) for each in shapes]), "MultiPolygon"


def _array(values: pd.Series[Any]) -> Any:
    return values.to_numpy(dtype=object) if values.dtype.kind not in "biuf" else values.to_numpy()


def _shapes(story: HotspotStory) -> Any:
    by_id = story.places.set_index("place_id")["shape"]
    return by_id.loc[story.hotspots["place_id"]].to_numpy()


def _ordered(story: HotspotStory) -> pd.DataFrame:
    """Put the columns of the data dictionary first, in its order, the others behind, and round what is measured."""
    first = list(HOTSPOTS.columns)
    others = [name for name in story.hotspots.columns if name not in first and name != "shape"]
    chosen = story.hotspots[first + others]
    return chosen.round({name: places for name, places in _DECIMALS.items() if name in chosen})


def _plain(story: HotspotStory) -> pd.DataFrame:
    """Give the columns with lists as JSON text and the marking behind."""
    columns = _ordered(story)
    nested = [name for name in columns if columns[name].map(lambda value: isinstance(value, (list, tuple, dict))).any()]
    texts = {
        name: columns[name].map(lambda value: json.dumps(json_value(value), ensure_ascii=False)) for name in nested
    }
    for name, values in texts.items():
        columns[name] = values
    columns["marking"] = story.marking
    return columns


def json_value(value: Any) -> Any:
    """Give a value as JSON can hold it: plain numbers, texts, lists; what is missing as None.

    >>> json_value(float("nan")), json_value({"a": (1, 2)})
    (None, {'a': [1, 2]})
    """
    match value:
        case dict():
            return {str(key): json_value(each) for key, each in value.items()}
        case list() | tuple() | np.ndarray():
            return [json_value(each) for each in value]
        case float() if value != value or abs(value) == float("inf"):  # noqa: PLR0124 - not a number
            return None
        case None | str() | bool() | int() | float():
            return value
        case _ if hasattr(value, "item"):
            return json_value(value.item())
        case _:
            return None if value != value else str(value)  # noqa: PLR0124 - a missing value is not itself
