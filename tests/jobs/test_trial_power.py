"""Power from a file of place-days to the page."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.jobs import trial_power as jobs

TODAY = date(2026, 11, 22)


def history(path, *, days=120, places=9, rate=0.6, harm=False):
    stream = np.random.default_rng(1)
    names = [f"S{number}" for number in range(places)]
    rates = rate * np.linspace(0.5, 1.5, places)
    frame = pd.DataFrame(
        {
            "date": np.repeat(pd.date_range("2026-01-01", periods=days).strftime("%Y-%m-%d"), places),
            "site_id": names * days,
            "incidents": stream.poisson(np.tile(rates, days)),
        }
    )
    if harm:
        frame["harm"] = frame["incidents"] * 12
    frame.to_csv(path, index=False)
    return path


def found(path, **options):
    asked = {"simulations": 200, "days": 40, "search": False, **options}
    return jobs.trial_power(jobs.Options(path, **asked), today=TODAY, by="t")


def test_the_document_has_the_curve_the_smallest_effect_and_the_alarms(tmp_path):
    answer = found(history(tmp_path / "h.csv", harm=True), effects="0.4,0.7", carry_over="0,0.5")
    told = json.loads(json.dumps(answer.document()))
    assert list(told["outcomes"]) == ["incidents", "any", "harm"]
    assert told["scheme"]["treat"] == 4
    assert told["scheme"]["starts"] == "2026-05-01"
    assert told["place_days"] == 360
    one = told["outcomes"]["incidents"]
    assert {point["effect"] for point in one["curve"]} >= {0.4, 0.7}
    assert all(point["power"]["low"] <= point["power"]["value"] <= point["power"]["high"] for point in one["curve"])
    assert [point["carry_over"] for point in one["false_positive"]] == [0.0, 0.5]
    assert [each["carry_over"] for each in one["smallest_effect"]] == [0.0, 0.5]
    assert told["warnings"]


def test_stronger_effects_are_tried_where_those_asked_for_are_out_of_reach(tmp_path):
    answer = found(history(tmp_path / "h.csv", rate=0.1), effects="0.9", outcomes="incidents", days=30)
    assert ("incidents", 0.5, 0.0) in answer.tried.tallies
    assert any("no fall below 50% can be found" in each or "no fall that was tried" in each for each in answer.warnings)


@pytest.mark.slow
def test_near_places_share_bad_days_where_coordinates_are_given(tmp_path):
    file, sites = history(tmp_path / "h.csv"), tmp_path / "sites.csv"
    places = pd.DataFrame({"site_id": [f"S{number}" for number in range(9)], "name": "x"})
    places.assign(easting=530_000 + 150 * places.index, northing=180_000).to_csv(sites, index=False)
    answer = found(file, effects="0.6", sites=sites)
    told = json.loads(json.dumps(answer.document()))["history"]["near_places"]
    assert 0 <= told["mean_pair"] <= told["nearest_pair"] <= told["share"] <= 0.95
    assert any("The nearest two places lie 150 m apart" in warning for warning in answer.warnings)
    assert found(file, effects="0.6").document()["history"]["near_places"] is None
    places.iloc[1:].assign(easting=1.0, northing=1.0).to_csv(sites, index=False)
    with pytest.raises(OptionError, match="no coordinates for S0"):
        found(file, effects="0.6", sites=sites)


def test_days_are_searched_for(tmp_path):
    answer = found(history(tmp_path / "h.csv"), effects="0.5", outcomes="incidents", search=True)
    (needed,) = answer.needed
    assert needed.days is not None
    assert needed.low <= needed.power <= needed.high
    assert answer.document()["days_needed"][0]["effect"] == 0.5


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"scheme": "parallel"}, "parallel"),
        ({"scheme": "pairs"}, "pairs"),
        ({"scheme": "stepped", "waves": 3}, "stepped"),
        ({"scheme": "daily", "treat": 3, "longest_run": 3, "rest": 1, "block": "weekday"}, "daily"),
    ],
)
def test_every_scheme_runs(tmp_path, options, kind):
    answer = found(history(tmp_path / "h.csv"), effects="0.5", outcomes="incidents", **options)
    assert answer.tried.design.kind == kind
    if kind == "pairs":
        assert "'S0', the quietest place, has no partner" in answer.warnings[0]
        assert len(answer.background.sites) == 8


def test_files_are_the_same_again(tmp_path):
    path = history(tmp_path / "h.csv")
    for name in ("one", "two"):
        found(path, effects="0.5", outcomes="incidents", out=tmp_path / name)
    assert (tmp_path / "one/power.csv").read_bytes() == (tmp_path / "two/power.csv").read_bytes()
    made = json.loads((tmp_path / "one/provenance.json").read_text())
    assert made["parameters"]["effects"] == "0.5"
    assert made["inputs"][0]["file"] == "h.csv"


def test_what_will_not_do_is_a_sentence(tmp_path):
    path = history(tmp_path / "h.csv", days=20)
    with pytest.raises(OptionError, match="covers 20 days"):
        found(path)
    longer = history(tmp_path / "g.csv")
    for options, said in (
        ({"effects": "0.5,x"}, "'x' is no number"),
        ({"block": "month"}, "--block month"),
        ({"outcomes": "harm"}, "no column `harm`"),
        ({"treat": 30}, "30"),
        ({"scheme": "stepped", "treat": 3}, "give --waves"),
    ):
        with pytest.raises(OptionError, match=said):
            found(longer, **options)


def test_a_rise_alone_can_be_asked_for(tmp_path):
    answer = found(history(tmp_path / "h.csv"), effects="2", outcomes="incidents", out=tmp_path / "p")
    assert answer.smallest == ()
    assert "finds 100% more incidents in " in answer.sentence
    assert "no fall" not in (tmp_path / "p" / "power.html").read_text()


def test_a_trial_of_one_day_compares_the_places_of_that_day(tmp_path):
    answer = found(history(tmp_path / "h.csv", places=30, rate=2), effects="0.2", outcomes="incidents", days=1)
    assert answer.tried.tallies["incidents", 0.2, 0.0].share[0] > 0.2
