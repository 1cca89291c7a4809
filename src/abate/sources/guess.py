"""A first draft of a mapping, from the headings and the first rows of an extract; each guess says why it was made.

What cannot be known from a file is left as an empty text with a line that says what to fill in: the force, the
coordinate system of projected coordinates, the kind of crime where no column says it.
"""

from __future__ import annotations

import csv
import gzip
import tempfile
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from pathlib import Path

from abate.errors import SourceError
from abate.sources import excel
from abate.sources.forces import NAMES
from abate.sources.guessing import Columns, either_way, time_formats, where
from abate.sources.mapping import ISO_FORMATS, NO, YES
from abate.sources.settings import FIELDS

ROWS = 5_000

_BYTES = 4_000_000
_DELIMITERS = ",;\t|"
_CODE_COLUMNS = ("domestic", "knife", "default_geocode")


@dataclass(frozen=True)
class Extract:
    """The headings and first rows of a file, and how it has to be opened."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    delimiter: str = ","
    encoding: str = "utf-8"
    sheet: str | None = None


def draft(path: Path) -> str:
    """Draft a mapping for a CSV file (also gzipped) or an Excel workbook, as TOML text with comments.

    The first `ROWS` rows are looked at. Raises `SourceError` when the file cannot be read or has no headings.
    """
    return write(_excel(path) if path.suffix.lower() in excel.ENDINGS else parse(*_text(path), name=path.name))


def _text(path: Path) -> tuple[bytes, bool]:
    try:
        with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
            start = file.read(_BYTES + 1)
    except OSError as fault:
        raise SourceError(f"{path}: cannot be read: {fault.strerror or fault}") from None
    except EOFError:
        raise SourceError(f"{path}: is cut short; copy it again") from None
    return start[:_BYTES], len(start) > _BYTES


def _excel(path: Path) -> Extract:
    filled = excel.sheets(path)
    sheet = filled[0] if len(filled) > 1 else None
    with tempfile.TemporaryDirectory() as folder:
        written = excel.to_csv(path, sheet, Path(folder))
        extract = parse(*_text(written), name=path.name)
    return Extract(extract.name, extract.header, extract.rows, sheet=sheet)


def parse(start: bytes, cut: bool, *, name: str) -> Extract:
    r"""Understand the first bytes of a CSV file: its encoding, delimiter, headings and rows.

    `cut` tells that the file goes on, so that the last line is not whole.

    >>> parse(b"id;day;kind\n1;01/02/2024;Robbery\n", False, name="x.csv").header
    ('id', 'day', 'kind')
    """
    encoding, text = _decoded(start[: start.rfind(b"\n") + 1] if cut else start, name)
    first = text.lstrip("\n").split("\n", 1)[0]
    if "\0" in text or text.lstrip().lower().startswith(("<!doctype", "<html", "%pdf")):
        raise SourceError(f"{name}: is not a CSV file; a mapping can be drafted for CSV and Excel files")
    delimiter = max(_DELIMITERS, key=first.count)
    lines = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = tuple(next(lines, []))
        rows = tuple(tuple(row) for row in islice(lines, ROWS) if len(row) == len(header))
    except csv.Error as fault:
        raise SourceError(f"{name}, line {lines.line_num}: cannot be read as CSV: {fault}") from None
    if not any(header):
        raise SourceError(f"{name}: is empty; the first line should hold the headings")
    return Extract(name, header, rows, delimiter, encoding)


def _decoded(data: bytes, name: str) -> tuple[str, str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", data.decode("utf-16", "replace")
    try:
        return "utf-8", data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return "cp1252", data.decode("cp1252")
    except UnicodeDecodeError as fault:
        raise SourceError(f"{name}: is neither UTF-8 nor Windows text (byte {fault.start + 1})") from None


def write(extract: Extract) -> str:
    """Write the draft for an extract as TOML with comments."""
    columns = Columns.of(extract.header, extract.rows)
    parts = (
        _opening(extract, columns),
        *_source(extract, columns),
        *_columns(columns),
        *_place(columns),
        *_time(columns),
        *_offences(columns),
        *_filters(columns),
    )
    return "\n".join(parts) + "\n"


def _opening(extract: Extract, columns: Columns) -> str:
    return (
        f"# A draft, made from the headings and the first {len(extract.rows):,} rows of {_line(extract.name)}.\n"
        "# Check every line. Empty texts have to be filled in before the mapping can be used.\n"
        f"# Columns that are not used: {_line(', '.join(columns.unused()) or 'none')}"
    )


def _source(extract: Extract, columns: Columns) -> list[str]:
    lines = ["", "[source]", f"name = {quoted(_title(extract.name))} # what reports call it; from the file's name"]
    if "force" in columns.found:
        lines.append(f"force_column = {quoted(columns.found['force'].column)} # {columns.found['force'].why}")
    else:
        lines.append('force = "" # fill in: the police force of all rows, such as "essex"; nothing in the file says it')
    if "crime_type" not in columns.found:
        lines.append('crime_type = "" # fill in: the kind of crime of all rows, such as "robbery"; no column says it')
    if extract.delimiter != ",":
        lines.append(f"delimiter = {quoted(extract.delimiter)} # the sign that is commonest among the headings")
    if extract.encoding != "utf-8":
        lines.append(f"encoding = {quoted(extract.encoding)} # the file is not UTF-8")
    if extract.sheet is not None:
        lines.append(f"sheet = {quoted(extract.sheet)} # the first of several sheets that hold something")
    return lines + _force_names(columns)


def _force_names(columns: Columns) -> list[str]:
    if "force" not in columns.found:
        return []
    words = columns.words(columns.found["force"].column)
    lines = [f"{quoted(word)} = {quoted(slug(word))} # check: made from the word itself" for word in words]
    return ["", "[force_names] # the source's word on the left, the force on the right", *lines]


def slug(word: str) -> str:
    """Make a name for a force from a source's word for it.

    >>> slug("West Midlands Police")
    'west-midlands'
    """
    if word in NAMES:
        return NAMES[word]
    kept = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in word.lower()).split()
    short = [part for part in kept if part not in {"police", "constabulary", "service"}]
    return "-".join(short or kept)


def _columns(columns: Columns) -> list[str]:
    used = [field for field in FIELDS if field in columns.found]
    lines = [f"{field} = {quoted(columns.found[field].column)} # {columns.found[field].why}" for field in used]
    if not {"month", "began", "began_date", "reported", "reported_date"} & set(used):
        lines.append('began = "" # fill in: the column with the day (or reported, or month); none looks like one')
    return ["", "[columns]", *lines]


def _place(columns: Columns) -> list[str]:
    if not {"x", "y"} <= set(columns.found):
        return []
    place = where(columns.numbers("x"), columns.numbers("y"), british=columns.british())
    lines = ["", "[place]", f"crs = {quoted(place.crs)} # {'fill in: ' if not place.crs else ''}{place.why}"]
    if columns.has_zero_places():
        lines.append('blanks = ["0", "0.0"] # x and y are both 0 in some rows, which is no place')
    return lines


def _time(columns: Columns) -> list[str]:
    lines = []
    texts = columns.moments()
    formats = time_formats(texts)
    if formats and not set(formats) <= set(ISO_FORMATS):
        listed = ", ".join(quoted(form) for form in formats)
        doubt = "; check: month before day would fit as well" if either_way(texts, formats) else ""
        lines.append(f"format = [{listed}] # fits all {len(texts):,} dates looked at{doubt}")
    if texts and not formats:
        lines.append('format = "" # fill in: how dates are written, such as "%d/%m/%Y %H:%M"; no common way fits them')
    if columns.midnight_only(texts):
        lines.append("day_only = true # every time of day is midnight")
    if texts:
        lines.append('zone = "Europe/London" # check: the time zone of the clocks, such as "America/New_York"')
    if "month" in columns.found and (form := columns.month_format()) not in ("%Y-%m", None):
        lines.append(f"month_format = {quoted(str(form))} # fits every month looked at")
    return ["", "[time]", *lines] if lines else []


def _offences(columns: Columns) -> list[str]:
    if "crime_type" not in columns.found:
        return []
    words = columns.words(columns.found["crime_type"].column)
    lines = [f"# {quoted(word)} = {quoted(word)}" for word in words]
    return ["", "# [offences] # take the signs # away to reword the kinds of crime", *lines]


def _filters(columns: Columns) -> list[str]:
    lines = []
    flags = [columns.found[field].column for field in _CODE_COLUMNS if field in columns.found]
    words = sorted({word.lower() for column in flags for word in columns.words(column)} - {*YES, *NO})
    if words:
        told = _line(", ".join(words))
        yes, no = (", ".join(map(quoted, side)) for side in (YES, NO))
        lines += ["", "# [words] # needed: these words are neither yes nor no yet: " + told]
        lines += [f"# yes = [{yes}]", f"# no = [{no}]"]
    if {"domestic", "premises"} & set(columns.found):
        lines += ["", "# [filters]", '# use = ["public-place"] # only what a patrol in the street can see and prevent']
    return lines


def _title(name: str) -> str:
    return Path(name).name.split(".")[0].replace("_", " ").strip() or "extract"


def _line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def quoted(text: str) -> str:
    r"""Write a text as TOML does, so that no heading or value can break out of its quotes.

    >>> quoted('a "b" \\ c')
    '"a \\"b\\" \\\\ c"'
    """
    written = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in written) + '"'
