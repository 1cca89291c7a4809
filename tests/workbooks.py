"""Workbooks made for a test, and what comes out of them."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from abate.errors import SourceError
from abate.sources import excel

if TYPE_CHECKING:
    from pathlib import Path


def cells(path: Path, sheet: str | None = None, header_row: int | None = None) -> list[list[str]]:
    with excel.to_csv(path, sheet, path.parent, header_row).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def fault(path: Path, sheet: str | None = None, header_row: int | None = None) -> str:
    with pytest.raises(SourceError) as found:
        excel.to_csv(path, sheet, path.parent, header_row)
    assert not list(path.parent.glob("*.csv"))
    return str(found.value)
