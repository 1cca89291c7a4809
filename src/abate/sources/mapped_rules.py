"""What every row of a mapped extract must hold, in the order in which a row is asked."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from abate.schema import Rule
from abate.sources.bounds import bounds_of
from abate.sources.consistency import MOMENTS
from abate.sources.readings import FLAGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from abate.sources.bounds import Box
    from abate.sources.readings import Readings

_LONGEST = 5


def rules(readings: Readings, *, today: date | None = None) -> Iterator[Rule]:
    """List the rules of a mapping; a row that breaks several is rejected under the first."""
    yield from _force(readings)
    yield from _month(readings) if "month" in readings.mapping.columns else _moments(readings)
    yield from _period(readings, today)
    yield from _crime_type(readings)
    yield from _place(readings)
    yield from _yes_no(readings)
    yield from _victims(readings)


def _force(readings: Readings) -> Iterator[Rule]:
    column, names = readings.mapping.force_column, readings.mapping.force_names
    if column is None:
        return
    if names:
        right = f"a force that [force_names] lists: {_some(tuple(names))}"
        yield Rule("force-unknown", right, column, lambda rows: readings.force(rows).isnull(), known=tuple(names))
    else:
        right = "a force in lower-case letters and digits with hyphens, such as west-midlands"
        slug = "^[a-z0-9]+(-[a-z0-9]+)*$"
        yield Rule("force-unknown", right, column, lambda rows: ~_filled(readings.force(rows)).re_search(slug))


def _month(readings: Readings) -> Iterator[Rule]:
    column = readings.mapping.columns["month"]
    right = f"a month written {readings.mapping.month_format}"
    yield Rule("month-unreadable", right, column, lambda rows: readings.month(rows).isnull())


def _moments(readings: Readings) -> Iterator[Rule]:
    dated_by = readings.dated_by()
    first = readings.moment_column(dated_by[0])

    def without(rows: Any) -> Any:
        blank = readings.moment_text(dated_by[0], rows).isnull()
        return blank & readings.moment_text(dated_by[1], rows).isnull() if len(dated_by) > 1 else blank

    yield Rule("date-missing", "a day on which it began or was reported", first, without)
    right = f"a date written {_some(readings.mapping.formats)}"
    for which in filter(readings.has, MOMENTS):
        unreadable = partial(_unreadable, readings, which)
        yield Rule(f"{which}-unreadable", right, readings.moment_column(which), unreadable)
    if readings.has("ended"):
        right = "an end that does not come before the beginning"
        reversed_ = partial(_reversed, readings)
        yield Rule("ended-before-began", right, readings.moment_column("ended"), reversed_)


def _unreadable(readings: Readings, which: str, rows: Any) -> Any:
    return readings.moment_text(which, rows).notnull() & readings.moment(which, rows).wall.isnull()


def _reversed(readings: Readings, rows: Any) -> Any:
    return (readings.ended(rows) < readings.utc("began", rows)).fill_null(False)  # noqa: FBT003 - the value filled in


def _period(readings: Readings, today: date | None) -> Iterator[Rule]:
    mapping = readings.mapping
    first, last = mapping.first_month or "1900-01", mapping.last_month or "2099-12"
    column = mapping.columns.get("month") or readings.moment_column(readings.dated_by()[0])
    right = f"a month from {first} to {last}"
    yield Rule("month-out-of-range", right, column, lambda rows: ~readings.month(rows).between(first, last))
    if today is not None:
        now = f"{today:%Y-%m}"
        right = f"no record can be later than {now}, the month in which it is loaded"
        yield Rule("month-in-future", right, column, lambda rows: readings.month(rows) > now)


def _crime_type(readings: Readings) -> Iterator[Rule]:
    column, offences = readings.mapping.columns.get("crime_type"), readings.mapping.offences
    if column is None:
        return
    yield Rule("crime-type-missing", "a kind of crime", column, lambda rows: readings.cell(column, rows).isnull())
    if offences and readings.mapping.unlisted_offence == "reject":
        right = f"a code that [offences] lists: {_some(tuple(offences))}"
        listed = tuple(offences)
        yield Rule("offence-unlisted", right, column, lambda rows: ~readings.cell(column, rows).isin(listed), listed)


def _place(readings: Readings) -> Iterator[Rule]:
    mapping = readings.mapping
    if "x" not in mapping.columns:
        return
    x_column, y_column = mapping.columns["x"], mapping.columns["y"]
    yield Rule("coordinates-half", "both coordinates, or neither", x_column, partial(_half, readings))
    for axis, column in (("x", x_column), ("y", y_column)):
        right = "a coordinate as a number, or nothing"
        yield Rule(f"{axis}-not-a-number", right, column, partial(_not_a_number, readings, axis))
    box = bounds_of(mapping)
    if box.greatest_x < box.least_y or box.greatest_y < box.least_x:
        right = f"{x_column} and {y_column} the other way round"
        yield Rule("coordinates-swapped", right, x_column, partial(_swapped, readings, box))
    for axis, column, least, most in (
        ("x", x_column, box.least_x, box.greatest_x),
        ("y", y_column, box.least_y, box.greatest_y),
    ):
        right = f"a place {box.what}: {axis} from {least:.9g} to {most:.9g}"
        yield Rule(f"{axis}-elsewhere", right, column, partial(_outside, readings, axis, least, most))


def _half(readings: Readings, rows: Any) -> Any:
    return readings.coordinate_text("x", rows).isnull() != readings.coordinate_text("y", rows).isnull()


def _not_a_number(readings: Readings, axis: str, rows: Any) -> Any:
    number = readings.coordinate(axis, rows)
    return readings.coordinate_text(axis, rows).notnull() & (number.isnull() | number.isnan() | number.isinf())


def _swapped(readings: Readings, box: Box, rows: Any) -> Any:
    x, y = readings.coordinate("x", rows), readings.coordinate("y", rows)
    right = x.between(box.least_x, box.greatest_x) & y.between(box.least_y, box.greatest_y)
    turned = y.between(box.least_x, box.greatest_x) & x.between(box.least_y, box.greatest_y)
    return (turned & ~right).fill_null(False)  # noqa: FBT003 - the value filled in


def _outside(readings: Readings, axis: str, least: float, most: float, rows: Any) -> Any:
    return (~readings.coordinate(axis, rows).between(least, most)).fill_null(False)  # noqa: FBT003 - the value filled in


def _yes_no(readings: Readings) -> Iterator[Rule]:
    mapping = readings.mapping
    right = f"a word for yes ({_some(mapping.yes)}) or for no ({_some(mapping.no)}), or nothing"
    for field in FLAGS:
        if column := mapping.columns.get(field):
            unknown = partial(_unknown_word, readings, field, column)
            yield Rule(f"{field.replace('_', '-')}-unknown-word", right, column, unknown)


def _unknown_word(readings: Readings, field: str, column: str, rows: Any) -> Any:
    return readings.cell(column, rows).notnull() & readings.yes_no(field, rows).isnull()


def _victims(readings: Readings) -> Iterator[Rule]:
    if column := readings.mapping.columns.get("victims"):
        right = "a whole number of people, or nothing"
        yield Rule("victims-not-whole", right, column, partial(_not_whole, readings, column))


def _not_whole(readings: Readings, column: str, rows: Any) -> Any:
    return readings.cell(column, rows).notnull() & readings.victims(rows).isnull()


def _filled(text: Any) -> Any:
    return text.fill_null("")


def _some(words: tuple[str, ...]) -> str:
    more = len(words) - _LONGEST
    return ", ".join(words[:_LONGEST]) + (f" and {more} more" if more > 0 else "")
