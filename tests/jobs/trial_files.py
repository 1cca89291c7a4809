"""The files of a made-up trial for the tests of its analysis: a frozen schedule and what was recorded."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from tests.jobs import randomised

from abate.jobs import trial_register

if TYPE_CHECKING:
    from pathlib import Path

PROTOCOL = """
title = "Op A"
hypothesis = "Fewer incidents on days drawn for patrol."
stopping = "After 28 days."
[analysis]
level = 0.95
draws = 499
[[outcomes]]
name = "incidents"
measure = "recorded violence"
primary = true
[[outcomes]]
name = "any"
measure = "whether there was any"
"""
BEFORE = datetime(2025, 3, 2, 9, tzinfo=UTC)


def trial(folder: Path, *, ratio: float = 0.5, harm: bool = False, **options: Any) -> pd.DataFrame:
    """Freeze a schedule of 6 sites and 28 days, and write place_days.csv with a planted effect; gives the schedule."""
    randomised.frozen(folder, **options)
    rows = pd.read_csv(folder / "schedule.csv")
    rng = np.random.default_rng(1)
    seen = rng.poisson(2 * np.where(rows["arm"] == "patrol", ratio, 1.0))
    table = rows[["date", "site_id"]].assign(incidents=seen)
    if harm:
        table["harm"] = seen * 10.0
    table.to_csv(folder / "place_days.csv", index=False)
    return rows


def protocol(folder: Path, text: str = PROTOCOL, *, when: datetime = BEFORE) -> Path:
    """Register a protocol with the schedule of a folder; gives its record."""
    (folder / "protocol.toml").write_text(text)
    out = folder / "protocol.json"
    trial_register.register(
        folder / "protocol.toml", schedule=folder / "schedule.csv", out=out, by="analyst", when=when
    )
    return out


def before(folder: Path, sites: list[str], *, others: int = 40) -> Path:
    """Write before.csv: what the sites and other candidates had in 60 days, the sites the worst of them."""
    rng = np.random.default_rng(6)
    counts = np.sort(rng.poisson(rng.gamma(1.5, 20, len(sites) + others)))[::-1]
    names = [*sites, *(f"not chosen {number}" for number in range(others))]
    path = folder / "before.csv"
    pd.DataFrame({"site_id": names, "incidents": counts, "days": 60}).to_csv(path, index=False)
    return path
