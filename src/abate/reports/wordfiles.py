"""A report of chapters as a Word file, to be edited and put into other papers: the same bytes for the same report.

Headings are Word's own, so that its list of contents works; tables repeat their headings on each page and keep rows
whole; figures are pictures with their words for who cannot see them; links lead to bookmarks.
"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any

from abate.errors import MissingPartError
from abate.reports import flows, rasters
from abate.reports.chapters import Bullets, Cell, Figure, Flow, Paragraph, Subheading, Table

if TYPE_CHECKING:
    from abate.reports.chapters import Block, Report

DEEP, QUIET, INK, BLUE = "0B2A4A", "4D5863", "1D2733", "0B4F8A"
_FONT = "Calibri"
_TEXT_CM = 17.0
_WIDEST_PX = 760.0
_STAMP = (1980, 1, 1, 0, 0, 0)


def draw(report: Report) -> bytes:
    """Draw the report as DOCX on A4. Raises `MissingPartError` where the extra `report` is not installed."""
    paper = _opened(report)
    _paragraph(paper, report.heading, bold=True, colour=DEEP)
    paper.add_heading(report.title, level=0)
    _paragraph(paper, report.lede, size=12.5)
    marks = _Marks()
    for chapter in report.chapters:
        paper.add_heading(chapter.title, level=1)
        for place, block in enumerate(chapter.blocks):
            _add(paper, block, f"{chapter.name}-{place}", marks)
    for line in report.closing:
        _paragraph(paper, line, size=9, colour=QUIET)
    return _still(paper)


class _Marks:
    """Numbers for bookmarks and pictures, which a file may use only once."""

    def __init__(self) -> None:
        self.last = 0

    def next(self) -> str:
        self.last += 1
        return str(self.last)


def _opened(report: Report) -> Any:
    """Open an empty A4 file in our look, with its properties, the marking at the head and page numbers at the foot."""
    try:
        from docx import Document
        from docx.shared import Cm
    except ImportError:
        raise MissingPartError.of("python-docx", extra="report") from None
    paper = Document()
    page = paper.sections[0]
    page.page_width, page.page_height = Cm(21.0), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.0)
    page.top_margin = page.bottom_margin = Cm(2.0)
    _dress(paper)
    moment = datetime(report.made_on.year, report.made_on.month, report.made_on.day)  # noqa: DTZ001 - Word keeps no zone
    told = paper.core_properties
    told.author = told.last_modified_by = "abate"
    told.title, told.subject, told.language = report.title, report.heading, "en-GB"
    told.comments, told.keywords = "", ""
    told.created = told.modified = told.last_printed = moment
    told.revision = 1
    head = page.header.paragraphs[0]
    _run(head, f"{report.heading}: {report.title}", size=8.5, colour=QUIET)
    foot = page.footer.paragraphs[0]
    _run(foot, f"Made with abate on {report.day}. Page ", size=8.5, colour=QUIET)
    _field(foot, "PAGE")
    return paper


def _dress(paper: Any) -> None:
    """Give Word's own styles our font, sizes, colours and language."""
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    sizes = {"Normal": (10.5, INK), "Title": (22, DEEP), "Heading 1": (15, DEEP), "Heading 2": (12, INK)}
    for name, (size, colour) in sizes.items():
        style = paper.styles[name]
        style.font.name, style.font.size = _FONT, Pt(size)
        style.font.color.rgb = RGBColor.from_string(colour)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for each in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{each}"), None)
        for each in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{each}"), _FONT)
    paper.styles["Normal"].paragraph_format.space_after = Pt(6)
    for lang in paper.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), "en-GB")


def _add(paper: Any, block: Block, name: str, marks: _Marks) -> None:
    match block:
        case Paragraph(words, style):
            small = style == "small"
            made = _paragraph(paper, words, size=9.5 if small else None, colour=QUIET if small else None)
            if style in {"standing", "warning"}:
                _edge(made, "B98700" if style == "warning" else INK)
        case Subheading(words):
            paper.add_heading(words, level=2)
        case Bullets(lines, numbered):
            _list(paper, lines, numbered, marks)
        case Table():
            _table(paper, block)
        case Figure(svg, spoken, caption):
            _figure(paper, svg, spoken, caption, marks)
        case Flow():
            _figure(paper, flows.picture(block, name=name), flows.spoken(block), "", marks)


def _paragraph(
    paper: Any, words: Cell, *, size: float | None = None, colour: str | None = None, bold: bool = False
) -> Any:
    made = paper.add_paragraph()
    _write(made, words, size=size, colour=colour, bold=bold)
    return made


def _write(into: Any, words: Cell, *, size: float | None = None, colour: str | None = None, bold: bool = False) -> None:
    if isinstance(words, str):
        _run(into, words, size=size, colour=colour, bold=bold)
        return
    if words.words:
        _run(into, f"{words.words} ", size=size, colour=colour, bold=bold)
    _link(into, words.mark, words.to, size=size)


def _run(into: Any, words: str, *, size: float | None = None, colour: str | None = None, bold: bool = False) -> Any:
    from docx.shared import Pt, RGBColor

    run = into.add_run(words)
    run.bold = bold or None
    if size is not None:
        run.font.size = Pt(size)
    if colour is not None:
        run.font.color.rgb = RGBColor.from_string(colour)
    return run


def _link(into: Any, words: str, to: str, *, size: float | None) -> None:
    """Write a link that leads to a bookmark of this file."""
    run = _run(into, words, size=size, colour=BLUE)
    run.underline = True
    link = _element("w:hyperlink", anchor=to, history="1")
    run._r.addprevious(link)  # noqa: SLF001 - python-docx offers no links
    link.append(run._r)  # noqa: SLF001


def _element(tag: str, **values: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    for name, value in values.items():
        made.set(qn(f"w:{name}"), value)
    return made


def _field(into: Any, what: str) -> None:
    """Write a field, such as the number of the page, which Word fills in."""
    from docx.oxml.ns import qn

    for kind in ("begin", "instr", "end"):
        run = _run(into, "", size=8.5, colour=QUIET)
        if kind == "instr":
            told = _element("w:instrText")
            told.set(qn("xml:space"), "preserve")
            told.text = what
        else:
            told = _element("w:fldChar", fldCharType=kind)
        run._r.append(told)  # noqa: SLF001 - python-docx offers no fields


def _edge(paragraph: Any, colour: str) -> None:
    """Draw a line at the left of a paragraph."""
    edges = _element("w:pBdr")
    edges.append(_element("w:left", val="single", sz="18", space="8", color=colour))
    settings = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - python-docx offers no borders of paragraphs
    settings.insert_element_before(
        edges, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr"
    )


def _list(paper: Any, lines: tuple[Cell, ...], numbered: str, marks: _Marks) -> None:
    for place, line in enumerate(lines, start=1):
        if not numbered:
            _write(paper.add_paragraph(style="List Bullet"), line)
            continue
        made = paper.add_paragraph()
        number = marks.next()
        made._p.append(_element("w:bookmarkStart", id=number, name=f"{numbered}-{place}"))  # noqa: SLF001
        _run(made, f"{place}. ", bold=True)
        made._p.append(_element("w:bookmarkEnd", id=number))  # noqa: SLF001
        _write(made, line)


def _table(paper: Any, table: Table) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    caption = _paragraph(paper, table.caption, size=9.5, colour=QUIET)
    caption.paragraph_format.keep_with_next = True
    rows = [*([table.headings] if table.headings else []), *table.rows]
    if not rows:
        return
    shares = table.widths
    made = paper.add_table(rows=len(rows), cols=len(shares), style="Table Grid")
    made.autofit = False
    _describe(made, table)
    for place, (row, cells) in enumerate(zip(made.rows, rows, strict=True)):
        settings = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx offers no settings of rows
        settings.append(_element("w:cantSplit"))
        first = bool(table.headings) and place == 0
        if first:
            settings.append(_element("w:tblHeader"))
        for column, (cell, words) in enumerate(zip(row.cells, cells, strict=True)):
            cell.width = Cm(_TEXT_CM * shares[column] / sum(shares))
            written = cell.paragraphs[0]
            written.paragraph_format.space_after = Pt(1)
            if column in table.numbers:
                written.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _write(written, words, size=9, bold=first)
    paper.add_paragraph().paragraph_format.space_after = Pt(4)


def _describe(made: Any, table: Table) -> None:
    """Give a table light lines, and its name and caption for a screen reader."""
    settings = made._tbl.tblPr  # noqa: SLF001 - python-docx offers no descriptions of tables
    edges = _element("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        kind = "nil" if side in {"left", "right", "insideV"} else "single"
        edges.append(_element(f"w:{side}", val=kind, sz="4", space="0", color="C9D0D6"))
    settings.append(edges)
    order = ("tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblLook")
    settings[:] = sorted(settings, key=lambda each: order.index(each.tag.split("}")[1]))
    settings.append(_element("w:tblCaption", val=table.label))
    settings.append(_element("w:tblDescription", val=table.caption))


def _figure(paper: Any, svg: str, spoken: str, caption: str, marks: _Marks) -> None:
    from docx.shared import Cm

    width = _TEXT_CM * min(rasters.size(svg)[0] / _WIDEST_PX, 1.0)
    made = paper.add_paragraph()
    made.paragraph_format.keep_with_next = bool(caption)
    picture = made.add_run().add_picture(io.BytesIO(rasters.png(svg)), width=Cm(width))
    named = picture._inline.docPr  # noqa: SLF001 - python-docx offers no words for pictures
    number = marks.next()
    named.set("id", number)
    named.set("name", f"Figure {number}")
    named.set("descr", spoken)
    if caption:
        _paragraph(paper, caption, size=9.5, colour=QUIET)


def _still(paper: Any) -> bytes:
    """Give the file's bytes with every time stamp in it at rest."""
    first, out = io.BytesIO(), io.BytesIO()
    paper.save(first)
    with zipfile.ZipFile(first) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        for entry in given.infolist():
            still = zipfile.ZipInfo(entry.filename, _STAMP)
            still.compress_type, still.create_system, still.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
            kept.writestr(still, given.read(entry.filename))
    return out.getvalue()
