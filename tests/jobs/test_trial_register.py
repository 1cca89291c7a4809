"""Registering: once, late, amended, and checked after; nothing that was changed goes unnoticed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from abate.errors import AbateError, LakeError, OptionError, SourceError
from abate.jobs import trial_register as jobs
from abate.trials import schemes
from abate.trials.schemes import Scheme

BEFORE = datetime(2026, 11, 22, 9, tzinfo=UTC)
TEXT = """
title = "Op A"
hypothesis = "fewer"
stopping = "after 90 days"
[analysis]
level = 0.95
[[outcomes]]
name = "incidents"
measure = "recorded violence"
primary = true
"""


@dataclass(frozen=True)
class Desk:
    """A folder with a protocol and a frozen schedule."""

    folder: Path

    def write(self, text: str = TEXT, *, seed: int = 7) -> None:
        (self.folder / "protocol.toml").write_text(text)
        scheme = Scheme(BEFORE.date() + timedelta(days=9), 30, treat=2)
        sites = pd.DataFrame({"site_id": ["A", "B", "C", "D"], "name": ["a", "b", "c", "d"]})
        drawn = schemes.draw(scheme, sites, seed=seed)[0]
        rows = [
            f"{day},{site},{'patrol' if drawn[at, place] else 'usual'}\n"
            for at, day in enumerate(scheme.dates)
            for place, site in enumerate(sites["site_id"])
        ]
        content = ("date,site_id,arm\n" + "".join(rows)).encode()
        (self.folder / "schedule.csv").write_bytes(content)
        told = {"scheme": scheme.plain(), "seed": seed, "sha256": hashlib.sha256(content).hexdigest()}
        told |= {"sites": sites.to_dict("records"), "draw": 1, "draws": 1}
        (self.folder / "schedule.json").write_text(json.dumps(told))

    @property
    def out(self) -> Path:
        return self.folder / "protocol.json"

    def register(self, when: datetime = BEFORE, reason: str | None = None) -> jobs.Found:
        return jobs.register(
            self.folder / "protocol.toml",
            schedule=self.folder / "schedule.csv",
            out=self.out,
            by="analyst",
            when=when,
            reason=reason,
        )


@pytest.fixture
def desk(tmp_path) -> Desk:
    desk = Desk(tmp_path)
    desk.write()
    return desk


def test_a_protocol_is_registered_before_the_first_day(desk):
    found = desk.register()
    told = json.loads(desk.out.read_text())
    assert found.document()["standing"] == "registered"
    assert found.document()["place_days"] == {"treated": 60, "control": 60}
    assert told["schedule"]["sha256"] == hashlib.sha256((desk.folder / "schedule.csv").read_bytes()).hexdigest()
    assert told["protocol"]["places"] == ["A", "B", "C", "D"]
    assert jobs.check(desk.out).registered.sha256 == told["sha256"]


def test_the_same_protocol_again_changes_nothing(desk):
    desk.register()
    before = {path.name: path.read_bytes() for path in desk.folder.iterdir()}
    again = desk.register(BEFORE + timedelta(days=1))
    assert "registered already" in again.notes[0]
    assert {path.name: path.read_bytes() for path in desk.folder.iterdir()} == before


def test_late_is_late_and_said(desk):
    found = desk.register(BEFORE + timedelta(days=9))
    assert found.document()["standing"] == "registered late"
    assert "Registered late" in found.document()["sentence"]
    assert "every report on this trial will say that it was registered late" in found.notes[0]


def test_a_change_needs_a_reason_and_leaves_the_earlier_one_standing(desk):
    first = desk.register()
    desk.write(TEXT.replace("90 days", "60 days"))
    with pytest.raises(OptionError, match="needs its reason"):
        desk.register()
    second = desk.register(reason="less money")
    assert second.document()["number"] == 2
    assert json.loads(desk.out.read_text())["amends"] == first.registered.sha256
    earlier = jobs.check(desk.folder / "protocol-1.json")
    assert earlier.registered.sha256 == first.registered.sha256
    assert "amended later" in earlier.notes[0]
    third = desk.folder / "protocol.toml"
    third.write_text(TEXT.replace("90 days", "50 days"))
    assert desk.register(BEFORE + timedelta(days=20), reason="again").registered.standing == "registered late"


def test_every_kind_of_tampering_is_found(desk):
    desk.register()
    desk.write(TEXT.replace("90 days", "60 days"))
    desk.register(reason="less money")
    ledger, kept = desk.folder / "protocol.ledger.jsonl", {}
    for path in desk.folder.iterdir():
        kept[path] = path.read_bytes()
    lines = ledger.read_text().splitlines(keepends=True)
    changes = {
        desk.out: kept[desk.out].replace(b"60 days", b"61 days"),
        ledger: lines[1].encode(),
        desk.folder / "schedule.csv": kept[desk.folder / "schedule.csv"].replace(b"usual", b"patrol", 1),
    }
    for path, content in changes.items():
        path.write_bytes(content)
        with pytest.raises(AbateError):
            jobs.check(desk.out)
        path.write_bytes(kept[path])
    assert jobs.check(desk.out).notes == ()
    ledger.write_text(lines[0])
    with pytest.raises(LakeError, match=r"holds no entry for protocol\.json"):
        jobs.check(desk.out)
    with pytest.raises(LakeError, match=r"is not what protocol\.ledger\.jsonl holds last"):
        desk.register()
    ledger.unlink()
    with pytest.raises(LakeError, match="is not there"):
        jobs.check(desk.out)


def test_another_schedule_is_not_the_registered_one(desk):
    desk.register()
    desk.write(seed=8)
    with pytest.raises(SourceError, match="is another schedule than the registered one"):
        jobs.check(desk.out)
    (desk.folder / "schedule.csv").unlink()
    assert "is not beside it" in jobs.check(desk.out).notes[0]


def test_a_record_that_went_missing_is_noticed(desk):
    desk.register()
    desk.out.unlink()
    with pytest.raises(LakeError, match="is gone"):
        desk.register()


def test_differences_name_the_protocol(desk):
    desk.write("seed = 9\n" + TEXT)
    with pytest.raises(OptionError, match=r"protocol.toml: `seed` is 9 in the protocol, and 7 in schedule.csv"):
        desk.register()
    assert not desk.out.exists()


def test_a_ledger_that_cannot_be_written_leaves_nothing_behind(desk, monkeypatch):
    from abate.jobs import ledgers

    def refuse(*_given: object, **_named: object) -> None:
        raise OptionError("no room")

    monkeypatch.setattr(ledgers.Held, "append", refuse)
    with pytest.raises(OptionError, match="no room"):
        desk.register()
    assert not desk.out.exists()


def test_a_draft_says_what_the_schedule_says(desk):
    (path,) = jobs.draft(desk.folder / "draft.toml", schedule=desk.folder / "schedule.csv")
    text = Path(path).read_text()
    assert "4 places, 30 days from 2026-12-01, scheme 'daily', seed 7" in text
    with pytest.raises(OptionError, match="is there already"):
        jobs.draft(desk.folder / "draft.toml")
