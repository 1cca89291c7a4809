"""A small TOML file that says how an extract is to be read: which column is what, where, when and which rows."""

from __future__ import annotations

from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from abate.errors import SourceError, nearest
from abate.sources import consistency, markup, settings
from abate.sources.consistency import Document
from abate.sources.forces import FORCES

ISO_FORMATS = (
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%d",
)
YES = ("yes", "y", "true", "t", "1")
NO = ("no", "n", "false", "f", "0")

EXAMPLES = Path(__file__).parent / "examples"


@dataclass(frozen=True)
class OwnFilter:
    """A filter that looks for values in one column of the source: rows with them are kept, or dropped."""

    name: str
    column: str
    values: tuple[str, ...]
    keeps: bool


@dataclass(frozen=True)
class Filters:
    """Which rows are left out on purpose.

    The lists of the filter `public-place` (days, premises, offence codes) are ours, unverified, and meant to be
    changed to suit a force's own words.
    """

    use: tuple[str, ...] = ()
    historic_days: int = 365
    indoor_premises: tuple[str, ...] = (
        *(
            "dwelling",
            "flat",
            "flats",
            "private residence",
            "private address",
            "private property",
            "residential",
            "bedroom",
        ),
        *("kitchen", "living room", "care home", "nursing home", "children's home", "hospital", "prison", "custody"),
        *("police station", "hotel room", "office", "online", "internet", "indoor", "indoors"),
    )
    outdoor_premises: tuple[str, ...] = ("outside", "in front of", "outdoor", "outdoors")
    online_offences: tuple[str, ...] = ("8R", "86", "88A")
    police_generated_offences: tuple[str, ...] = (
        *("92A", "92C", "92D", "92E"),
        *("10A", "10B", "10C", "10D", "81"),
        *("33", "83", "80"),
    )
    own: tuple[OwnFilter, ...] = ()


@dataclass(frozen=True)
class Mapping:
    """How one kind of extract is read; made by `read` or `parse`, which check it.

    `columns` goes from a field (a key of `abate.sources.settings.FIELDS`) to the source's column. `notes` are
    sentences about what the mapping asks for and cannot have; they belong in the answer of a load.
    """

    file: str
    text: str
    name: str
    columns: dict[str, str]
    force: str | None = None
    force_column: str | None = None
    force_names: dict[str, str] | None = None
    crime_type: str | None = None
    offences: dict[str, str] | None = None
    unlisted_offence: str = "reject"
    repeats: str = "once"
    blanks: tuple[str, ...] = ()
    delimiter: str = ","
    encoding: str = "utf-8"
    sheet: str | None = None
    header_row: int | None = None
    crs: str | None = None
    no_place: tuple[str, ...] = ()
    formats: tuple[str, ...] = ISO_FORMATS
    month_format: str = "%Y-%m"
    zone: str = "Europe/London"
    day_only: bool = False
    yes: tuple[str, ...] = YES
    no: tuple[str, ...] = NO
    filters: Filters = Filters()
    bounds: tuple[float, ...] | None = None
    first_month: str | None = None
    last_month: str | None = None
    notes: tuple[str, ...] = ()

    def uses(self) -> dict[str, list[str]]:
        """Give every column of the source that is used, with the settings that name it."""
        named = [(f"[columns] {field}", column) for field, column in self.columns.items()]
        named += [("[source] force_column", self.force_column)] if self.force_column else []
        named += [(f"[filters.own] {own.name}", own.column) for own in self.filters.own]
        used: dict[str, list[str]] = {}
        for setting, column in named:
            used.setdefault(column, []).append(setting)
        return used


def read(path: Path) -> Mapping:
    """Read a mapping from its TOML file.

    Raises `SourceError` with one sentence a fault: the file, the section and setting, and what would be right.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file; it should be a mapping in TOML") from None
    except UnicodeDecodeError as fault:
        raise SourceError(f"{path}: is not UTF-8 text (byte {fault.start + 1}); save the mapping as UTF-8") from None
    except OSError as fault:
        raise SourceError(f"{path}: cannot be read: {fault.strerror}") from None
    return parse(text, file=str(path))


def example(name: str) -> Mapping:
    """Read one of the mappings that come with the software: of three American cities and of Bedfordshire.

    >>> example("chicago-arson").crs
    'EPSG:26971'
    """
    known = sorted(path.stem for path in EXAMPLES.glob("*.toml"))
    if name not in known:
        raise SourceError(f"there is no example mapping '{name}'. {nearest(name, known)}")
    return read(EXAMPLES / f"{name}.toml")


def parse(text: str, *, file: str) -> Mapping:
    """Understand the text of a mapping; `file` is what it is called in sentences.

    Raises `SourceError` with one sentence a fault.

    >>> parse('''
    ... [source]
    ... name = "Arson"
    ... force = "chicago"
    ... crime_type = "arson"
    ... [columns]
    ... began = "date"
    ... ''', file="arson.toml").columns
    {'began': 'date'}
    """
    try:
        sections = markup.load_toml(text)
    except ValueError as fault:
        raise SourceError(f'{file}: is not TOML: {fault}; write a setting as name = "value"') from None
    if faults := [*settings.faults(sections), *consistency.faults(sections)]:
        raise SourceError(*(f"{file}: {fault}" for fault in faults))
    return _mapping(Document(sections), text=text, file=file)


def _mapping(document: Document, *, text: str, file: str) -> Mapping:
    source, place, time, rules = map(document.section, ("source", "place", "time", "rules"))
    given: dict[str, Any] = {
        **{name: value for name, value in source.items() if name != "blanks"},
        "columns": document.section("columns"),
        "force_names": document.section("force_names") or None,
        "offences": document.section("offences") or None,
        "blanks": document.texts("source", "blanks"),
        "crs": place.get("crs"),
        "no_place": document.texts("place", "blanks"),
        "formats": document.texts("time", "format"),
        **{name: time[name] for name in ("month_format", "zone", "day_only") if name in time},
        "yes": _lower(document.texts("words", "yes")),
        "no": _lower(document.texts("words", "no")),
        **{name: rules[name] for name in ("first_month", "last_month", "unlisted_offence") if name in rules},
        "bounds": tuple(float(bound) for bound in rules["bounds"]) if "bounds" in rules else None,
        "filters": _filters(document),
        "notes": _notes(document),
    }
    return Mapping(file=file, text=text, **{name: value for name, value in given.items() if value is not None})


def _lower(words: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return tuple(word.lower() for word in words) if words is not None else None


def _filters(document: Document) -> Filters:
    own = tuple(
        OwnFilter(each["name"], each["column"], _several(each.get("keep", each.get("drop"))), keeps="keep" in each)
        for each in document.own_filters()
    )
    lists = {each.name: document.texts("filters", each.name) for each in fields(Filters)}
    days = document.section("filters").get("historic_days")
    given: dict[str, Any] = {**lists, "historic_days": days, "own": own}
    return Filters(**{name: value for name, value in given.items() if value is not None})


def _several(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _notes(document: Document) -> tuple[str, ...]:
    notes = [lack for name in document.texts("filters", "use") or () for lack in consistency.lacking(document, name)]
    force = document.text("source", "force")
    if force and force not in FORCES and (close := get_close_matches(force, FORCES, n=1, cutoff=0.8)):
        notes.append(f"force '{force}' is no police force of England and Wales; did you mean '{close[0]}'?")
    return tuple(notes)
