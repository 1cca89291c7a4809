"""Problem plans from files: a template, never over plans that are there, and how far they are."""

from __future__ import annotations

from datetime import date

import pytest

import month_records
from abate.errors import OptionError
from abate.jobs import patrol_problems
from abate.jobs.patrol_problems import Options

TODAY = date(2026, 11, 5)


def test_a_template_is_written_and_is_no_plan_yet(tmp_path):
    paths = month_records.files(tmp_path)
    out = tmp_path / "new" / "plans.csv"
    found = patrol_problems.plans(Options(paths["sites.geojson"], TODAY, out=out))
    assert found.files == (str(out),)
    assert "a row for each of 3 sites" in found.sentence
    looked = patrol_problems.plans(Options(paths["sites.geojson"], TODAY, check=out))
    assert looked.sentence.startswith("0 of 3 sites have a problem plan; on 5 November 2026 no responses are overdue")


def test_how_far_the_plans_are(tmp_path):
    paths = month_records.files(tmp_path)
    found = patrol_problems.plans(Options(paths["sites.geojson"], TODAY, check=paths["plans.csv"]))
    assert found.sentence == (
        "1 of 3 sites have a problem plan; on 5 November 2026 1 response is overdue, and no responses are done without "
        "an assessment."
    )
    assert found.rows()[0][2:] == ("response", "1", "1", "0", "1 September 2026")
    document = found.document()
    assert document["sites"][0]["next_due"] == "2026-09-01"
    assert document["sites"][1]["next_due"] is None


def test_plans_that_are_there_are_never_lost(tmp_path):
    paths = month_records.files(tmp_path)
    with pytest.raises(OptionError, match="is there already"):
        Options(paths["sites.geojson"], TODAY, out=paths["plans.csv"])


def test_one_of_the_two(tmp_path):
    paths = month_records.files(tmp_path)
    with pytest.raises(OptionError, match="give either -o FILE"):
        Options(paths["sites.geojson"], TODAY)
    with pytest.raises(OptionError) as told:
        Options(tmp_path / "no.geojson", TODAY, check=tmp_path / "no.csv", out=tmp_path / "plans.xlsx")
    assert len(told.value.faults) == 4


def test_a_day_that_is_none():
    with pytest.raises(OptionError, match="write the day as YYYY-MM-DD"):
        patrol_problems.read_day("5 November")
