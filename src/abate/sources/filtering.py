"""Rows that a mapping leaves out on purpose: its own filters, and the named filter `public-place`.

`public-place` keeps what a patrol on the street can see and prevent: it leaves out domestic offences, stand-in
coordinates, historic reports, premises that are indoors or private, offences committed online, and offences that
come to light because police look for them (College of Policing, guide to hotspot policing: data to include).
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from abate.schema import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from abate.sources.mapping import OwnFilter
    from abate.sources.readings import Readings


def dropped(readings: Readings) -> Iterator[Rule]:
    """List the filters of a mapping; a row that several would leave out is counted under the first."""
    mapping = readings.mapping
    if mapping.offences and mapping.unlisted_offence == "drop":
        column = mapping.columns["crime_type"]
        right = "a code that [offences] lists; the others are left out as [rules] unlisted_offence asks"
        yield Rule("offence-unlisted", right, column, partial(_unlisted, readings, column))
    for own in mapping.filters.own:
        yield Rule(own.name, _own_sentence(own), own.column, partial(_own, readings, own))
    if "public-place" in mapping.filters.use:
        yield from _public_place(readings)


def _unlisted(readings: Readings, column: str, rows: Any) -> Any:
    return ~readings.cell(column, rows).isin(list(readings.mapping.offences or ()))


def _own_sentence(own: OwnFilter) -> str:
    values = ", ".join(repr(value) for value in own.values)
    return f"'{own.column}' is {'one' if own.keeps else 'none'} of {values}"


def _own(readings: Readings, own: OwnFilter, rows: Any) -> Any:
    found = readings.cell(own.column, rows).fill_null("").isin(list(own.values))
    return ~found if own.keeps else found


def _public_place(readings: Readings) -> Iterator[Rule]:
    mapping, columns = readings.mapping, readings.mapping.columns
    if column := columns.get("domestic"):
        yield Rule("domestic", "an offence that is not flagged as domestic", column, _flag(readings, "domestic"))
    if column := columns.get("default_geocode"):
        right = "coordinates of the place itself, not a stand-in"
        yield Rule("default-geocode", right, column, _flag(readings, "default_geocode"))
    if readings.has("reported") and readings.has("began"):
        right = (
            f"reported within {mapping.filters.historic_days} days of its end (of its beginning where that is blank)"
        )
        yield Rule("historic-report", right, readings.moment_column("reported"), partial(_historic, readings))
    if column := columns.get("premises"):
        right = "premises that are visible from the street"
        yield Rule("not-street-visible", right, column, partial(_indoors, readings, column))
    if column := columns.get("ho_offence_code"):
        online, found = mapping.filters.online_offences, mapping.filters.police_generated_offences
        right = f"an offence committed in person, not one of {', '.join(online)}"
        yield Rule("online", right, column, partial(_coded, readings, column, online))
        right = f"an offence that does not depend on police looking for it, not one of {', '.join(found)}"
        yield Rule("police-generated", right, column, partial(_coded, readings, column, found))


def _flag(readings: Readings, field: str) -> Any:
    return lambda rows: readings.yes_no(field, rows).fill_null(False)  # noqa: FBT003 - the value filled in


def _historic(readings: Readings, rows: Any) -> Any:
    import ibis

    over = ibis.coalesce(readings.ended(rows), readings.utc("began", rows))
    late = readings.utc("reported", rows) > over + ibis.interval(days=readings.mapping.filters.historic_days)
    return late.fill_null(False)  # noqa: FBT003 - the value filled in


def _indoors(readings: Readings, column: str, rows: Any) -> Any:
    words = readings.cell(column, rows).lower().fill_null("")
    filters = readings.mapping.filters
    return words.re_search(_any_of(filters.indoor_premises)) & ~words.re_search(_any_of(filters.outdoor_premises))


def _any_of(phrases: tuple[str, ...]) -> str:
    """Write a pattern that finds any of the phrases as whole words; nothing where there is none."""
    told = "|".join(re.escape(phrase.lower()) for phrase in phrases if phrase)
    return rf"(^|\W)({told})($|\W)" if told else "$^x"


def _coded(readings: Readings, column: str, codes: tuple[str, ...], rows: Any) -> Any:
    code = readings.cell(column, rows).upper().re_replace("^0+", "").fill_null("")
    return code.isin([plain(each) for each in codes]) if codes else code.isnull()


def plain(code: str) -> str:
    """Give a Home Office code as it is compared: capital letters, no leading noughts.

    >>> plain("008n")
    '8N'
    """
    return code.strip().upper().lstrip("0")
