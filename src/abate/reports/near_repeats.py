"""The page on near repeats: the Knox table coloured by how far pairs are above chance, and the same as CSV."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from abate.errors import MissingPartError
from abate.reports import deliveries, provenance

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from abate.hotspots.nearrepeats import NearRepeats

MARKING = "working copy, not for publication"
STEPS = (1.0, 1.2, 2.0, 5.0)
_SURE = 0.05


def draw(near: NearRepeats, *, notes: Sequence[str] = (), made: Mapping[str, Any] | None = None) -> str:
    """Give the page: the sentence, the table coloured, the figures behind it, what they mean, and how it was made.

    The page needs no network and no JavaScript, fits a phone, and prints. The same figures give the same bytes. Raises
    `MissingPartError` where the extra `report` is not installed.
    """
    sheet = _sheet()
    digest = b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    page: str = _template().render(
        marking=MARKING,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
        sheet=_markup(sheet),
        near=near,
        notes=notes,
        rows=[_row(near, name) for name in near.observed.index],
        listed=[_listed(record) for record in near.table().to_dict("records")],
        steps=[*_steps()],
        made=provenance.rows(made or {}),
    )
    return page


def write(near: NearRepeats, into: Path, *, notes: Sequence[str], made: Mapping[str, Any]) -> tuple[Path, ...]:
    """Write near-repeats.html, near-repeats.csv and provenance.json, all of them or none.

    Raises `OptionError` when the folder cannot be written.
    """
    files = {
        "near-repeats.html": draw(near, notes=notes, made=made).encode(),
        "near-repeats.csv": near.table().to_csv(index=False, lineterminator="\n").encode(),
    }
    record = {
        "title": "Near repeats",
        "marking": MARKING,
        **made,
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(files.items())
        },
    }
    files["provenance.json"] = (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode()
    return deliveries.deliver(files, into)


def shade(ratio: float, p: float) -> str:
    """Say which colour a cell has: none unless pairs are clearly more than chance leaves, then by how much.

    >>> shade(1.5, 0.01), shade(1.5, 0.2), shade(8.0, 0.001)
    ('above-1', '', 'above-3')
    """
    if p > _SURE or ratio <= 1:
        return ""
    return f"above-{sum(ratio >= step for step in STEPS) - 1 if ratio == ratio else len(STEPS) - 1}"  # noqa: PLR0124 - not a number


def _steps() -> list[tuple[str, str]]:
    edges = [*zip(STEPS, [*STEPS[1:], None], strict=True)]
    words = [f"{low:g} to {high:g} times" if high else f"{low:g} times or more" for low, high in edges]
    return [(f"above-{place}", word) for place, word in enumerate(words)]


def _row(near: NearRepeats, name: str) -> dict[str, Any]:
    """Write one distance band: for each time band the pairs, how many times chance, p, and the colour."""
    cells = []
    for column in near.observed.columns:
        seen, ratio, p = (table.loc[name].to_dict()[column] for table in (near.observed, near.ratio, near.p))
        cells.append(
            {
                "observed": f"{seen:,}",
                "ratio": _times(ratio),
                "p": f"p {_p(p)}",
                "shade": shade(ratio, p),
            }
        )
    return {"name": name, "cells": cells}


def _listed(record: Mapping[Any, Any]) -> tuple[str, ...]:
    return (
        str(record["distance"]),
        str(record["time"]),
        f"{record['observed']:,}",
        f"{record['expected']:,.2f}",
        _times(record["ratio"]),
        _p(record["p"]),
    )


def _times(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio == ratio else "none expected"  # noqa: PLR0124 - not a number


def _p(p: float) -> str:
    return f"{p:.3f}" if p >= 0.001 else f"{p:.1g}"


@cache
def _sheet() -> str:
    folder = resources.files("abate.reports") / "templates"
    return "".join((folder / name).read_text("utf-8") for name in ("report.css", "near-repeats.css"))


def _template() -> Any:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError:
        raise MissingPartError.of("jinja2", extra="report") from None
    text = (resources.files("abate.reports") / "templates/near-repeats.html.j2").read_text("utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True).from_string(text)


def _markup(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - the style sheet of this room
