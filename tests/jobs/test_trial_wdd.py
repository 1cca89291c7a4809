"""Weighted displacement differences: the published answers, and what they say in words."""

from __future__ import annotations

import json

import pytest

from abate.jobs import trial_wdd as jobs
from abate.trials.displacement import Change, Difference


def test_the_published_cases_come_out(shared):
    expected = json.loads(shared("evaluation/wdd/expected.json").read_text())
    file = shared("evaluation/wdd/cases.csv")
    told = {each["case"]: each for each in jobs.trial_wdd(file).document()}
    for case, answer in expected.items():
        assert told[case]["wdd"] == pytest.approx(answer["wdd"])
        assert told[case]["se"] == pytest.approx(answer["se"], abs=5e-5)
    paper = told["paper"]
    assert paper["z"] == pytest.approx(-2.98, abs=0.005)
    assert (round(paper["low"]), round(paper["high"])) == (-196, -40)
    assert paper["wdq"] == pytest.approx(0.258, abs=0.0005)
    assert paper["local"] == -107
    assert told["small"]["wdq"] is None
    mid = next(each for each in jobs.trial_wdd(file, level=0.9).document() if each["case"] == "mid")
    assert (mid["low"], mid["high"]) == pytest.approx((-76.8, -3.2), abs=0.05)


def test_each_case_is_said(tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("case,area,pre,post\nA,treated,20,10\nA,control,20,20\nA,displacement_treated,9,12\n")
    assert list(jobs.trial_wdd(file).sentences()) == [
        "A: 7 fewer, weighed against the control areas (95% interval 25.7 fewer to 11.7 more)",
        "  displacement quotient -0.30: displacement, less than the success",
        "  treated area: 20 before, 10 after; rate ratio 0.50, 95% interval 0.21 to 1.12 (exact p 0.069)",
        "  control area: 20 before, 20 after; rate ratio 1.00, 95% interval 0.51 to 1.96 (exact p 1.000)",
        "  displacement area: 9 before, 12 after; rate ratio 1.33, 95% interval 0.52 to 3.58 (exact p 0.530)",
    ]


def difference(wdq: float, local: float) -> Difference:
    return Difference("a", local, 1.0, 1.0, 0.0, 0.0, wdq, None, local, 0.0, 0.95)


@pytest.mark.parametrize(
    ("wdq", "local", "said"),
    [
        (0.3, -5.0, "the benefit spread"),
        (0.0, -5.0, "neither"),
        (-0.3, -5.0, "less than the success"),
        (-1.0, -5.0, "as large as the success or larger"),
        (0.3, 5.0, "the quotient says nothing"),
    ],
)
def test_a_quotient_is_said(wdq, local, said):
    assert said in jobs.quotient(difference(wdq, local))


def test_a_change_without_a_ratio_is_said():
    told = jobs.changed(Change("a", "treated", 0, 3, float("inf"), 0.2, float("inf"), 0.1, 0.95))
    assert told == "0 before, 3 after; there is no ratio (exact p 0.100)"
