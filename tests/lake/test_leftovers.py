from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from abate.lake import leftovers
from abate.lake.staging import opened, workshop
from abate.tables import REJECTS

if TYPE_CHECKING:
    from pathlib import Path


def test_cells_that_a_spreadsheet_would_run_are_made_harmless_and_numbers_stay(tmp_path: Path) -> None:
    values = ["=cmd()", "+44", "-0.75", "-x", "@a", "\tb", "plain", "5-3", ""]
    with workshop(tmp_path / "lake") as folder, opened(folder) as engine:
        frame = pd.DataFrame({"value": values, "row": range(1, 10)})
        for column in ("file", "rule", "column", "would_be_right", "line"):
            frame[column] = "said"
        frame["number"] = 0
        frame.to_parquet(folder / "rejects.parquet")
        leftovers.write(REJECTS, [folder / "rejects.parquet"], folder / "out.csv", engine=engine)
        found = pd.read_csv(folder / "out.csv", dtype=str, keep_default_na=False)
    assert found["value"].tolist() == ["'=cmd()", "+44", "-0.75", "'-x", "'@a", "'\tb", "plain", "5-3", ""]
    assert found["row"].tolist() == [str(number) for number in range(1, 10)]


def test_nothing_left_over_is_a_file_with_its_header(tmp_path: Path) -> None:
    with workshop(tmp_path / "lake") as folder, opened(folder) as engine:
        leftovers.write(REJECTS, [], folder / "out.csv", engine=engine)
        assert (folder / "out.csv").read_text() == ",".join(REJECTS.columns) + "\n"
