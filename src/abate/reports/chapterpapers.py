"""A report of chapters as a PDF: tagged for screen readers (PDF/UA-1), the same bytes for the same report."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import resources
from typing import TYPE_CHECKING, Any

from abate.errors import MissingPartError
from abate.reports import flows, rasters
from abate.reports.chapters import Bullets, Cell, Figure, Flow, Paragraph, Subheading, Table

if TYPE_CHECKING:
    from abate.reports.chapters import Block, Report

_TEXT_WIDTH = 760.0


def draw(report: Report) -> bytes:
    """Draw the report as PDF/UA-1 on A4 with the fonts that the typesetter brings; its only date is the report's.

    Raises `MissingPartError` where the extra `report` is not installed.
    """
    try:
        import typst
    except ImportError:
        raise MissingPartError.of("typst", extra="report") from None
    day = report.made_on
    template = (resources.files("abate.reports") / "templates/chapters.typ").read_bytes()
    return bytes(
        typst.compile(
            template,
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"told": json.dumps(_told(report), ensure_ascii=False, allow_nan=False)},
            pdf_standards=["ua-1"],
            timestamp=datetime(day.year, day.month, day.day, tzinfo=UTC),
        )
    )


def _told(report: Report) -> dict[str, Any]:
    return {
        "title": report.title,
        "marking": report.heading,
        "lede": report.lede,
        "day": report.day,
        "closing": list(report.closing),
        "chapters": [
            {
                "title": chapter.title,
                "blocks": [_block(block, f"{chapter.name}-{place}") for place, block in enumerate(chapter.blocks)],
            }
            for chapter in report.chapters
        ],
    }


def _block(block: Block, name: str) -> dict[str, Any]:
    match block:
        case Paragraph(words, style):
            return {"kind": "Paragraph", "words": _cell(words), "style": style}
        case Subheading(words):
            return {"kind": "Subheading", "words": words}
        case Bullets(lines, numbered):
            return {"kind": "Bullets", "lines": [_cell(line) for line in lines], "numbered": numbered}
        case Table():
            return {
                "kind": "Table",
                "caption": block.caption,
                "headings": list(block.headings),
                "rows": [[_cell(each) for each in row] for row in block.rows],
                "numbers": sorted(block.numbers),
                "widths": list(block.widths),
            }
        case Figure(svg, spoken, caption):
            return _picture(svg, spoken, caption)
        case Flow():
            return _picture(flows.picture(block, name=name), flows.spoken(block), "")


def _picture(svg: str, spoken: str, caption: str) -> dict[str, Any]:
    share = min(rasters.size(svg)[0] / _TEXT_WIDTH, 1.0)
    return {"kind": "Figure", "svg": svg, "spoken": spoken, "caption": caption, "share": share}


def _cell(cell: Cell) -> str | dict[str, str]:
    return cell if isinstance(cell, str) else {"words": cell.words, "to": cell.to, "mark": cell.mark}
