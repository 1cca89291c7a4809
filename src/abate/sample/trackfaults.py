"""The faults of real tracks, put into made-up ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

CLOCK_SECONDS = 37
TWIN = "R900"


def spoil(
    rows: pd.DataFrame, devices: pd.DataFrame, generator: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Spoil a whole record of positions (FIXES) as real ones are spoilt; gives it with the devices that belong to it.

    Stretches fall silent, single positions lie hundreds of metres off, rows stand twice, the first device stands under
    a second name, and the last one's clock runs ahead by 37 seconds, which `clock_seconds` of the devices tells.
    """
    silent = np.zeros(len(rows), dtype=bool)
    for start in generator.integers(0, len(rows), max(1, len(rows) // 1500)):
        silent[start : start + int(generator.integers(2, 8))] = True
    rows = rows[~silent].reset_index(drop=True)
    far = generator.random(len(rows)) < 0.0005
    thrown = generator.uniform(300, 3000, (len(rows), 2)) * generator.choice([-1, 1], (len(rows), 2))
    rows[["easting", "northing"]] += np.where(far[:, None], thrown, 0.0).round(1)
    first = devices["device"].iloc[0]
    twin = rows[rows["device"] == first].assign(device=TWIN)
    ahead = devices["device"].iloc[-1]
    later = pd.to_timedelta(np.where(rows["device"] == ahead, CLOCK_SECONDS, 0), unit="s")
    rows["moment"] = (rows["moment"] + later).astype("datetime64[us, UTC]")
    again = rows.iloc[np.sort(generator.integers(0, len(rows), max(1, len(rows) // 2000)))]
    twins = pd.DataFrame({"device": [TWIN], "team": [devices["team"].iloc[0]], "clock_seconds": [0]})
    if ahead == first:
        twin["moment"] = (twin["moment"] + pd.Timedelta(seconds=CLOCK_SECONDS)).astype("datetime64[us, UTC]")
        twins["clock_seconds"] = CLOCK_SECONDS
    devices = devices.assign(clock_seconds=np.where(devices["device"] == ahead, CLOCK_SECONDS, 0))
    return pd.concat([rows, twin, again], ignore_index=True), pd.concat([devices, twins], ignore_index=True)
