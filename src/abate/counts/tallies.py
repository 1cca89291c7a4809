"""The first reduction: from single incidents to how many share a point, month, kind and place in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

_KEYS = ("x", "y", "crs", "month", "crime_type", "location")


def tally(incidents: Any, *, crime_types: Collection[str] | None = None) -> Any:
    """Count the incidents that have coordinates by point, month, kind and place in words.

    `incidents` is an Ibis expression over the lake's incidents, already cut to the force and months asked for; the
    answer is one too, with the columns of `tables.TALLIES` in a total order. The same expression runs on DuckDB and
    on Spark. `crime_types` keeps those kinds alone; without it, every kind stays. Where the incidents have a column
    `harm`, each weight stays a row of its own, so that sums, medians and the largest event can be found later
    without adding floating numbers inside the engine.

    >>> import ibis
    >>> words = dict.fromkeys(["crs", "month", "crime_type", "location"], "string")
    >>> tally(ibis.table({"x": "float64", "y": "float64", **words}, name="incidents")).columns
    ('x', 'y', 'crs', 'month', 'crime_type', 'location', 'incidents')
    """
    kept = incidents.filter(incidents.x.notnull() & incidents.y.notnull())
    if crime_types is not None:
        kept = kept.filter(kept.crime_type.isin(sorted(crime_types)))
    keys = [*_KEYS, *(["harm"] if "harm" in incidents.columns else [])]
    counted = kept.group_by(keys).agg(incidents=lambda rows: rows.count())
    return counted.order_by([counted[key].asc(nulls_first=False) for key in keys])


def unlocated(incidents: Any, *, crime_types: Collection[str] | None = None) -> Any:
    """Count the incidents that have no coordinates, by month and kind; these are in no place.

    An Ibis expression in, an Ibis expression out, with the columns `month`, `crime_type` and `incidents`.

    >>> import ibis
    >>> told = {"x": "float64", "y": "float64", "month": "string", "crime_type": "string"}
    >>> unlocated(ibis.table(told, name="incidents")).columns
    ('month', 'crime_type', 'incidents')
    """
    left = incidents.filter(incidents.x.isnull() | incidents.y.isnull())
    if crime_types is not None:
        left = left.filter(left.crime_type.isin(sorted(crime_types)))
    counted = left.group_by(["month", "crime_type"]).agg(incidents=lambda rows: rows.count())
    return counted.order_by([counted.month, counted.crime_type])
