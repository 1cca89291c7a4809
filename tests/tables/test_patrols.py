"""What the tables of patrols promise."""

from __future__ import annotations

import pandas as pd
import pytest

from abate.errors import TableError
from abate.tables.patrols import ARMS, ATTENDED_VISITS, DOSES, FIXES, PATROL_SITES, PROBLEM_PLANS, SCHEDULE
from conftest import table


def test_a_place_day_is_drawn_once_and_for_one_of_two_arms() -> None:
    drawn = table("""
        date        site_id  arm
        2026-01-01  a        patrol
        2026-01-01  b        usual
    """)
    assert len(SCHEDULE.check(drawn)) == 2
    with pytest.raises(TableError, match="repeat an earlier date"):
        SCHEDULE.check(pd.concat([drawn, drawn.head(1)]))
    with pytest.raises(TableError, match="should be one of patrol, usual"):
        SCHEDULE.check(drawn.assign(arm="control"))
    assert ARMS == ("patrol", "usual")


def test_a_site_may_be_known_by_its_middle_alone() -> None:
    site = pd.DataFrame(
        [{"site_id": "a", "name": "the square", "easting": 1.0, "northing": 2.0, "shape": None, "area": None}]
    ).assign(expected=float("nan"), expected_harm=float("nan"))
    assert PATROL_SITES.check(site) is site


def test_only_positions_name_a_device_and_nothing_names_an_officer() -> None:
    named = {"device", "officer", "officer_id", "collar_number", "name"}
    assert named & set(FIXES.columns) == {"device"}
    assert not named & (set(ATTENDED_VISITS.columns) | set(DOSES.columns))


def test_the_trial_reads_the_first_four_columns_of_the_doses() -> None:
    assert list(DOSES.columns)[:4] == ["date", "site_id", "minutes", "officers"]


def test_the_state_of_a_response_is_one_of_four() -> None:
    assert PROBLEM_PLANS.columns["status"].one_of == ("planned", "under way", "done", "dropped")
