"""The record of a force as it is gathered from the lake, and what is said where it holds none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from abate import lake
from abate.errors import LakeError, OptionError
from abate.jobs import grounds
from jobs.sited import made

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> lake.Lake:
    return lake.open(made(tmp_path_factory.mktemp("town")) / "lake")


def test_the_ground_holds_the_months_asked_for(kept: lake.Lake) -> None:
    ground = grounds.gather(kept, force="sample", crime="violence", first="2024-02", last="2024-04")
    assert ground.months == ("2024-02", "2024-03", "2024-04")
    assert set(ground.tallies["month"]) == set(ground.months)
    assert ground.every["incidents"].sum() > ground.tallies["incidents"].sum()
    assert ground.picked.count().execute() == ground.tallies["incidents"].sum() + ground.unlocated


def test_what_the_lake_does_not_hold_is_told(kept: lake.Lake, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="holds no incidents of 'smaple'"):
        grounds.gather(kept, force="smaple", crime="violence")
    with pytest.raises(OptionError, match="the lake holds no month of sample from 1999-01"):
        grounds.held(kept, force="sample", first="1999-01", last="1999-02")
    (tmp_path / "empty").mkdir()
    with pytest.raises(LakeError):
        grounds.gather(lake.open(tmp_path / "empty"), force="sample", crime="violence")


def test_patrol_found_offences_are_put_back_where_asked(kept: lake.Lake) -> None:
    out, into = (
        grounds.gather(kept, force="sample", crime="serious-violence", proactive=handled)
        for handled in ("exclude", "include")
    )
    assert into.tallies["incidents"].sum() >= out.tallies["incidents"].sum()
