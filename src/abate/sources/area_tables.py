"""Tables of figures by small area, as statistical offices publish them: CSV with a code column, notes around it."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from abate.errors import SourceError
from abate.sources import geojson

if TYPE_CHECKING:
    from collections.abc import Sequence

_CODE = re.compile(r"[EWSN]\d{8}")
_SHOWN = 5


@dataclass(frozen=True)
class AreaTable:
    """The rows of a file that carry an area's code: the codes, and each other column's texts by its heading."""

    name: str
    codes: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]

    def whole(self, heading: str) -> list[int]:
        """Give a column as whole numbers; `SourceError` names every row in which it is none."""
        found, faults = [], []
        for code, text in zip(self.codes, self.columns[heading], strict=True):
            plain = text.replace(",", "").strip()
            if re.fullmatch(r"\d{1,12}(\.0+)?", plain):
                found.append(int(float(plain)))
            else:
                faults.append(f"{self.name}, area {code}: '{heading}' is '{text}', where a whole number would be right")
        if faults:
            more = [f"{self.name}: {len(faults) - _SHOWN:,} more like these"] if len(faults) > _SHOWN else []
            raise SourceError(*faults[:_SHOWN], *more)
        return found


def read(path: str | Path) -> AreaTable:
    """Read a CSV (also gzipped) that has a row for each small area; raises `SourceError` as `parse` does."""
    path = Path(path)
    return parse(geojson.read_bytes(path), name=path.name)


def parse(content: bytes, *, name: str) -> AreaTable:
    r"""Find the code column, the headings above it, and the rows, passing over the notes before and after them.

    The code column is the first in which codes such as E01000001 stand, each once. Raises `SourceError` when there is
    none, when the text is not UTF-8, or when a code stands twice.

    >>> text = "Ethnic group\n\nlsoa21_code,White,Asian\nE01000001,900,100\nE01000002,500,400\n\nSource: Census"
    >>> found = parse(text.encode(), name="census.csv")
    >>> found.codes, found.whole("Asian")
    (('E01000001', 'E01000002'), [100, 400])
    """
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except UnicodeDecodeError:
        raise SourceError(f"{name}: not text in UTF-8: save the table as CSV in UTF-8") from None
    except csv.Error as fault:
        raise SourceError(f"{name}: not a CSV ({fault})") from None
    first = next((number for number, row in enumerate(rows) if any(map(_is_code, row))), None)
    if first is None:
        raise SourceError(f"{name}: no column has codes of areas such as E01000001: give a table by small area")
    above = [row for row in rows[:first] if sum(bool(cell.strip()) for cell in row) > 1]
    if not above:
        raise SourceError(f"{name}: no row of headings stands above the first area in line {first + 1}")
    headings = [cell.strip() for cell in above[-1]]
    column = next(place for place, cell in enumerate(rows[first]) if _is_code(cell))
    kept = [row for row in rows[first:] if len(row) > column and _is_code(row[column])]
    _check(kept, headings, column, name)
    others = [place for place, heading in enumerate(headings) if place != column and heading]
    return AreaTable(
        name,
        tuple(row[column].strip() for row in kept),
        {headings[place]: tuple(row[place].strip() for row in kept) for place in others},
    )


def _is_code(cell: str) -> bool:
    return _CODE.fullmatch(cell.strip()) is not None


def _check(kept: Sequence[Sequence[str]], headings: Sequence[str], column: int, name: str) -> None:
    faults = [
        f"{name}: the row of {row[column]} has {len(row)} cells, the headings are {len(headings)}"
        for row in kept
        if len(row) != len(headings)
    ]
    codes = Counter(row[column].strip() for row in kept)
    faults += [f"{name}: {code} stands in {times} rows" for code, times in sorted(codes.items()) if times > 1]
    named = Counter(filter(None, headings))
    faults += [f"{name}: {times} columns are called '{heading}'" for heading, times in named.items() if times > 1]
    if faults:
        raise SourceError(*faults[:_SHOWN])
