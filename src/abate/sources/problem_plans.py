"""Problem plans of sites, as people keep them: CSV (one row a response) or TOML (one `[[plan]]` a site)."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from abate.errors import SourceError, nearest
from abate.patrols import mentions, problems
from abate.sources import geojson, markup, small_tables
from abate.tables import PROBLEM_PLANS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Row = tuple[str, dict[str, str]]

TEXTS = ("problem", "analysis", "response", "owner", "assessment")
_KNOWN = ("site_id", "name", "problem", "analysis", *problems.SIDES, "response", "owner", "due", "status", "assessment")
_DAYS = ((r"\d{4}-\d\d-\d\d", "%Y-%m-%d"), (r"\d{1,2}/\d{1,2}/\d{4}", "%d/%m/%Y"))


def read(path: str | Path) -> pd.DataFrame:
    """Read the problem plans of some sites: `tables.PROBLEM_PLANS`, one row a response, in the order of the file.

    CSV has the columns `site_id`, `problem`, `response`, `owner` (a role), `due`, `status`, `assessment`, and either
    `analysis` or the three sides that `abate patrols plans` lays out. TOML has a `[[plan]]` with the same keys, and
    may list `[[plan.responses]]` below it. Rows that say nothing beyond which site they are for are not plans yet and
    are left out, as are rows whose site begins with `#`.

    Raises `SourceError` with every fault at once: a status that is not known, a date that is none, a row without a
    site or a problem, and texts that may point to a person (`patrols.mentions`).
    """
    path = Path(path)
    content = geojson.read_bytes(path)
    parse = parse_toml if path.name.lower().endswith(".toml") else parse_csv
    return parse(content, name=path.name)


def parse_csv(content: bytes, *, name: str) -> pd.DataFrame:
    r"""Understand problem plans written as CSV.

    >>> text = b"site_id,problem,response,owner,due,status\nA,fights at closing,stewards,licensing officer,1/12/2026,"
    >>> parse_csv(text, name="plans.csv")[["site_id", "due", "status"]].to_csv(index=False)
    'site_id,due,status\nA,2026-12-01,planned\n'
    """
    table = small_tables.parse(content, name=name)
    small_tables.tell(small_tables.lacking(table, ("site_id", "problem", "status")), name)
    small_tables.tell(_strange(table.headings, name), name)
    return _table([(f"row {place}", row) for place, row in zip(table.places, table.rows, strict=True)], name)


def parse_toml(content: bytes, *, name: str) -> pd.DataFrame:
    r"""Understand problem plans written as TOML.

    >>> text = b'[[plan]]\nsite_id = "A"\nproblem = "fights"\n[[plan.responses]]\nresponse = "stewards"'
    >>> parse_toml(text, name="plans.toml")["status"].tolist()
    ['planned']
    """
    try:
        told = markup.load_toml(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise SourceError(f"{name}: not text in UTF-8") from None
    except ValueError as fault:
        raise SourceError(f"{name}: no TOML: {fault}") from None
    plans = told.get("plan")
    if not isinstance(plans, list) or not all(isinstance(plan, dict) for plan in plans) or set(told) != {"plan"}:
        raise SourceError(f"{name}: should hold sections headed [[plan]], one a site, and nothing else")
    rows: list[Row] = []
    for place, plan in enumerate(plans, start=1):
        responses = plan.pop("responses", None) or [{}]
        if not isinstance(responses, list) or not all(isinstance(each, dict) for each in responses):
            raise SourceError(f"{name}, plan {place}: responses should be sections headed [[plan.responses]]")
        where = f"plan {place}"
        for number, response in enumerate(responses, start=1):
            said = f"{where}, response {number}" if len(responses) > 1 else where
            rows.append((said, {key: _text(value) for key, value in {**plan, **response}.items()}))
    small_tables.tell(_strange(dict.fromkeys(key for _, row in rows for key in row), name), name)
    return _table(rows, name)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value).strip()


def _strange(headings: Iterable[str], name: str) -> list[str]:
    return [
        f"{name}: '{heading}' is not a column of a problem plan. {nearest(heading, _KNOWN)}"
        for heading in headings
        if heading and heading not in _KNOWN
    ]


def _table(rows: list[Row], name: str) -> pd.DataFrame:
    written = [(where, _joined(row)) for where, row in rows if _is_plan(row)]
    small_tables.tell((f"{name}, {where}: {fault}" for where, row in written for fault in _faults(row)), name)
    frame = pd.DataFrame([_values(row) for _, row in written], columns=list(PROBLEM_PLANS.columns))
    texts = dict.fromkeys((key for key in PROBLEM_PLANS.columns if key != "due"), "str")
    return PROBLEM_PLANS.check(frame.astype(texts).assign(due=pd.to_datetime(frame["due"]).astype("datetime64[s]")))


def _is_plan(row: dict[str, str]) -> bool:
    """Tell whether a row says more than which site it is for."""
    if row.get("site_id", "").startswith("#"):
        return False
    return not row.get("site_id") or any(row.get(key) for key in _KNOWN if key not in ("site_id", "name", "status"))


def _joined(row: dict[str, str]) -> dict[str, str]:
    parts = [row.get("analysis", ""), problems.analysis(row)]
    return {**row, "analysis": " ".join(filter(None, parts)), "status": row.get("status", "").lower() or "planned"}


def _faults(row: dict[str, str]) -> Iterator[str]:
    if not row.get("site_id"):
        yield "there is no site_id: say which site the plan is for"
    if not row.get("problem"):
        yield "the problem is blank: say in a sentence what happens at the site"
    if row["status"] not in problems.STATUSES:
        yield f"status '{row['status']}' is not known. {nearest(row['status'], problems.STATUSES)}"
    if row.get("due") and _day(row["due"]) is None:
        yield f"due '{row['due']}' is no date: write it as YYYY-MM-DD"
    for column in TEXTS:
        for mention in mentions.found(row.get(column, "")):
            yield f"{column}: '{mention.words}' looks like {mention.what}; a plan names places and roles only"


def _day(text: str) -> date | None:
    for pattern, form in _DAYS:
        if re.fullmatch(pattern, text):
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                return None
    return None


def _values(row: dict[str, str]) -> dict[str, Any]:
    due = _day(row["due"]) if row.get("due") else None
    return {**{key: row.get(key, "") for key in PROBLEM_PLANS.columns}, "due": due}
