"""What `abate patrols dosage` wrote: attended visits and doses, read back from their CSV files."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pandas as pd

from abate.errors import SourceError
from abate.sources import small_tables
from abate.tables.patrols import ATTENDED_VISITS, DOSES

if TYPE_CHECKING:
    from pathlib import Path

    from abate.schema import Table

    Values = pd.Series[Any]

_PATROL_MINUTES_MOST = 24 * 60
_MOST = 1e12


def read_visits(path: Path) -> pd.DataFrame:
    """Read visits.csv: one row a stay of a team in a site (ATTENDED_VISITS), with times in UTC.

    Raises `SourceError` with a sentence a fault.
    """
    return parse(_text(path), ATTENDED_VISITS, name=path.name)


def read_doses(path: Path) -> pd.DataFrame:
    """Read dose.csv: one row a site and day (DOSES), quiet days included as 0.

    Raises `SourceError` with a sentence a fault.
    """
    return parse(_text(path), DOSES, name=path.name)


def parse(text: str, kept: Table, *, name: str) -> pd.DataFrame:
    """Understand the text of visits.csv or dose.csv as the rows of its table.

    >>> rows = parse('''date,site_id,minutes,officers,officer_minutes,visits,minutes_low,minutes_high
    ... 2026-11-02,market,15.5,2,31,1,14.2,16.8
    ... ''', DOSES, name="dose.csv")
    >>> rows.loc[0, "date"].isoformat(), int(rows.loc[0, "visits"])
    ('2026-11-02T00:00:00', 1)
    """
    try:
        raw = pd.read_csv(io.StringIO(text), dtype="str", keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as fault:
        raise SourceError(f"{name}: is not a CSV file ({str(fault).strip()})") from None
    if missing := [column for column in kept.columns if column not in raw.columns]:
        raise SourceError(*(f"{name}: column '{column}' is missing; {_wanted(kept)}" for column in missing))
    faults = small_tables.too_wide(raw, name=name)
    small_tables.tell(faults, name)
    rows = {column: _typed(raw[column], kept.columns[column].kind, name, faults) for column in kept.columns}
    if faults:
        raise SourceError(*faults)
    frame = pd.DataFrame(rows)
    if "minutes" in frame and (over := frame["minutes"] > _PATROL_MINUTES_MOST).any():
        row = int(over.to_numpy().argmax())
        raise SourceError(
            f"{name}, row {row + 2}: {frame['minutes'].iloc[row]:g} minutes is more than a day holds: "
            "give minutes, not seconds"
        )
    return small_tables.checked(frame, kept, name=name)


def _wanted(kept: Table) -> str:
    return f"the file has: {', '.join(kept.columns)}"


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file; `abate patrols dosage` writes it") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise SourceError(f"{path.name}: cannot be read as text ({fault})") from None


def _typed(values: Values, kind: str, name: str, faults: list[str]) -> Values:
    """Turn the texts of a column into its kind; blanks become missing, and every other failure is a fault."""
    blank = values.str.strip() == ""
    if kind == "text":
        return values.where(~blank, None)
    if kind == "time":
        told = pd.to_datetime(values.where(~blank), utc=True, errors="coerce", format="ISO8601").astype(
            "datetime64[us, UTC]"
        )
    elif kind == "date":
        told = pd.to_datetime(values.where(~blank), errors="coerce", format="%Y-%m-%d").astype("datetime64[s]")
    else:
        told = _numbers(values.where(~blank), whole=kind == "whole")
    faults += [
        f"{name}, row {row + 2}: {values.name} '{values[row]}' should be a {_SAID[kind]}"
        for row in told.index[told.isna() & ~blank][:3]
    ]
    return told.astype("int64") if kind == "whole" and not told.isna().any() else told


def _numbers(values: Values, *, whole: bool) -> Values:
    found = small_tables.numbers(values)
    return found.where((found.abs() < _MOST) & ((found % 1 == 0) | (not whole)))


_SAID = {"time": "time such as 2026-11-02T14:05:00Z", "date": "date such as 2026-11-02"} | {
    "number": "number",
    "whole": "whole number",
}
