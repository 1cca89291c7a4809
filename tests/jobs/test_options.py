"""What a person asks for, checked before anything is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from abate.errors import OptionError
from abate.jobs.choosing import Sought
from abate.jobs.options import Options

LAKE = Path("lake")


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(OptionError) as found:
        Options(
            lake=LAKE,
            force="essex",
            top=3,
            area_km2=1.0,
            census=("ethnicity=x.csv",),
            review_by="soon",
            choose=Sought(against=tmp_path / "old.geojson"),
        )
    told = found.value.faults
    assert any("two ways to cut the list" in fault for fault in told)
    assert any("add --boundaries FILE" in fault for fault in told)
    assert any("--review-by: 'soon' is not a day" in fault for fault in told)
    assert any("--against" in fault and "no such file" in fault for fault in told)


def test_fields_of_the_sheet_need_a_sheet() -> None:
    with pytest.raises(OptionError, match="are fields of the equality sheet"):
        Options(lake=LAKE, force="essex", decision_maker="A. Person")


def test_plain_values_name_files_without_their_folders(tmp_path: Path) -> None:
    (tmp_path / "old.geojson").write_text("{}")
    told = Options(lake=LAKE, force="essex", choose=Sought(sites=5, against=tmp_path / "old.geojson")).plain()
    assert told["choose"]["against"] == "old.geojson"
    assert told["choose"]["sites"] == 5
    assert told["census"] == []
    assert Options(lake=LAKE, force="essex").plain()["choose"] is None


def test_the_places_wanted_are_those_asked_for() -> None:
    wanted = Options(lake=LAKE, force="essex", place="square:250", origin="1,2", snap_limit_m=50).wanted
    assert (wanted.place, wanted.origin, wanted.snap_limit_m) == ("square:250", "1,2", 50)
