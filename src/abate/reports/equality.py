"""The equality sheet: who lives where the chosen sites are, for the person who approves the list, and their record."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING, Any

from abate.errors import MissingPartError
from abate.reports import deliveries, wording

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    import pandas as pd

MARKING = "working copy, not for publication"
TO_FILL = "to be filled in by the person who approves"
PROTECTED = (
    "age",
    "disability",
    "gender reassignment",
    "marriage and civil partnership",
    "pregnancy and maternity",
    "race",
    "religion or belief",
    "sex",
    "sexual orientation",
)


@dataclass(frozen=True)
class Approval:
    """What only a person can say: who decides, what is done about what the sheet shows, when it is looked at again."""

    decision_maker: str | None = None
    mitigation: str | None = None
    review_by: date | None = None

    @property
    def blank(self) -> tuple[str, ...]:
        """The fields that nobody has filled in yet."""
        told = {
            "decision maker": self.decision_maker,
            "mitigation": self.mitigation,
            "review date": self.review_by,
        }
        return tuple(name for name, value in told.items() if not value)


@dataclass(frozen=True)
class Sheet:
    """Everything on the sheet. `table` is `tables.EQUALITY`; `list_sha256` binds it to the list that is approved.

    `summary` are sentences on who is affected, `missing` on what is not known, `method` on how it was made; `looked_at`
    are the protected characteristics (Equality Act 2010, section 4) of which a table was given.
    """

    sites: int
    table: pd.DataFrame
    summary: tuple[str, ...]
    missing: tuple[str, ...]
    method: tuple[str, ...]
    looked_at: tuple[str, ...]
    approval: Approval
    made_on: date
    list_name: str
    list_sha256: str
    provenance: Mapping[str, Any] = field(default_factory=dict)


def draw(sheet: Sheet) -> dict[str, bytes]:
    """Draw the sheet as `equality.html` and `equality.json`: the same sheet gives the same bytes.

    Fields that only a person can fill stand out as blank in the page, and are null and listed in `to_be_filled` in
    the JSON document.
    """
    return {"equality.html": _page(sheet).encode(), "equality.json": _document(sheet)}


def write(sheet: Sheet, into: Path) -> tuple[Path, ...]:
    """Write both files into a folder, or neither; raises `OptionError` when that cannot be done."""
    return deliveries.deliver(draw(sheet), into)


def _document(sheet: Sheet) -> bytes:
    approval = sheet.approval
    told = {
        "title": "Equality sheet",
        "marking": MARKING,
        "made_on": sheet.made_on.isoformat(),
        "list": {"file": sheet.list_name, "sha256": sheet.list_sha256, "sites": sheet.sites},
        "who_is_affected": {"summary": list(sheet.summary), "groups": _records(sheet.table)},
        "missing_data": list(missing(sheet)),
        "mitigation": approval.mitigation or None,
        "decision_maker": approval.decision_maker or None,
        "review_date": approval.review_by.isoformat() if approval.review_by else None,
        "to_be_filled": list(approval.blank),
        "method": list(sheet.method),
        "provenance": dict(sheet.provenance),
    }
    return (json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False, default=str) + "\n").encode()


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    rounded = table.round({name: 4 for name in table.columns if "share" in name or "against" in name})
    return [
        {str(name): value if isinstance(value, str) or wording.known(value) else None for name, value in row.items()}
        for row in rounded.to_dict("records")
    ]


def missing(sheet: Sheet) -> tuple[str, ...]:
    """Say what is not known, protected characteristics of which no table was given among it."""
    absent = [name for name in PROTECTED if name not in sheet.looked_at]
    untold = (
        f"No table was given for {wording.listed(absent)}: what the list means for them is not known." if absent else ""
    )
    return tuple(text for text in (*sheet.missing, untold) if text)


def _page(sheet: Sheet) -> str:
    style = (resources.files("abate.reports") / "templates/report.css").read_text("utf-8") + (
        resources.files("abate.reports") / "templates/equality.css"
    ).read_text("utf-8")
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    approval = sheet.approval
    page: str = _template().render(
        marking=MARKING,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
        style=_safe(style),
        sheet=sheet,
        made_on=_day(sheet.made_on),
        missing=missing(sheet),
        kinds=[_kind(str(name), rows) for name, rows in sheet.table.groupby("characteristic", sort=False)],
        fields=[
            ("Decision maker", approval.decision_maker),
            ("Mitigation: what is done about it", approval.mitigation),
            ("Review by", _day(approval.review_by) if approval.review_by else None),
        ],
        to_fill=TO_FILL,
    )
    return page


def _kind(name: str, rows: pd.DataFrame) -> dict[str, Any]:
    return {"name": name, "rows": [_row(row) for row in rows.to_dict("records")]}


def _row(row: Mapping[Any, Any]) -> list[str]:
    return [
        str(row["group"]),
        wording.count(row["residents"]),
        wording.share(row["residents_share"]),
        wording.count(row["inside"]) if wording.known(row["inside"]) else "under 10",
        wording.share(row["sites_share"]),
        wording.share(row["violence_share"]) if wording.known(row["violence_share"]) else "not known",
        _ratio(row, "against_residents"),
        _ratio(row, "against_violence"),
    ]


def _ratio(row: Mapping[Any, Any], name: str) -> str:
    if not wording.known(row[name]):
        return "not known"
    if not wording.known(row[f"{name}_low"]):
        return f"{row[name]:.2f}"
    return f"{row[name]:.2f} ({row[f'{name}_low']:.2f} to {row[f'{name}_high']:.2f})"


def _day(day: date) -> str:
    return f"{day.day} {wording.month(day.isoformat()[:7])}"


def _template() -> Any:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError:
        raise MissingPartError.of("jinja2", extra="report") from None
    text = (resources.files("abate.reports") / "templates/equality.html.j2").read_text("utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True).from_string(text)


def _safe(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - a style sheet of this house
