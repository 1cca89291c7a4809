"""What the switch for offences that patrols find changes, on the sample town as it would be published."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from abate import counts, lake, sample
from abate.errors import OptionError
from abate.hotspots.ranking import rank
from abate.jobs import grounds, placing
from abate.jobs.load import load
from abate.jobs.proactive import handling, what_changes

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from abate.jobs.grounds import Ground

pytestmark = pytest.mark.slow

WANTED = placing.Wanted(place="hex:300")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("proactive")
    for name, text in sample.publish(sample.town(1)).files.items():
        if name.startswith("2023-0") and name.endswith("street.csv"):
            (folder / "published" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "published" / name).write_text(text, encoding="utf-8")
    load([folder / "published"], lake=folder / "lake", today=date(2026, 11, 22), by="a tester")
    return folder / "lake"


def listed(kept: Path, crime: str) -> tuple[Ground, pd.DataFrame]:
    ground = grounds.gather(lake.open(kept), force="sample", crime=crime)
    assigned = placing.put(ground.tallies, WANTED).assigned
    counted = counts.count(counts.locate(ground.tallies, assigned.points), months=ground.months)
    return ground, rank(counted, assigned.places, top=15).hotspots


def test_what_a_group_leaves_out_is_counted(kept: Path):
    ground, hotspots = listed(kept, "serious-violence")
    changed = what_changes(ground, hotspots, WANTED, crime="serious-violence", proactive="exclude")
    weapons = ground.every.loc[ground.every["crime_type"] == "Possession of weapons", "incidents"].sum()
    assert changed is not None
    assert changed.incidents == weapons > 0
    assert len(changed.staying) + len(changed.leaving) == 15
    assert len(changed.entering) == len(changed.leaving)
    assert f"{weapons:,} more incidents" in str(changed)


def test_what_is_named_does_not_depend_on_the_switch(kept: Path):
    ground, hotspots = listed(kept, "violence,robbery,weapons")
    assert what_changes(ground, hotspots, WANTED, crime="violence,robbery,weapons", proactive="exclude") is None
    assert "Possession of weapons" in set(ground.tallies["crime_type"])


def test_the_option_is_read_with_the_nearest_word():
    assert handling("exclude") == "exclude"
    with pytest.raises(OptionError, match="Did you mean 'include'"):
        handling("includ")
