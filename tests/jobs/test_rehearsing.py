"""The forecast behind a list tried on the last windows: the right windows, frozen, counted right, told plainly."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from abate import counts, lake
from abate.errors import OptionError
from abate.hotspots.histories import Window
from abate.jobs import grounds, placing, prospects, rehearsing
from abate.jobs.choosing import Basis
from jobs.sited import made

if TYPE_CHECKING:
    from pathlib import Path

    from abate.jobs.prospects import Prospect

AREA = 0.31


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("town"))


def ready(town: Path, method: str, *, months: int = 3, **asked: Any) -> tuple[Basis, Prospect]:
    within = asked.pop("within", None)
    ground = grounds.gather(lake.open(town / "lake"), force="sample", crime="violence", **asked)
    wanted = placing.Wanted(within=within)
    put = placing.put(ground.tallies, wanted)
    placed = counts.locate(ground.tallies, put.assigned.points)
    counted = counts.count(placed, months=ground.months)
    basis = Basis(ground, put, placed, counted, wanted, streets=None, seed=1, force="sample")
    return basis, prospects.foresee(ground, put, wanted, method=method, months_ahead=months)


def tried(town: Path, method: str, *, windows: int = 2, months: int = 3, **asked: Any) -> rehearsing.Rehearsal:
    found = rehearsing.rehearse(
        *ready(town, method, months=months, **asked), windows=windows, months=months, area_km2=AREA
    )
    assert found is not None
    return found


def plain_hits(prospect: Prospect, window: Window, flagged: int) -> tuple[int, int]:
    """Count by hand what the places with most incidents before a window caught in it, and the events."""
    rows = prospect.laid.rows
    rows = rows[rows["chosen"] & rows["x"].notna()]
    day = rows["period"].dt.date
    before = rows[day < window.first].groupby("place_id")["incidents"].sum().sort_index()
    top = before.sort_values(ascending=False, kind="stable").index[:flagged]
    inside = rows[(day >= window.first) & (day <= window.last)]
    return int(inside.loc[inside["place_id"].isin(top), "incidents"].sum()), int(inside["incidents"].sum())


@pytest.mark.slow
def test_plain_counts_catch_what_a_count_by_hand_says(town: Path) -> None:
    _, prospect = ready(town, "counts")
    found = tried(town, "counts")
    assert [row["first_day"] for row in found.rows] == ["2025-07-01", "2025-10-01"]
    for row in found.rows:
        window = Window(date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"]))
        assert (row["hits"], row["events"]) == plain_hits(prospect, window, row["flagged_places"])
        assert row["origin"] < row["first_day"]
    assert found.together[0]["hits"] == sum(row["hits"] for row in found.rows)
    assert found.together[0]["hit_rate"] == found.together[0]["hits"] / found.together[0]["events"]
    assert "it is plain counts itself" in found.sentence


@pytest.mark.slow
def test_a_method_is_set_beside_plain_counts_on_the_same_windows_and_places(town: Path) -> None:
    found = tried(town, "memory")
    assert [row["method"] for row in found.rows] == ["memory", "counts"] * 2
    for mine, plain in zip(found.rows[::2], found.rows[1::2], strict=True):
        assert all(mine[name] == plain[name] for name in ("places", "events", "origin", "last_day"))
    mine, plain = found.together
    gain = mine["gain_over_counts"]
    assert gain["value"] == pytest.approx(mine["hit_rate"] - plain["hit_rate"])
    assert gain["low"] <= gain["value"] <= gain["high"]
    assert plain["gain_over_counts"] is None
    assert mine["log_score"] == pytest.approx(
        sum(row["log_score"] * row["places"] for row in found.rows[::2]) / sum(row["places"] for row in found.rows[::2])
    )
    assert rehearsing.verdict(mine) in found.sentence
    assert "2 windows are few" in found.sentence
    assert len(found.sentence.rstrip(".").split(". ")) == 1, "one sentence"
    told = found.story()
    assert [one.method for one in told.reliability] == ["memory", "counts"]
    assert told.reliability[0].expected.sum() == pytest.approx(mine["expected"])
    json.dumps(found.document())


@pytest.mark.slow
def test_what_is_asked_beyond_the_record_is_tried_as_far_as_it_goes(town: Path) -> None:
    short = tried(town, "counts", months=2, first="2025-01", last="2025-07")
    assert [row["first_day"] for row in short.rows] == ["2025-06-01"]
    assert short.notes[0].startswith("1 window was rehearsed, not 2")
    assert "1 window is few" in short.sentence
    none = tried(town, "counts", months=3, first="2025-01", last="2025-05")
    assert none.rows == ()
    assert "too short to rehearse the forecast" in none.sentence
    assert none.document()["records"] == []
    assert none.story().rows == ()


@pytest.mark.slow
def test_none_is_asked_for_with_0_and_fewer_is_refused(town: Path) -> None:
    basis, prospect = ready(town, "counts", last="2024-12")
    assert rehearsing.rehearse(basis, prospect, windows=0, months=3, area_km2=AREA) is None
    with pytest.raises(OptionError, match="--rehearse: 0 or more windows, not -1"):
        rehearsing.rehearse(basis, prospect, windows=-1, months=3, area_km2=AREA)


@pytest.mark.slow
def test_with_an_outline_the_places_are_fixed_and_the_index_is_known(town: Path) -> None:
    basis, prospect = ready(town, "counts", within=town / "maps" / "areas.geojson")
    found = rehearsing.rehearse(basis, prospect, windows=1, months=1, area_km2=AREA)
    assert found is not None
    (row,) = found.rows
    assert row["pai"] == pytest.approx(row["hit_rate"] / (row["flagged_area_km2"] / row["area_km2"]))
    assert row["places"] == len(basis.put.assigned.places)
    assert not any("anything was known" in note for note in found.notes)


@pytest.mark.slow
def test_features_reach_the_method(town: Path) -> None:
    from abate.sources import features

    basis, prospect = ready(town, "counts", first="2025-01")
    near = features.read(town / "maps" / "landmarks.geojson", crs=basis.put.crs)
    found = rehearsing.rehearse(
        basis, replace(prospect, method="risk", given={"features": near}), windows=1, months=1, area_km2=AREA
    )
    assert found is not None
    assert found.rows[0]["method"] == "risk"


def record(method: str, **more: Any) -> dict[str, Any]:
    told = {"method": method, "events": 200, "hits": 50, "hit_rate": 0.25, "gain_over_counts": None}
    return {**told, **more}


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.01, 0.05, "it beat plain counts here (+2.0 points, 95% interval +1.0 to +5.0)"),
        (-0.01, 0.05, "it is not shown to beat plain counts here"),
        (-0.09, -0.01, "it did worse than plain counts here"),
    ],
)
def test_a_method_has_beaten_counts_only_where_the_interval_lies_above_zero(
    low: float, high: float, words: str
) -> None:
    value = 0.02 if high > 0 else -0.05
    mine = record("memory", gain_over_counts={"low": low, "value": value, "high": high})
    windows = [Window(date(2025, 1, 1), date(2025, 3, 31))] * 2
    told = rehearsing.sentence([mine, record("counts")], windows, 0.5)
    assert words in told
    assert "in 0.50 km²" in told


def test_nothing_is_claimed_without_an_interval_or_without_incidents() -> None:
    windows = [Window(date(2025, 1, 1), date(2025, 3, 31))] * 12
    told = rehearsing.sentence([record("memory"), record("counts")], windows, 0.5)
    assert "too few incidents for an interval" in told
    assert "noise" not in told
    none = rehearsing.sentence([record("memory", events=0, hits=0, hit_rate=None), record("counts")], windows, 0.5)
    assert "no located incident happened" in none
    same = record("memory", gain_over_counts={"low": 0.0, "value": 0.0, "high": 0.0})
    assert "the same incidents as plain counts" in rehearsing.verdict(same)
