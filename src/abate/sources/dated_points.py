"""Points with a day: a CSV file (plain or gzip) with the columns x, y and date, which needs no mapping."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.errors import SourceError, nearest
from abate.sources import small_tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

COLUMNS = ("x", "y", "date")
MOST_TOLD = 20
_GZIP = b"\x1f\x8b"
_FARTHEST = 1e8
_DATE = r"(?:19|20)\d\d-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?"


def read(path: Path) -> pd.DataFrame:
    """Read a file of points: `easting` and `northing` in metres, and `date` (a time of day is left off).

    Raises `SourceError` when the file cannot be read, lacks a column, or has a row with a bad coordinate or date:
    every such row is named with its value and what would be right.
    """
    try:
        content = path.read_bytes()
        text = gzip.decompress(content) if content.startswith(_GZIP) else content
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file") from None
    except (OSError, EOFError, zlib.error) as fault:
        raise SourceError(f"{path}: cannot be read: {getattr(fault, 'strerror', None) or fault}") from None
    try:
        return parse(text.decode("utf-8-sig"), file=path.name)
    except UnicodeDecodeError as fault:
        raise SourceError(f"{path.name}: is not UTF-8 text (byte {fault.start + 1}): save it as UTF-8 CSV") from None


def parse(text: str, *, file: str) -> pd.DataFrame:
    r"""Understand the text of a file of points; `file` is what it is called in sentences.

    >>> parse("x,y,date\n100,200,2025-03-01\n", file="points.csv").to_csv(index=False)
    'easting,northing,date\n100.0,200.0,2025-03-01\n'
    """
    rows = _rows(text, file)
    x, y = (small_tables.numbers(rows[axis]).to_numpy(float) for axis in ("x", "y"))
    shaped = rows["date"].str.fullmatch(_DATE).fillna(value=False)
    days = pd.to_datetime(rows["date"].str.slice(0, 10).where(shaped), format="%Y-%m-%d", errors="coerce")
    faults = [*_faults(rows, {"x": x, "y": y}, days.isna().to_numpy(bool), file)]
    if faults:
        told = faults[:MOST_TOLD]
        if len(faults) > MOST_TOLD:
            told.append(f"{file}: {len(faults) - MOST_TOLD:,} more faults like these")
        raise SourceError(*told)
    return pd.DataFrame({"easting": x, "northing": y, "date": days})


def suspicion(points: pd.DataFrame) -> str | None:
    """Say that coordinates look like longitude and latitude, where metres are meant; None when they do not.

    >>> suspicion(pd.DataFrame({"easting": [-0.1246, -0.1251], "northing": [51.5007, 51.5012]}))
    'x and y look like longitude and latitude, and are taken as metres: give the file with --mapping'
    >>> suspicion(pd.DataFrame({"easting": [0.0, 100.0], "northing": [0.0, 50.0]}))
    """
    east, north = (points[axis].to_numpy(float) for axis in ("easting", "northing"))
    small = bool((np.abs(east) <= 180).all() and (np.abs(north) <= 90).all())
    fine = bool(((east != np.round(east, 2)) & (north != np.round(north, 2))).mean() > 0.5)
    if not (small and fine):
        return None
    return "x and y look like longitude and latitude, and are taken as metres: give the file with --mapping"


def _rows(text: str, file: str) -> pd.DataFrame:
    try:
        rows = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, skipinitialspace=True)
    except pd.errors.EmptyDataError:
        raise SourceError(f"{file}: is empty; it should have the columns x, y and date") from None
    except pd.errors.ParserError as fault:
        raise SourceError(f"{file}: is no CSV with as many values in each row as columns: {fault}") from None
    rows.columns = rows.columns.str.strip()
    lacking = [name for name in COLUMNS if name not in rows.columns]
    small_tables.tell(small_tables.too_wide(rows, name=file), file)
    if lacking:
        raise SourceError(
            *(f"{file}: there is no column '{name}'. {nearest(name, rows.columns)}" for name in lacking),
            f"{file}: a file without the columns x, y (metres) and date needs --mapping M.toml, which says what its "
            "columns are",
        )
    if not len(rows):
        raise SourceError(f"{file}: has a header and no rows")
    return pd.DataFrame({name: rows[name].str.strip() for name in COLUMNS})


def _faults(rows: pd.DataFrame, axes: dict[str, NDArray[Any]], undated: NDArray[np.bool_], file: str) -> Iterator[str]:
    """Name the rows that will not do, in order; the first row under the header is 1."""
    wrong = {axis: ~(np.abs(values) < _FARTHEST) for axis, values in axes.items()} | {"date": undated}
    bad = np.flatnonzero(np.logical_or.reduce(list(wrong.values())))
    right = {
        "x": "a number of metres (longitude and latitude need --mapping)",
        "y": "a number of metres (longitude and latitude need --mapping)",
        "date": "a day that exists, written YYYY-MM-DD",
    }
    for row in bad.tolist():
        for column, broken in wrong.items():
            if broken[row]:
                value = rows[column].iloc[row]
                said = f"'{value}'" if value else "blank"
                yield f"{file}, row {row + 1}: {column} is {said}; it should be {right[column]}"
