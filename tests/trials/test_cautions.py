"""Warnings: each is given where it is due, and not where it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from abate.trials import cautions, neighbours
from abate.trials.backgrounds import Background, Variation
from abate.trials.designs import Design
from abate.trials.power import Asked, Tally, Tried
from abate.trials.searches import Smallest

NONE = Variation(0.0, 0.0, 0.0)
STARTS = date(2026, 1, 5)
ASKED = Asked((0.7,), ("incidents",))
FINE = Smallest("incidents", 0.0, 0.75, 0.7, 0.8)


def world(count=20, **changes) -> Background:
    sites = tuple(f"S{number:02d}" for number in range(count))
    return replace(Background(sites, np.full(count, 0.5), np.ones(7), NONE, NONE, None, 365, 3650, 1.0), **changes)


def tried(design: Design, lingering: dict[float, float], alarms: int = 50) -> Tried:
    tallies = {("incidents", 1.0, share): Tally(1000, alarms, 1, 1, 1, 1) for share in design.carry_over}
    return Tried(design, tallies, lingering)


def warned(background=None, design=None, lingering=None, found=(FINE,), asked=ASKED, alarms=50) -> str:
    design = design or Design(STARTS, 90, treat=8, carry_over=(0.1,))
    run = tried(design, lingering or dict.fromkeys(design.carry_over, 0.05), alarms)
    return "\n".join(cautions.warn(background or world(), run, asked, found))


def test_a_sound_design_is_not_warned_of():
    assert warned() == ""


def test_a_crossover_is_the_wrong_design_where_patrols_linger():
    design = Design(STARTS, 90, treat=8, carry_over=(0.5, 1.0))
    told = warned(design=design, lingering={0.5: 0.28, 1.0: 0.99})
    assert "28% of the effect still works on the average usual day" in told
    assert "Use --scheme stepped or --scheme parallel" in told
    parallel = Design(STARTS, 90, kind="parallel", treat=8, carry_over=(0.5,))
    assert "wrong design" not in warned(design=parallel, lingering={0.5: 0.0})


def test_no_carry_over_is_an_assumption_that_is_said():
    assert "try --carry-over 0,0.5" in warned(design=Design(STARTS, 90, treat=8))


def test_places_that_lie_close_together_are_named():
    near = neighbours.spread(0.3, 200.0, np.array([[0.0, 120.0], [120.0, 0.0]]))
    told = warned(world(near=near))
    assert "The nearest two places lie 120 m apart" in told
    assert "a crossover by place is the wrong design for them" in told
    parallel = Design(STARTS, 90, kind="parallel", treat=8, carry_over=(0.1,))
    assert "wrong design" not in warned(world(near=near), parallel)
    assert warned(world(near=replace(near, nearest_m=900.0))) == ""


def test_too_few_places():
    few = Design(STARTS, 90, kind="parallel", treat=2, carry_over=(0.0,))
    assert "only 6 ways to draw these 4 places" in warned(world(4), few)
    assert "With 4 places" in warned(world(4), Design(STARTS, 90, treat=2, carry_over=(0.1,)))


def test_what_cannot_be_found_is_said():
    assert "no fall below 50% can be found" in warned(found=(replace(FINE, value=0.4),))
    assert "the smallest is 60%" in warned(found=(replace(FINE, value=0.4),))
    assert "no fall that was tried" in warned(found=(replace(FINE, value=None),))


def test_false_alarms_that_are_not_what_was_meant():
    assert "8.0% of the trials without an effect" in warned(alarms=80)


def test_the_record_itself():
    rates = np.full(20, 0.5)
    rates[3] = 0
    assert "1 places had no incident in the history (S03)" in warned(world(rates=rates))
    assert "covers 60 days and the trial 90" in warned(world(days=60))
    harms = np.array([1.0] * 99 + [1000.0])
    asked = Asked((0.7,), ("incidents", "harm"))
    design = Design(STARTS, 90, treat=8, carry_over=(0.1,))
    run = tried(design, {0.1: 0.05})
    run.tallies["harm", 1.0, 0.1] = Tally(1000, 50, 1, 1, 1, 1)
    assert "One in a hundred incidents carries 91%" in "\n".join(cautions.warn(world(harms=harms), run, asked, [FINE]))
