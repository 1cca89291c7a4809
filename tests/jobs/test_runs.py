"""Trials see nothing after their origin, treat all methods alike, and lay out as the dictionary says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from abate.hotspots.histories import forecasts
from abate.hotspots.rolling import Horizon, window
from abate.jobs import placing, records, runs
from abate.tables import SCORES
from jobs import ledger

if TYPE_CHECKING:
    import pandas as pd

    from abate.hotspots.histories import History, Window

pytestmark = pytest.mark.slow


@dataclass
class Watching:
    """A method that forecasts what it saw, and remembers how much it was shown."""

    needs: tuple[str, ...] = ()
    shown: list[tuple[date, int, int]] = field(default_factory=list)

    def forecast(self, past: History, window: Window) -> pd.DataFrame:
        latest = int(past.day.max()) if len(past.day) else -1
        related = -1 if past.related is None or not len(past.related.day) else int(past.related.day.max())
        self.shown.append((window.first, latest, related))
        return forecasts(past, past.totals() + 0.5)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> records.Record:
    events, mapping = ledger.write(tmp_path_factory.mktemp("ledger"), ledger.incidents())
    source = records.Source(events=events, mapping=mapping, crime="Robbery")
    return records.settle(records.gather(source, today=date(2026, 11, 22)), placing.Wanted(place="square:100"))


def tried(record: records.Record, methods: dict[str, Watching], origins: list[date]) -> runs.Tried:
    plan = [runs.Planned(day, each, window(day, each)) for day in origins for each in (Horizon(1, "m"),)]
    return runs.run(
        record, plan, methods, (0.1, 0.2), given={}, baseline="counts", seed=1, tell=lambda _share, _words: None
    )


def test_a_method_is_shown_nothing_after_its_origin(record: records.Record) -> None:
    watching = Watching()
    origins = [date(2024, 6, 30), date(2024, 7, 31), date(2024, 10, 31)]
    tried(record, {"counts": watching}, origins)
    for origin, (_, latest, related) in zip(origins, watching.shown, strict=True):
        last = (origin - date(2024, 1, 1)).days
        assert latest <= last
        assert related <= last
    assert watching.shown[0][1] < watching.shown[2][1]


def test_places_known_only_later_are_misses_and_no_places(record: records.Record) -> None:
    early, late = tried(record, {"counts": Watching()}, [date(2024, 2, 29), date(2024, 11, 30)]).entries
    assert early.places < late.places
    whole = record.history.during(window(date(2024, 2, 29), Horizon(1, "m"))).sum()
    assert early.events == whole


def test_two_names_of_one_method_gain_nothing_over_each_other(record: records.Record) -> None:
    found = tried(record, {"twin": Watching(), "counts": Watching()}, [date(2024, 8, 31), date(2024, 9, 30)])
    rows = runs.rows(record, found, (0.1, 0.2), seed=1)
    assert [row["method"] for row in rows] == ["twin", "counts"] * 4
    twin = rows[0]
    assert twin["gain_over_counts"] == {
        "value": 0.0,
        "low": 0.0,
        "high": 0.0,
        "basis": twin["gain_over_counts"]["basis"],
    }
    assert "rolling_gain_over_counts" in twin
    assert {key for key in twin if key != "method" and "gain" not in key and twin[key] != rows[1][key]} == set()


def test_the_table_is_that_of_the_dictionary_with_infinite_scores_blank(record: records.Record) -> None:
    found = tried(record, {"counts": Watching()}, [date(2024, 8, 31)])
    rows = [{**row, "sentence": "x"} for row in runs.rows(record, found, (0.1, 0.2), seed=1)]
    rows[0]["log_score"] = -np.inf
    table = runs.table(rows)
    assert set(SCORES.columns) <= set(table.columns)
    assert np.isnan(table["log_score"].iloc[0])
    assert np.isfinite(table["log_score"].iloc[1])


def test_the_curve_runs_from_nothing_upwards(record: records.Record) -> None:
    found = tried(record, {"counts": Watching()}, [date(2024, 8, 31)])
    (entry,) = found.entries
    assert found.areas[0] == 0
    assert entry.curve[0] == 0
    assert (np.diff(entry.curve) >= 0).all()
    assert entry.reliability["seen"].sum() <= entry.events
