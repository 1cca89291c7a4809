"""The registry: every name leads to a forecast, and a mistyped one to the nearest."""

from __future__ import annotations

import inspect
import subprocess
import sys
from datetime import date
from importlib import import_module

import pytest

from abate.errors import OptionError
from abate.hotspots.histories import Window
from abate.hotspots.methods import METHODS, find
from abate.tables import FORECASTS
from hotspots.planted import moved, steady

SOON = Window(date(2023, 1, 1), date(2023, 1, 31))


def test_every_method_of_the_issue_has_its_name():
    assert set(METHODS) >= {
        "counts", "counts-12m", "counts-24m", "memory", "shrinkage", "kernel", "kernel-adaptive", "near-repeat",
        "self-exciting", "risk", "stack", "recommended", "gi-star",
    }  # fmt: skip


@pytest.mark.parametrize("name", METHODS)
def test_every_method_is_a_function_of_the_past_and_the_window_with_a_sentence(name):
    method = METHODS[name]
    takes = inspect.signature(import_module(f"abate.hotspots.{method.module}").forecast).parameters
    assert list(takes)[:2] == ["past", "window"]
    assert all(takes[option].kind is inspect.Parameter.KEYWORD_ONLY for option in list(takes)[2:])
    assert set(method.options) <= set(takes)
    assert method.name == name
    assert method.sentence[0].isupper()
    assert method.sentence.endswith(".")


SLOW = {"kernel", "kernel-adaptive", "stack"}
PLAIN = [
    pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name
    for name, method in METHODS.items()
    if not method.needs
]


@pytest.mark.parametrize("name", PLAIN)
def test_methods_that_need_nothing_work_on_a_plain_record_and_do_not_look_ahead(name):
    whole = steady(1, rows=12, columns=12, mean=0.3).past
    past = whole.until(date(2022, 6, 30))
    soon = Window(date(2022, 7, 1), date(2022, 7, 31))
    told = FORECASTS.check(METHODS[name].forecast(past, soon))
    assert told["place_id"].tolist() == past.place_ids
    assert 0.5 < told["expected"].sum() / (past.incidents.sum() / past.span.days * 31) < 2
    assert METHODS[name].forecast(past, soon).equals(told)


def test_the_nearest_name_is_suggested():
    with pytest.raises(OptionError, match="Did you mean 'near-repeat'"):
        find("near-repeats")
    assert find("counts-24m").options == {"months": 24}


def test_a_method_that_needs_days_refuses_months():
    with pytest.raises(OptionError, match="'near-repeat' needs the days of incidents, and this record has only months"):
        find("near-repeat").forecast(steady(1, rows=2, columns=2).past, SOON)


def test_options_given_go_to_the_method():
    past = moved(1)
    short = find("memory").forecast(past, SOON, half_life_days=5.0)
    assert not short.equals(find("memory").forecast(past, SOON, half_life_days=500.0))


@pytest.mark.slow
def test_the_names_are_known_without_any_heavy_part():
    script = (
        "import sys; from abate.hotspots import methods; methods.find('kernel'); "
        "print([part for part in ('scipy', 'shapely', 'numba', 'geopandas') if part in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
