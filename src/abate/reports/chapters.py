"""A report as it is told, whatever it is printed as: chapters of paragraphs, lists, tables, figures and flows.

One `Report` gives the page (`chapterpages`), the PDF (`chapterpapers`) and the Word file (`wordfiles`), so that all
three say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from abate.reports.stories import MARKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

WORKING_COPY = f"OFFICIAL: {MARKING}"
"""The marking of reports on whole areas, which name no place and no person, and have not passed disclosure control."""
Style = Literal["plain", "small", "standing", "warning"]
_NARROWEST, _BROADEST = 8, 34


@dataclass(frozen=True)
class Pointed:
    """Words that end in a link: `to` is the name of a numbered line in this report, `mark` what the link says."""

    words: str
    to: str
    mark: str


Cell = str | Pointed


def words(cell: Cell) -> str:
    """Give everything that stands in a cell as words."""
    return cell if isinstance(cell, str) else f"{cell.words} {cell.mark}".strip()


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `standing` sets it off as how a figure stands, `warning` as what is not as it should be."""

    words: Cell
    style: Style = "plain"


@dataclass(frozen=True)
class Subheading:
    """A heading inside a chapter."""

    words: str


@dataclass(frozen=True)
class Bullets:
    """A list. With `numbered` the lines have numbers, and the names `<numbered>-1` and on, to which links lead."""

    lines: tuple[Cell, ...]
    numbered: str = ""


@dataclass(frozen=True)
class Table:
    """A table: `label` is its name for a screen reader, `numbers` the places of columns that hold numbers.

    The first cell of each row names the row. Without `headings` the table is a list of what and value.
    """

    label: str
    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numbers: frozenset[int] = frozenset()

    @property
    def widths(self) -> tuple[int, ...]:
        """The share of the width that each column gets: by how long its words are, none too narrow or too broad.

        >>> Table("t", "", ("Site", "n"), (("the market square", "3"),)).widths
        (17, 8)
        """
        rows = [*([self.headings] if self.headings else []), *self.rows]
        longest = [max(len(words(row[place])) for row in rows) for place in range(len(rows[0]))] if rows else []
        return tuple(min(max(_NARROWEST, each), _BROADEST) for each in longest)


@dataclass(frozen=True)
class Figure:
    """A picture (SVG), the same in words for who cannot see it, and the line beneath."""

    svg: str
    spoken: str
    caption: str
    wide: bool = False


@dataclass(frozen=True)
class Box:
    """One box of a flow: what it is, and the lines in it."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Flow:
    """What went where, as CONSORT asks for: boxes, beside them what was left out, then branches side by side."""

    label: str
    before: tuple[Box, ...]
    aside: Box | None
    branches: tuple[tuple[Box, ...], ...]


Block = Paragraph | Subheading | Bullets | Table | Figure | Flow


@dataclass(frozen=True)
class Chapter:
    """One chapter: its name in links, its title, what stands in it."""

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Report:
    """A whole report; `lede` is the paragraph that is read aloud, `closing` the lines at its foot."""

    title: str
    marking: str
    lede: str
    chapters: tuple[Chapter, ...]
    closing: tuple[str, ...]
    made_on: date

    @property
    def heading(self) -> str:
        """The marking as a sentence begins."""
        return self.marking[:1].upper() + self.marking[1:]

    @property
    def day(self) -> str:
        """The day on which it was made, in words.

        >>> from datetime import date
        >>> Report("t", "m", "l", (), (), date(2026, 3, 1)).day
        '1 March 2026'
        """
        return f"{self.made_on.day} {self.made_on:%B %Y}"


class Lines:
    """The numbered lines that figures of a report lead to, such as what each assumes, in the order of their use."""

    def __init__(self, name: str, word: str = "line") -> None:
        self.name, self.word = name, word
        self.told: list[str] = []

    def point(self, line: str, words: str = "") -> Pointed:
        """Lead to a line, which gets its number when it is first led to.

        >>> lines = Lines("assumes")
        >>> lines.point("As drawn."), lines.point("As drawn.", "18% fewer").mark
        (Pointed(words='', to='assumes-1', mark='line 1'), 'line 1')
        """
        if line not in self.told:
            self.told.append(line)
        number = self.told.index(line) + 1
        return Pointed(words, f"{self.name}-{number}", f"{self.word} {number}")

    def bullets(self) -> Bullets:
        """Give the lines, numbered."""
        return Bullets(tuple(self.told), numbered=self.name)


def kept(chapters: Sequence[Chapter | None]) -> tuple[Chapter, ...]:
    """Give the chapters that hold something."""
    return tuple(each for each in chapters if each is not None and each.blocks)
