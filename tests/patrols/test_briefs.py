from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

import tasked
from abate.patrols import briefs
from abate.patrols.briefs import Facts
from abate.patrols.weeks import Recorded
from abate.tables import PROBLEM_PLANS


def facts(**known) -> Facts:
    return Facts(plan=tasked.visits(), first=date(2025, 9, 1), days=7, zone="Europe/London", **known)


def test_why_here_is_two_short_lines():
    told = briefs.gather(tasked.sites(), facts())
    assert told["S1"].why == (
        "28.1 incidents expected 1 Sep to 30 Nov; mostly Robbery.",
        "Busy: Thu to Sat 20:00 to 04:00.",
    )
    assert told["S2"].why == ("9.4 incidents expected.",)


def test_intervals_stay_beside_the_number():
    said = "28.1 incidents expected from 1 January 2026 to 31 March 2026 (90% interval: 16 to 43); 342 in the record"
    assert briefs.why({"reasons": said}) == ("28.1 incidents expected 1 Jan to 31 Mar (90%: 16 to 43).",)


def test_a_list_without_reasons_says_what_is_expected_or_that_it_does_not_know():
    assert briefs.why({"expected": np.nan, "expected_harm": 310.0}) == (
        "About 310 harm expected in the coming period.",
    )
    assert briefs.why({"expected": np.nan, "reasons": None}) == ("On the list of sites; the list gives no reason.",)


def test_everything_known_comes_together():
    plans = PROBLEM_PLANS.empty()
    plans.loc[0] = [
        "S1",
        "Fights at closing",
        None,
        "Stagger closing",
        "licensing officer",
        pd.Timestamp("2025-10-01"),
        "under way",
        None,
    ]
    counts = pd.DataFrame({"site_id": ["S1"], "incidents": [3], "before": [1]})
    told = briefs.gather(
        tasked.sites(),
        facts(
            attended=tasked.attended(),
            recorded=Recorded(counts, "in the last seven days", "in the seven days before", 7, 7),
            problem_plans=PROBLEM_PLANS.check(plans.astype({"due": "datetime64[s]"})),
            notes=pd.DataFrame({"site_id": ["S1"], "note": ["A gate is broken."]}),
        ),
    )
    assert told["S1"].last_week == (
        "Patrolled twice, 29 minutes (27 to 31).",
        "3 incidents were recorded here in the last seven days.",
    )
    assert told["S1"].changed == ("Incidents: 3, after 1 in the seven days before: no clear change.",)
    assert told["S1"].problem[0] == "Fights at closing"
    assert "licensing officer" in told["S1"].problem[1]
    assert told["S1"].notes == ("A gate is broken.",)
    assert told["S2"].problem == told["S2"].notes == ()
    assert told["S2"].last_week[-1] == "No incident was recorded here in the last seven days."


def test_notes_that_may_point_to_a_person_are_told_with_file_and_row():
    notes = pd.DataFrame({"site_id": ["S1", "S1"], "note": ["fine", "ask PC 1234"], "row": [2, 3]})
    (said,) = briefs.mentioned(notes, file="notes.csv")
    assert said.startswith("notes.csv, row 3, note: 'PC 1234' looks like an officer's number or name")
