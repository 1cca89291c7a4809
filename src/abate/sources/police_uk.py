"""Files as published at data.police.uk: street-level crime, outcomes, and stop and search."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from abate.schema import Format, Rule
from abate.sources.forces import FORCES, NAMES
from abate.sources.land import EAST, NORTH, SOUTH, WEST, far_from
from abate.tables import INCIDENTS, OUTCOMES, SEARCHES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

CRIME_TYPES = (
    "Anti-social behaviour",
    "Bicycle theft",
    "Burglary",
    "Criminal damage and arson",
    "Drugs",
    "Other crime",
    "Other theft",
    "Possession of weapons",
    "Public disorder and weapons",
    "Public order",
    "Robbery",
    "Shoplifting",
    "Theft from the person",
    "Vehicle crime",
    "Violence and sexual offences",
    "Violent crime",
)
FIRST_MONTH = "2010-12"

_PLACED = ("Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code")
STREET_HEADER = (*_PLACED, "LSOA name", "Crime type", "Last outcome category", "Context")
OUTCOMES_HEADER = (*_PLACED, "LSOA name", "Outcome type")
SEARCHES_HEADER = (
    "Type",
    "Date",
    "Part of a policing operation",
    "Policing operation",
    "Latitude",
    "Longitude",
    "Gender",
    "Age range",
    "Self-defined ethnicity",
    "Officer-defined ethnicity",
    "Legislation",
    "Object of search",
    "Outcome",
    "Outcome linked to object of search",
    "Removal of more than just outer clothing",
)

_MOMENT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.]\d+)?([+-]\d\d:\d\d|Z)$"
_MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"


def said(raw: Any, column: str) -> Any:
    """Give what a row says in a column; the lake has made blank text null."""
    return raw[column]


def _text(column: str) -> Callable[[Any], Any]:
    return lambda raw: said(raw, column)


def _number(column: str) -> Callable[[Any], Any]:
    return lambda raw: said(raw, column).try_cast("float64")


def _always(value: str) -> Callable[[Any], Any]:
    def literal(_raw: Any) -> Any:
        import ibis

        return ibis.literal(value)

    return literal


def _yes_no(column: str) -> Callable[[Any], Any]:
    return lambda raw: said(raw, column).cases(("True", True), ("False", False), else_=None)


def _force(raw: Any) -> Any:
    return _looked_up(said(raw, "Reported by"), sorted(NAMES.items()))


def _looked_up(value: Any, pairs: Sequence[tuple[str, str]]) -> Any:
    """Give what stands beside a word in a sorted list, by halving it; nothing for a word that is not in it."""
    if len(pairs) <= 3:
        return value.cases(*pairs, else_=None)
    half = len(pairs) // 2
    return (value < pairs[half][0]).ifelse(_looked_up(value, pairs[:half]), _looked_up(value, pairs[half:]))


def _time(raw: Any) -> Any:
    return said(raw, "Date").try_cast("timestamp('UTC')")


@cache
def _clock() -> Callable[[Any, Any], Any]:
    """Give the engine's function that reads a clock on the wall in a time zone."""
    import ibis
    import ibis.expr.datatypes as dt

    def wall(zone: Any, moment: Any) -> Any: ...

    takes = (dt.string, dt.Timestamp(timezone="UTC"))
    told: Callable[[Any, Any], Any] = ibis.udf.scalar.builtin(wall, name="timezone", signature=(takes, dt.Timestamp()))
    return told


def _london_month(raw: Any) -> Any:
    return _clock()("Europe/London", _time(raw)).strftime("%Y-%m")


_WHERE: Mapping[str, Callable[[Any], Any]] = {
    "x": _number("Longitude"),
    "y": _number("Latitude"),
    "crs": _always("EPSG:4326"),
    "location": _text("Location"),
    "lsoa_code": _text("LSOA code"),
    "lsoa_name": _text("LSOA name"),
}
_PART: Mapping[str, Callable[[Any], Any]] = {
    "force": _force,
    "month": _text("Month"),
    "crime_id": _text("Crime ID"),
    "reported_by": _text("Reported by"),
    "falls_within": _text("Falls within"),
}


def _odd(value: Any) -> Any:
    return value.isnull() | value.isnan() | value.isinf()


def _coordinates() -> tuple[Rule, ...]:
    lon, lat = _WHERE["x"], _WHERE["y"]
    return (
        Rule(
            "coordinates-half",
            "a place needs both Longitude and Latitude, or neither",
            "Longitude",
            lambda raw: said(raw, "Longitude").isnull() != said(raw, "Latitude").isnull(),
        ),
        Rule(
            "coordinates-not-numbers",
            "Longitude and Latitude are decimal degrees, such as 0.711391 and 51.537731",
            "Longitude",
            lambda raw: said(raw, "Longitude").notnull() & (_odd(lon(raw)) | _odd(lat(raw))),
        ),
        Rule(
            "coordinates-swapped",
            "Longitude and Latitude stand in each other's column: Longitude lies near 0, Latitude near 52",
            "Longitude",
            lambda raw: lon(raw).between(SOUTH, NORTH) & lat(raw).between(WEST, EAST),
        ),
        Rule(
            "coordinates-elsewhere",
            "the place lies in the sea or abroad: records here lie in the United Kingdom, between Longitude "
            f"{WEST:g} and {EAST:g} and Latitude {SOUTH:g} and {NORTH:g}, on land or at its coast",
            "Longitude",
            lambda raw: far_from(lon(raw), lat(raw)),
        ),
    )


def _months(today: date) -> tuple[Rule, ...]:
    now = f"{today:%Y-%m}"
    return (
        Rule(
            "month-unreadable",
            "a month is written YYYY-MM, such as 2021-03",
            "Month",
            lambda raw: said(raw, "Month").isnull() | ~said(raw, "Month").re_search(_MONTH),
        ),
        Rule(
            "month-too-early",
            f"street-level records begin in {FIRST_MONTH}",
            "Month",
            lambda raw: said(raw, "Month") < FIRST_MONTH,
        ),
        Rule(
            "month-in-future",
            f"no record can be later than {now}, the month in which it is loaded",
            "Month",
            lambda raw: said(raw, "Month") > now,
        ),
    )


def _known_force() -> Rule:
    return Rule(
        "force-unknown",
        "`Reported by` names a force of England, Wales or Northern Ireland as data.police.uk does",
        "Reported by",
        lambda raw: _force(raw).isnull(),
        known=tuple(names[0] for names in FORCES.values()),
    )


def _street(today: date) -> Format:
    def untold(raw: Any) -> Any:
        return said(raw, "Crime type").isnull() | ~said(raw, "Crime type").isin(CRIME_TYPES)

    def unnamed(raw: Any) -> Any:
        return said(raw, "Crime ID").isnull() & (said(raw, "Crime type") != "Anti-social behaviour")

    return Format(
        name="street",
        table=INCIDENTS,
        header=STREET_HEADER,
        values={
            **_PART,
            **_WHERE,
            "crime_type": _text("Crime type"),
            "outcome": _text("Last outcome category"),
            "context": _text("Context"),
        },
        rules=(
            *_months(today),
            _known_force(),
            Rule("crime-type-unknown", "a crime type as published", "Crime type", untold, known=CRIME_TYPES),
            Rule("crime-id-missing", "every crime but anti-social behaviour has a Crime ID", "Crime ID", unnamed),
            *_coordinates(),
        ),
        repeat_key="crime_id",
        compared=("x", "y", "outcome", "crime_type"),
    )


def _outcomes(today: date) -> Format:
    return Format(
        name="outcomes",
        table=OUTCOMES,
        header=OUTCOMES_HEADER,
        values={**_PART, **_WHERE, "outcome": _text("Outcome type")},
        rules=(
            *_months(today),
            _known_force(),
            Rule(
                "outcome-missing",
                "every row of an outcomes file names an outcome",
                "Outcome type",
                lambda raw: said(raw, "Outcome type").isnull(),
            ),
            *_coordinates(),
        ),
    )


def _searches(today: date) -> Format:
    def unreadable(raw: Any) -> Any:
        return said(raw, "Date").isnull() | ~said(raw, "Date").re_search(_MOMENT) | _time(raw).isnull()

    return Format(
        name="stop-and-search",
        table=SEARCHES,
        header=SEARCHES_HEADER,
        values={
            "month": _london_month,
            "kind": _text("Type"),
            "time": _time,
            "in_operation": _yes_no("Part of a policing operation"),
            "operation": _text("Policing operation"),
            "x": _WHERE["x"],
            "y": _WHERE["y"],
            "crs": _WHERE["crs"],
            "gender": _text("Gender"),
            "age_range": _text("Age range"),
            "ethnicity_self_defined": _text("Self-defined ethnicity"),
            "ethnicity_officer_defined": _text("Officer-defined ethnicity"),
            "legislation": _text("Legislation"),
            "search_object": _text("Object of search"),
            "outcome": _text("Outcome"),
            "outcome_linked": _yes_no("Outcome linked to object of search"),
            "outer_clothing_removed": _yes_no("Removal of more than just outer clothing"),
        },
        rules=(
            Rule(
                "date-unreadable",
                "a Date is written as 2023-01-31T14:05:00+00:00",
                "Date",
                unreadable,
            ),
            Rule(
                "date-too-early",
                f"searches are published from {FIRST_MONTH}",
                "Date",
                lambda raw: _london_month(raw) < FIRST_MONTH,
            ),
            Rule(
                "date-in-future",
                f"no search can be later than {today:%Y-%m}, the month in which it is loaded",
                "Date",
                lambda raw: _london_month(raw) > f"{today:%Y-%m}",
            ),
            Rule("type-missing", "every search has a Type", "Type", lambda raw: said(raw, "Type").isnull()),
            *_coordinates(),
        ),
    )


def formats(*, today: date) -> tuple[Format, ...]:
    """Give the three kinds of file as published; `today` bounds the months that can be true."""
    return (_street(today), _outcomes(today), _searches(today))
