"""Person-hours: whose minutes they are, and that every split adds up to the visits."""

from __future__ import annotations

from math import fsum

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from abate.patrols import personhours
from abate.patrols.personhours import UNFUNDED, UNRECORDED
from abate.stats import rounding

DAYS = [pd.Timestamp(2026, 10, day) for day in (1, 2)]


def visits(*rows: tuple[int, str, str | None, float]) -> pd.DataFrame:
    """Rows of day, site, team and officer-minutes."""
    frame = pd.DataFrame(rows, columns=["date", "site_id", "team", "officer_minutes"])
    return frame.assign(date=[DAYS[day] for day in frame["date"]])


def activity(*rows: tuple[int, str, str, str, int, float]) -> pd.DataFrame:
    """Rows of day, site, role, funding stream, officers and minutes."""
    frame = pd.DataFrame(rows, columns=["date", "site_id", "role", "funding_stream", "officers", "minutes"])
    return frame.assign(date=[DAYS[day] for day in frame["date"]])


def teams(*rows: tuple[str, str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["team", "role", "funding_stream", "officers"])


def cells(hours: personhours.PersonHours) -> dict[tuple[str, str], float]:
    return {(row["role"], row["funding_stream"]): row["hours"] for row in hours.cells.to_dict("records")}


def test_without_records_no_role_is_known():
    hours = personhours.split(visits((0, "A", None, 90.0)), None, None)
    assert cells(hours) == {(UNRECORDED, UNFUNDED): 1.5}
    assert (hours.total, hours.beyond) == (1.5, 0.0)


def test_a_team_on_the_list_gives_its_roles_their_share():
    found = personhours.split(
        visits((0, "A", "P1", 90.0)), None, teams(("P1", "officer", "fund", 2), ("P1", "pcso", "", 1))
    )
    assert cells(found) == {("officer", "fund"): 1.0, ("pcso", UNFUNDED): 0.5}


def test_activity_that_names_most_of_a_day_names_all_of_it():
    found = personhours.split(visits((0, "A", None, 66.0)), activity((0, "A", "officer", "fund", 2, 30.0)), None)
    assert cells(found) == {("officer", "fund"): 1.1}


def test_activity_that_names_less_leaves_the_rest_unrecorded():
    found = personhours.split(visits((0, "A", None, 120.0)), activity((0, "A", "officer", "fund", 2, 30.0)), None)
    assert cells(found) == {("officer", "fund"): 1.0, (UNRECORDED, UNFUNDED): 1.0}


def test_activity_beyond_the_visits_is_told_and_not_counted():
    told = activity((0, "A", "officer", "fund", 2, 60.0), (1, "B", "warden", "council", 2, 30.0))
    found = personhours.split(visits((0, "A", None, 60.0)), told, None)
    assert cells(found) == {("officer", "fund"): 1.0}
    assert (found.beyond, found.beyond_days) == (2.0, 2)


def test_what_a_team_explains_is_not_named_again():
    seen = visits((0, "A", "P1", 60.0), (0, "A", None, 30.0))
    told = activity((0, "A", "officer", "overtime", 2, 30.0), (0, "A", "special", "", 1, 30.0))
    found = personhours.split(seen, told, teams(("P1", "officer", "core", 1)))
    assert cells(found) == {("officer", "core"): 1.0, ("special", UNFUNDED): 0.5}
    assert found.beyond == 0.0


def test_police_and_partners():
    staff = teams(*((role, role, "fund", 1) for role in ("officer", "pcso", "special", "warden", "partner")))
    found = personhours.split(
        visits(*((0, "A", role, 60.0) for role in staff["team"]), (0, "A", None, 30.0)), None, staff
    )
    assert found.by_kind() == {"police": 3.0, "partner or warden": 2.0, UNRECORDED: 0.5}


ROLES = some.sampled_from(["officer", "pcso", "special", "warden", "partner"])
STREAMS = some.sampled_from(["fund", "core", ""])
MINUTES = some.floats(0, 400).map(lambda value: round(value, 2))


@given(
    some.lists(
        some.tuples(some.integers(0, 1), some.sampled_from("ABC"), some.sampled_from(["P1", "P2", None]), MINUTES),
        max_size=25,
    ),
    some.lists(
        some.tuples(some.integers(0, 1), some.sampled_from("ABC"), ROLES, STREAMS, some.integers(1, 4), MINUTES),
        max_size=15,
    ),
    some.lists(
        some.tuples(some.just("P1"), ROLES, STREAMS, some.integers(1, 3)), max_size=4, unique_by=lambda row: row[1:3]
    ),
)
def test_every_split_adds_up_to_the_visits(
    seen: list[tuple[int, str, str | None, float]],
    told: list[tuple[int, str, str, str, int, float]],
    staff: list[tuple[str, str, str, int]],
):
    given_visits = visits(*seen)
    found = personhours.split(given_visits, activity(*told), teams(*staff))
    exact = fsum(given_visits["officer_minutes"])
    total = int(rounding.half_up(np.array([exact / 60]), unit=0.1)[0])
    assert found.exact == pytest.approx(exact, abs=1e-6)
    tenths = [
        found.total * 10,
        sum(round(hours * 10) for hours in found.cells["hours"]),
        sum(round(hours * 10) for hours in found.sites["hours"]),
        sum(round(hours * 10) for hours in found.by("role").values()),
        sum(round(hours * 10) for hours in found.by("funding_stream").values()),
        sum(round(hours * 10) for hours in found.by_kind().values()),
    ]
    assert tenths == pytest.approx([total] * 6)
    by_site = given_visits.groupby("site_id")["officer_minutes"].sum() / 60
    for site, hours in zip(found.sites["site_id"], found.sites["hours"], strict=True):
        assert abs(hours - by_site[site]) < 0.1 + 1e-9
    named = sum(officers * minutes for *_, officers, minutes in told)
    assert found.beyond * 60 <= named + 3.1
