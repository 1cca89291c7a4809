from __future__ import annotations

import base64
import hashlib
import json
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import basemap_maker
import report_town
from abate.reports import pages


class Page(HTMLParser):
    """What a browser would see: elements with attributes, the words, and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.held: list[tuple[str, dict[str, str | None], str]] = []
        self.words: list[str] = []
        self.inside: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.inside = [] if tag in {"script", "style"} else None

    def handle_endtag(self, tag):
        if self.inside is not None:
            self.held.append((*self.elements[-1], "".join(self.inside)))
        self.inside = None

    def handle_data(self, data):
        (self.words if self.inside is None else self.inside).append(data)


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(pages.draw(report_town.story(demonstration="demonstration: points are moved", made_up=True)))


def ground(page: Page) -> dict:
    return next(json.loads(text) for _, attrs, text in page.held if attrs.get("id") == "ground-data")


def test_the_policy_names_every_script_and_style_by_its_hash_and_lets_nothing_in(page):
    policy = next(
        attrs["content"] for tag, attrs in page.elements if attrs.get("http-equiv") == "Content-Security-Policy"
    )
    for tag, attrs, text in page.held:
        if tag == "style" or attrs.get("type") is None:
            told = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert f"'sha256-{told}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_no_element_asks_for_anything_from_elsewhere(page):
    asking = [
        value
        for tag, attrs in page.elements
        for name, value in attrs.items()
        if name in {"src", "href", "xlink:href", "srcset", "action", "data", "poster"}
    ]
    assert asking
    assert all(value.startswith(("#", "data:")) for value in asking)
    assert not any(name == "style" or name.startswith("on") for _, attrs in page.elements for name in attrs)


def test_no_identifier_is_given_twice(page):
    named = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(named) == len(set(named))


def test_every_label_that_is_pointed_to_is_there(page):
    named = {attrs["id"] for _, attrs in page.elements if "id" in attrs}
    pointed = " ".join(attrs.get("aria-labelledby") or "" for _, attrs in page.elements).split()
    linked = [attrs["href"][1:] for _, attrs in page.elements if (attrs.get("href") or "").startswith("#")]
    assert set(pointed) | set(linked) <= named


def test_the_page_says_on_its_face_what_it_is(page):
    words = " ".join(page.words)
    assert "working copy, not for publication; made-up data" in words
    assert "Made-up town:" in words
    assert "Demonstration: points are moved." in words
    assert ("html", {"lang": "en-GB"}) in page.elements


def test_the_list_holds_every_hotspot_without_javascript(page):
    told = report_town.story()
    words = " ".join(page.words)
    for name in told.hotspots["name"]:
        assert name in words
    assert sum(tag == "tr" and "data-rank" in attrs for tag, attrs in page.elements) == len(told.hotspots)


def test_the_map_holds_every_place_with_its_count_and_rank(page):
    told, drawn = report_town.story(), ground(page)["places"]
    assert drawn["n"] == told.places["incidents"].tolist()
    ranks = dict(zip(told.hotspots["place_id"], told.hotspots["rank"], strict=True))
    assert drawn["rank"] == [ranks.get(place, 0) for place in told.places["place_id"]]
    assert len(drawn["rings"]) == len(told.places)


def test_hostile_words_stay_words():
    evil = "</script><img src=x onerror=alert(1)>"
    told = report_town.story()
    page = Page(
        pages.draw(
            report_town.story(
                title=evil,
                force=evil,
                hotspots=told.hotspots.assign(name=evil),
                labels=pd.DataFrame({"name": [evil], "easting": [588_000.0], "northing": [186_000.0]}),
                quality=(evil,),
                credits=(evil,),
                provenance={evil: evil},
            )
        )
    )
    assert not any(tag == "img" for tag, _ in page.elements)
    assert ground(page)["labels"][0]["name"] == evil
    assert evil in page.words


def test_a_basemap_is_carried_inside():
    drawn = Page(pages.draw(report_town.story(), basemap=basemap_maker.vector_basemap()))
    carried = next(text for _, attrs, text in drawn.held if attrs.get("id") == "basemap-data")
    assert base64.b64decode(carried) == basemap_maker.vector_basemap()
    assert "does not cover" not in " ".join(drawn.words)


def test_a_basemap_of_another_place_is_told():
    elsewhere = basemap_maker.pmtiles(b"", kind=2, metadata={}, west_east=(10, 12))
    assert "The basemap does not cover the whole area." in pages.draw(report_town.story(), basemap=elsewhere)


def test_a_story_with_nothing_beyond_the_dictionary_is_drawn():
    page = Page(pages.draw(report_town.bare()))
    words = " ".join(page.words)
    assert "Trend" not in words
    assert "By month" not in words


@pytest.mark.slow
def test_forty_thousand_places_make_a_page_that_opens():
    told = report_town.story(across=200)
    assert len(told.places) == 40_000
    text = pages.draw(told)
    drawn = ground(Page(text))["places"]
    assert len(drawn["n"]) <= 20_000 + len(told.hotspots)
    assert len(text) < 6_000_000
    assert "others are counted but not drawn" in text


def test_a_town_of_lines_is_drawn():
    told = report_town.story(across=6)
    drawn = ground(Page(pages.draw(report_town.story(across=6, places=report_town.lines(told.places)))))
    assert all(len(rings) == 1 and len(rings[0]) >= 8 for rings in drawn["places"]["rings"])
    assert np.isfinite(drawn["bounds"]).all()
