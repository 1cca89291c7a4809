"""Problem plans: what is overdue, what is not assessed, how far each site is."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from abate.patrols import problems
from abate.tables import PLAN_STANDING, PROBLEM_PLANS
from conftest import table

SITES = pd.DataFrame({"site_id": ["A", "B", "C", "D"], "name": ["High Street", "Quay", "Park", "Station"]})


def plans(*rows: tuple[str, str, str, str | None, str, str]) -> pd.DataFrame:
    """Rows of site, analysis, response, due, status, assessment; the rest is the same for all."""
    frame = pd.DataFrame(rows, columns=["site_id", "analysis", "response", "due", "status", "assessment"])
    frame["due"] = pd.to_datetime(frame["due"]).astype("datetime64[s]")
    return PROBLEM_PLANS.check(frame.assign(problem="fights", owner="licensing officer")[list(PROBLEM_PLANS.columns)])


def test_what_is_overdue_and_what_nobody_assessed():
    told = problems.standing(
        plans(
            ("A", "", "stewards", "2026-10-01", "under way", ""),
            ("A", "", "lights", "2026-11-22", "planned", ""),
            ("B", "", "hedge", "2026-01-01", "done", ""),
            ("B", "", "cameras", "2026-01-01", "dropped", ""),
            ("C", "why", "", None, "planned", ""),
        ),
        SITES,
        today=date(2026, 11, 22),
    )
    assert told.overdue["response"].tolist() == ["stewards"]
    assert told.unassessed["response"].tolist() == ["hedge"]
    assert told.without == ["D"]
    assert told.table["stage"].tolist() == ["response", "response", "analysis", "no plan"]
    assert told.table["overdue"].tolist() == [1, 0, 0, 0]
    assert told.table.loc[0, "next_due"] == pd.Timestamp(2026, 10, 1)
    assert told.notes == ("1 open response has no date, and can never be overdue: C",)


def test_a_response_is_overdue_the_day_after():
    row = plans(("A", "", "stewards", "2026-11-22", "planned", ""))
    assert len(problems.standing(row, SITES, today=date(2026, 11, 22)).overdue) == 0
    assert len(problems.standing(row, SITES, today=date(2026, 11, 23)).overdue) == 1


@pytest.mark.parametrize(
    ("row", "stage"),
    [
        (("A", "", "", None, "planned", ""), "scanning"),
        (("A", "why", "", None, "planned", ""), "analysis"),
        (("A", "why", "lights", None, "done", ""), "response"),
        (("A", "why", "lights", None, "done", "half as many"), "assessment"),
        (("A", "why", "lights", None, "under way", "too early"), "response"),
    ],
)
def test_the_step_that_a_plan_has_come_to(row: tuple[str, str, str, str | None, str, str], stage: str):
    assert problems.standing(plans(row), SITES, today=date(2026, 1, 1)).table.loc[0, "stage"] == stage


def test_plans_of_other_sites_are_told():
    told = problems.standing(plans(("Z", "", "lights", "2026-01-01", "planned", "")), SITES, today=date(2026, 11, 1))
    assert len(told.overdue) == 0
    assert told.without == ["A", "B", "C", "D"]
    assert told.notes == ("problem plans of 1 sites that are not on the list are left out: Z",)


def test_no_plans_at_all():
    told = problems.standing(PROBLEM_PLANS.empty(), SITES, today=date(2026, 11, 1))
    assert told.table["stage"].unique().tolist() == ["no plan"]
    assert (told.notes, len(told.overdue)) == ((), 0)


@given(some.lists(some.tuples(some.sampled_from("ABCD"), some.sampled_from(problems.STATUSES)), max_size=30))
def test_every_response_is_counted_once(rows: list[tuple[str, str]]):
    given_plans = plans(*((site, "", "lights", "2026-01-01", status, "") for site, status in rows))
    told = problems.standing(given_plans, SITES, today=date(2026, 6, 1))
    PLAN_STANDING.check(told.table)
    counted = told.table[["open", "done", "dropped"]].to_numpy().sum(axis=1)
    assert counted.tolist() == told.table["responses"].tolist()
    assert told.table["overdue"].tolist() == told.table["open"].tolist()


def test_officers_see_the_problem_and_what_is_open():
    said = problems.lines(
        plans(
            ("A", "", "stewards", "2026-12-01", "under way", ""),
            ("A", "", "lights", None, "done", "fewer"),
            ("A", "", "hedge", None, "planned", ""),
        ),
        "A",
    )
    assert said == ["fights", "stewards (licensing officer, due 1 December 2026)", "hedge (licensing officer)"]


def test_the_template_has_a_prompt_for_every_column():
    blank = problems.template(
        table("""
        site_id  name
        A        Quay
    """)
    )
    assert blank.columns.tolist() == ["site_id", *problems.PROMPTS]
    assert blank.iloc[0]["site_id"].startswith("#")
    assert (blank.iloc[0] != "").all()
    assert blank.iloc[1].tolist() == ["A", "Quay", *[""] * 9]
