from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from abate.impact.effects import Aggregate, Effect, GroupEffect, Setting
from abate.impact.panels import Panel
from abate.reports import chapterpages, impact
from reports import readable

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 3, 1)
YEARS = tuple(str(year) for year in range(2012, 2022))
NAN = float("nan")


def effect(method: str = "sc", **more: object) -> Effect:
    """An area that had the programme from 2018 on, and two that it is compared with."""
    outcomes = np.array([[50.0, 52, 51, 53, 52, 54, 40, 41, 39, 40], [50.0] * 10, [60.0] * 10])
    panel = Panel(("Kent & Medway", "Essex", "Dorset"), YEARS, outcomes, np.array([6, 10, 10]), outcome="robbery")
    expected = np.where(np.arange(3)[:, None] == 0, 52.0, NAN) * np.ones(10)
    band = tuple(outcomes[0] - 52.0 + ends for ends in (-3.0, 3.0))
    told: dict[str, object] = {
        "value": -12.0,
        "low": -15.0,
        "high": -9.0,
        "se": 1.5,
        "p": 0.0004,
        "counterfactual": expected,
        "band": band,
        "weights": {"Essex": 0.8, "Dorset": 0.2},
        "pre_rmse": 1.2,
        "diagnostics": {"largest_weight": 0.8, "inside_hull": False, "long": [1, 2, 3], "note": ""},
    }
    return Effect(Setting(method), panel, **{**told, **more})  # type: ignore[arg-type]


def page(found: Effect, **more: object) -> str:
    """Give the words and pictures of a report, without the escapes of HTML."""
    made = [("code", "abate")]
    report = impact.report(found, notes=("A note.",), made=made, made_on=TODAY, **more)  # type: ignore[arg-type]
    return unescape(chapterpages.draw(report))


def chapters(found: Effect) -> list[str]:
    report = impact.report(found, notes=(), made=[("code", "abate")], made_on=TODAY)
    return [chapter.title for chapter in report.chapters]


def test_a_report_has_every_chapter_that_applies_in_order() -> None:
    assert chapters(effect()) == [
        "What happened and what was expected",
        "The effect",
        "What it is compared with",
        "What would change the conclusion",
        "Checks of the fit",
        "Period by period",
        "How this was made",
    ]


def test_its_words_say_the_effect_and_where() -> None:
    said = page(effect())
    assert "robbery in Kent & Medway: -12 a period and area" in said
    assert "robbery in Kent & Medway; the dotted line marks the start." in said
    assert "under 0.001" in said
    assert "An effect below 0 is a fall." in said
    assert "A note." in said
    assert said.count("<svg") == 3


def test_what_would_change_the_conclusion_follows_the_checks() -> None:
    said = page(effect())
    assert "One area carries 80% of the weight" in said
    assert "lies outside what mixtures of the others can reach" in said
    assert "Before the start the fit misses by 10% of the effect a period" in said
    assert "No interval was reckoned" not in said
    calm = page(effect(diagnostics={"largest_weight": 0.2, "inside_hull": True}, low=None, high=None))
    assert "One area carries" not in calm
    assert "lies outside" not in calm
    assert "No interval was reckoned" in calm
    assert "not reckoned" in calm


@pytest.mark.parametrize(("p", "words"), [(0.01, "moved apart already before"), (0.4, "no clear drift apart before")])
def test_a_pre_test_is_said_either_way(p: float, words: str) -> None:
    assert words in page(effect(diagnostics={"pretest_p": p}))


def test_several_areas_are_shown_by_their_mean() -> None:
    one = effect()
    expected = np.where(np.arange(3)[:, None] < 2, 52.0, NAN) * np.ones(10)
    both = replace(one, panel=one.panel.begun(np.array([6, 8, 10])), counterfactual=expected)
    said = page(both)
    assert "robbery, mean of the areas with the programme; the dotted line marks the start." in said
    assert "robbery in 2 areas" in said


def test_areas_that_began_at_several_times_have_a_row_a_group_and_period() -> None:
    groups = (GroupEffect(6, 6, -10.0, 2.0), GroupEffect(6, 7, -14.0, None))
    aggregates = {"simple": Aggregate(-12.0, 1.5), "dynamic": Aggregate(-13.5, 2.25)}
    said = page(effect("cs", groups=groups, aggregations=aggregates))
    assert "By when areas began" in said
    assert re.search(r"2018</(th|td)>\s*<td[^>]*>2019</td>\s*<td[^>]*>-14<", said)
    assert "Dynamic mean" in said
    assert "error 2.25" in said
    assert "Simple mean" not in said, "it is the mean effect itself"


def test_without_anything_expected_there_is_no_path_and_no_table_of_periods() -> None:
    found = effect("cs", counterfactual=None, band=None, weights={}, diagnostics={})
    assert chapters(found) == ["The effect", "What would change the conclusion", "How this was made"]
    assert impact.rows(found) == []
    assert "<svg" not in page(found)


def test_where_nothing_is_expected_before_the_start_only_the_gap_is_drawn() -> None:
    expected = np.where(np.arange(10) >= 6, 52.0, NAN)
    found = effect("cs", counterfactual=np.vstack([expected, expected * NAN, expected * NAN]), weights={})
    said = page(found)
    assert said.count("<svg") == 1
    assert [row["gap"] for row in impact.rows(found)[5:7]] == ["", "-12"]


def test_a_rate_ratio_is_named_so_and_is_not_called_an_effect_below_zero() -> None:
    one = effect()
    alone = replace(one.panel.only(np.array([True, False, False])), units=("robbery",))
    ratio = {"value": 0.77, "low": 0.7, "high": 0.85, "weights": {}, "diagnostics": {}}
    assert one.counterfactual is not None
    found = replace(effect("its", **ratio), panel=alone, counterfactual=one.counterfactual[:1])
    said = page(found)
    assert "Rate ratio" in said
    assert "A rate ratio below 1 is a fall. robbery: 23.0% fewer (rate ratio 0.770)" in said
    assert "robbery in robbery" not in said
    assert "An effect below 0" not in said
    assert "the fit misses by 10% of the effect a period" in said


def test_large_numbers_are_whole_and_no_power_of_ten_is_shown() -> None:
    one = effect(value=-1.2e6, low=-1.5e6, high=-9e5)
    assert one.counterfactual is not None
    panel = replace(one.panel, outcomes=one.panel.outcomes * 1e5)
    said = page(replace(one, panel=panel, counterfactual=one.counterfactual * 1e5))
    assert "-1,200,000" in said
    assert "4,800,000" in said
    assert "e+0" not in said


def test_rows_are_one_a_period_and_blank_where_unknown() -> None:
    rows = impact.rows(effect())
    assert [row["time"] for row in rows] == list(YEARS)
    assert rows[6] == {
        "time": "2018",
        "observed": "40",
        "counterfactual": "52",
        "gap": "-12",
        "low": "-15",
        "high": "-9",
    }
    assert impact.rows(effect(band=None))[6]["low"] == ""


def test_only_the_largest_of_many_weights_are_drawn() -> None:
    many = {f"Area {place}": 1 / 30 for place in range(30)} | {"None": 0.0}
    said = page(effect(weights=many))
    assert "The 20 largest of 30." in said


def ways() -> pd.DataFrame:
    row = {
        "estimator": "did",
        "method": "did",
        "panel": "robbery",
        "window": "all periods",
        "value": -12.0,
        "low": -15.0,
        "high": -9.0,
        "per_cent": -23.1,
        "problem": "",
    }
    broken = row | {"estimator": "sc", "value": NAN, "low": NAN, "high": NAN, "per_cent": NAN, "problem": "No control."}
    return pd.DataFrame([row, broken])


def test_every_way_has_a_row_even_when_it_could_not_be_run() -> None:
    said = page(effect(), ways=ways())
    assert "Every way of asking" in said
    assert "-23.1%" in said
    assert "No control." in said
    report = impact.multiverse_report(ways(), notes=("N.",), made=[("code", "abate")], made_on=TODAY)
    assert "No control." in chapterpages.draw(report)


@pytest.mark.slow
@pytest.mark.parametrize("width", readable.WIDTHS)
def test_everybody_can_read_it_and_nothing_runs_off_the_side(tmp_path: Path, width: int) -> None:
    groups = (GroupEffect(6, 6, -10.0, 2.0), GroupEffect(6, 7, -14.0, None))
    report = impact.report(
        effect(groups=groups), notes=("A note.",), made=[("code", "abate")], made_on=TODAY, ways=ways()
    )
    assert readable.faults(chapterpages.draw(report), tmp_path, width=width) == []
