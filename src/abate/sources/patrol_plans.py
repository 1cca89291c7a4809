"""Plans of patrol as abate wrote them: the visits of `plan.json` or of the `visits.csv` beside it."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from abate.errors import SourceError, nearest
from abate.tables.patrols import PLANNED_VISITS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Values = pd.Series[Any]

_NAMES = tuple(PLANNED_VISITS.columns)
_SHIFT = ("shift_start", "shift_end")
_MOST_TOLD = 20
_FORM = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)"


def read(path: Path) -> pd.DataFrame:
    """Read the visits of a plan: `tables.PLANNED_VISITS`, by team and start, the starts in UTC.

    Takes `visits.csv` or `plan.json`. Where the file says when each visit's shift begins and ends, the columns
    `shift_start` and `shift_end` (in UTC) stand beside. Raises `SourceError` with a sentence a fault: every row that
    will not do is named with its value and what would be right.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file") from None
    except OSError as fault:
        raise SourceError(f"{path}: cannot be read: {fault.strerror or fault}") from None
    except UnicodeDecodeError as fault:
        raise SourceError(f"{path.name}: is not UTF-8 text (byte {fault.start + 1})") from None
    return parse(text, file=path.name)


def parse(text: str, *, file: str) -> pd.DataFrame:
    r"""Understand the text of a plan; `file` is what it is called in sentences.

    >>> plan = '{"visits": [{"team": "T1", "site": "a", "start": "2026-12-04T18:00:00+00:00", "minutes": 15}]}'
    >>> parse(plan, file="plan.json")[["team", "site_id", "minutes"]].to_numpy().tolist()
    [['T1', 'a', 15.0]]
    >>> parse("team,site_id,start,minutes\nT1,a,2026-12-04T18:00:00+00:00,15\n", file="visits.csv")["start"].dt.hour[0]
    np.int32(18)
    """
    rows = _listed(text, file) if text.lstrip().startswith("{") else _rows(text, file)
    starts = _moments(rows["start"])
    minutes = pd.to_numeric(rows["minutes"], errors="coerce")
    faults = [*_faults(rows, starts, minutes, file)]
    if faults:
        more = [f"{file}: {len(faults) - _MOST_TOLD:,} more faults like these"] if len(faults) > _MOST_TOLD else []
        raise SourceError(*faults[:_MOST_TOLD], *more)
    visits = pd.DataFrame(
        {
            "team": rows["team"].astype("str"),
            "site_id": rows["site_id"].astype("str"),
            "start": starts,
            "minutes": minutes.astype(float),
            **{name: _moments(rows[name]) for name in _SHIFT if name in rows.columns},
        }
    )
    return PLANNED_VISITS.check(visits.sort_values(["team", "start"], ignore_index=True))


def document(text: str, *, file: str) -> dict[str, Any]:
    """Give the whole of a `plan.json`; raises `SourceError` where it is not one."""
    try:
        told = json.loads(text)
    except ValueError as fault:
        raise SourceError(f"{file}: is no JSON ({fault})") from None
    if not isinstance(told, dict) or not isinstance(told.get("visits"), list):
        raise SourceError(
            f"{file}: is no plan: it should hold a list called 'visits', as `abate patrols plan` writes it"
        )
    return told


def moment(text: str) -> pd.Timestamp:
    """Understand a moment with its zone, as the plan writes it; raises `SourceError` where it is none."""
    found = _moments(pd.Series([text], dtype="str"))
    if bool(found.isna().any()):
        raise SourceError(f"'{text}' is no moment with its zone, such as 2026-12-04T18:00:00+00:00")
    return pd.Timestamp(found.iloc[0])


def _listed(text: str, file: str) -> pd.DataFrame:
    visits = document(text, file=file)["visits"]
    if odd := [place for place, visit in enumerate(visits, start=1) if not isinstance(visit, dict)]:
        raise SourceError(
            *(f"{file}, visit {place}: should be an object with team, site, start and minutes" for place in odd)
        )
    names = {"team": "team", "site_id": "site", "start": "start", "minutes": "minutes"}
    names |= {name: name for name in _SHIFT if visits and all(name in visit for visit in visits)}
    return pd.DataFrame(
        {name: pd.Series([_word(visit.get(key)) for visit in visits], dtype="str") for name, key in names.items()}
    )


def _moments(texts: Values) -> Values:
    shaped = texts.where(texts.str.fullmatch(_FORM))
    return pd.to_datetime(shaped, errors="coerce", utc=True, format="ISO8601").astype("datetime64[us, UTC]")


def _word(value: object) -> str:
    return "" if value is None else str(value).strip()


def _rows(text: str, file: str) -> pd.DataFrame:
    try:
        rows = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, skipinitialspace=True)
    except pd.errors.EmptyDataError:
        raise SourceError(f"{file}: is empty; it should have the columns {', '.join(_NAMES)}") from None
    except pd.errors.ParserError as fault:
        raise SourceError(f"{file}: is no CSV with as many values in each row as columns: {fault}") from None
    rows.columns = rows.columns.str.strip()
    lacking = [name for name in _NAMES if name not in rows.columns]
    if lacking:
        raise SourceError(*(f"{file}: there is no column '{name}'. {nearest(name, rows.columns)}" for name in lacking))
    return pd.DataFrame(
        {
            name: rows[name].str.strip().astype("str")
            for name in (*_NAMES, *(each for each in _SHIFT if each in rows.columns))
        }
    )


def _faults(rows: pd.DataFrame, starts: Values, minutes: Values, file: str) -> Iterator[str]:
    """Name the rows that will not do, in order; the first row under the header is 1."""
    right = {
        "team": (rows["team"] == "", "the name of a team"),
        "site_id": (rows["site_id"] == "", "the name of a site"),
        "start": (starts.isna(), "a moment with its zone, such as 2026-12-04T18:00:00+00:00"),
        "minutes": (~minutes.between(0, 24 * 60), "a number of minutes from 0 to 1440"),
    }
    again = rows.duplicated(["team", "start"]) & ~starts.isna()
    for row in range(len(rows)):
        for column, (broken, wanted) in right.items():
            if broken.iloc[row]:
                value = str(rows[column].iloc[row])
                yield f"{file}, row {row + 1}: {column} is {repr(value) if value else 'blank'}; it should be {wanted}"
        if again.iloc[row]:
            team, start = rows["team"].iloc[row], rows["start"].iloc[row]
            yield f"{file}, row {row + 1}: team '{team}' starts another visit at {start}"
