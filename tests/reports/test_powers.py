"""The page on power: the answer with its intervals, the warnings, the figures, and nothing strange gets in."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from abate.reports import powers
from abate.trials.backgrounds import Background, Variation
from abate.trials.designs import Design
from abate.trials.power import Asked, Tally, Tried
from abate.trials.searches import Needed, Smallest


def story(**changes) -> powers.Story:
    design = Design(date(2026, 1, 5), 90, treat=8)
    tallies = {
        ("incidents", effect, 0.0): Tally(1000, found, 10.0 * effect, 10.0, 5, 5)
        for effect, found in {1.0: 48, 0.8: 500, 0.6: 990}.items()
    }
    world = Background(
        tuple(f"S{number:02d}" for number in range(20)),
        np.full(20, 0.5),
        np.ones(7),
        Variation(0.1, 0.2, 0.8),
        Variation(0.0, 0.0, 0.0),
        None,
        365,
        3650,
        1.2,
    )
    told = powers.Story(
        world,
        Tried(design, tallies, {0.0: 0.0}),
        Asked((0.6, 0.8), ("incidents",), simulations=1000),
        (Smallest("incidents", 0.0, 0.74, 0.72, 0.75),),
        (Needed(0.8, 160, 150, 172, 0.81, 0.78, 0.84, 500), Needed(0.9, None, None, None, 0.3, 0.25, 0.35, 500)),
        ("<b>Too few</b> places",),
    )
    return replace(told, **changes)


def test_the_answer_is_a_sentence_with_intervals():
    told = story()
    assert powers.sentence(told.tried, told.asked, told.smallest) == (
        "A draw of 8 places each day over 90 days finds a fall of 26% in incidents in four trials of five (95% "
        "Monte-Carlo interval: 25% to 28%); without any effect 4.8% of trials give a false alarm (95% Monte-Carlo "
        "interval: 3.6% to 6.3%), where 5% is meant."
    )
    nothing = (Smallest("incidents", 0.0, None, None, None),)
    assert "finds no fall in incidents that was tried" in powers.sentence(told.tried, told.asked, nothing)


def test_the_page_holds_everything():
    page = powers.draw(story(), made={"seed": 1})
    assert "&lt;b&gt;Too few&lt;/b&gt; places" in page
    assert page.count("<svg") == 2
    assert "20% fewer incidents: about 160 days (95% Monte-Carlo interval: 150 to 172); power there 81%" in page
    assert "10% fewer incidents: not found within three years" in page
    assert "by about 55% up or down; 67% of that lasts" in page
    assert "All places together vary not beyond chance" in page
    assert "<script" not in page
    assert page == powers.draw(story(), made={"seed": 1})


def test_files_are_written_together(tmp_path):
    written = powers.write(story(), tmp_path, made={"seed": 1})
    assert [path.name for path in written] == ["power.html", "power.csv", "provenance.json"]
    table = pd.read_csv(written[1])
    assert table["effect"].tolist() == [1.0, 0.8, 0.6]
    assert json.loads(written[2].read_text())["history"]["places"] == 20


def test_designs_in_words():
    starts = date(2026, 1, 5)
    assert powers.described(Design(starts, 30, kind="pairs")).startswith("A draw of one place of each pair")
    assert powers.described(Design(starts, 30, kind="stepped")).startswith("A roll-out in waves")
    assert powers.described(Design(starts, 30, kind="parallel", treat=3)).startswith("A draw of 3 places for the whole")
