"""Officers' check-ins: read by time, with every wrong row told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from abate.errors import SourceError
from abate.sources import check_ins

if TYPE_CHECKING:
    from pathlib import Path


def test_check_ins_are_read_by_time(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("time,site_id,team\n2026-11-02 15:00,b,\n2026-11-02T14:00:00Z,a,T1\n")
    found = check_ins.read(tmp_path / "c.csv", site_ids={"a", "b"}, zone="Europe/London")
    assert found["site_id"].tolist() == ["a", "b"]
    assert found["team"].isna().tolist() == [False, True]


def test_every_wrong_row_is_told(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("time,site_id\nnoon,a\n2026-11-02T14:00:00Z,z\n")
    with pytest.raises(SourceError) as caught:
        check_ins.read(tmp_path / "c.csv", site_ids={"a"}, zone="Europe/London")
    assert len(caught.value.faults) == 2
    (tmp_path / "c.csv").write_text("when,where\n")
    with pytest.raises(SourceError, match="no column 'time'"):
        check_ins.read(tmp_path / "c.csv", site_ids={"a"}, zone="Europe/London")
