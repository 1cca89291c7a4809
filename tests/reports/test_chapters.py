"""The report as it is told: lines keep their numbers, columns get their widths, empty chapters are left out."""

from __future__ import annotations

from tests.reports import chapter_report

from abate.reports import chapters
from abate.reports.chapters import Chapter, Lines, Paragraph, Pointed, Table


def test_a_line_keeps_the_number_that_it_got_first():
    lines = Lines("assumes")
    told = [lines.point(each) for each in ("a", "b", "a")]
    assert [each.mark for each in told] == ["line 1", "line 2", "line 1"]
    assert [each.to for each in told] == ["assumes-1", "assumes-2", "assumes-1"]
    assert lines.bullets().lines == ("a", "b")


def test_columns_share_the_width_by_their_longest_words():
    rows = (("x", "y" * 20, Pointed("z" * 5, "to", "line 12")), ("x", "y", "w" * 90))
    table = Table("t", "c", ("Site", "n", "Words"), rows)
    assert table.widths == (8, 20, 34)
    assert Table("t", "c", (), ()).widths == ()


def test_empty_chapters_are_left_out():
    full = Chapter("a", "A", (Paragraph("words"),))
    assert chapters.kept([None, Chapter("b", "B", ()), full]) == (full,)


def test_the_day_and_the_marking_are_words():
    report = chapter_report.report()
    assert (report.day, report.heading) == ("1 March 2026", "Working copy")
