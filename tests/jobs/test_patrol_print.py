from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import tasked
from abate.errors import AbateError, OptionError, SourceError
from abate.jobs import ledgers, patrol_print, patrol_randomise

TODAY, NOW = date(2026, 11, 22), datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture
def beat(tmp_path) -> dict[str, Path]:
    return tasked.written(tmp_path / "beat")


def asked(beat: dict[str, Path], **options) -> patrol_print.Options:
    whole = {"plan": (beat["visits"],), "sites": beat["sites"], "out": beat["visits"].parent / "out"}
    return patrol_print.Options(**{**whole, **options})


def hand_out(options: patrol_print.Options, today: date = TODAY) -> patrol_print.Found:
    return patrol_print.hand_out(options, today=today, now=NOW, by="a tester")


def everything(beat: dict[str, Path], **options) -> patrol_print.Options:
    known = {"loops": beat["loops"], "streets": beat["streets"], "last_week": beat["attended"]}
    return asked(beat, **{**known, "problem_plans": beat["problems"], "notes": beat["notes"], **options})


def drawn(beat: dict[str, Path], **options) -> Path:
    """Freeze a schedule of one of the two sites a day, from the first planned day on."""
    out = beat["visits"].parent / "schedule.csv"
    whole = {"sites": beat["sites"], "starts": "2025-09-01", "days": 14, "treat": 1, "seed": 3, "out": out}
    patrol_randomise.randomise(patrol_randomise.Options(**{**whole, **options}), today=TODAY, now=NOW, by="a tester")
    return out


def test_the_sheets_of_seven_days_are_printed_and_no_more(beat):
    found = hand_out(everything(beat))
    answer = found.document()
    assert [(each["team"], each["sites"], each["pages"]) for each in answer["sheets"]] == [
        ("P1", 2, 3),
        ("P2", 2, 3),
        ("P1", 1, 2),
    ]
    assert answer["expires"] == "2025-09-03T04:15:00+01:00"
    assert answer["marking"] == "OFFICIAL-SENSITIVE"
    assert all(Path(path).is_file() for path in answer["files"])
    assert {Path(each["file"]) for each in answer["sheets"]} <= {Path(path) for path in answer["files"]}


def test_the_same_options_give_the_same_bytes(beat, tmp_path):
    first = hand_out(everything(beat, out=tmp_path / "a"))
    again = hand_out(everything(beat, out=tmp_path / "b"))
    assert [path.read_bytes() for path in first.printed.files] == [path.read_bytes() for path in again.printed.files]


def test_the_record_names_every_file_with_its_hash_and_no_folder(beat):
    hand_out(everything(beat))
    text = (beat["visits"].parent / "out" / "provenance.json").read_text()
    record = json.loads(text)
    assert [each["file"] for each in record["inputs"]] == [
        *("visits.csv", "sites.geojson", "loops.geojson", "streets.geojson", "attended.csv"),
        *("problems.csv", "notes.csv"),
    ]
    assert record["parameters"]["first"] == "2025-09-01"
    assert str(beat["visits"].parent) not in text


def test_from_days_team_and_shift_pick_what_is_printed(beat):
    later = hand_out(asked(beat, first="2025-09-12", days=1)).document()
    assert [each["shift"] for each in later["sheets"]] == ["Fri 12 Sep 2025, 16:00 to 16:15"]
    one = hand_out(asked(beat, team="P2")).document()
    assert [each["team"] for each in one["sheets"]] == ["P2"]
    late = hand_out(asked(beat, hours="22:00-06:00")).document()
    assert [each["shift"] for each in late["sheets"]] == ["Mon 1 Sep 2025, 22:00 to Tue 06:00"]


def test_what_is_printed_follows_the_draw_and_the_ledger_says_so(beat):
    schedule = drawn(beat)
    found = hand_out(asked(beat, schedule=schedule))
    rows = {tuple(line.split(",")[:2]): line.split(",")[2] for line in schedule.read_text().splitlines()[1:]}
    table = (beat["visits"].parent / "out" / "tasking.csv").read_text().splitlines()[1:]
    printed = [(line.split(",")[3][:10], line.split(",")[1]) for line in table]
    assert printed
    assert {rows[key] for key in printed} == {"patrol"}
    assert any("drawn for usual policing" in note for note in found.notes)
    last = ledgers.read(schedule.parent / "schedule.ledger.jsonl")[-1]
    assert (last.verb, last.said["act"], last.said["file"]) == ("disclose", "print", "schedule.csv")


def test_days_of_a_schedule_beyond_the_next_seven_are_held_back(beat):
    schedule = drawn(beat)
    soon = hand_out(asked(beat, schedule=schedule), today=date(2025, 8, 26))
    assert "further off than the next seven days, and held back: 2 planned visits" in soon.notes
    with pytest.raises(OptionError, match="2025-09-01 is further off; it can be printed from 2025-08-26 on"):
        hand_out(asked(beat, schedule=schedule), today=date(2025, 8, 25))


def test_an_edited_schedule_is_refused_with_both_hashes(beat):
    schedule = drawn(beat)
    schedule.chmod(0o644)
    schedule.write_text(schedule.read_text().replace("usual", "patrol", 1))
    with pytest.raises(AbateError, match=r"[0-9a-f]{64}.*[0-9a-f]{64}"):
        hand_out(asked(beat, schedule=schedule))
    assert not (beat["visits"].parent / "out").exists()


def test_sheets_of_an_earlier_print_are_told(beat):
    hand_out(asked(beat))
    found = hand_out(asked(beat, first="2025-09-12"))
    out = beat["visits"].parent / "out"
    assert found.notes[-1] == (
        f"3 sheets of an earlier print still lie in {out} (to be destroyed by 2025-09-03T04:15:00+01:00): "
        "delete what has expired"
    )
    assert hand_out(asked(beat, first="2025-09-12")).notes == ()


def test_notes_that_name_a_person_are_refused_and_nothing_is_written(beat):
    beat["notes"].write_text("site_id,note\nS1,Ask PC 1234\nS2,ring 07700 900123\n")
    with pytest.raises(OptionError) as told:
        hand_out(everything(beat))
    assert [fault.split(";")[0] for fault in told.value.faults] == [
        "notes.csv, row 2, note: 'PC 1234' looks like an officer's number or name",
        "notes.csv, row 3, note: '07700 900123' looks like a telephone number",
    ]
    assert not (beat["visits"].parent / "out").exists()


def test_teams_named_after_people_are_refused(beat):
    beat["visits"].write_text(beat["visits"].read_text().replace("P2", "Jane Bolton"))
    with pytest.raises(OptionError, match="'Jane Bolton' reads as a person's name"):
        hand_out(asked(beat))


def test_every_wrong_option_is_told_at_once(beat):
    with pytest.raises(OptionError) as told:
        asked(beat, days=8, first="1 Sept", zone="Mars", hours="late", force="kent")
    assert [fault.split(":")[0] for fault in told.value.faults] == [
        *("--zone Mars", "--days 8", "--from 1 Sept", "--shift late"),
        "incidents come from --lake DIR --force F or from --events FILE --mapping M, one of the two",
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"first": "2025-10-01"}, "no visit is left to print in the 7 days from 1 October 2025"),
        ({"hours": "03:00-05:00"}, "no visit is left to print in 03:00-05:00"),
        ({"team": "P7"}, "--team P7: is not in the timetable. Its teams are: P1, P2"),
    ],
)
def test_nothing_to_print_is_said_with_what_to_look_at(beat, options, said):
    with pytest.raises(OptionError) as told:
        hand_out(asked(beat, **options))
    assert said in str(told.value)


def test_an_empty_or_missing_timetable_is_refused(beat):
    beat["visits"].write_text("team,site_id,start,minutes\n")
    with pytest.raises(OptionError, match=r"visits\.csv: holds no planned visit"):
        hand_out(asked(beat))
    with pytest.raises(SourceError, match="there is no such file"):
        hand_out(asked(beat, plan=(beat["visits"].parent / "none.csv",)))


def test_sites_without_a_walk_are_told(beat):
    told = json.loads(beat["loops"].read_text())
    told["features"] = [each for each in told["features"] if each["properties"]["site_id"] == "S1"]
    beat["loops"].write_text(json.dumps(told))
    found = hand_out(asked(beat, loops=beat["loops"]))
    assert found.notes == ("1 site has no walk in the file of loops: there the map shows the site alone",)
