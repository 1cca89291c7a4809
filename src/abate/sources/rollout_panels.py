"""Roll-outs: a CSV with one row a unit, the period in which it started, and a column a period."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pandas as pd

from abate.errors import SourceError, nearest
from abate.sources import geojson, small_tables

if TYPE_CHECKING:
    from pathlib import Path

_TOLD = 5
_PERIOD = r"\d+$"


def read(path: Path, *, identifier: str, first_treated: str) -> pd.DataFrame:
    """Read a roll-out from a CSV file (or .gz); raises as `parse` does."""
    return parse(geojson.read_bytes(path), name=path.name, identifier=identifier, first_treated=first_treated)


def parse(content: bytes, *, name: str, identifier: str, first_treated: str) -> pd.DataFrame:
    r"""Understand the bytes of a roll-out; `name` is what it is called in sentences.

    Of the columns those named `identifier` and `first_treated` are kept, and those whose names end in a whole number:
    the periods. `first_treated` is blank for units that never started. Raises `SourceError` with every fault at once.

    >>> found = parse(b"unit,from,p1,p2,note\nA,2,0,1,x\nB,,3,4,y\n", name="w.csv", identifier="unit",
    ...               first_treated="from")
    >>> list(found), found["from"].isna().tolist()
    (['unit', 'from', 'p1', 'p2'], [False, True])
    """
    try:
        raw = pd.read_csv(io.BytesIO(content), dtype={identifier: "str"}, keep_default_na=True, low_memory=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as fault:
        raise SourceError(f"{name}: is not a CSV in UTF-8 ({str(fault).strip()})") from None
    lacking = [
        f"{name}: there is no column '{column}'. {nearest(column, map(str, raw.columns))}"
        for column in (identifier, first_treated)
        if column not in raw.columns
    ]
    if lacking or (lacking := small_tables.too_wide(raw, name=name)):
        raise SourceError(*lacking)
    named = raw.columns.astype("str")
    periods = [
        str(column) for column in named[named.str.contains(_PERIOD)] if column not in {identifier, first_treated}
    ]
    faults = [*_blank_names(raw, identifier, name)]
    for column in (first_treated, *periods):
        faults += _not_numbers(raw, column, name)
    if faults:
        more = [f"{name}: {len(faults) - _TOLD:,} more faults like these"] if len(faults) > _TOLD else []
        raise SourceError(*faults[:_TOLD], *more)
    return raw[[identifier, first_treated, *periods]]


def _blank_names(raw: pd.DataFrame, identifier: str, name: str) -> list[str]:
    blank = raw[identifier].isna().to_numpy().nonzero()[0]
    return [f"{name}, row {row + 1}: {identifier} is blank; it should be the unit's name" for row in blank]


def _not_numbers(raw: pd.DataFrame, column: str, name: str) -> list[str]:
    if pd.api.types.is_numeric_dtype(raw[column]):
        return []
    wrong = (small_tables.numbers(raw[column].astype("str")).isna() & raw[column].notna()).to_numpy().nonzero()[0]
    return [f"{name}, row {row + 1}: {column} is '{raw[column].iloc[row]}'; it should be a number" for row in wrong]
