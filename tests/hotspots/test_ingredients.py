"""The ingredients of a forecast: every one shares out 1, fades and spreads as it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from abate.hotspots.ingredients import HALF_LIVES, WIDTHS_M, Ingredient, chain, ingredients, remember, share
from abate.space import plates
from hotspots.planted import moved, steady


def test_an_incident_one_half_life_old_counts_one_half():
    past = moved(1)
    for half_life in (20.0, 200.0):
        plain = np.zeros(10)
        for place, day, incidents in zip(past.place, past.day, past.incidents, strict=True):
            plain[place] += incidents * 0.5 ** ((past.span.days - day) / half_life)
        assert remember(past, half_life) == pytest.approx(plain)
    assert remember(past, np.inf).tolist() == past.totals().tolist()


def test_monthly_incidents_lie_in_the_middle_of_their_month():
    past = steady(1, rows=2, columns=2, mean=5.0).past
    last = past.until(past.span.last)
    only = last.day >= last.starts[-2]
    kept = replace(last, place=last.place[only], day=last.day[only], incidents=last.incidents[only])
    assert remember(kept, 16.0).sum() == pytest.approx(kept.incidents.sum() / 2)


def test_every_ingredient_shares_out_one():
    past = replace(steady(1).past, related=steady(2).past)
    parts = ingredients(past)
    laid = share(past, parts, plates.lay(past.middles_m))
    assert laid.shape == (len(HALF_LIVES) * len(WIDTHS_M) + 1 + 2, 400)
    assert laid.sum(axis=1) == pytest.approx(1, abs=1e-4)
    assert (laid >= 0).all()


def test_an_ingredient_of_which_nothing_is_remembered_is_the_same_everywhere():
    past = steady(1, rows=3, columns=3).past
    quiet = past.until(past.span.first + timedelta(days=30))
    none = replace(quiet, place=quiet.place[:0], day=quiet.day[:0], incidents=quiet.incidents[:0])
    assert share(none, [Ingredient(0, 30.0, 0.0)], plates.lay(past.middles_m))[0] == pytest.approx(1 / 9)


def test_a_chain_holds_each_related_record_once_in_order():
    first, second, third = (steady(seed, rows=2, columns=2).past for seed in (1, 2, 3))
    linked = replace(first, related=replace(second, related=third))
    assert [len(one.day) for one in chain(linked)] == [len(one.day) for one in (first, second, third)]
    assert {part.record for part in ingredients(linked)} == {0, 1, 2}
