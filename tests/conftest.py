"""What all tests share: the data kept beside the checkout, and tables drawn as text."""

from __future__ import annotations

import json
import os
import shutil
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from abate.sample.towns import Town

settings.register_profile("check", deadline=None, derandomize=True, database=None)
settings.load_profile("check")

SHARED = Path(os.environ.get("ABATE_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, and say why, what needs a program that is not on this machine."""
    for mark, program in (("browser", "chromium"), ("spark", "java")):
        if item.get_closest_marker(mark) and shutil.which(program) is None:
            pytest.skip(f"{program} is not on this machine (.ci/run installs it)")


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """Give the path of a file of real data beside the checkout, or skip the test and say which file is missing."""

    def path(name: str) -> Path:
        found = SHARED / "data" / name
        if not found.exists():
            pytest.skip(f"real data not here: {name}")
        return found

    return path


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow, beside what says so itself, what `not_quick.txt` lists: it would make quick checks long."""
    listed = set(Path(__file__).with_name("not_quick.txt").read_text(encoding="utf-8").split())
    for item in items:
        if item.nodeid.split("[")[0] in listed:
            item.add_marker("slow")


@pytest.fixture(scope="session")
def town() -> Town:
    """Give the sample town of seed 1, made once for all tests of a run."""
    from abate import sample

    return sample.town(1)


@pytest.fixture
def proof(request: pytest.FixtureRequest) -> Callable[[str, str, str], None]:
    """Hand in a figure of a long proof: what it is, how it came out, and the band that it must lie in.

    `./check long` collects them in docs/proofs.md; in other runs nothing is kept. The test asserts the band itself.
    """

    def hand_in(name: str, figure: str, band: str) -> None:
        if kept := os.environ.get("ABATE_PROOFS"):
            test = request.node.nodeid.split("[")[0]
            with Path(kept).open("a", encoding="utf-8") as out:
                out.write(json.dumps({"name": name, "figure": figure, "band": band, "test": test}) + "\n")

    return hand_in


def table(text: str) -> pd.DataFrame:
    """Read a table drawn as text: columns apart by two or more spaces; ISO dates become dates."""
    frame = pd.read_csv(StringIO(text.strip()), sep=r"\s{2,}", engine="python", skipinitialspace=True)
    for name in frame.columns:
        if frame[name].dtype == "str" and frame[name].str.fullmatch(r"\d{4}-\d\d-\d\d").all():
            frame[name] = pd.to_datetime(frame[name])
    return frame
