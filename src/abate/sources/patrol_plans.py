"""Plans of patrol as abate wrote them: the visits of `plan.json` or of the `visits.csv` beside it."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from abate.errors import SourceError, nearest
from abate.sources import markup, small_tables
from abate.tables.patrols import PLANNED_VISITS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Values = pd.Series[Any]

_NAMES = tuple(PLANNED_VISITS.columns)
_SHIFT = ("shift_start", "shift_end")
_MOST_TOLD = 20
_DAY_MINUTES = 24 * 60
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
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
    minutes = small_tables.numbers(rows["minutes"])
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
    return small_tables.checked(visits.sort_values(["team", "start"], ignore_index=True), PLANNED_VISITS, name=file)


@dataclass(frozen=True)
class Standing:
    """What a `plan.json` says beside its visits: from when it was planned anew, who was away, who rested when."""

    now: str | None
    away: tuple[tuple[str, str], ...]
    breaks: tuple[Rested, ...]


@dataclass(frozen=True)
class Rested:
    """A break of a team: when it begins, in UTC, and how many minutes it lasts."""

    team: str
    start: pd.Timestamp
    minutes: int
    at_base: bool


def standing(text: str, *, file: str) -> Standing:
    """Understand what stands beside the visits in the text of a `plan.json`.

    Raises `SourceError` with every fault at once.

    >>> standing('{"visits": [], "now": "19:00", "away": {"T1": "20:15"}}', file="plan.json")
    Standing(now='19:00', away=(('T1', '20:15'),), breaks=())
    """
    told = document(text, file=file)
    now, away, breaks = told.get("now"), told.get("away") or {}, told.get("breaks") or []
    faults = []
    if now is not None and not _is_clock(now):
        faults.append(f"{file}: now is {_brief(now)}; a time such as 19:00 would be right")
    if not isinstance(away, dict) or not all(_is_clock(clock) for clock in away.values()):
        faults.append(f'{file}: away should be teams with the time from which each is away, such as {{"T3": "18:10"}}')
    if not isinstance(breaks, list):
        faults.append(f"{file}: breaks should be a list of breaks")
    rested = [_rested(row, f"{file}, break {number}", faults) for number, row in enumerate(_list(breaks), 1)]
    small_tables.tell(faults, file)
    return Standing(now, tuple(away.items()), tuple(one for one in rested if one is not None))


def _rested(row: Any, where: str, faults: list[str]) -> Rested | None:
    if not isinstance(row, dict):
        faults.append(f"{where}: should be an object with team, start and minutes")
        return None
    minutes = row.get("minutes")
    if not isinstance(minutes, int | float) or isinstance(minutes, bool) or not 0 <= minutes <= _DAY_MINUTES:
        faults.append(f"{where}: minutes is {_brief(minutes)}; a number from 0 to {_DAY_MINUTES} would be right")
        return None
    try:
        return Rested(str(row.get("team")), moment(str(row.get("start"))), int(minutes), bool(row.get("at_base")))
    except SourceError as fault:
        faults += [f"{where}: start {said}" for said in fault.faults]
        return None


def _is_clock(value: Any) -> bool:
    return isinstance(value, str) and _CLOCK.fullmatch(value) is not None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _brief(value: Any) -> str:
    return f"'{str(value)[:40]}'"


def document(text: str, *, file: str) -> dict[str, Any]:
    """Give the whole of a `plan.json`; raises `SourceError` where it is not one."""
    try:
        told = markup.load_json(text)
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
    small_tables.tell(small_tables.too_wide(rows, name=file), file)
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
