"""A report of chapters as a page: every block is there, links lead on, nothing comes from elsewhere."""

from __future__ import annotations

import hashlib
import re
import sys
from base64 import b64encode
from html import unescape

import pytest
from tests.reports import chapter_report

from abate.errors import MissingPartError
from abate.reports import chapterpages


@pytest.fixture(scope="module")
def page():
    return chapterpages.draw(chapter_report.report())


def test_every_block_is_there(page):
    for told in (
        '<p class="said standing">How it stands.</p>',
        '<p class="said warning">Not as registered.</p>',
        "<h3>Inside</h3>",
        "<caption>What was counted.</caption>",
        '<th scope="row">&lt;one&gt;</th><td class="number">3</td>',
        '<figure class="drawn broad" tabindex="0"><svg',
        'role="group" aria-label="What went where"',
        "A &lt;report&gt;",
    ):
        assert told in page
    assert page.count('class="branch"') == 2


def test_every_link_leads_to_something(page):
    names = set(re.findall(r' id="([^"]+)"', page))
    leads = re.findall(r'href="#([^"]+)"', page)
    assert {"assumes-1", "assumes-2", "found", "main"} <= set(leads) <= names


def test_the_policy_lets_in_its_own_sheet_alone(page):
    sheet = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    assert f"'sha256-{b64encode(hashlib.sha256(sheet.encode()).digest()).decode()}'" in unescape(page)
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_without_the_extra_there_is_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(MissingPartError, match="needs the extra `report`"):
        chapterpages.draw(chapter_report.report())
