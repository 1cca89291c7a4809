from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

import tasked
from abate.errors import OptionError
from abate.patrols import shifts, tasking
from abate.patrols.tasking import Background


def drawn(**options):
    found = shifts.split(tasked.visits(), zone="Europe/London")
    return tasking.sheets(found, tasked.sites(), loops=tasked.loops(), **options)


def test_a_sheet_has_a_page_a_site_in_the_order_of_first_visits():
    first = drawn()[0]
    assert [page.site_id for page in first.pages] == ["S1", "S2"]
    assert [visit.words for visit in first.pages[0].visits] == ["14:05 to 14:20", "17:45 to 18:00"]
    assert [visit.start.strftime("%H:%M") for visit in first.visits] == ["14:05", "15:10", "17:45"]


def test_every_sheet_says_how_sensitive_it_is_for_which_shift_and_until_when():
    assert drawn()[1].marking == (
        "OFFICIAL-SENSITIVE · Mon 1 Sep 2025, 22:30 to Tue 00:55 · destroy by 12:55, Tue 2 Sep 2025"
    )


def test_what_is_known_stands_on_the_site_s_page_and_on_no_other():
    known = {"S1": Background(why=("Because.",), notes=("A gate.",))}
    first = drawn(known=known, about=("draw 1 of 1",))[0]
    assert [page.background.why for page in first.pages] == [("Because.",), ()]
    assert first.about == ("draw 1 of 1",)


def test_walks_are_drawn_evenly_and_differ_with_the_seed():
    start = datetime(2025, 9, 1, 14, tzinfo=UTC)
    draws = [
        tasking.draw_loop([1, 2, 3], site_id="S1", team="P1", start=start + timedelta(minutes=step), seed=1)
        for step in range(3000)
    ]
    counts = Counter(draws)
    assert set(counts) == {1, 2, 3}
    assert all(abs(count - 1000) < 4 * (3000 * 2 / 9) ** 0.5 for count in counts.values())
    others = [
        tasking.draw_loop([1, 2, 3], site_id="S1", team="P1", start=start + timedelta(minutes=step), seed=2)
        for step in range(3000)
    ]
    assert 850 < sum(one == two for one, two in zip(draws, others, strict=True)) < 1150


def test_a_visit_keeps_its_walk_when_others_are_re_planned():
    whole = {(visit.site_id, visit.start): visit.loop for sheet in drawn() for visit in sheet.visits}
    fewer = shifts.split(tasked.visits().iloc[2:], zone="Europe/London")
    for sheet in tasking.sheets(fewer, tasked.sites(), loops=tasked.loops()):
        for visit in sheet.visits:
            assert whole[visit.site_id, visit.start] == visit.loop > 0


def test_without_walks_none_is_named():
    found = shifts.split(tasked.visits(), zone="Europe/London")
    assert {visit.loop for sheet in tasking.sheets(found, tasked.sites()) for visit in sheet.visits} == {0}


def test_every_fault_is_told_at_once():
    rows = tasked.visits().assign(team=lambda frame: frame["team"].replace("P2", "Jane Bolton"))
    rows.loc[0, "site_id"] = "S9"
    with pytest.raises(OptionError) as told:
        tasking.sheets(shifts.split(rows, zone="Europe/London"), tasked.sites())
    assert [fault.split(";")[0] for fault in told.value.faults] == [
        "team 'Jane Bolton' reads as a person's name",
        "the timetable has visits to site 'S9', which is not on the list of sites",
    ]
