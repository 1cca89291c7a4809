"""Workbooks for Excel: sheets of plain values with widths, number formats and print setup; the same bytes each time."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from abate.errors import MissingPartError, OptionError
from abate.reports.tables import harmless

if TYPE_CHECKING:
    from collections.abc import Sequence

Form = Literal["words", "whole", "tenths", "hundredths", "share", "day"]

FORMATS: dict[Form, str] = {
    "words": "@",
    "whole": "#,##0",
    "tenths": "#,##0.0",
    "hundredths": "#,##0.00",
    "share": "0.0%",
    "day": "d mmm yyyy",
}
_EPOCH = (1980, 1, 1, 0, 0, 0)
_DEEP, _WASH, _RULE, _QUIET = "FF0B2A4A", "FFF4F6F7", "FFC9D0D6", "FF4D5863"


@dataclass(frozen=True)
class Heading:
    """A column of a sheet: its words, its width in characters, and how its values are written."""

    words: str
    width: int = 14
    form: Form = "words"


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name on the tab, sentences above the table, the table, and sentences below it.

    A row may hold fewer cells than there are headings. `forms` gives single rows another form for their numbers, by the
    row's position.
    """

    name: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[object, ...], ...]
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    forms: tuple[Form | None, ...] = ()
    landscape: bool = False


def draw(sheets: Sequence[Sheet], *, title: str, marking: str, made_on: date) -> bytes:
    """Draw a workbook of several sheets; its only date is `made_on`, and the same sheets give the same bytes.

    Every cell is a plain value: a text that a spreadsheet would run as a formula begins with an apostrophe. The marking
    stands at the top of every sheet and of every printed page. Raises `MissingPartError` where the extra `report` is
    not installed, `OptionError` when two sheets have one name or a name is none that Excel takes.
    """
    try:
        import openpyxl
    except ImportError:
        raise MissingPartError.of("openpyxl", extra="report") from None
    names = [sheet.name for sheet in sheets]
    if wrong := [each for each in names if not 0 < len(each) <= 31 or re.search(r"[][*?:/\\]", each)]:
        raise OptionError(*(f"'{each}' cannot be the name of a sheet" for each in wrong))
    if len({name.lower() for name in names}) < len(names):
        raise OptionError(f"two sheets of a workbook have one name: {', '.join(names)}")
    book: Any = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in sheets:
        _lay(book.create_sheet(sheet.name), sheet, title=title, marking=marking)
    book.properties.title = title
    book.properties.creator = "abate"
    book.properties.description = marking
    written = io.BytesIO()
    book.save(written)
    return _still(written.getvalue(), made_on)


def _lay(page: Any, sheet: Sheet, *, title: str, marking: str) -> None:
    """Write one sheet: marking and title, sentences, headings, rows, sentences, and how it prints."""
    from openpyxl.styles import Alignment, Font

    wide = max(len(sheet.headings), 2)
    page.append([marking])
    page.append([harmless(f"{title}: {sheet.name}")])
    page["A1"].font = Font(bold=True, color=_QUIET)
    page["A2"].font = Font(bold=True, size=14, color=_DEEP)
    for sentence in sheet.above:
        _sentence(page, sentence, wide, sheet)
    head = page.max_row + 2
    _headings(page, sheet, head)
    for place, row in enumerate(sheet.rows):
        form = sheet.forms[place] if place < len(sheet.forms) else None
        for column, value in enumerate(row, start=1):
            _cell(page.cell(head + 1 + place, column), value, form or sheet.headings[column - 1].form)
    for place, sentence in enumerate(sheet.below, start=head + len(sheet.rows) + 2):
        _sentence(page, sentence, wide, sheet, row=place)
    page.freeze_panes = page.cell(head + 1, 2)
    for cell in page[head]:
        cell.alignment = Alignment(wrap_text=True, vertical="bottom", horizontal=cell.alignment.horizontal)
    _print_setup(page, sheet, head, title=title, marking=marking)


def _headings(page: Any, sheet: Sheet, head: int) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    for column, heading in enumerate(sheet.headings, start=1):
        cell = page.cell(head, column, harmless(heading.words))
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor=_WASH)
        cell.border = Border(bottom=Side(style="thin", color=_RULE))
        cell.alignment = Alignment(horizontal="left" if heading.form == "words" else "right")
        page.column_dimensions[get_column_letter(column)].width = heading.width


def _cell(cell: Any, value: object, form: Form) -> None:
    from openpyxl.styles import Alignment

    if isinstance(value, str):
        cell.value = harmless(value)
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        return
    cell.alignment = Alignment(vertical="top", horizontal="right")
    if value is not None and value == value:  # noqa: PLR0124 - not a number
        cell.value = value
        cell.number_format = FORMATS[form]


def _sentence(page: Any, sentence: str, wide: int, sheet: Sheet, *, row: int | None = None) -> None:
    """Write a sentence across the columns, as high as it needs."""
    from openpyxl.styles import Alignment, Font

    place = row or page.max_row + 1
    cell = page.cell(place, 1, harmless(sentence))
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.font = Font(color=_QUIET)
    page.merge_cells(start_row=place, end_row=place, start_column=1, end_column=wide)
    across = max(sum(heading.width for heading in sheet.headings), 30)
    page.row_dimensions[place].height = 15.0 * (1 + len(sentence) // across)


def _print_setup(page: Any, sheet: Sheet, head: int, *, title: str, marking: str) -> None:
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.orientation = "landscape" if sheet.landscape else "portrait"
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = f"{head}:{head}"
    page.print_options.gridLines = True
    page.oddHeader.center.text = marking.replace("&", "&&")
    page.oddFooter.left.text = title.replace("&", "&&")
    page.oddFooter.right.text = "&P of &N"


def _still(content: bytes, made_on: date) -> bytes:
    """Give a workbook no date but its own: in its properties, and in the archive that it is."""
    day = datetime(made_on.year, made_on.month, made_on.day).isoformat() + "Z"  # noqa: DTZ001 - a day
    still = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(still, "w") as after:
        for name in sorted(before.namelist(), key=lambda each: (each != "[Content_Types].xml", each)):
            told = before.read(name)
            if name == "docProps/core.xml":
                told = re.sub(rb"(<dcterms:\w+[^>]*>)[^<]*(</dcterms:)", rb"\g<1>" + day.encode() + rb"\g<2>", told)
            info = zipfile.ZipInfo(name, date_time=_EPOCH)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            after.writestr(info, told, compresslevel=6)
    return still.getvalue()
