from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace

import pandas as pd
import pytest

import tasked
from abate.patrols import shifts, tasking
from abate.patrols.tasking import Background
from abate.reports import tasking_sheets

KNOWN = Background(
    why=("28 incidents expected 1 Sep to 30 Nov (90%: 16 to 43).", "Busy: Thu to Sat 20:00 to 04:00."),
    problem=("Fights at closing time.", "Stagger closing times (licensing officer, due 1 October 2025)"),
    last_week=("Patrolled twice, 29 minutes (27 to 31).", "3 incidents were recorded here in the last seven days."),
    changed=("Incidents: 3, after 1 in the seven days before: no clear change.",),
    notes=("Street light out by the chapel steps.",),
)
SHEETS = tasking.sheets(
    shifts.split(tasked.visits(), zone="Europe/London"),
    tasked.sites(),
    loops=tasked.loops(),
    known={"S1": KNOWN},
    about=("Days drawn at random: draw 1 of 1 (schedule 0123456789ab).",),
)


def draw(sheet=SHEETS[0]) -> bytes:
    return tasking_sheets.draw(sheet, tasked.ground(), tasked.sites(), tasked.loops())


@pytest.fixture(scope="module")
def paper() -> bytes:
    return draw()


def told(paper: bytes, folder, program="pdftotext", *options: str) -> str:
    if not shutil.which(program):
        pytest.skip(f"{program} is not here (poppler-utils)")
    path = folder / "sheet.pdf"
    path.write_bytes(paper)
    words = [program, *options, str(path), *(["-"] if program == "pdftotext" else [])]
    return subprocess.run(words, capture_output=True, check=True, text=True).stdout


def by_page(paper: bytes, folder) -> list[str]:
    return [" ".join(page.split()) for page in told(paper, folder, "pdftotext", "-layout").split("\f")[:-1]]


def test_the_sheet_is_tagged_for_screen_readers(paper, tmp_path):
    assert b"pdfuaid:part" in paper
    assert b"en-GB" in paper
    facts = dict(line.split(":", 1) for line in told(paper, tmp_path, "pdfinfo").splitlines() if ":" in line)
    assert facts["Tagged"].strip() == "yes"
    assert facts["Title"].strip() == "Team P1: Mon 1 Sep 2025, 14:05 to 18:00"


def test_a_page_a_site_and_one_for_the_shift(paper, tmp_path):
    pages = by_page(paper, tmp_path)
    assert len(pages) == tasking_sheets.pages(paper) == 3
    assert "3 visits to 2 sites." in pages[0]
    assert "draw 1 of 1 (schedule 0123456789ab)" in pages[0]
    assert "1. near Priory Street" in pages[1]
    assert "2. near Plover Avenue" in pages[2]


def test_every_page_carries_marking_shift_and_expiry_twice(paper, tmp_path):
    for number, page in enumerate(by_page(paper, tmp_path), start=1):
        assert page.count("OFFICIAL-SENSITIVE · Mon 1 Sep 2025, 14:05 to 18:00 · destroy by 06:00, Tue 2 Sep 2025") == 2
        assert f"{number} of 3" in page


def test_the_page_says_when_why_which_way_and_what_is_new(paper, tmp_path):
    page = by_page(paper, tmp_path)[1]
    for words in (
        *("14:05", "17:45", "stay 15 min", "walk 2", "walk 1", "Write back"),
        *("28 incidents expected 1 Sep to 30 Nov (90%: 16 to 43).", "Busy: Thu to Sat 20:00 to 04:00."),
        *("Turn left into Granary Row.", "Fights at closing time.", "Patrolled twice, 29 minutes (27 to 31)."),
        *("Incidents: 3, after 1", "Street light out by the chapel steps.", "Mill Lane"),
    ):
        assert words in page, words


def test_the_same_sheet_gives_the_same_bytes(paper):
    assert draw() == paper
    assert draw(SHEETS[1]) != paper


def test_a_page_too_full_for_its_text_stays_one_page(tmp_path):
    long = tuple(f"{'a long sentence about this place ' * 20}{number}" for number in range(12))
    full = Background(why=long, problem=long, last_week=long, changed=long, notes=long)
    pages = tuple(replace(page, background=full) for page in SHEETS[0].pages)
    many = "; ".join(f"turn left into the Very Long Name of a Street number {number}" for number in range(40))
    paper = tasking_sheets.draw(
        replace(SHEETS[0], pages=pages), tasked.ground(), tasked.sites(), tasked.loops().assign(directions=many)
    )
    found = by_page(paper, tmp_path)
    assert len(found) == tasking_sheets.pages(paper) == 3
    assert "Then 23 more turns, as the map shows." in found[1]
    assert "9 more lines are not printed here." in found[1]
    assert "Write back" in found[1]


def test_many_visits_still_come_before_the_sites(tmp_path):
    start = pd.date_range("2025-09-01 06:00", periods=40, freq="20min", tz="UTC").astype("datetime64[us, UTC]")
    rows = pd.DataFrame({"team": "P1", "site_id": ["S1", "S2"] * 20, "start": start, "minutes": 15.0})
    (sheet,) = tasking.sheets(shifts.split(rows, zone="Europe/London"), tasked.sites())
    few = replace(sheet, pages=tuple(replace(page, visits=page.visits[:4]) for page in sheet.pages))
    found = by_page(tasking_sheets.draw(few, tasked.ground(), tasked.sites()), tmp_path)
    assert "20:00" in found[1]
    assert all("OFFICIAL-SENSITIVE" in page for page in found)


def test_words_cannot_become_commands(tmp_path):
    evil = '#panic("x") $ * _ = @ <a> \\ "'
    pages = tuple(
        replace(page, name=evil, background=Background(why=(evil,), notes=(evil,))) for page in SHEETS[0].pages
    )
    visits = tuple(replace(visit, name=evil) for visit in SHEETS[0].visits)
    drawn = draw(replace(SHEETS[0], pages=pages, visits=visits, about=(evil,)))
    assert '#panic("x") $ * _ = @ <a>' in by_page(drawn, tmp_path)[1]


def test_a_site_without_outline_walk_or_streets_is_drawn(tmp_path):
    bare = tasked.sites().assign(shape=None)
    (sheet, *_) = tasking.sheets(shifts.split(tasked.visits(), zone="Europe/London"), bare)
    drawn = tasking_sheets.draw(sheet, tasked.ground().__class__(tasked.CRS), bare)
    assert "1. near Priory Street" in by_page(drawn, tmp_path)[1]


def test_directions_come_apart_into_steps():
    assert tasking_sheets.steps("Walk north for 80 m. Turn left into St. Giles Row; stop") == [
        "Walk north for 80 m.",
        "Turn left into St. Giles Row.",
        "Stop.",
    ]
