from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from abate.errors import SourceError
from abate.incidents import harm
from abate.sources import harm_scales

if TYPE_CHECKING:
    from pathlib import Path

HEADER = [
    "ATHENA URN",
    "FULL_OFFENCE_TITLE",
    "CCHI Score",
    "GROUP",
    "HOME_OFFICE_CLASSIFICATION",
    "HO_CODE",
    "HO_SUB_CODE",
]
ROWS: list[list[Any]] = [
    [1, "Murder", 5475, "VIOLENCE", "001/01", 1, "1"],
    [2, "Attempted murder", 3285, "VIOLENCE", "00200", 2, "2"],
    [3, "Wounding with intent", 1460, "VIOLENCE", "005/01", 5, "5D"],
    [4, "Wounding with intent, police", "1825", "VIOLENCE", "005/01", 5, "8S"],
    [5, "Robbery, personal", 365, "ROBBERY", "034/01", 34, "34B"],
    [None, "A heading between", None, None, None, None, None],
]


def workbook(path: Path, rows: list[list[Any]], *, sheets: tuple[str, ...] = ("CCHI 2021 values sheet",)) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Cover page"
    for name in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_the_workbook_becomes_a_scale(tmp_path: Path):
    path = workbook(tmp_path / "cchi.xlsx", [["Copyright of somebody"], HEADER, *ROWS])
    scale = harm_scales.read(path)
    assert (scale.id, scale.key_kind) == ("cambridge-2021", "classification")
    assert scale.edition == "2021 workbook, 4 classifications"
    assert scale.weight("002/00", None).low == 3285.0
    assert scale.weight("005/01", "8S").low == 1825.0
    assert scale.weight("005/01", "5D") == harm.Weight(1460.0, 1460.0)
    assert scale.weight("005/01", None) == harm.Weight(1460.0, 1825.0)


def test_the_newest_sheet_is_taken(tmp_path: Path):
    sheets = ("CCHI 2020 values sheet", "CCHI 2026 values sheet")
    assert harm_scales.read(workbook(tmp_path / "cchi.xlsx", [HEADER, *ROWS], sheets=sheets)).id == "cambridge-2026"


def test_it_agrees_with_the_selection_carried_along(tmp_path: Path):
    carried = harm.scale("cambridge-2020-selection")
    rows = [[0, "", weight, "", section, "", code] for section, code, weight in carried.rows]
    read = harm_scales.read(workbook(tmp_path / "cchi.xlsx", [HEADER, *rows]))
    assert set(read.rows) == set(carried.rows)


def test_without_a_column_of_codes_the_classification_decides(tmp_path: Path):
    rows = [[row[0], row[1], row[2], row[3], row[4]] for row in ROWS]
    scale = harm_scales.read(workbook(tmp_path / "cchi.xlsx", [HEADER[:5], *rows]))
    assert scale.weight("005/01", "8S") == harm.Weight(1460.0, 1825.0)


def test_every_faulty_score_is_named(tmp_path: Path):
    rows = [*ROWS, [6, "x", "many", "", "099/01", 99, "99"], [7, "y", -3, "", "099/02", 99, "99"]]
    with pytest.raises(SourceError) as fault:
        harm_scales.read(workbook(tmp_path / "cchi.xlsx", [HEADER, *rows]))
    assert fault.value.faults == (
        "cchi.xlsx, sheet 'CCHI 2021 values sheet', row 8: score 'many' of 099/01 is not a number of days",
        "cchi.xlsx, sheet 'CCHI 2021 values sheet', row 9: score '-3' of 099/02 is not a number of days",
    )


def test_other_files_are_refused_with_a_sentence(tmp_path: Path):
    with pytest.raises(SourceError, match="there is no such file"):
        harm_scales.read(tmp_path / "none.xlsx")
    (tmp_path / "text.xlsx").write_text("not a workbook")
    with pytest.raises(SourceError, match="is not an Excel workbook"):
        harm_scales.read(tmp_path / "text.xlsx")
    with pytest.raises(SourceError, match="no sheet is called 'CCHI YYYY values sheet'; it has Cover page"):
        harm_scales.read(workbook(tmp_path / "other.xlsx", [], sheets=()))
    with pytest.raises(SourceError, match="has the columns 'CCHI Score' and 'HOME_OFFICE_CLASSIFICATION'"):
        harm_scales.read(workbook(tmp_path / "columns.xlsx", [["a", "b"], [1, 2]]))
    with pytest.raises(SourceError, match="no row has a"):
        harm_scales.read(workbook(tmp_path / "bare.xlsx", [HEADER]))
