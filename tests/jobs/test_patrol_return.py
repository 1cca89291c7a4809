"""The return from files: every record read, laid together and written; faults of all files at once."""

from __future__ import annotations

import json
from math import fsum

import pandas as pd
import pytest

import month_records
from abate.errors import AbateError, OptionError
from abate.jobs import patrol_return
from abate.jobs.patrol_return import Options
from abate.jobs.return_records import Record

TODAY = month_records.TODAY


def options(paths, **more) -> Options:
    given = {
        "month": "2026-10", "visits": (paths["visits.csv"],), "sites": paths["sites.geojson"],
        "plan": (paths["planned.csv"],), "activity": paths["activity.csv"], "roles": paths["roles.csv"],
        "plans": paths["plans.csv"],
    }  # fmt: skip
    return Options(**{**given, **more})


def test_from_files_to_files(tmp_path):
    paths = month_records.files(tmp_path)
    found = patrol_return.make_return(options(paths, out=tmp_path / "out"), today=TODAY, by="tester")
    document = found.document()
    assert list(document) == ["month", "items", "files", "notes"]
    figures = {(row["item"], row["group"]): row["value"] for row in document["items"]}
    seen = month_records.visits()
    assert figures["visits attended", "all"] == 40
    assert figures["person-hours", "all"] == pytest.approx(fsum(seen["officer_minutes"]) / 60, abs=0.05)
    assert figures["compliance", "all"] == 0.976
    assert figures["sites without a problem plan", "all"] == 2
    record = json.loads((tmp_path / "out" / "provenance.json").read_text())
    assert [entry["option"] for entry in record["inputs"]] == [
        "--sites", "--visits", "--plan", "--activity", "--roles", "--plans"
    ]  # fmt: skip
    written = pd.read_csv(tmp_path / "out" / "return.csv")
    assert len(written) == len(document["items"])


def test_the_same_files_give_the_same_bytes(tmp_path):
    paths = month_records.files(tmp_path)
    for name in ("one", "two"):
        patrol_return.make_return(options(paths, out=tmp_path / name), today=TODAY, by="tester")
    for name in ("return.csv", "return.xlsx", "return.pdf", "return.html", "provenance.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_plans_of_several_days_come_together_and_none_counts_twice(tmp_path):
    paths = month_records.files(tmp_path)
    lines = paths["planned.csv"].read_text().splitlines(keepends=True)
    (tmp_path / "first.csv").write_text("".join(lines[:11]))
    (tmp_path / "second.csv").write_text(lines[0] + "".join(lines[9:]))
    both = (tmp_path / "first.csv", tmp_path / "second.csv")
    found = patrol_return.make_return(options(paths, plan=both), today=TODAY, by="tester")
    assert found.made.value("visits scheduled") == 41


def test_faults_of_several_files_come_together_and_nothing_is_written(tmp_path):
    paths = month_records.files(tmp_path)
    paths["activity.csv"].write_text("date,site_id,role,officers,minutes\n2026-10-01,s0,copper,2,-1\n")
    paths["plans.csv"].write_text("site_id,problem,status\ns0,fights,doing\n")
    with pytest.raises(AbateError) as told:
        patrol_return.make_return(options(paths, out=tmp_path / "out"), today=TODAY, by="tester")
    assert len(told.value.faults) == 3
    assert not (tmp_path / "out").exists()


def test_options_that_do_not_go_together(tmp_path):
    paths = month_records.files(tmp_path)
    record = Record(lake=tmp_path / "lake", events=paths["visits.csv"], mapping=tmp_path / "no.toml")
    with pytest.raises(OptionError) as told:
        options(paths, month="2026-13", record=record, activity=tmp_path / "no.csv", visits=())
    said = "\n".join(told.value.faults)
    for part in (
        "--lake and --events are two records", "--lake needs --force", "no.toml: there is no such file",
        "'2026-13' is not a month", "--visits: give at least one file", "no.csv: there is no such file",
    ):  # fmt: skip
        assert part in said
    assert "--force goes with --lake" in "\n".join(Record(force="essex").faults())
    assert "--mapping goes with --events" in "\n".join(Record(mapping=paths["visits.csv"]).faults())


def test_a_month_without_visits(tmp_path):
    paths = month_records.files(tmp_path)
    with pytest.raises(OptionError, match="the visits given are of 2026-10"):
        patrol_return.make_return(options(paths, month="2026-09"), today=TODAY, by="tester")


def test_visits_of_two_sources_under_one_name(tmp_path):
    paths = month_records.files(tmp_path)
    (tmp_path / "wardens").mkdir()
    more = month_records.visits(seed=9, count=5, source="manual").assign(planned_start=None, team=None)
    more.to_csv(tmp_path / "wardens" / "visits.csv", index=False)
    both = (paths["visits.csv"], tmp_path / "wardens" / "visits.csv")
    found = patrol_return.make_return(options(paths, visits=both), today=TODAY, by="tester")
    assert found.made.within("visits attended by what shows them") == {"gps": 40, "manual": 5}
    assert found.files == ()
