from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from abate import periods
from abate.errors import MissingPartError, OptionError
from abate.incidents import quality as judging
from abate.reports import quality as report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from abate.incidents.quality import Quality

CHROMIUM = Path("/usr/bin/chromium")
HOSTILE = "<script>alert(1)</script>"


def judged(forces: tuple[str, ...] = ("essex", "kent"), missing: str = "2023-05") -> Quality:
    """Two made-up forces on a fixed list, with a gap, a low month, rejects, repeats and a hostile crime type."""
    rng = np.random.default_rng(1)
    months = [month for month in periods.months("2022-09", "2024-01") if month != missing]
    kinds = ["Robbery", "Drugs", HOSTILE]
    use, counts, vintages, coverage = [], [], [], []
    for force in forces:
        east, north = rng.uniform(0, 9000, (2, 400))
        for month in periods.months(months[0], months[-1]):
            rows = 0 if month == missing else 250 if month == "2023-11" else 900
            status = "missing" if not rows else "suspicious" if rows < 450 else "present"
            coverage.append(("incidents", force, month, rows, rows // 50, status))
            if rows:
                points = rng.integers(0, 400, rows)
                kind = rng.choice(kinds, rows)
                use.append(
                    pd.DataFrame(
                        {"force": force, "x": east[points], "y": north[points], "month": month, "crime_type": kind}
                    )
                )
                counts += [(force, month, name, int((kind == name).sum()), rows // 150) for name in kinds]
                vintages.append((force, month, 90 if month >= "2023-06" else 0, 0, 800, 10))
    by_point = (
        pd.concat(use)
        .assign(crs="EPSG:27700")
        .groupby(["force", "x", "y", "crs", "month", "crime_type"], as_index=False)
    )
    monthly = pd.DataFrame(counts, columns=["force", "month", "crime_type", "incidents", "without_coordinates"])
    loaded = int(monthly["incidents"].sum())
    fates = pd.DataFrame(
        {
            "file": [f"archive.zip!2023/{HOSTILE}.csv"],
            "format": "street",
            "sha256": "0" * 64,
            "rows_read": loaded + 15,
            "rows_loaded": loaded,
            "rows_rejected": 9,
            "rows_repeated": 4,
            "rows_dropped": 2,
            "without_coordinates": 7,
        }
    )
    names = ["kind", "force", "month", "rows", "without_coordinates", "status"]
    given = judging.Given(fates, pd.DataFrame(coverage, columns=names), {"month": 8, HOSTILE: 1}, 2, 1)
    areas = pd.DataFrame(vintages, columns=["force", "month", "new", "retired", "unchanged", "blank"])
    return judging.assess(
        given, by_month=monthly, point_use=by_point.size().rename(columns={"size": "incidents"}), vintages=areas
    )


@pytest.fixture(scope="module")
def quality() -> Quality:
    return judged()


class Outline(HTMLParser):
    """Every tag opened and not closed, every address named, and every table's widths."""

    void = frozenset({"meta", "link", "br", "hr", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.void:
            self.open.append(tag)
        told = dict(attrs)
        self.addresses += [str(told[name]) for name in ("href", "src", "action") if name in told]
        self.ids += [str(told["id"])] if "id" in told else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def outline(page: str) -> Outline:
    parsed = Outline()
    parsed.feed(page)
    return parsed


def test_the_page_is_whole_and_needs_nothing_else(quality: Quality):
    page = report.draw(quality)
    parsed = outline(page)
    assert parsed.open == []
    assert len(parsed.ids) == len(set(parsed.ids))
    assert all(address == "data:," or address[1:] in parsed.ids for address in parsed.addresses)
    assert not re.search(r"https?:", page.replace("http://www.w3.org/2000/svg", ""))
    assert "<script" not in page


def test_what_a_file_says_is_shown_and_never_run(quality: Quality):
    page = report.draw(quality)
    assert page.count("&lt;script&gt;") >= 3


def test_the_page_says_what_it_is_and_what_was_found(quality: Quality):
    page = report.draw(quality)
    assert page.count("working copy, not for publication") >= 3
    assert "demonstration: published points are moved to the nearest of a fixed list" in page
    assert "2 months are missing: essex 2023-05 (incidents), kent 2023-05 (incidents)" in page
    assert "2 months are unlike those before: essex 2023-11 (28% of usual), kent 2023-11 (28% of usual)" in page
    assert "9 rejected, 4 repeats, 2 left out by filters" in page
    assert "4 rows repeat a Crime ID of their month" in page


def test_the_same_quality_gives_the_same_bytes(quality: Quality):
    assert report.draw(quality) == report.draw(judged())


def test_the_lines_for_the_terminal_put_the_gravest_first(quality: Quality):
    lines = report.terminal(quality)
    marks = [line[0] for line in lines[1:]]
    assert lines[0] == report.summary(quality)
    assert marks == sorted(marks, key="!-+".index)
    assert {"!", "-"} <= set(marks)


def test_the_page_is_written_whole_or_not_at_all(quality: Quality, tmp_path: Path):
    path = report.write(quality, tmp_path / "new" / "quality.html")
    assert path.read_text("utf-8") == report.draw(quality)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OptionError, match="cannot be written"):
        report.write(quality, tmp_path / "file" / "quality.html")
    assert (tmp_path / "file").read_text() == "in the way"


def test_without_the_extra_it_is_said_which_to_install(quality: Quality, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(MissingPartError, match="needs the extra `report`"):
        report.draw(quality)
    assert report.terminal(quality)


def test_hundreds_of_files_are_cut_short_and_it_is_said(quality: Quality):
    from dataclasses import replace

    fates = pd.concat([quality.given.fates.assign(file=f"{place}.csv") for place in range(250)], ignore_index=True)
    page = report.draw(replace(quality, given=replace(quality.given, fates=fates)))
    assert "The first 200 of 250 files." in page
    assert "199.csv" in page
    assert "200.csv" not in page


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.skip("no Chromium here")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-background-networking"]
        )
        yield started
        started.close()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 375])
def test_in_a_browser_nothing_leaves_overflows_or_fails(quality: Quality, browser: Any, tmp_path: Path, width: int):
    path = report.write(quality, tmp_path / "quality.html")
    page = browser.new_page(viewport={"width": width, "height": 800}, java_script_enabled=True)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(path.as_uri())
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.browser
@pytest.mark.slow
def test_everybody_can_read_it(quality: Quality, browser: Any, tmp_path: Path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    path = report.write(quality, tmp_path / "quality.html")
    page = browser.new_page(viewport={"width": 1280, "height": 800}, bypass_csp=True)
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    found = axe.Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.close()
