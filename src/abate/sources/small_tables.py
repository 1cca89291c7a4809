"""Small tables that people keep by hand: CSV with a heading row, read as text, with each row's place in the file."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from abate.errors import SourceError, TableError, nearest
from abate.sources import geojson

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from abate.schema import Table

    Values = pd.Series[Any]

MOST_TOLD = 20
_LONGEST = 60


@dataclass(frozen=True)
class SmallTable:
    """The rows of a file as text by heading (lower case, spaces as underscores), and the place of each in the file.

    The first row under the headings is 1. Rows in which nothing stands, and rows whose first cell begins with `#`
    (notes for whoever fills it in), are not among them.
    """

    name: str
    headings: tuple[str, ...]
    rows: tuple[dict[str, str], ...]
    places: tuple[int, ...]


def read(path: Path) -> SmallTable:
    """Read a CSV file (or .gz) in UTF-8; raises `SourceError` as `parse` does."""
    return parse(geojson.read_bytes(path), name=path.name)


def parse(content: bytes, *, name: str) -> SmallTable:
    r"""Take the text of a small table apart.

    Raises `SourceError` when it is no UTF-8, has no headings, repeats one, or has a row with more cells than headings.

    >>> found = parse(b"Site ID,role\n# one row a day,\nA,officer\n", name="day.csv")
    >>> found.headings, found.rows, found.places
    (('site_id', 'role'), ({'site_id': 'A', 'role': 'officer'},), (2,))
    """
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except UnicodeDecodeError:
        raise SourceError(f"{name}: not text in UTF-8: save the table as CSV in UTF-8") from None
    except csv.Error as fault:
        raise SourceError(f"{name}: not a CSV ({fault})") from None
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise SourceError(f"{name}: there is no row of headings at the top")
    headings = tuple(re.sub(r"\s+", "_", cell.strip().lower()) for cell in rows[0])
    faults = [
        f"{name}: two columns are called '{heading}'"
        for heading in dict.fromkeys(filter(None, headings))
        if headings.count(heading) > 1
    ]
    kept: list[tuple[int, dict[str, str]]] = []
    for place, cells in enumerate(rows[1:], start=1):
        if len(cells) > len(headings) and any(cell.strip() for cell in cells[len(headings) :]):
            faults.append(f"{name}, row {place}: {len(cells)} cells, and the headings are {len(headings)}")
        elif any(cell.strip() for cell in cells) and not cells[0].lstrip().startswith("#"):
            padded = [*cells, *[""] * (len(headings) - len(cells))]
            kept.append((place, {head: cell.strip() for head, cell in zip(headings, padded, strict=False) if head}))
    tell(faults, name)
    return SmallTable(name, headings, tuple(row for _, row in kept), tuple(place for place, _ in kept))


def lacking(table: SmallTable, wanted: Sequence[str]) -> list[str]:
    """Say which columns a table lacks, with the heading that may have been meant.

    >>> lacking(parse(b"site,role", name="day.csv"), ["site_id", "role"])
    ["day.csv: there is no column 'site_id'. Did you mean 'site'? Known are: site, role."]
    """
    return [
        f"{table.name}: there is no column '{name}'. {nearest(name, table.headings)}"
        for name in wanted
        if name not in table.headings
    ]


def too_wide(frame: pd.DataFrame, *, name: str) -> list[str]:
    r"""Say that a CSV has rows with more cells than headings, of which pandas takes the first for labels of rows.

    >>> frame = pd.read_csv(io.StringIO("a,b\n1,2,3\n"))
    >>> frame.to_numpy().tolist(), too_wide(frame, name="day.csv")
    ([[2, 3]], ['day.csv: its rows have more cells than there are headings; a heading for each would be right'])
    """
    if not len(frame) or isinstance(frame.index, pd.RangeIndex):
        return []
    return [f"{name}: its rows have more cells than there are headings; a heading for each would be right"]


def numbers(texts: Values) -> Values:
    """Read texts as numbers, not a number where one is none or has more than 60 characters.

    >>> numbers(pd.Series(["1.5", "x", "9" * 400], dtype="str")).tolist()
    [1.5, nan, nan]
    """
    return pd.to_numeric(texts.where(texts.str.len() <= _LONGEST), errors="coerce").astype("float64")


def checked(frame: pd.DataFrame, table: Table, *, name: str) -> pd.DataFrame:
    """Check rows as the data dictionary says them; raises `SourceError` that names the file where they are not so."""
    try:
        return table.check(frame)
    except TableError as fault:
        raise SourceError(*(f"{name}: {said}" for said in fault.faults)) from None


def tell(faults: Iterable[str], name: str) -> None:
    """Raise `SourceError` with the faults, the first twenty in full; nothing without any."""
    told = list(faults)
    if len(told) > MOST_TOLD:
        told = [*told[:MOST_TOLD], f"{name}: {len(told) - MOST_TOLD:,} more faults like these"]
    if told:
        raise SourceError(*told)
