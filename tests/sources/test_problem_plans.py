"""Problem plans as people keep them: CSV, TOML, every fault at once, and nobody named."""

from __future__ import annotations

import pandas as pd
import pytest

from abate.errors import SourceError
from abate.patrols import problems
from abate.sources import problem_plans
from abate.tables import PROBLEM_PLANS
from conftest import table

HEAD = "site_id,problem,analysis,response,owner,due,status,assessment\n"

KNOWN = "Did you mean 'done'? Known are: planned, under way, done, dropped."


def faults(rows: str, head: str = HEAD) -> tuple[str, ...]:
    with pytest.raises(SourceError) as told:
        problem_plans.parse_csv((head + rows).encode(), name="plans.csv")
    return told.value.faults


def test_a_row_a_response():
    plans = problem_plans.parse_csv(
        (
            HEAD + "A,fights at closing,,stewards,licensing officer,2026-12-01,Under Way,\nA,fights at closing,,,,,,\n"
        ).encode(),
        name="plans.csv",
    )
    assert plans["status"].tolist() == ["under way", "planned"]
    assert plans["due"].tolist() == [pd.Timestamp(2026, 12, 1), pd.NaT]


def test_every_fault_at_once():
    said = faults("A,fights,,,,2026-02-30,doing,\n,fights,,,,,done,\nB,,why,,,,done,\n")
    assert said == (
        f"plans.csv, row 1: status 'doing' is not known. {KNOWN}",
        "plans.csv, row 1: due '2026-02-30' is no date: write it as YYYY-MM-DD",
        "plans.csv, row 2: there is no site_id: say which site the plan is for",
        "plans.csv, row 3: the problem is blank: say in a sentence what happens at the site",
    )
    assert "Did you mean 'dropped'?" in faults("A,x,,,,,droped,\n")[0]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("ring 07700 900123", "a telephone number"),
        ("the lad (DOB 3/4/1999)", "a date of birth"),
        ("PC 1234", "an officer's number or name"),
        ("mail a.b@example.org", "an e-mail address"),
    ],
)
@pytest.mark.parametrize("column", ["problem", "analysis", "response", "owner", "assessment"])
def test_nobody_is_named(column: str, text: str, what: str):
    row = {"site_id": "A", "problem": "fights", column: text}
    (said,) = faults(",".join(f'"{row.get(name, "")}"' for name in HEAD.strip().split(",")) + "\n")
    assert said.startswith(f"plans.csv, row 1: {column}: '")
    assert what in said


def test_a_column_that_is_not_known_or_not_there():
    assert "Did you mean 'owner'?" in faults("A,x,done,x\n", "site_id,problem,status,onwer\n")[0]
    assert faults("A,x\n", "site_id,problem\n")[0].startswith("plans.csv: there is no column 'status'")


def test_toml_lists_responses_below_a_plan():
    text = """
        [[plan]]
        site_id = "A"
        problem = "robberies in the underpass"
        analysis_manager = "the light is out"
        [[plan.responses]]
        response = "mend the light"
        owner = "street lighting engineer"
        due = 2026-12-01
        status = "done"
        [[plan.responses]]
        response = "cut the hedge"
    """
    plans = problem_plans.parse_toml(text.encode(), name="plans.toml")
    assert plans["response"].tolist() == ["mend the light", "cut the hedge"]
    assert plans["analysis"].unique().tolist() == ["Place: the light is out."]
    assert plans["status"].tolist() == ["done", "planned"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("plan = 3", r"\[\[plan\]\]"),
        ("[[plan]\n", "no TOML"),
        ('[[plan]]\nsite_id = "A"\nresponses = 3', "plan 1: responses should be"),
        ('[[plan]]\nsite_id = "A"\nproblem = "x"\ncolour = "red"', "'colour' is not a column"),
        ('[[plan]]\nsite_id = "A"\nproblem = "x"\nstatus = "finished"', "plan 1: status 'finished' is not known"),
    ],
)
def test_toml_that_will_not_do(text: str, said: str):
    with pytest.raises(SourceError, match=said):
        problem_plans.parse_toml(text.encode(), name="plans.toml")


def test_the_template_is_read_as_no_plan_until_it_is_filled_in(tmp_path):
    sites = table("""
        site_id  name         area
        A        High Street  north
        B        Quay         south
    """)
    path = tmp_path / "plans.csv"
    blank = problems.template(sites)
    blank.to_csv(path, index=False)
    read = problem_plans.read(path)
    assert len(read) == 0
    PROBLEM_PLANS.check(read)
    blank.loc[1, ["problem", "analysis_manager", "analysis_handler"]] = ["fights", "no stewards", "two schools close"]
    blank.to_csv(path, index=False)
    (plan,) = problem_plans.read(path).to_dict("records")
    assert (plan["site_id"], plan["status"]) == ("A", "planned")
    assert plan["analysis"] == "Place: no stewards. Those who do it: two schools close."
