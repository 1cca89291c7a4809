from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import duckdb
import pytest

from abate.lake.staging import lake_of, opened, workshop

if TYPE_CHECKING:
    from pathlib import Path


def test_a_workshop_leaves_nothing_behind_when_the_work_fails(tmp_path: Path) -> None:
    def work() -> None:
        with workshop(tmp_path / "new" / "lake") as folder:
            assert lake_of(folder) == tmp_path / "new" / "lake"
            (folder / "x").write_text("x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert not (tmp_path / "new" / "lake").exists()


def test_what_a_killed_load_left_is_cleared_and_what_lives_is_not(tmp_path: Path) -> None:
    dead = tmp_path / ".staging" / "dead"
    dead.mkdir(parents=True)
    (dead / "lock").touch()
    with workshop(tmp_path) as first:
        assert not dead.exists()
        cleared = threading.Thread(target=lambda: workshop(tmp_path).__enter__())
        cleared.start()
        cleared.join()
        assert first.exists()


def test_the_loading_engine_cannot_leave_the_lake(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    (tmp_path / "given.csv").write_text("a\n1\n")
    with workshop(tmp_path / "lake") as folder, opened(folder, [tmp_path / "given.csv"]) as engine:
        (folder / "given.csv").symlink_to(tmp_path / "given.csv")
        (folder / "secret.csv").symlink_to(tmp_path / "secret.csv")
        assert engine.execute(f"SELECT count(*) FROM read_csv('{folder}/given.csv')").fetchall() == [(1,)]
        for statement in (
            f"SELECT * FROM read_csv('{folder}/secret.csv')",
            f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
            "SET threads = 8",
        ):
            with pytest.raises(duckdb.Error):
                engine.execute(statement)
