"""Days that are left out of a draw: written at the prompt, or in a CSV file of dates and sites."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from abate.errors import OptionError, SourceError, nearest
from abate.sources import geojson
from abate.trials.schemes import Exclusion

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_TOLD = 20
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def read(text: str) -> tuple[Exclusion, ...]:
    """Read what stands behind --exclude: dates with commas between, or the name of a CSV file.

    The file has the column `date`, and `site_id` where a day is left out for one site only; a blank `site_id` means
    every site. Raises `OptionError` or `SourceError` with every fault at once.

    >>> [each.day.isoformat() for each in read("2020-12-25,2021-01-01")]
    ['2020-12-25', '2021-01-01']
    """
    parts = [part.strip() for part in text.split(",")]
    if any(_DAY.fullmatch(part) for part in parts):
        if wrong := [part for part in parts if day(part) is None]:
            raise OptionError(*(f"--exclude {part}: a day that exists, written YYYY-MM-DD, is right" for part in wrong))
        return _tidy([Exclusion(found) for part in parts if (found := day(part)) is not None])
    path = Path(text)
    if not path.is_file():
        raise OptionError(f"--exclude {text}: dates such as 2020-12-25,2021-01-01 or a CSV file of dates is right")
    try:
        return parse(geojson.read_bytes(path).decode("utf-8-sig"), name=path.name)
    except UnicodeDecodeError as fault:
        raise SourceError(f"{path.name}: is not UTF-8 text (byte {fault.start + 1}): save it as UTF-8 CSV") from None


def parse(text: str, *, name: str) -> tuple[Exclusion, ...]:
    r"""Understand the text of a CSV file of days.

    >>> parse("date,site_id\n2020-12-25,\n2020-12-05,H03\n", name="events.csv")[0].site_id
    'H03'
    """
    try:
        lines = [line for line in csv.reader(io.StringIO(text)) if any(cell.strip() for cell in line)]
    except csv.Error as fault:
        raise SourceError(f"{name}: is no CSV: {fault}") from None
    header = [cell.strip().lower() for cell in lines[0]] if lines else []
    if "date" not in header:
        raise SourceError(f"{name}: there is no column 'date'. {nearest('date', header)}")
    rows = [dict(zip(header, (cell.strip() for cell in line), strict=False)) for line in lines[1:]]
    faults = [
        f"{name}, row {number}: date is '{row.get('date', '')}'; a day that exists, written YYYY-MM-DD, is right"
        for number, row in enumerate(rows, 1)
        if day(row.get("date", "")) is None
    ]
    if faults:
        more = [f"{name}: {len(faults) - MOST_TOLD:,} more faults like these"] if len(faults) > MOST_TOLD else []
        raise SourceError(*faults[:MOST_TOLD], *more)
    listed = [(day(row["date"]), row.get("site_id") or None) for row in rows]
    return _tidy([Exclusion(found, site) for found, site in listed if found is not None])


def day(text: str) -> date | None:
    """Read a day written YYYY-MM-DD; None where it is none.

    >>> day("2020-02-29"), day("2021-02-29")
    (datetime.date(2020, 2, 29), None)
    """
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _tidy(listed: Sequence[Exclusion]) -> tuple[Exclusion, ...]:
    """Put days in order, each once."""
    return tuple(sorted(set(listed), key=lambda each: (each.day, each.site_id or "")))
