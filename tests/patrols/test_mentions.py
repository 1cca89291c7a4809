from __future__ import annotations

import time

import pytest

from abate.patrols import mentions


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("DOB 3/4/09", "a date of birth"),
        ("born in 1999", "a date of birth"),
        ("he is from 03/04/2001", "a date of birth"),
        ("ring 07700 900123", "a telephone number"),
        ("ring +44 20 7946 0958", "a telephone number"),
        ("write to desk@force.example", "an e-mail address"),
        ("ask PC 1234", "an officer's number or name"),
        ("ask Sgt Bolton", "an officer's number or name"),
        ("collar number 99", "an officer's number or name"),
        ("silver van AB12 CDE", "a vehicle registration"),
        ("silver van A123 BCD", "a vehicle registration"),
        ("QQ 12 34 56 C", None),
        ("AB 12 34 56 C", "a National Insurance number"),
        ("known nominal", "a police or court reference of a person"),
        ("Mrs Okafor at the shop", "a name after a title"),
        ("aka Tiny", "an alias"),
        ("John Bolton hangs about", "a person's name"),
    ],
)
def test_words_that_may_point_to_a_person_are_found(text, what):
    assert [each.what for each in mentions.found(text)] == ([what] if what else [])


@pytest.mark.parametrize(
    "text",
    [
        "Light out by the chapel since 3/4/2026, gate 14 is broken",
        "Fights outside the King James Arms on Charlotte Street at 23:30",
        "behind Martin Place car park; St James Park; Kelly Street",
        "bus 205, lift 0203, bay A12, phone box by the M25",
        "known as the Triangle",
        "15 of 20 lamps, 2026-09-01 14:00, OS grid TQ 298 838",
    ],
)
def test_words_about_a_place_are_left_alone(text):
    assert mentions.found(text) == ()


@pytest.mark.parametrize("team", ["P1", "Team 4", "North Pair", "Late 2", "Alpha", "Green", "Van Hill 2", "GR1P 07"])
def test_call_signs_will_do(team):
    assert mentions.call_sign(team) is None


@pytest.mark.parametrize(
    ("team", "reads"),
    [
        ("Jane Bolton", "a person's name"),
        ("Siobhan O'Brien", "a person's name"),
        ("Mary-Anne Weir Bolton", "a person's name"),
        ("PC 1234", "an officer"),
        ("Sgt Bolton", "an officer"),
        ("Mr Bolton", "an officer"),
    ],
)
def test_names_of_people_are_no_call_signs(team, reads):
    said = mentions.call_sign(team)
    assert said is not None
    assert f"'{team}' reads as {reads}; a call sign such as P3" in said


def test_a_team_without_a_name_is_refused():
    assert mentions.call_sign("  ") == "a team has no name; a call sign such as P3 or North Pair would be right"


def test_every_fault_names_file_place_words_and_rule():
    said = mentions.faults("notes.csv", [("row 2, note", "PC 12 rang 07700 900123"), ("row 3, note", "a gate")])
    assert said == [
        (
            "notes.csv, row 2, note: 'PC 12' looks like an officer's number or name; "
            "a sheet speaks of the place, not of people"
        ),
        (
            "notes.csv, row 2, note: '07700 900123' looks like a telephone number; "
            "a sheet speaks of the place, not of people"
        ),
    ]


def test_a_long_run_of_letters_costs_little_time() -> None:
    began = time.process_time()
    assert mentions.found("x" * 100_000) == ()
    assert time.process_time() - began < 2
