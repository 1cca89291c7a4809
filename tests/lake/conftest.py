from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from street_files import row, street

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from abate.jobs.load import Load


@pytest.fixture
def filled(tmp_path: Path) -> Callable[..., Load]:
    """Load rows into the lake of this test: `filled("a", "b", month=...)`."""

    from abate.jobs.load import load

    def fill(*ids: str, month: str = "2021-03", force: str = "Essex Police") -> Load:
        file = street(tmp_path / "in" / "a.csv", *(row(one, month, force) for one in ids))
        return load([file], lake=tmp_path / "lake", today=date(2026, 11, 22), by="tester")

    return fill
