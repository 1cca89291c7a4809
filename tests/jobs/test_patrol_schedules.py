"""Frozen schedules with their ledger: both must stand as they were written."""

from __future__ import annotations

import json

import pytest

from abate.errors import AbateError, LakeError
from abate.jobs import ledgers, patrol_schedules
from abate.jobs.patrol_schedules import LEDGER
from jobs.randomised import NOW, frozen


def test_a_schedule_is_opened_with_the_entry_in_which_it_was_frozen(tmp_path):
    frozen(tmp_path)
    found = patrol_schedules.opened(tmp_path / "schedule.csv")
    assert found.frozen.number == 1
    assert found.drawn == "draw 1 of 1"
    frozen(tmp_path, "second.csv", seed=8)
    assert patrol_schedules.opened(tmp_path / "schedule.csv").drawn == "draw 1 of 2"
    assert patrol_schedules.opened(tmp_path / "second.csv").drawn == "draw 2 of 2"


def test_a_changed_json_file_is_refused_with_both_hashes(tmp_path):
    frozen(tmp_path)
    path = tmp_path / "schedule.json"
    path.chmod(0o644)
    path.write_text(json.dumps({**json.loads(path.read_text()), "seed": 8}))
    with pytest.raises(
        LakeError, match=r"schedule.json: was edited after it was frozen: its SHA-256 is \w{64}, .* \w{64}"
    ):
        patrol_schedules.opened(tmp_path / "schedule.csv")


def test_a_schedule_swapped_together_with_its_json_file_is_refused(tmp_path):
    frozen(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    frozen(other, seed=9)
    for name in ("schedule.csv", "schedule.json"):
        (tmp_path / name).unlink()
        (other / name).rename(tmp_path / name)
    with pytest.raises(LakeError, match=r"schedule\.csv: was edited after it was frozen"):
        patrol_schedules.opened(tmp_path / "schedule.csv")


def test_a_ledger_that_is_gone_or_changed_is_told(tmp_path):
    frozen(tmp_path)
    frozen(tmp_path, "second.csv")
    path = tmp_path / LEDGER
    rows = path.read_text().splitlines(keepends=True)
    for kept, told in (
        (rows[1:], "row 1: is entry 2: row 1 is gone or moved"),
        (rows[::-1], "row 1: is entry 2"),
        ([rows[0].replace('"draw": 1', '"draw": 2'), rows[1]], "row 1: was changed"),
    ):
        path.write_text("".join(kept))
        with pytest.raises(AbateError, match=told):
            patrol_schedules.opened(tmp_path / "schedule.csv")
    path.write_text(rows[0])
    with pytest.raises(LakeError, match=r"holds no draw of second.csv: that the schedule was frozen"):
        patrol_schedules.opened(tmp_path / "second.csv")
    path.unlink()
    with pytest.raises(LakeError, match="there is no such ledger"):
        patrol_schedules.opened(tmp_path / "schedule.csv")


def test_draws_are_the_same_where_they_share_a_site_and_a_day(tmp_path):
    drawn = frozen(tmp_path)
    entries = ledgers.read(tmp_path / LEDGER)
    assert len(patrol_schedules.earlier(entries, ["H01", "X"], drawn.scheme)) == 1
    assert patrol_schedules.earlier(entries, ["X"], drawn.scheme) == []
    assert patrol_schedules.before(drawn.scheme.starts, NOW.date()) is None
    assert patrol_schedules.ledger_of(tmp_path / "schedule.csv", None) == tmp_path / LEDGER
