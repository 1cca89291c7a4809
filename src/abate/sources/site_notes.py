"""What officers wrote back about sites: a small CSV file with the columns `site_id` and `note`."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pandas as pd

from abate.errors import SourceError, nearest

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = ("site_id", "note")


def read(path: Path) -> pd.DataFrame:
    """Read notes on sites: `site_id`, `note` and `row`, the note's row in the file (the header is row 1).

    Raises `SourceError` with a sentence a fault.
    """
    try:
        return parse(path.read_bytes().decode("utf-8-sig"), name=path.name)
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file") from None
    except OSError as fault:
        raise SourceError(f"{path}: cannot be read ({fault.strerror or fault})") from None
    except UnicodeDecodeError as fault:
        raise SourceError(f"{path.name}: is not UTF-8 text (byte {fault.start + 1}): save it as UTF-8 CSV") from None


def parse(text: str, *, name: str) -> pd.DataFrame:
    r"""Understand the text of a file of notes; `name` is what the file is called in sentences.

    >>> parse("site_id,note\nA,The gate is broken.\n", name="notes.csv").to_numpy().tolist()
    [['A', 'The gate is broken.', 2]]
    """
    try:
        rows = csv.DictReader(io.StringIO(text), skipinitialspace=True, strict=True)
        header = [each.strip() for each in rows.fieldnames or []]
        rows.fieldnames = header
        told = [(rows.line_num, row) for row in rows]
    except csv.Error as fault:
        raise SourceError(f"{name}: is no CSV file ({fault})") from None
    if lacking := [column for column in COLUMNS if column not in header]:
        raise SourceError(*(f"{name}: there is no column '{column}'. {nearest(column, header)}" for column in lacking))
    faults = [
        f"{name}, row {number}: site_id is blank; the site that the note is about would be right"
        for number, row in told
        if not (row["site_id"] or "").strip() and (row["note"] or "").strip()
    ]
    faults += [
        f"{name}, row {number}: has more values than columns; put a note with commas into quotation marks"
        for number, row in told
        if None in row
    ]
    if faults:
        raise SourceError(*faults)
    kept = [
        (row["site_id"].strip(), row["note"].strip(), number) for number, row in told if (row["note"] or "").strip()
    ]
    frame = pd.DataFrame(kept, columns=[*COLUMNS, "row"])
    return frame.astype({"site_id": "str", "note": "str", "row": "int64"})
