"""What was done on patrol, as forces and partners keep it: activity by day, site and role; and who is in a team."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from abate.errors import nearest
from abate.patrols import mentions
from abate.sources import small_tables
from abate.tables import ACTIVITY, TEAM_ROLES
from abate.tables.patrols import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from abate.schema import Table
    from abate.sources.small_tables import SmallTable

COUNTED = ("arrests", "searches", "weapons")
PLACE = "source_row"
_SOURCES = ("gps", "app", "manual")
_OPTIONAL = ("funding_stream", *COUNTED, "powers", "source")
_NAMING = re.compile(
    r"(name|collar|shoulder|warrant|badge|employee|staff|device|officer)(_?(id|no|number|name|1|2))?s?|.*_name"
)
_DAYS = ((r"\d{4}-\d\d-\d\d", "%Y-%m-%d"), (r"\d{1,2}/\d{1,2}/\d{4}", "%d/%m/%Y"))


def read(path: str | Path) -> pd.DataFrame:
    """Read what was done at sites: `tables.ACTIVITY`, with each row's place in the file as `source_row`.

    The file needs `date`, `site_id`, `role`, `officers` and `minutes`; `funding_stream`, `arrests`, `searches`,
    `weapons`, `powers` and `source` may be left out (blank, 0, 0, 0, blank and manual). Raises `SourceError` with
    every fault at once: a role or source that is not known, a date that is none, a number that is negative or not
    whole, and columns or texts that name a person.
    """
    return activity(small_tables.read(Path(path)))


def read_roles(path: str | Path) -> pd.DataFrame:
    """Read who teams are made of: `tables.TEAM_ROLES` from the columns `team`, `role`, `funding_stream`, `officers`.

    The last two may be left out (blank and 1). Raises `SourceError` with every fault at once.
    """
    return roles(small_tables.read(Path(path)))


def activity(table: SmallTable) -> pd.DataFrame:
    r"""Understand the rows of an activity file.

    >>> text = b"date,site_id,role,officers,minutes,searches\n2026-10-02,A,PCSO,2,15,\n"
    >>> activity(small_tables.parse(text, name="activity.csv"))[["role", "minutes", "searches"]].to_numpy().tolist()
    [['pcso', 15.0, 0]]
    """
    wanted = [name for name in ACTIVITY.columns if name not in _OPTIONAL]
    _headings(table, wanted, (*ACTIVITY.columns, "notes_flag"))
    faults = [fault for place, row in _rows(table) for fault in _activity_faults(place, row, table.name)]
    small_tables.tell(faults, table.name)
    return _frame([_done(place, row) for place, row in _rows(table)], ACTIVITY)


def roles(table: SmallTable) -> pd.DataFrame:
    r"""Understand the rows of a file of teams.

    >>> text = b"team,role,funding_stream,officers\nP1,officer,hotspot fund,2\nP1,pcso,,1\n"
    >>> roles(small_tables.parse(text, name="roles.csv"))["officers"].tolist()
    [2, 1]
    """
    _headings(table, ("team", "role"), tuple(TEAM_ROLES.columns))
    faults: list[str] = []
    seen: dict[tuple[str, str, str], int] = {}
    for place, row in _rows(table):
        where = f"{table.name}, row {place}"
        faults += [f"{where}: {fault}" for fault in _role_faults(row)]
        key = (row["team"], row["role"].lower(), row.get("funding_stream", ""))
        if key in seen:
            faults.append(f"{where}: team '{row['team']}' has this role and funding stream in row {seen[key]} already")
        seen.setdefault(key, place)
    small_tables.tell(faults, table.name)
    told = [
        {
            "team": row["team"],
            "role": row["role"].lower(),
            "funding_stream": row.get("funding_stream", ""),
            "officers": int(row.get("officers") or 1),
        }
        for _, row in _rows(table)
    ]
    return _frame(told, TEAM_ROLES)


def _rows(table: SmallTable) -> Iterator[tuple[int, dict[str, str]]]:
    return zip(table.places, table.rows, strict=True)


def _headings(table: SmallTable, wanted: Sequence[str], known: Sequence[str]) -> None:
    """Refuse columns that name people, columns that are not known, and the lack of a needed one."""
    faults = small_tables.lacking(table, wanted)
    for heading in filter(None, table.headings):
        if heading in known:
            continue
        faults.append(
            f"{table.name}: column '{heading}' may name officers; this file holds roles and numbers only: take it out"
            if _NAMING.fullmatch(heading)
            else f"{table.name}: column '{heading}' is not known. {nearest(heading, known)}"
        )
    small_tables.tell(faults, table.name)


def _activity_faults(place: int, row: dict[str, str], name: str) -> Iterator[str]:
    where = f"{name}, row {place}"
    if _day(row["date"]) is None:
        yield f"{where}: date '{row['date']}' is no date: write it as YYYY-MM-DD"
    if not row["site_id"]:
        yield f"{where}: there is no site_id"
    yield from (f"{where}: {fault}" for fault in _role_faults(row))
    if not _is_number(row["minutes"]):
        yield f"{where}: minutes '{row['minutes']}' should be a number, 0 or more"
    elif float(row["minutes"]) > 24 * 60:
        yield f"{where}: minutes '{row['minutes']}' are more than a day has (1,440)"
    for column in COUNTED:
        if not re.fullmatch(r"\d{0,6}", row.get(column, "")):
            yield f"{where}: {column} '{row[column]}' should be a whole number, 0 or more"
    if row.get("source", "").lower() not in ("", *_SOURCES):
        yield f"{where}: source '{row['source']}' is not known. {nearest(row['source'], _SOURCES)}"
    for column in ("powers", "funding_stream"):
        for mention in mentions.found(row.get(column, "")):
            yield f"{where}: {column}: '{mention.words}' looks like {mention.what}; nobody is named in a return"


def _role_faults(row: dict[str, str]) -> Iterator[str]:
    if "team" in row:
        if not row["team"]:
            yield "there is no team"
        elif wrong := mentions.call_sign(row["team"]):
            yield wrong
    if row["role"].lower() not in ROLES:
        yield f"role '{row['role']}' is not known. {nearest(row['role'], ROLES)}"
    if not re.fullmatch(r"[1-9]\d{0,3}", row.get("officers", "") or "1") or ("date" in row and not row["officers"]):
        yield f"officers '{row.get('officers', '')}' should be a whole number, 1 or more"


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\d{1,6}(\.\d+)?", text) is not None


def _day(text: str) -> date | None:
    for pattern, form in _DAYS:
        if re.fullmatch(pattern, text):
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                return None
    return None


def _done(place: int, row: dict[str, str]) -> dict[str, Any]:
    return {
        "date": _day(row["date"]),
        "site_id": row["site_id"],
        "role": row["role"].lower(),
        "funding_stream": row.get("funding_stream", ""),
        "officers": int(row["officers"]),
        "minutes": float(row["minutes"]),
        **{column: int(row.get(column) or 0) for column in COUNTED},
        "powers": row.get("powers", ""),
        "source": row.get("source", "").lower() or "manual",
        PLACE: place,
    }


def _frame(rows: list[dict[str, Any]], table: Table) -> pd.DataFrame:
    """Put rows into a table of the dictionary, each column in its own kind."""
    if not rows:
        return table.empty()
    frame = pd.DataFrame(rows)
    texts = [name for name, column in table.columns.items() if column.kind == "text"]
    dates = [name for name, column in table.columns.items() if column.kind == "date"]
    typed = frame.astype(dict.fromkeys(texts, "str"))
    return table.check(typed.assign(**{name: pd.to_datetime(frame[name]).astype("datetime64[s]") for name in dates}))
