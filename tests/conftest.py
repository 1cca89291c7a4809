"""What all tests share: the data kept beside the checkout, and tables drawn as text."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest

SHARED = Path(os.environ.get("ABATE_SHARED", Path(__file__).resolve().parents[2] / "shared"))


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """Give the path of a file of real data beside the checkout, or skip the test and say which file is missing."""

    def path(name: str) -> Path:
        found = SHARED / "data" / name
        if not found.exists():
            pytest.skip(f"real data not here: {name}")
        return found

    return path


def table(text: str) -> pd.DataFrame:
    """Read a table drawn as text: columns apart by two or more spaces; ISO dates become dates."""
    frame = pd.read_csv(StringIO(text.strip()), sep=r"\s{2,}", engine="python", skipinitialspace=True)
    for name in frame.columns:
        if frame[name].dtype == "str" and frame[name].str.fullmatch(r"\d{4}-\d\d-\d\d").all():
            frame[name] = pd.to_datetime(frame[name])
    return frame
