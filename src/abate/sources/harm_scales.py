"""Read the official workbook of the Cambridge Crime Harm Index, any edition, as a harm scale.

The workbook is copyright of the Cambridge Centre for Evidence Based Policing and is free to download from
cambridge-ebp.co.uk/the-chi; it is not carried along with this software.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from abate.errors import SourceError
from abate.incidents import harm, offences
from abate.sources import workbook

if TYPE_CHECKING:
    from pathlib import Path

SCORE = "CCHI Score"
SECTION = "HOME_OFFICE_CLASSIFICATION"
CODES = ("HO_CODE", "HO_SUB_CODE", "HO_SUB_SUB_CODE", "CLASSIFICATION_CODE")

_SHEET = re.compile(r"CCHI (\d{4}) values sheet", re.IGNORECASE)
_HEADER_WITHIN = 20

Row = list[Any]


def read(path: Path) -> harm.HarmScale:
    """Read the scale from the workbook.

    Raises `SourceError` when the file is no workbook, has no sheet "CCHI YYYY values sheet", or its sheet lacks the
    columns or holds scores that are not numbers; every faulty row is named.
    """
    if not path.is_file():
        raise SourceError(f"{path}: there is no such file")
    opened = workbook.open_safely(path)
    named = [(found[1], name) for name in opened.sheet_names if (found := _SHEET.fullmatch(name.strip()))]
    if not named:
        listed = ", ".join(opened.sheet_names)
        raise SourceError(f"{path}: no sheet is called 'CCHI YYYY values sheet'; it has {listed}")
    year, sheet = max(named)
    rows = workbook.sheet_of(path, opened, sheet).to_python(skip_empty_area=False)
    return parse(rows, year=year, name=f"{path.name}, sheet '{sheet}'")


def parse(rows: list[Row], *, year: str, name: str) -> harm.HarmScale:
    """Make the scale from the sheet's rows as lists of cells; `name` is how faults name the sheet.

    The offence code (such as 8N) is taken from whichever code column mostly holds codes that are known, since the
    editions differ. Rows with neither score nor classification are passed over; rows with a score but no
    classification cannot be joined and are passed over too.
    """
    start, columns = _header(rows, name)
    body = rows[start + 1 :]
    coded = _code_column(body, columns)
    faults: list[str] = []
    scored: list[tuple[str, str, float]] = []
    for place, row in enumerate(body, start=start + 2):
        section = harm.classification(_text(_cell(row, columns[SECTION])))
        if not section:
            continue
        score = _score(_cell(row, columns[SCORE]))
        if score is None:
            value = _text(_cell(row, columns[SCORE]))
            faults.append(f"{name}, row {place}: score '{value}' of {section} is not a number of days")
            continue
        scored.append((section, _text(_cell(row, coded)).upper() if coded is not None else "", score))
    if not scored and not faults:
        faults.append(f"{name}: no row has a {SECTION} and a {SCORE}")
    if faults:
        raise SourceError(*faults)
    return harm.HarmScale(
        id=f"cambridge-{year}",
        edition=f"{year} workbook, {len({section for section, _, _ in scored}):,} classifications",
        unit="days of imprisonment at the guideline starting point",
        source="Cambridge Crime Harm Index, Cambridge Centre for Evidence Based Policing; Sherman, Neyroud and Neyroud"
        " 2016, Policing 10(3)",
        licence="copyright of the Cambridge Centre for Evidence Based Policing; read from your own copy",
        key_kind="classification",
        rows=tuple(dict.fromkeys(scored)),
    )


def _header(rows: list[Row], name: str) -> tuple[int, dict[str, int]]:
    for place, row in enumerate(rows[:_HEADER_WITHIN]):
        columns = {_text(cell): index for index, cell in reversed(list(enumerate(row))) if _text(cell)}
        if SCORE in columns and SECTION in columns:
            return place, columns
    raise SourceError(f"{name}: none of the first {_HEADER_WITHIN} rows has the columns '{SCORE}' and '{SECTION}'")


def _code_column(body: list[Row], columns: dict[str, int]) -> int | None:
    """Find the column whose values are mostly known offence codes; None when there is none."""
    known = offences.codes()
    best, most = None, 0.5
    for name in CODES:
        if name in columns:
            values = [text for row in body if (text := _text(_cell(row, columns[name])).upper())]
            share = sum(text in known for text in values) / len(values) if values else 0.0
            if share > most:
                best, most = columns[name], share
    return best


def _cell(row: Row, index: int) -> Any:
    return row[index] if index < len(row) else None


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _score(cell: Any) -> float | None:
    try:
        score = float(cell)
    except (TypeError, ValueError):
        return None
    return score if 0 <= score < float("inf") else None
