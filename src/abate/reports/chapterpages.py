"""A report of chapters as a page: no network, no JavaScript, fits a phone, prints."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from abate.errors import MissingPartError

if TYPE_CHECKING:
    from abate.reports.chapters import Report


def draw(report: Report) -> str:
    """Give the page; the same report gives the same bytes.

    Raises `MissingPartError` where the extra `report` is not installed.
    """
    sheet = _sheet()
    digest = b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    page: str = _template().render(
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
        sheet=_markup(sheet),
        report=report,
        kind=lambda block: type(block).__name__,
        pointed=lambda cell: not isinstance(cell, str),
        markup=_markup,
    )
    return page


@cache
def _sheet() -> str:
    folder = resources.files("abate.reports") / "templates"
    return "".join((folder / name).read_text("utf-8") for name in ("report.css", "chapters.css"))


def _template() -> Any:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError:
        raise MissingPartError.of("jinja2", extra="report") from None
    text = (resources.files("abate.reports") / "templates/chapters.html.j2").read_text("utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True).from_string(text)


def _markup(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - drawn in this room
