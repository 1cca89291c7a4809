from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from abate.lake.duck import Reader

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("listed", "other"):
        pd.DataFrame({"crime_id": ["a"], "force": ["essex"]}).to_parquet(tmp_path / f"{name}.parquet")
    return tmp_path / "listed.parquet", tmp_path / "other.parquet"


def test_the_engine_reads_the_files_it_was_told_of_and_no_other(files: tuple[Path, Path], tmp_path: Path) -> None:
    import duckdb

    listed, other = files
    reader = Reader([listed])
    assert reader.read("incidents", tmp_path, [listed]).count().execute() == 1
    for statement in (
        f"SELECT * FROM read_parquet('{other}')",
        f"SELECT * FROM read_parquet('{tmp_path}/*.parquet')",
        f"COPY (SELECT 1) TO '{tmp_path}/new.parquet'",
        f"ATTACH '{tmp_path}/new.db'",
        "INSTALL spatial",
        "SET enable_external_access = true",
    ):
        with pytest.raises(duckdb.Error):
            reader.connection.con.execute(statement)
    assert sorted(tmp_path.iterdir()) == [listed, other]
