"""What the tests of sources share: a maker of workbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Maker = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Maker:
    """Save a workbook whose sheets hold the rows given under their names."""

    def saved(merged: str | None = None, **sheets: list[list[Any]]) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
            if merged:
                sheet.merge_cells(merged)
        book.save(tmp_path / "made.xlsx")
        return tmp_path / "made.xlsx"

    return saved
