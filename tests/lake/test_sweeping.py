from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from abate import lake as lakes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from abate.jobs.load import Load


@pytest.mark.slow
def test_only_old_files_of_no_version_are_swept(filled: Callable[..., Load], tmp_path: Path) -> None:
    filled("a")
    filled("b")
    folder = tmp_path / "lake" / "incidents" / "force=essex" / "month=2021-03"
    kept = sorted(folder.iterdir())
    assert len(kept) == 2, "the older version's file stays"
    old, young = folder / "old.parquet", folder / "young.parquet"
    for path in (old, young, *kept):
        path.touch()
    for path in (old, *kept):
        os.utime(path, (0, 0))
    assert lakes.sweep(tmp_path / "lake") == [old]
    assert sorted(folder.iterdir()) == sorted([*kept, young])
