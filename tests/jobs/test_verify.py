from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from abate.jobs.load import load
from abate.jobs.verify import check_lake
from street_files import row, street

if TYPE_CHECKING:
    from pathlib import Path


def test_a_sound_lake_and_a_spoilt_one(tmp_path: Path) -> None:
    file = street(tmp_path / "a.csv", row("1", "2021-03"), row("2", "2021-04"))
    load([file], lake=tmp_path / "lake", today=date(2026, 11, 22), by="t")
    sound = check_lake(tmp_path / "lake")
    assert (sound.files, sound.table_version, sound.faults) == (2, {"incidents": 1}, ())
    spoilt = next((tmp_path / "lake" / "incidents").rglob("*2021-04/*.parquet"))
    spoilt.write_bytes(spoilt.read_bytes()[:-1])
    (fault,) = check_lake(tmp_path / "lake").faults
    assert str(spoilt) in fault
