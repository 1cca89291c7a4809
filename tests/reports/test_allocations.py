"""The page on a drawn schedule: what is on it, that it stands alone, and that names do it no harm."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import numpy as np
import pandas as pd
import pytest

from abate.reports import allocations
from abate.reports.allocations import Allocation
from abate.trials import balance, schemes
from abate.trials.schemes import Exclusion, Scheme

STARTS = date(2025, 3, 3)
SITES = pd.DataFrame({"site_id": ["H02", "H01", "H03"], "name": ["Bell <Lane>", "Ash & Elm", "H03"]})


def allocated(days: int = 10, **more) -> Allocation:
    scheme = Scheme(STARTS, days, treat=1, excluded=(Exclusion(STARTS + timedelta(days=1)),))
    patrol = schemes.draw(scheme, SITES, seed=1)[0]
    told = {
        "described": schemes.describe(scheme, sites=3),
        "how": schemes.WAYS["each day by itself"],
        "scheme": scheme.plain(),
        "seed": 1,
        "seed_from": "the system",
        "sha256": "ab" * 32,
        "treated_per_day": 1,
        "place_days": {"treated": int(patrol.sum()), "control": 99},
        "draw": 1,
        "draws": 1,
        "release": "week by week",
        "ledger": {"file": "schedule.ledger.jsonl", "entry": 1},
        "sites_file": {"file": "SITES.csv", "sha256": "cd" * 32, "version": 0},
        "code": {"abate": "0"},
        "parameters": {"days": days},
        "made_on": "2025-03-01",
        "by": "analyst",
    }
    weighed = balance.weigh(scheme, SITES, seed=1, redraws=20)
    opened = schemes.drawable(scheme, SITES)
    return Allocation(scheme.dates, SITES, patrol, opened, weighed, told, **more)


def test_the_page_tells_the_draw_the_hash_and_every_day():
    page = allocations.draw(allocated(notes=("a note",), earlier=()))
    assert "Schedule of patrols, drawn at random: draw 1 of 1" in page
    assert "ab" * 32 in page
    assert "OFFICIAL-SENSITIVE" in page
    assert "a note" in page
    listed = dict(re.findall(r'<th scope="row">(\w{3} \d+ March 2025)</th><td>([^<]*)</td>', page))
    assert len(listed) == 10
    assert listed["Tue 4 March 2025"] == "left out"
    patrol = allocated().patrol
    for place, words in enumerate(listed.values()):
        if place != 1:
            assert words == str(SITES["site_id"][int(np.flatnonzero(patrol[place])[0])])
    assert "These sites and dates were drawn before" not in page


def test_earlier_draws_are_named():
    page = allocations.draw(allocated(earlier=("draw 1 of 2: old.csv",)))
    assert "These sites and dates were drawn before" in page
    assert "draw 1 of 2: old.csv" in page


def test_the_calendar_has_a_square_for_each_place_day():
    allocation = allocated()
    (picture,) = allocations.calendars(allocation)
    rows = re.findall(r'<path d="([^"]*)" fill="(#\w+)"/>', picture)
    filled = [path.count("M") for path, colour in rows if colour == "#0b4f8a"]
    light = [path.count("M") for path, colour in rows if colour == "#eef1f3"]
    order = [1, 0, 2]
    assert filled == allocation.patrol.sum(axis=0)[order].tolist()
    assert light == [9 - count for count in filled]
    assert picture.count('stroke="#b3402a"') == 3
    assert "Ash &amp; Elm" in picture
    assert "<Lane>" not in picture


@pytest.mark.parametrize(("days", "pictures"), [(92, 1), (93, 2), (200, 3)])
def test_a_long_schedule_takes_several_pictures(days, pictures):
    found = allocations.calendars(allocated(days))
    assert len(found) == pictures
    assert len({re.search(r'id="([^"]*)"', each)[1] for each in found}) == pictures


def test_the_page_stands_alone_and_names_do_it_no_harm():
    page = allocations.draw(allocated())
    assert "default-src 'none'" in unescape(page)
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!#|data:)', page)
    assert "<Lane>" not in page
    assert "Bell &lt;Lane&gt;" in page
    assert page == allocations.draw(allocated())
