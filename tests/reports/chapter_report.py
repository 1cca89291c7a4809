"""A small report with every kind of block, for the tests of what it is printed as."""

from __future__ import annotations

from datetime import date

from abate.reports import charts
from abate.reports.chapters import (
    Box,
    Bullets,
    Chapter,
    Figure,
    Flow,
    Lines,
    Paragraph,
    Report,
    Subheading,
    Table,
)


def flow() -> Flow:
    branches = ((Box("Patrol", ("12 place-days",)), Box("Seen", ("3",))), (Box("Usual", ("20 place-days",)),))
    return Flow("What went where", (Box("All", ("32 place-days",)),), Box("Left out", ("4",)), branches)


def report() -> Report:
    lines = Lines("assumes")
    drawn = charts.svg('<rect width="40" height="20"/>', width=40, height=20, name="a", told="A box.", title="Box")
    rows = (("<one>", "3", lines.point("As drawn.")), ("two", "44", lines.point("Rates multiply.", "see")))
    blocks = (
        Paragraph("Plain words."),
        Paragraph("How it stands.", "standing"),
        Paragraph("Not as registered.", "warning"),
        Paragraph(lines.point("As drawn.", "Small words."), "small"),
        Subheading("Inside"),
        Bullets(("first", lines.point("Rates multiply.", "second"))),
        Table("Counts", "What was counted.", ("Site", "Number", "Assumes"), rows, numbers=frozenset({1})),
        Table("Made", "How it was made.", (), (("seed", "1"),)),
        Figure(drawn, "A box.", "Beneath the box.", wide=True),
        flow(),
    )
    return Report(
        "A <report>",
        "working copy",
        "Read this aloud.",
        (Chapter("found", "What was found", blocks), Chapter("assumptions", "What it assumes", (lines.bullets(),))),
        ("Nothing here describes a person.",),
        date(2026, 3, 1),
    )
