"""A page as its readers have it: whether everybody can read it, at a width, without anything running off the side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

CHROMIUM = Path("/usr/bin/chromium")
WIDTHS = (1280, 500, 320)


def faults(page: str, folder: Path, *, width: int) -> Sequence[str]:
    """Open a page in a browser of this width, in pixels; give what is wrong with it, nothing when all is well."""
    api = pytest.importorskip("playwright.sync_api")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not here")
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    found: list[str] = []
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        shown = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 800}).new_page()
        shown.on("console", lambda said: found.append(said.text))
        shown.goto(file.as_uri())
        wide = shown.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"the page is {wide} wide in a window of {width}")
        told = axe.Axe().run(shown)
        if told.violations_count:
            found.append(told.generate_report())
        browser.close()
    return found
