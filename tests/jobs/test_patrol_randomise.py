"""A schedule from a list of sites: drawn, frozen, numbered and recorded."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from abate.errors import AbateError, OptionError
from abate.jobs import ledgers, patrol_randomise, patrol_schedules
from abate.jobs.patrol_schedules import LEDGER
from jobs.randomised import NOW, TODAY, frozen, sites_file


def test_the_schedule_is_a_row_a_place_day_and_nothing_else(tmp_path):
    drawn = frozen(tmp_path)
    lines = (tmp_path / "schedule.csv").read_text().splitlines()
    assert lines[0] == "date,site_id,arm"
    assert len(lines) == 1 + 28 * 6
    assert lines[1:] == sorted(lines[1:])
    assert sum(line.endswith(",patrol") for line in lines) == 56
    assert (drawn.treated, drawn.control, drawn.treated_per_day) == (56, 112, 2)


def test_the_json_file_holds_scheme_seed_and_hash_and_the_ledger_holds_both_hashes(tmp_path):
    drawn = frozen(tmp_path)
    table, beside = ((tmp_path / name).read_bytes() for name in ("schedule.csv", "schedule.json"))
    told = json.loads(beside)
    (entry,) = ledgers.read(tmp_path / LEDGER)
    assert told["sha256"] == drawn.sha256 == hashlib.sha256(table).hexdigest() == entry.said["sha256"]
    assert entry.said["beside_sha256"] == hashlib.sha256(beside).hexdigest()
    assert (told["seed"], told["seed_from"], told["scheme"]["treat"]) == (7, "the person who drew", 2)
    assert told["ledger"] == {"file": LEDGER, "entry": 1}
    assert told["drawn_before_it_begins"] is True
    assert str(tmp_path) not in beside.decode()


def test_the_same_seed_gives_the_same_bytes_whatever_the_order_of_the_sites(tmp_path):
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        path = sites_file(folder)
        if name == "two":
            head, *rows = path.read_text().splitlines()
            path.write_text("\n".join([head, *reversed(rows)]) + "\n")
        frozen(folder)
    one, two = ((tmp_path / name / "schedule.csv").read_bytes() for name in ("one", "two"))
    assert one == two
    third = tmp_path / "three"
    third.mkdir()
    frozen(third)
    for name in ("schedule.csv", "schedule.json", "allocation.html"):
        assert (third / name).read_bytes() == (tmp_path / "one" / name).read_bytes()


def test_the_document_has_what_the_prompt_promises(tmp_path):
    told = frozen(tmp_path).document()
    assert told["place_days"] == {"treated": 56, "control": 112}
    assert told["file"] == str(tmp_path / "schedule.csv")
    assert told["draw"] == told["draws"] == 1
    assert [Path(each).name for each in told["files"]] == ["schedule.csv", "schedule.json", "allocation.html"]
    assert len(told["balance"]["sites"]) == 6


def test_a_schedule_is_written_once(tmp_path):
    frozen(tmp_path)
    kept = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(OptionError, match="is written once: nothing was drawn"):
        frozen(tmp_path, seed=8)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == kept
    for name in ("schedule.csv", "schedule.json"):
        assert not stat.S_IMODE(os.stat(tmp_path / name).st_mode) & 0o222  # noqa: PTH116


def test_draws_for_the_same_sites_and_days_are_numbered(tmp_path):
    assert frozen(tmp_path).draw == 1
    second = frozen(tmp_path, "second.csv", seed=8)
    assert (second.draw, second.draws) == (2, 2)
    page = (tmp_path / "second-allocation.html").read_text()
    assert "draw 2 of 2" in page
    assert "draw 1 of 2: schedule.csv" in page
    assert "draw 1 of 1" in (tmp_path / "allocation.html").read_text()
    assert frozen(tmp_path, "overlapping.csv", starts="2025-03-30", days=7).draw == 3
    assert frozen(tmp_path, "later.csv", starts="2025-06-01").draw == 1
    assert len(ledgers.read(tmp_path / LEDGER)) == 4


def test_without_a_seed_the_system_gives_one_and_it_is_recorded(tmp_path):
    one, two = frozen(tmp_path, seed=None), frozen(tmp_path, "two.csv", seed=None)
    assert one.seed != two.seed
    assert one.seed_from == "the system"
    assert ledgers.read(tmp_path / LEDGER)[0].said["seed"] == one.seed
    again = frozen(tmp_path, "again.csv", seed=one.seed)
    assert again.sha256 == one.sha256


def test_a_ledger_may_stand_elsewhere(tmp_path):
    kept = tmp_path / "records" / "patrols.jsonl"
    frozen(tmp_path, ledger=kept)
    assert len(ledgers.read(kept)) == 1
    assert not (tmp_path / LEDGER).exists()


def test_left_out_days_have_no_row_and_notes_say_what_matters(tmp_path):
    (tmp_path / "events.csv").write_text("date,site_id\n2025-03-05,H01\n2025-03-06,\n2026-01-01,\n")
    drawn = frozen(tmp_path, exclude=str(tmp_path / "events.csv"), washout=1)
    rows = (tmp_path / "schedule.csv").read_text()
    assert "2025-03-05,H01" not in rows
    assert "2025-03-06" not in rows
    told = " ".join(drawn.notes)
    assert "7 place-days are left out of the draw and have no row" in told
    assert "1 of 3 days lie outside the schedule, first 2026-01-01" in told
    assert "usual place-days are washout" in told
    assert drawn.treated + drawn.control == 28 * 6 - 7


def test_a_schedule_that_began_before_it_was_drawn_says_so(tmp_path):
    drawn = frozen(tmp_path, starts="2020-11-09")
    assert "outcomes of its first days may be known already" in drawn.notes[0]
    assert "may be known already" in (tmp_path / "allocation.html").read_text()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"starts": "9 Nov", "out": "x.txt", "seed": -1, "treat": 0}, ["--from", "-o", "--seed", "--treat"]),
        ({"treat": 6}, ["--treat 6"]),
        ({"treat": None}, ["either --treat"]),
        ({"treat": 4, "longest_run": 1}, ["no schedule keeps these rules together: --treat 4 of 6"]),
        ({"block": "month"}, ["--block month"]),
        ({"exclude": "soon"}, ["--exclude soon"]),
        ({"scheme": "pairs", "treat": None}, ["pair 'N' has 3 sites; two are right"]),
    ],
)
def test_bad_options_are_told_and_nothing_is_written(tmp_path, options, told):
    name = options.pop("out", "schedule.csv")
    with pytest.raises(AbateError) as caught:
        frozen(tmp_path, name, **options)
    assert len(caught.value.faults) >= len(told)
    for fault, words in zip(caught.value.faults, told, strict=False):
        assert fault.startswith(words)
    assert [path.name for path in tmp_path.iterdir()] == ["SITES.csv"]


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    options = patrol_randomise.Options(
        sites=sites_file(tmp_path), starts="2025-03-03", days=7, treat=2, out=tmp_path / "file" / "schedule.csv"
    )
    with pytest.raises(OptionError, match="the ledger cannot be written"):
        patrol_randomise.randomise(options, today=TODAY, now=NOW, by="analyst")


@pytest.mark.slow
def test_two_that_draw_at_once_leave_one_schedule(tmp_path):
    sites_file(tmp_path)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; from jobs.randomised import frozen\n"
        "from abate.errors import OptionError\n"
        "try: frozen(Path(sys.argv[2]), seed=int(sys.argv[3]))\n"
        "except OptionError: sys.exit(3)"
    )
    tests = str(Path(__file__).parents[1])
    running = [subprocess.Popen([sys.executable, "-c", code, tests, str(tmp_path), seed]) for seed in ("1", "2")]
    assert sorted(process.wait(60) for process in running) == [0, 3]
    (entry,) = ledgers.read(tmp_path / LEDGER)
    assert entry.said["sha256"] == hashlib.sha256((tmp_path / "schedule.csv").read_bytes()).hexdigest()


def test_a_site_with_a_comma_in_its_name_is_quoted(tmp_path):
    path = sites_file(tmp_path)
    path.write_text(path.read_text().replace("H01,", '"H,1",'))
    frozen(tmp_path)
    from abate.sources import schedules

    assert "H,1" in set(schedules.read(tmp_path / "schedule.csv").rows["site_id"])


def test_a_draw_that_could_not_be_delivered_is_on_record(tmp_path, monkeypatch):
    from abate.reports import deliveries

    def full(*_: object) -> None:
        raise OptionError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(deliveries, "deliver", full)
        with pytest.raises(OptionError, match="no room"):
            frozen(tmp_path)
    assert len(ledgers.read(tmp_path / LEDGER)) == 1
    assert not (tmp_path / "schedule.csv").exists()
    again = frozen(tmp_path)
    assert (again.draw, again.draws) == (2, 2)
    assert patrol_schedules.opened(tmp_path / "schedule.csv").frozen.number == 2
