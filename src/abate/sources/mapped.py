"""Any extract that a mapping describes: the mapping becomes a format, which the lake runs like any other.

The month of an offence is the month on the local clock in which it began (in which it was reported, where nothing
says when it began). Coordinates stay as the source gives them, with their coordinate system beside them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from abate.errors import SourceError, nearest
from abate.schema import Format
from abate.sources import mapped_rules
from abate.sources.filtering import dropped
from abate.sources.readings import FLAGS, Readings
from abate.tables import INCIDENTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from abate.sources.mapping import Mapping

_COMPARED = ("x", "y", "outcome", "crime_type")
_TEXTS = ("crime_id", "location", "lsoa_code", "outcome", "ho_offence_code", "ho_classification", "premises")


def format_of(mapping: Mapping, header: tuple[str, ...], *, today: date | None = None) -> Format:
    """Turn a mapping into the format of a file with this header.

    `header` holds the file's columns as they stand; those that the mapping does not use are welcome. Rows of a month
    after `today` are rejected where it is given. Rows whose `crime_id` repeats within a force and month are repeats,
    unless the mapping says `repeats = "keep"`. Raises `SourceError` naming every column that the file lacks.

    >>> from abate.sources import mapping
    >>> arson = format_of(mapping.example("chicago-arson"), ("x", "y", "date", "ward"))
    >>> arson.header, arson.optional, arson.force
    (('x', 'y', 'date'), ('ward',), 'chicago')
    """
    _check(mapping, header)
    readings = Readings(mapping)
    used, values = mapping.uses(), _values(readings)
    return Format(
        name=mapping.name,
        table=INCIDENTS,
        header=tuple(column for column in header if column in used),
        optional=tuple(column for column in header if column not in used),
        values=values,
        rules=tuple(mapped_rules.rules(readings, today=today)),
        dropped=tuple(dropped(readings)),
        repeat_key="crime_id" if "crime_id" in mapping.columns and mapping.repeats == "once" else None,
        compared=tuple(column for column in _COMPARED if column in values),
        force=mapping.force,
    )


def _check(mapping: Mapping, header: tuple[str, ...]) -> None:
    faults = [
        f"{mapping.file}: {' and '.join(settings)}: the file has no column '{column}'. {nearest(column, header)}"
        for column, settings in mapping.uses().items()
        if column not in header
    ]
    if faults:
        raise SourceError(*faults)


def _values(readings: Readings) -> dict[str, Callable[[Any], Any]]:
    columns = readings.mapping.columns
    made: dict[str, Callable[[Any], Any]] = {
        name: partial(readings.cell, columns[name]) for name in _TEXTS if name in columns
    }
    made |= {"month": readings.month, "crime_type": readings.crime_type, "crs": readings.crs}
    made |= {axis: partial(readings.coordinate, axis) for axis in ("x", "y") if axis in columns}
    made |= {which: partial(readings.utc, which) for which in ("began", "reported") if readings.has(which)}
    made |= {field: partial(readings.yes_no, field) for field in FLAGS if field in columns}
    if readings.has("began"):
        made["ended"] = readings.ended
    if readings.dated_by():
        made["zone"] = readings.zone
    if "victims" in columns:
        made["victims"] = readings.victims
    if column := readings.mapping.force_column:
        made |= {"force": readings.force, "reported_by": partial(readings.cell, column)}
    return made
