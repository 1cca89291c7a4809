"""Reports in chapters handed over: page, PDF, Word file and tables together, with how they were made."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from abate import __version__
from abate.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from abate.reports.chapters import Report


def made(options: Any, *, inputs: Sequence[Path], today: date, by: str) -> dict[str, Any]:
    """Say how an answer was made: the code, each file with its SHA-256, the options, by whom and on which day.

    `options` is a record of options, of which those that were given are told.
    """
    told = {name: value for name, value in asdict(options).items() if value not in (None, (), {}, "")}
    return {
        "code": f"abate {__version__}",
        "inputs": [{"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()} for path in inputs],
        "parameters": json.loads(json.dumps(told, default=_plain)),
        "by": by,
        "made_on": today.isoformat(),
    }


def _plain(value: Any) -> str:
    return str(getattr(value, "name", value))


def rows(made: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give how an answer was made as pairs of what and value."""
    from abate.reports import provenance

    return provenance.rows(made)


def deliver(
    name: str, report: Report, tables: Mapping[str, Sequence[Mapping[str, object]]], made: Mapping[str, Any], into: Path
) -> tuple[Path, ...]:
    """Write `name`.html, .pdf and .docx, each table as CSV and provenance.json: all of them, or none.

    Raises `OptionError` when the folder cannot be written, `MissingPartError` without the extra `report`.
    """
    from abate.reports import chapterpages, chapterpapers, deliveries, wordfiles

    if into.exists() and not into.is_dir():
        raise OptionError(f"{into}: is a file; name a folder with -o")
    files = {
        f"{name}.html": chapterpages.draw(report).encode(),
        f"{name}.pdf": chapterpapers.draw(report),
        f"{name}.docx": wordfiles.draw(report),
        **{title: _csv(table) for title, table in tables.items()},
    }
    sizes = {one: {"bytes": len(held), "sha256": hashlib.sha256(held).hexdigest()} for one, held in files.items()}
    record = json.dumps({**made, "files": sizes}, indent=2, ensure_ascii=False) + "\n"
    return deliveries.deliver({**files, "provenance.json": record.encode()}, into)


def _csv(table: Sequence[Mapping[str, object]]) -> bytes:
    text = io.StringIO(newline="")
    if table:
        writer = csv.DictWriter(text, list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    return text.getvalue().encode()
