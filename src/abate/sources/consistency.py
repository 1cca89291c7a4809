"""Whether the settings of a mapping go together: what is missing, and what contradicts what."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from abate.errors import OptionError, nearest
from abate.periods import month

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMED_FILTERS: dict[str, dict[str, tuple[str, ...]]] = {
    "public-place": {
        "domestic": ("domestic",),
        "default-geocode": ("default_geocode",),
        "historic-report": ("reported", "began"),
        "not-street-visible": ("premises",),
    }
}
MOMENTS = ("began", "ended", "reported")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CRS = re.compile(r"[A-Z]+:\d+")
_FILTER_SETTINGS = {
    "historic_days",
    "indoor_premises",
    "outdoor_premises",
    "online_offences",
    "police_generated_offences",
}


@dataclass(frozen=True)
class Document:
    """A mapping as it stands in its file: sections of settings, some of which may be wrong.

    A setting that is given, but wrongly, counts as given, so that it is complained of once.
    """

    sections: dict[str, Any]

    def section(self, name: str) -> dict[str, Any]:
        """Give the settings of a section; none where it is not there."""
        found = self.sections.get(name)
        return found if isinstance(found, dict) else {}

    def given(self, section: str, *names: str) -> list[str]:
        """List those of the named settings that the section has."""
        return [name for name in names if name in self.section(section)]

    def text(self, section: str, name: str) -> str | None:
        """Give a text, or None where it is absent or blank."""
        found = self.section(section).get(name)
        return found if isinstance(found, str) and found else None

    def texts(self, section: str, name: str) -> tuple[str, ...] | None:
        """Give a list of texts (a text alone is a list of one), or None where it is absent."""
        found = self.section(section).get(name)
        if isinstance(found, str):
            return (found,)
        return tuple(part for part in found if isinstance(part, str)) if isinstance(found, list) else None

    def own_filters(self) -> list[dict[str, Any]]:
        """List the filters of the mapping's own making."""
        found = self.section("filters").get("own")
        return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []

    def has_moment(self, which: str) -> bool:
        """Tell whether a moment (`began`, `ended` or `reported`) has a column, or a column for its day."""
        return bool(self.given("columns", which, f"{which}_date"))


def faults(sections: dict[str, Any]) -> list[str]:
    """Say everything that is missing from a mapping or that contradicts itself.

    >>> faults({"source": {"name": "Arson", "force": "chicago", "crime_type": "arson"}, "columns": {"month": "m"}})
    []
    >>> faults({"source": {"name": "Arson", "force": "chicago"}, "columns": {"month": "m"}})
    ['one of [source] crime_type (one for all rows) and [columns] crime_type (a column) must be given']
    """
    document = Document(sections)
    checks = (_source, _force, _file, _offences, _place, _time, _moments, _words, _filters, _own_filters, _rules)
    return [fault for check in checks for fault in check(document)]


def _source(document: Document) -> Iterator[str]:
    if not document.given("source", "name"):
        yield "[source] name: must be given: what this extract is called in reports"
    if (repeats := document.text("source", "repeats")) and repeats not in ("once", "keep"):
        yield f"[source] repeats: '{repeats}' is not known. {nearest(repeats, ('once', 'keep'))}"
    if document.given("source", "repeats") and not document.given("columns", "crime_id"):
        yield "[source] repeats: nothing can repeat without [columns] crime_id"


def _force(document: Document) -> Iterator[str]:
    match document.given("source", "force", "force_column"):
        case []:
            yield "one of [source] force (one for all rows) and [source] force_column (a column) must be given"
        case [_, _]:
            yield "[source] force and force_column contradict each other: give one of them"
    if document.given("source", "force") and document.section("force_names"):
        yield "[force_names]: has no use where [source] force names the force of all rows"
    slugs = [("[source] force", document.text("source", "force"))]
    slugs += [(f"[force_names] {word}", document.text("force_names", word)) for word in document.section("force_names")]
    for where, slug in slugs:
        if slug and not SLUG.fullmatch(slug):
            yield f"{where}: '{slug}' should be lower-case letters and digits with hyphens, such as west-midlands"


def _file(document: Document) -> Iterator[str]:
    delimiter = document.text("source", "delimiter")
    if delimiter and (len(delimiter) != 1 or delimiter in '"\r\n'):
        yield f"[source] delimiter: should be one sign such as ';' or a tab (\"\\t\"), not {delimiter!r}"
    if encoding := document.text("source", "encoding"):
        try:
            codecs.lookup(encoding)
        except LookupError:
            known = ("utf-8", "cp1252", "latin-1", "utf-16")
            yield f"[source] encoding: '{encoding}' is not known. {nearest(encoding, known)}"


def _offences(document: Document) -> Iterator[str]:
    of_all, of_rows = document.given("source", "crime_type"), document.given("columns", "crime_type")
    if not of_all and not of_rows:
        yield "one of [source] crime_type (one for all rows) and [columns] crime_type (a column) must be given"
    if of_all and of_rows:
        yield "[source] crime_type and [columns] crime_type contradict each other: give one of them"
    if document.section("offences") and not of_rows:
        yield "[offences]: has codes, but no column holds them: give [columns] crime_type"
    if document.given("rules", "unlisted_offence") and not document.section("offences"):
        yield "[rules] unlisted_offence: has no use without a section [offences]"
    unlisted, ways = document.text("rules", "unlisted_offence"), ("reject", "keep", "drop")
    if unlisted and unlisted not in ways:
        yield f"[rules] unlisted_offence: '{unlisted}' is not known. {nearest(unlisted, ways)}"


def _place(document: Document) -> Iterator[str]:
    located = document.given("columns", "x", "y")
    if len(located) == 1:
        yield f"[columns] {located[0]}: is half a place: give x and y, or neither"
    if located and not document.given("place", "crs"):
        yield "[place] crs: must be given: the coordinate system of x and y, such as EPSG:27700 or EPSG:4326"
    if not located and document.section("place"):
        yield "[place]: has no use without [columns] x and y"
    if not located and document.given("rules", "bounds"):
        yield "[rules] bounds: has no use without [columns] x and y"
    if crs := document.text("place", "crs"):
        yield from _crs_faults(crs)


def _crs_faults(crs: str) -> Iterator[str]:
    if not _CRS.fullmatch(crs):
        yield f"[place] crs: '{crs}' should be an authority and a number, such as EPSG:27700"
        return
    try:
        import pyproj
    except ImportError:
        return
    try:
        pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError:
        yield f"[place] crs: {crs} is not a coordinate system that is known: the British National Grid is EPSG:27700"


def _time(document: Document) -> Iterator[str]:
    for form in document.texts("time", "format") or ():
        if fault := _format_fault(form, ("%Y", "%y"), ("%m", "%b", "%B", "%-m"), ("%d", "%-d")):
            yield f"[time] format: '{form}' {fault}, such as %d/%m/%Y %H:%M"
    months = document.text("time", "month_format")
    if months and (fault := _format_fault(months, ("%Y", "%y"), ("%m", "%b", "%B", "%-m"))):
        yield f"[time] month_format: '{months}' {fault}, such as %Y-%m"
    if zone := document.text("time", "zone"):
        try:
            ZoneInfo(zone)
        except (ValueError, OSError, ZoneInfoNotFoundError):
            common = ("Europe/London", "America/New_York", "America/Chicago", "America/Los_Angeles", "UTC")
            yield f"[time] zone: '{zone}' is not a time zone. {nearest(zone, common).replace('Known', 'Common')}"


def _format_fault(form: str, *parts: tuple[str, ...]) -> str | None:
    unknown = [sign for sign in re.findall(r"%-?.", form) if sign[-1] not in "YymbBdHIMSfpzjaA%"]
    if unknown:
        return f"has the sign {unknown[0]}, which is not known: write year, month and day as signs"
    if all(any(sign in form for sign in part) for part in parts):
        return None
    return "should have a sign for " + ", ".join(["the year", "the month", "the day"][: len(parts)])


def _moments(document: Document) -> Iterator[str]:
    for which in MOMENTS:
        whole, day, hour = (bool(document.given("columns", which + part)) for part in ("", "_date", "_time"))
        if whole and (day or hour):
            yield f"[columns] {which}: contradicts {which}_date and {which}_time: one column, or two"
        elif hour and not day:
            yield f"[columns] {which}_time: needs {which}_date beside it"
    moments = [which for which in MOMENTS if document.has_moment(which)]
    if document.given("columns", "month") and moments:
        yield f"[columns] month: is not needed, the month is taken from {moments[0]}: leave one of them out"
    if not document.given("columns", "month") and not {"began", "reported"} & set(moments):
        yield "[columns]: nothing says when: give began, reported or month"
    if "ended" in moments and "began" not in moments:
        yield "[columns] ended: needs began beside it"


def _words(document: Document) -> Iterator[str]:
    yes, no = (set(map(str.lower, document.texts("words", side) or ())) for side in ("yes", "no"))
    for word in sorted(yes & no):
        yield f"[words]: '{word}' stands for both yes and no"
    if document.section("words") and len(document.given("words", "yes", "no")) == 1:
        yield "[words]: give both yes and no, or neither"


def _filters(document: Document) -> Iterator[str]:
    used = document.texts("filters", "use") or ()
    missing = document.text("filters", "missing")
    if missing and missing not in ("fault", "ok"):
        yield f"[filters] missing: '{missing}' is not known. {nearest(missing, ('fault', 'ok'))}"
    for name in used:
        if name not in NAMED_FILTERS:
            yield f"[filters] use: there is no filter '{name}'. {nearest(name, NAMED_FILTERS)}"
        elif missing != "ok":
            yield from (
                f'[filters] {lack}; map it, or write missing = "ok" to go on without'
                for lack in lacking(document, name)
            )
    if not used:
        for name in document.given("filters", *sorted(_FILTER_SETTINGS)):
            yield f'[filters] {name}: has no use without use = ["public-place"]'


def lacking(document: Document, name: str) -> list[str]:
    """Say which parts of a named filter have no column to look at."""
    return [
        f"{name}: {part} cannot be applied: no column for {' and '.join(lack)}"
        for part, needed in NAMED_FILTERS.get(name, {}).items()
        if (lack := [each for each in needed if not document.given("columns", each, f"{each}_date")])
    ]


def _own_filters(document: Document) -> Iterator[str]:
    names: set[str] = set()
    for own in document.own_filters():
        name = str(own.get("name", ""))
        if not SLUG.fullmatch(name):
            yield f"[filters.own] name: '{name}' should be lower-case letters and digits with hyphens"
        elif name in names or name in NAMED_FILTERS["public-place"]:
            yield f"[filters.own] name: '{name}' is taken by another filter"
        names.add(name)
        if "column" not in own:
            yield f"[filters.own] {name}: needs a column to look at"
        if len({"keep", "drop"} & set(own)) != 1:
            yield f"[filters.own] {name}: needs either keep or drop"


def _rules(document: Document) -> Iterator[str]:
    bounds = document.section("rules").get("bounds")
    numbers = [bound for bound in bounds if isinstance(bound, (int, float))] if isinstance(bounds, list) else None
    if numbers == bounds and numbers is not None and not _is_box(numbers):
        yield f"[rules] bounds: should be least x, least y, greatest x, greatest y, not {bounds}"
    ends = []
    for name in document.given("rules", "first_month", "last_month"):
        try:
            ends.append(month(str(document.section("rules")[name])))
        except OptionError as fault:
            yield f"[rules] {name}: {fault}"
    if len(ends) == 2 and ends[0] > ends[1]:
        yield f"[rules] first_month: {ends[0]} comes after last_month, {ends[1]}"


def _is_box(bounds: list[float]) -> bool:
    return len(bounds) == 4 and bounds[0] < bounds[2] and bounds[1] < bounds[3]
