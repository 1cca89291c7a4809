"""A made-up story of scores: two methods, two windows, three origins, a hostile name."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from abate.reports.scores import Line, Reliability, ScoreStory
from abate.tables import SCORES

HOSTILE = "<script>alert(1)</script>"
METHODS = {"recommended": "Everything together.", "counts": HOSTILE}


def row(method: str, window: str, origin: str, hits: int, *, area: float | None = 100.0) -> dict[str, Any]:
    low, value, high = -0.01, 0.02, 0.05
    gain = None if method == "counts" else {"value": value, "low": low, "high": high, "basis": "made up"}
    return {
        **dict.fromkeys(SCORES.columns, 0.5),
        "method": method,
        "window": window,
        "flagged_km2": 2.5,
        "events": 100,
        "hits": hits,
        "hit_rate": hits / 100,
        "pai": hits / 2.5 if area else None,
        "pei_star": hits / 60,
        "log_score": -0.1234 if method == "recommended" else -np.inf,
        "origin": origin,
        "first_day": origin,
        "last_day": origin,
        "without_coordinates": 3,
        "outside": 1,
        "places": 500,
        "area_km2": area,
        "flagged_places": 40,
        "best_hits": 60,
        "churn": None,
        "sentence": HOSTILE,
        "pit": [0.1] * 10,
        "gain_over_counts": gain,
        "log_score_gain_over_counts": None,
        "rolling_gain_over_counts": gain,
    }


def story(*, area: float | None = 100.0, title: str = "How good are forecasts of robbery?") -> ScoreStory:
    origins = ("2023-01-31", "2023-02-28", "2023-03-31")
    rows = [
        row(method, window, origin, 20 + 5 * (method == "recommended") + at, area=area)
        for window in ("1m", "3m")
        for at, origin in enumerate(origins)
        for method in METHODS
    ]
    frame = pd.DataFrame(rows)
    frame["log_score"] = frame["log_score"].where(np.isfinite(frame["log_score"]))
    areas = np.r_[0.0, np.geomspace(0.02, 5, 20)]
    lines = [
        Line(window, method, areas, np.floor(30 * np.sqrt(areas)), 300) for window in ("1m", "3m") for method in METHODS
    ]
    expected = np.full(10, 30.0)
    groups = [
        Reliability(window, method, expected, expected * np.linspace(0.7, 1.3, 10), np.full(10, 150.0), 1500)
        for window in ("1m", "3m")
        for method in METHODS
    ]
    return ScoreStory(
        title=title,
        sentence="In 3 windows of 1m something came out.",
        notes=("few events", HOSTILE),
        made_on=date(2026, 11, 22),
        rows=tuple(rows),
        table=frame,
        methods=METHODS,
        lines=tuple(lines),
        reliability=tuple(groups),
        unit="km²",
        place_kind="150 m squares",
        provenance={"software": "abate", "parameters": {"place": "square:150", "crime": HOSTILE}},
    )
