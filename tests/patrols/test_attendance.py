"""Planned visits matched to stays, against every way of matching; check-ins against stays."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from abate.patrols import attendance

START = pd.Timestamp("2026-11-02T14:00Z")


def planned(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    table = pd.DataFrame(
        [(team, site, START + pd.Timedelta(minutes=at), 15.0) for team, site, at in rows],
        columns=["team", "site_id", "start", "minutes"],
    )
    return table.astype({"start": "datetime64[us, UTC]", "team": "str", "site_id": "str"})


def seen(rows: list[tuple[str | None, str, float, float]]) -> pd.DataFrame:
    table = pd.DataFrame(
        [(team, site, START + pd.Timedelta(minutes=at), long, long >= 10, "foot") for team, site, at, long in rows],
        columns=["team", "site_id", "start", "minutes", "attended", "kind"],
    )
    return table.astype({"start": "datetime64[us, UTC]"})


def test_what_became_of_each_planned_visit() -> None:
    plan = planned([("T1", "a", 0), ("T1", "b", 40), ("T1", "a", 200), ("T1", "b", 300)])
    found = attendance.match(plan, seen([("T1", "a", 3, 15), ("T1", "b", 70, 14), ("T1", "a", 205, 6)]))
    assert found["status"].tolist() == ["attended", "late", "short", "missed"]
    told = attendance.comply(found, "at least 10 minutes")
    assert (told.scheduled, told.attended, told.late, told.short, told.missed) == (4, 2, 1, 1, 1)
    assert told.share == 0.5
    assert "at least 10 minutes" in told.plain()["rule"]


@pytest.mark.parametrize("seed", range(25))
def test_no_other_matching_is_better(seed: int) -> None:
    generator = np.random.default_rng(seed)
    plan = planned([("T1", "a", float(at)) for at in np.sort(generator.choice(300, 4, replace=False))])
    stays = seen([("T1", "a", float(at), float(generator.choice([5, 15]))) for at in generator.uniform(0, 300, 4)])
    found = attendance.match(plan, stays)
    starts = (stays["start"] - START).dt.total_seconds().to_numpy() / 60
    wants = (plan["start"] - START).dt.total_seconds().to_numpy() / 60

    def worth(way: tuple[int, ...]) -> float:
        gained = 0.0
        for visit, stay in enumerate(way):
            apart = abs(starts[stay] - wants[visit])
            if apart <= attendance.WITHIN_MINUTES:
                gained += (10_000 if stays["attended"][stay] else 5_000) - apart
        return gained

    mine = sum(
        (10_000 if stays["attended"][stay] else 5_000) - abs(starts[stay] - wants[visit])
        for visit, stay in enumerate(found["presence"])
        if stay >= 0
    )
    assert mine == pytest.approx(max(worth(way) for way in permutations(range(4))))


def test_the_own_team_comes_first() -> None:
    found = attendance.match(planned([("T1", "a", 0)]), seen([("T2", "a", 1, 15), ("T1", "a", 20, 15)]))
    assert found["seen_team"][0] == "T1"


def test_place_days_stand_in_for_a_plan() -> None:
    days = pd.to_datetime(["2026-11-02", "2026-11-03", "2026-11-04"]).astype("datetime64[s]")
    schedule = pd.DataFrame({"date": days, "site_id": "a", "arm": ["patrol", "patrol", "usual"]})
    doses = pd.DataFrame({"date": days, "site_id": "a", "visits": [1, 0, 1], "minutes": [15.0, 4.0, 20.0]})
    told = attendance.comply_by_day(schedule, doses, "rule")
    assert (told.unit, told.scheduled, told.attended, told.short, told.missed) == ("place-days", 2, 1, 1, 0)


def test_check_ins_and_positions_that_differ_are_listed() -> None:
    stays = seen([("T1", "a", 0, 15), ("T1", "b", 60, 15), ("T2", "c", 90, 4)])
    times = [START + pd.Timedelta(minutes=at) for at in (2, 95, 200)]
    said = pd.DataFrame(
        {"time": pd.Series(times).astype("datetime64[us, UTC]"), "site_id": ["a", "c", "b"], "team": ["T1", None, "T1"]}
    )
    found = attendance.disagreements(said, stays)
    assert found[["site_id", "what"]].to_numpy().tolist() == [
        ["b", "visit without check-in"],
        ["b", "check-in without positions"],
    ]
