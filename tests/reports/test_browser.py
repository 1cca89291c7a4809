"""The page as a person meets it: opened from disk in Chromium, on a desktop, a phone, in print, without JavaScript."""

from __future__ import annotations

import base64
import shutil
import subprocess
import time
from contextlib import contextmanager

import pytest

import basemap_maker
import report_town
from abate.reports import pages
from abate.space import projections

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]


@pytest.fixture(scope="module")
def browser():
    api = pytest.importorskip("playwright.sync_api")
    if not shutil.which(CHROMIUM):
        pytest.skip("Chromium is not here")
    with api.sync_playwright() as play:
        running = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(pages.draw(report_town.story(demonstration="demonstration: points are moved")), encoding="utf-8")
    return path


@contextmanager
def opened(browser, path, *, width=1280, height=900, javascript=True):
    """Open a page from disk; nothing may be asked of a network and nothing may be complained of."""
    context = browser.new_context(viewport={"width": width, "height": height}, java_script_enabled=javascript)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    page.on("request", lambda asked: complaints.append(asked.url) if asked.url.startswith(("http", "ws")) else None)
    page.goto(path.as_uri())
    if javascript:
        wait(page, "document.documentElement.dataset.drawn === 'yes'")
    yield page
    context.close()
    assert complaints == []


def wait(page, condition, *, seconds=30):
    """Poll, since the page's policy lets no waiting function be compiled inside it."""
    until = time.monotonic() + seconds
    while not page.evaluate(condition):
        assert time.monotonic() < until, f"never came true: {condition}"
        time.sleep(0.05)


def test_the_map_draws_every_place_and_outlines_the_hotspots(browser, report):
    told = report_town.story()
    rendered = "new Set(abateMap.queryRenderedFeatures({layers: ['%s']}).map((each) => each.id)).size"
    with opened(browser, report) as page:
        wait(page, f"{rendered % 'places'} >= {len(told.places)}")
        assert page.evaluate(rendered % "places") == len(told.places)
        hot = page.evaluate(
            "() => [...new Set(abateMap.queryRenderedFeatures({layers: ['hotspots']})"
            ".map((each) => each.properties.rank))].sort((a, b) => a - b)"
        )
        assert hot == told.hotspots["rank"].tolist()


def test_pressing_a_place_shows_why_it_is_there(browser, report):
    told = report_town.story()
    second = told.hotspots.iloc[1]
    with opened(browser, report) as page:
        page.locator(".spot[data-rank='2']").click()
        words = page.locator("#chosen").inner_text()
        assert words.startswith(f"2. {second['name']}")
        assert f"{second['incidents']} (" in words
        assert "one event makes more than half of it" in words
        assert page.locator("#chosen svg").count() == 2
        page.locator(".spot[data-rank='1']").focus()
        page.keyboard.press("Enter")
        assert page.locator("#chosen").inner_text().startswith("1. near Lantern Road")
        assert page.locator("tr.chosen").count() == 1


def test_pressing_a_quiet_place_shows_its_count(browser, report):
    told = report_town.story()
    others = told.places[~told.places["place_id"].isin(told.hotspots["place_id"])]
    quiet = others[others["incidents"] == 3].iloc[0]
    middle = projections.convert([quiet["easting"]], [quiet["northing"]], source="EPSG:27700", target="EPSG:4326")
    with opened(browser, report) as page:
        page.locator("#ground").scroll_into_view_if_needed()
        at = page.evaluate(
            "(middle) => { const { x, y } = abateMap.project(middle); "
            "const { left, top } = abateMap.getCanvas().getBoundingClientRect(); return [left + x, top + y]; }",
            [float(middle.easting[0]), float(middle.northing[0])],
        )
        page.mouse.click(*at)
        wait(page, "document.getElementById('chosen').innerText.includes('Not among')")
        words = page.locator("#chosen").inner_text()
        assert "3 incidents in March 2021 to March 2022." in words
        assert quiet["place_id"] in words


def test_the_list_sorts_up_and_down(browser, report):
    with opened(browser, report) as page:
        page.get_by_role("button", name="Incidents", exact=True).click()
        counts = [int(cell) for cell in page.locator("#hotspots tbody td:nth-child(3)").all_inner_texts()]
        assert counts == sorted(counts)
        assert page.locator("th[aria-sort='ascending']").inner_text().startswith("Incidents")
        page.get_by_role("button", name="Incidents", exact=True).click()
        counts = [int(cell) for cell in page.locator("#hotspots tbody td:nth-child(3)").all_inner_texts()]
        assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (375, 800), (320, 640)])
def test_everybody_can_use_it_and_nothing_runs_off_the_side(browser, report, width, height):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    with opened(browser, report, width=width, height=height) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.locator(".spot:visible").first.click()
        found = axe.Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_without_javascript_the_picture_and_the_list_tell_all(browser, report):
    told = report_town.story()
    with opened(browser, report, javascript=False) as page:
        assert page.locator("#map-picture").is_visible()
        assert not page.locator("#ground").is_visible()
        assert not page.locator(".live-legend").is_visible()
        assert page.locator("#hotspots tbody tr").count() == len(told.hotspots)
        assert page.locator(".place").count() == len(told.hotspots)
        assert page.locator(".place svg").first.is_visible()


def test_a_browser_that_cannot_draw_maps_shows_the_picture(browser, report):
    context = browser.new_context()
    context.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page = context.new_page()
    page.goto(report.as_uri())
    assert page.locator("#map-picture").is_visible()
    assert page.locator(".map-tools").is_hidden()
    context.close()


def test_the_map_changes_places_with_the_picture(browser, report):
    with opened(browser, report) as page:
        assert page.locator("#ground").is_visible()
        page.get_by_role("button", name="Show as picture").click()
        assert page.locator("#map-picture").is_visible()
        assert not page.locator("#ground").is_visible()
        page.get_by_role("button", name="Show as picture").click()
        assert page.locator("#ground").is_visible()


def test_print_shows_the_picture_in_place_of_the_map(browser, report, tmp_path):
    with opened(browser, report) as page:
        page.emulate_media(media="print")
        assert page.locator("#map-picture").is_visible()
        assert not page.locator("#ground").is_visible()
        assert not page.locator(".map-tools").is_visible()
        page.pdf(path=tmp_path / "print.pdf", prefer_css_page_size=True)
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not here (poppler-utils)")
    words = subprocess.run(
        ["pdftotext", tmp_path / "print.pdf", "-"], capture_output=True, check=True, text=True
    ).stdout
    assert "Working copy, not for publication" in words
    assert all(name in " ".join(words.split()) for name in report_town.story().hotspots["name"])


READ_PIXEL = """async (data) => {
    const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes]));
    const brush = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
    brush.drawImage(picture, 0, 0);
    return [...brush.getImageData(8, 8, 1, 1).data].slice(0, 3);
}"""


def corner(page) -> list[int]:
    """The colour that a person sees in the map's upper left corner, beside all places."""
    shot = page.locator("#ground canvas").screenshot()
    return page.evaluate(READ_PIXEL, base64.b64encode(shot).decode())


@pytest.mark.parametrize(
    ("make", "colour"),
    [(basemap_maker.vector_basemap, (207, 223, 232)), (basemap_maker.raster_basemap, (20, 200, 60))],
)
def test_a_basemap_is_drawn_from_inside_the_page(browser, tmp_path, make, colour):
    path = tmp_path / "report.html"
    told = report_town.story(across=6)
    path.write_text(pages.draw(told, basemap=make()), encoding="utf-8")
    with opened(browser, path) as page:
        until = time.monotonic() + 20
        seen = corner(page)
        while max(abs(a - b) for a, b in zip(seen, colour, strict=True)) > 3:
            assert time.monotonic() < until, f"the corner is {seen}, not {colour}"
            time.sleep(0.2)
            seen = corner(page)
