"""Weeks handed out, and overrides recorded; the schedule stands."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from abate.errors import AbateError, LakeError, OptionError, SourceError
from abate.jobs import ledgers, patrol_releases
from abate.jobs.patrol_schedules import LEDGER
from jobs.randomised import NOW, TODAY, frozen

MONDAY = date(2025, 3, 3)


@pytest.fixture
def folder(tmp_path):
    frozen(tmp_path)
    return tmp_path


def released(folder, week: str, today: date = MONDAY):
    return patrol_releases.release(
        folder / "schedule.csv", week=week, into=folder / "out", ledger=None, today=today, now=NOW, by="ops"
    )


def overridden(folder, **options):
    chosen = {"site": "H01", "day": "2025-03-04", "to": "usual", "reason": "team called to a fire", **options}
    return patrol_releases.override(folder / "schedule.csv", ledger=None, now=NOW, by="sergeant's desk", **chosen)


def drawn(folder, site: str, day: str) -> str:
    rows = pd.read_csv(folder / "schedule.csv")
    return str(rows.loc[(rows["site_id"] == site) & (rows["date"] == day), "arm"].iloc[0])


def test_a_week_goes_out_and_is_logged(folder):
    found = released(folder, "2025-03-03")
    rows = pd.read_csv(found.file)
    whole = pd.read_csv(folder / "schedule.csv")
    assert rows.equals(whole[whole["date"] <= "2025-03-09"].reset_index(drop=True))
    assert (found.rows, found.first, found.last, found.drawn) == (42, MONDAY, date(2025, 3, 9), "draw 1 of 1")
    entry = ledgers.read(folder / LEDGER)[-1]
    assert (entry.verb, entry.by, entry.said["from"], entry.said["to"]) == (
        "disclose",
        "ops",
        "2025-03-03",
        "2025-03-09",
    )


def test_no_export_covers_more_than_the_next_seven_days(folder):
    found = released(folder, "2025-03-10", today=date(2025, 3, 7))
    assert found.last == date(2025, 3, 13)
    assert found.notes == ("3 days further off than the next seven are held back, first 2025-03-14",)
    with pytest.raises(OptionError, match="its first day can go out from 2025-03-11"):
        released(folder, "2025-03-17")
    with pytest.raises(OptionError, match="can go out from 2025-02-25"):
        released(folder, "2025-03-01", today=date(2025, 2, 1))
    assert len(ledgers.read(folder / LEDGER)) == 2


def test_a_past_week_may_go_out_whole(folder):
    assert released(folder, "2025-03-24", today=date(2026, 1, 1)).rows == 42


@pytest.mark.parametrize(
    ("week", "told"), [("2025-05-01", "has no row in the seven days"), ("monday", "--week monday")]
)
def test_a_week_that_is_none_is_told(folder, week, told):
    with pytest.raises(OptionError, match=told):
        released(folder, week, today=date(2026, 1, 1))


def test_an_edited_schedule_is_neither_handed_out_nor_overridden(folder):
    path = folder / "schedule.csv"
    path.chmod(0o644)
    path.write_text(path.read_text().replace("usual", "patrol", 1))
    for act in (lambda: released(folder, "2025-03-03"), lambda: overridden(folder)):
        with pytest.raises(SourceError, match="was edited after it was frozen"):
            act()
    assert len(ledgers.read(folder / LEDGER)) == 1


def test_an_override_is_recorded_and_leaves_the_schedule(folder):
    before = (folder / "schedule.csv").read_bytes()
    arm = drawn(folder, "H01", "2025-03-04")
    other = "usual" if arm == "patrol" else "patrol"
    found = overridden(folder, to=other, reason="=team called\nto a fire")
    assert (folder / "schedule.csv").read_bytes() == before
    listed = pd.read_csv(folder / "schedule.overrides.csv")
    assert listed.columns.tolist() == ["date", "site_id", "drawn", "done", "reason", "by", "when"]
    assert listed.iloc[0].tolist()[:5] == ["2025-03-04", "H01", arm, other, "'=team called to a fire"]
    entry = ledgers.read(folder / LEDGER)[-1]
    assert (entry.said["act"], entry.said["done"], entry.by) == ("override", other, "sergeant's desk")
    assert found.document()["drawn"] == arm
    with pytest.raises(OptionError, match="was recorded already for that"):
        overridden(folder, to=other)
    back = overridden(folder, to=arm)
    assert (back.drawn, back.done) == (arm, arm)
    assert len(pd.read_csv(folder / "schedule.overrides.csv")) == 2


def test_every_fault_of_an_override_is_told(folder):
    with pytest.raises(OptionError) as caught:
        overridden(folder, site="H1", day="2025-07-01", reason=" fire ")
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "--site H1",
        "--date 2025-07-01",
        "--reason ' fire '",
    ]
    with pytest.raises(OptionError, match="was drawn for that"):
        overridden(folder, to=drawn(folder, "H01", "2025-03-04"))
    with pytest.raises(OptionError, match="--date 4 March"):
        overridden(folder, day="4 March")
    assert not (folder / "schedule.overrides.csv").exists()


def test_a_left_out_day_has_nothing_to_override(tmp_path):
    frozen(tmp_path, exclude="2025-03-04")
    with pytest.raises(OptionError, match="was left out of the draw"):
        overridden(tmp_path)


@pytest.fixture
def twice(folder):
    """Two overrides, and a third to make."""
    for site in ("H01", "H02"):
        arm = drawn(folder, site, "2025-03-05")
        overridden(folder, site=site, day="2025-03-05", to="usual" if arm == "patrol" else "patrol")
    third = "usual" if drawn(folder, "H03", "2025-03-04") == "patrol" else "patrol"
    return folder, lambda: overridden(folder, site="H03", to=third)


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda rows: [rows[0], rows[1].replace("fire", "flood"), rows[2]], "row 1: is not as it was recorded"),
        (lambda rows: [rows[0], rows[2], rows[1]], "row 1: is not as it was recorded"),
        (lambda rows: [rows[0], rows[2]], "row 1: is not as it was recorded"),
        (lambda rows: [*rows, rows[2]], "row 3: stands in no ledger"),
    ],
)
def test_a_file_of_overrides_that_was_edited_is_refused(twice, edit, told):
    folder, third = twice
    path = folder / "schedule.overrides.csv"
    path.write_text("".join(edit(path.read_text().splitlines(keepends=True))))
    with pytest.raises(LakeError, match=told):
        third()
    assert len(ledgers.read(folder / LEDGER)) == 3


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_rows_that_the_file_of_overrides_lacks_come_back(twice, kept):
    folder, third = twice
    path = folder / "schedule.overrides.csv"
    whole = path.read_text()
    if kept:
        path.write_text("".join(whole.splitlines(keepends=True)[:kept]))
    else:
        path.unlink()
    assert "lacked rows" in third().notes[0]
    assert path.read_text().startswith(whole)
    assert len(path.read_text().splitlines()) == 4


def test_a_missing_schedule_is_told(tmp_path):
    with pytest.raises(AbateError, match="there is no such file"):
        released(tmp_path, "2025-03-03", today=TODAY)
    assert not (tmp_path / LEDGER).exists()
