"""What a score says in words: honest about gains, blank figures and small numbers."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from abate.hotspots.histories import Window
from abate.jobs import records, scorewords


def record(*, area: float | None = 10.0, fixed: bool = True, months: tuple[str, ...] = ("2023-04", "2023-05")) -> Any:
    rows = pd.DataFrame({"period": pd.to_datetime(["2023-05-31"])})
    selection = SimpleNamespace(label="robbery", notes=("robbery is robbery",))
    happened: Any = records.Happened(rows, "day", selection, "sample", months, months, None, 0)  # type: ignore[arg-type]
    history: Any = SimpleNamespace(span=Window(date(2023, 4, 1), date(2023, 5, 31)))
    put: Any = None
    return records.Record(history, happened, rows, area, fixed, "150 m squares", put)


def row(method: str, hits: int, **changed: Any) -> dict[str, Any]:
    told = {
        "method": method,
        "window": "1m",
        "flagged_km2": 1.0,
        "flagged_area_km2": 1.0,
        "events": 200,
        "hits": hits,
        "hit_rate": hits / 200,
        "pai": hits / 20,
        "pei_star": 0.5,
        "log_score": -0.1,
        "first_day": "2023-05-01",
        "last_day": "2023-05-31",
        "without_coordinates": 7,
        "outside": 0,
        "gain_over_counts": None,
    }
    return {**told, **changed}


def gain(low: float, value: float, high: float) -> dict[str, Any]:
    return {"gain_over_counts": {"low": low, "value": value, "high": high, "basis": "made up"}}


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [
        ((0.01, 0.05, 0.1), "ahead of them (+5.0 points, 95% interval +1.0 to +10.0)"),
        ((-0.02, 0.05, 0.1), "not shown to be ahead of them (+5.0 points, 95% interval -2.0 to +10.0)"),
        ((-0.2, -0.1, -0.05), "behind them (-10.0 points, 95% interval -20.0 to -5.0)"),
    ],
)
def test_a_gain_is_claimed_only_where_its_interval_lies_above_zero(interval: Any, verdict: str) -> None:
    told = scorewords.sentence([row("memory", 60, **gain(*interval)), row("counts", 50)], record())
    assert "30.0% of 200 located incidents of robbery, plain past counts 25.0%" in told
    assert f": {verdict}." in told
    assert told.endswith("Working copy, not for publication.")


def test_without_an_area_the_sentence_says_why_there_is_no_pai() -> None:
    assert "no PAI: its area is unknown without --within" in scorewords.sentence(
        [row("counts", 50, pai=None)], record(area=None)
    )
    assert "no PAI" not in scorewords.sentence([row("counts", 50)], record())


def test_a_row_in_words() -> None:
    known, unknown, quiet, impossible = scorewords.worded(
        [
            row("counts", 50),
            row("counts", 50, pai=None),
            row("counts", 0, events=0, hit_rate=None, pai=None, pei_star=None),
            row("counts", 50, log_score=-np.inf),
        ],
        record(area=None),
    )
    assert known["sentence"] == (
        "counts: 50 of 200 events (25.0%) in 1 km², 1 May 2023 to 31 May 2023; "
        "50.0% of the most that this could have caught; PAI 2.5."
    )
    assert unknown["sentence"].endswith("no PAI: its area is unknown without --within.")
    assert "nothing happened from 1 May 2023" in quiet["sentence"]
    assert "no log score" in impossible["sentence"]


def test_notes_tell_what_is_beside_and_what_is_uncertain() -> None:
    rows = [row("memory", 5, events=20), row("counts", 4, events=20, log_score=-np.inf, flagged_area_km2=1.2)]
    told = " | ".join(scorewords.notes(rows, record(fixed=False), gap=7))
    assert "7 incidents of the windows have no coordinates: they stand beside, never as misses |" in told
    assert "fewer than 100 events" in told
    assert "no log score for counts" in told
    assert "7 days are left out" in told
    assert "more than 5%" in told
    assert "cells in which anything was known" in told
    assert "robbery is robbery" in told


def test_a_record_that_ends_early_or_has_holes_is_told() -> None:
    late = row("counts", 50, last_day="2023-06-30")
    assert "30 days before the last window ends" in " ".join(scorewords.notes([late], record(), gap=0))
    told = scorewords.notes([row("counts", 50)], record(months=("2023-05",)), gap=0)
    assert "does not hold 2023-04" in " ".join(told)


def test_nothing_happened_is_said() -> None:
    assert "nothing can be said" in scorewords.sentence([row("counts", 0, events=0, hit_rate=None)], record())
