"""The monthly return as files: CSV of every figure, XLSX, one page as PDF, the same as a page with more behind it."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import pandas as pd

from abate.errors import MissingPartError
from abate.reports import deliveries, provenance, returnbooks, returnwords
from abate.reports.returnwords import MARKING
from abate.reports.tables import harmless, json_value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from abate.patrols.returns import Return


def write(made_return: Return, into: Path, *, made: Mapping[str, Any], today: date) -> tuple[Path, ...]:
    """Write return.csv, return.xlsx, return.pdf, return.html and provenance.json, all of them or none.

    `made` says how the return was made. Raises `OptionError` when the folder cannot be written, `MissingPartError`
    where the extra `report` is not installed.
    """
    files = {
        "return.csv": csv(made_return),
        "return.xlsx": returnbooks.draw(made_return, today=today),
        "return.pdf": paper(made_return, today=today),
        "return.html": page(made_return, made=made, today=today).encode(),
    }
    record = {
        "title": returnwords.title(made_return),
        "marking": MARKING,
        **made,
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(files.items())
        },
    }
    files["provenance.json"] = (json.dumps(record, indent=2, ensure_ascii=False, default=str) + "\n").encode()
    return deliveries.deliver(files, into)


def records(made_return: Return) -> list[dict[str, Any]]:
    """Give every figure as a record: item, group, value, unit, source, note, and the ends of its interval if any."""
    told = [{str(key): json_value(value) for key, value in row.items()} for row in made_return.table.to_dict("records")]
    return [{**row, "value": _whole(row["value"])} for row in told]


def csv(made_return: Return) -> bytes:
    """Write every figure as CSV (UTF-8, comma, LF), long form, the month and the marking in columns of their own."""
    figures = {
        column: pd.Series([_whole(json_value(value)) for value in made_return.table[column]], dtype="object")
        for column in ("value", "low", "high")
    }
    table = made_return.table.map(harmless).assign(**figures, month=made_return.month, marking=MARKING)
    return table.to_csv(index=False, lineterminator="\n").encode()


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def paper(made_return: Return, *, today: date) -> bytes:
    """Draw the one page as PDF/UA-1, A4; the same return gives the same bytes."""
    try:
        import typst
    except ImportError:
        raise MissingPartError.of("typst", extra="report") from None
    template = (resources.files("abate.reports") / "templates/return.typ").read_bytes()
    told = returnwords.told(made_return, today=today, short=True)
    return bytes(
        typst.compile(
            template,
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"told": json.dumps(told, ensure_ascii=False, allow_nan=False)},
            pdf_standards=["ua-1"],
            timestamp=datetime(today.year, today.month, today.day, tzinfo=UTC),
        )
    )


def page(made_return: Return, *, made: Mapping[str, Any], today: date) -> str:
    """Give the return as a page: what the PDF holds, every site, every note, and how it was made.

    The page needs no network and no JavaScript, fits a phone, and prints.
    """
    sheet = _sheet()
    digest = b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    drawn: str = _template().render(
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
        sheet=_markup(sheet),
        told=returnwords.told(made_return, today=today, short=False),
        made=provenance.rows(made),
    )
    return drawn


@cache
def _sheet() -> str:
    folder = resources.files("abate.reports") / "templates"
    return "".join((folder / name).read_text("utf-8") for name in ("report.css", "return.css"))


def _template() -> Any:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError:
        raise MissingPartError.of("jinja2", extra="report") from None
    text = (resources.files("abate.reports") / "templates/return.html.j2").read_text("utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True).from_string(text)


def _markup(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - the style sheet of this room
