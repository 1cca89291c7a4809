from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

import tasked
from abate.patrols import weeks
from abate.patrols.weeks import Recorded

FIRST, LONDON = date(2025, 9, 1), "Europe/London"


def counts(seen: int, before: int, **options) -> Recorded:
    frame = pd.DataFrame({"site_id": ["S1"], "incidents": [seen], "before": [before]})
    told = {"window": "in the last seven days", "earlier": "in the seven days before", "days": 7, "days_before": 7}
    return Recorded(frame, **{**told, **options})


def test_only_the_seven_days_before_count():
    said = weeks.attended(tasked.attended(), "S1", first=FIRST, zone=LONDON)
    assert said == "Patrolled twice, 29 minutes (27 to 31)."
    assert weeks.attended(tasked.attended(), "S2", first=FIRST, zone=LONDON) == "No visit was recorded here."
    three = pd.concat(
        [tasked.attended(), tasked.attended().assign(site_id="S1", start=lambda f: f["start"] + pd.Timedelta(hours=1))]
    )
    assert weeks.attended(three, "S1", first=FIRST, zone=LONDON).startswith("Patrolled 4 times, ")


def test_planned_visits_are_held_against_those_that_answer_them():
    planned = tasked.visits().assign(start=lambda frame: frame["start"] - pd.Timedelta(days=5))
    planned.loc[0, "start"] = tasked.attended().loc[0, "start"]
    said = weeks.kept(planned, tasked.attended(), "S1", first=FIRST, zone=LONDON)
    assert said == "1 of 3 planned visits were made."
    assert weeks.kept(tasked.visits(), tasked.attended(), "S1", first=FIRST, zone=LONDON) == ""


@pytest.mark.parametrize(("seen", "said"), [(0, "No incident was"), (1, "1 incident was"), (7, "7 incidents were")])
def test_incidents_are_told_as_a_person_would(seen, said):
    assert weeks.recorded(counts(seen, 0), "S1") == f"{said} recorded here in the last seven days."


def test_a_site_without_a_count_had_none():
    assert weeks.recorded(counts(3, 1), "S2") == "No incident was recorded here in the last seven days."


@pytest.mark.parametrize(
    ("seen", "before", "verdict"),
    [(3, 1, "no clear change"), (12, 2, "more"), (2, 12, "fewer"), (0, 0, "no clear change")],
)
def test_small_differences_are_no_news(seen, before, verdict):
    assert weeks.changed(counts(seen, before), "S1").endswith(f": {verdict}.")


def test_nothing_is_compared_with_nothing():
    assert weeks.changed(counts(9, 9, earlier=""), "S1") == ""


def test_months_of_different_length_are_compared_by_the_day():
    told = counts(28, 31, days=28, days_before=31, window="in February 2025", earlier="in January 2025")
    assert weeks.changed(told, "S1") == "Incidents: 28, after 31 in January 2025: no clear change."


def test_the_exact_test_is_that_of_scipy():
    rng = np.random.default_rng(4)
    for _ in range(60):
        both = int(rng.integers(0, 60))
        seen, share = int(rng.integers(0, both + 1)), float(rng.choice([0.5, 28 / 59, 31 / 61]))
        expected = binomtest(seen, both, share).pvalue if both else 1.0
        assert weeks.p_value(seen, both, share=share) == pytest.approx(expected, abs=1e-9)


def test_news_without_change_is_rare():
    rng = np.random.default_rng(1)
    pairs = rng.poisson(6, size=(2000, 2))
    news = sum(weeks.p_value(int(a), int(a + b), share=0.5) <= 0.05 for a, b in pairs)
    assert news / len(pairs) <= 0.05


def test_planned_change_counts_all_teams_and_names_what_is_new():
    planned = pd.concat(
        [tasked.visits(), tasked.visits().iloc[[0]].assign(team="P9", start=pd.Timestamp("2025-08-28 13:00", tz="UTC"))]
    )
    assert weeks.planned_change(planned, first=FIRST, days=7, zone=LONDON) == {
        "S1": "Visits planned by all teams: 3, after 1 last week.",
        "S2": "Visits planned by all teams: 3, none last week: new on the timetable.",
    }
    assert weeks.planned_change(tasked.visits(), first=FIRST, days=7, zone=LONDON) == {}
