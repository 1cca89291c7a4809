from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.incidents import groups, harm, offences

if TYPE_CHECKING:
    from abate.incidents.groups import Selection

POLICE = [
    "Anti-social behaviour",
    "Bicycle theft",
    "Burglary",
    "Criminal damage and arson",
    "Drugs",
    "Other crime",
    "Other theft",
    "Possession of weapons",
    "Public order",
    "Robbery",
    "Shoplifting",
    "Theft from the person",
    "Vehicle crime",
    "Violence and sexual offences",
]


def picked(selection: Selection, rows: list[dict[str, Any]]) -> list[bool]:
    columns = {
        "crime_type": "string",
        "ho_offence_code": "string",
        "ho_classification": "string",
        "knife": "boolean",
    }
    blank = dict.fromkeys(columns)
    frame = pd.DataFrame([{**blank, **row} for row in rows], columns=list(columns))
    table = ibis.memtable(frame.astype({"knife": "boolean"}), schema=ibis.schema(columns))
    found = table.mutate(picked=selection.filter(table)).to_pyarrow()["picked"].to_pandas()
    assert not found.isna().any()
    return [bool(value) for value in found]


def test_each_police_type_is_in_a_group_and_each_groups_type_is_one():
    historic = {"Violent crime", "Public disorder and weapons"}
    named = {kind for group in groups.groups().values() for kind in (*group.types, *group.types_unless_flagged)}
    assert named == set(POLICE) | historic


def test_each_code_stands_in_the_table_of_codes():
    for group in groups.groups().values():
        assert set(group.codes) | set(group.codes_unless_flagged) <= set(offences.codes()), group.name


def test_codes_and_types_of_a_group_agree_with_the_table_of_codes():
    """What a group takes by code falls in the types it takes by category, so codes only narrow it."""
    for group in groups.groups().values():
        types = {*group.types, *group.types_unless_flagged}
        if types:
            assert {offences.codes()[code].police_uk_type for code in group.codes} <= types, group.name


def test_serious_violence_is_narrower_by_code_than_by_category():
    chosen = groups.read("serious-violence", known_types=POLICE)
    violence = "Violence and sexual offences"
    rows = [{"crime_type": violence, "ho_offence_code": code} for code in ("1", "5D", "8n ", "105A", "8L", "19C", None)]
    assert picked(chosen, rows) == [True, True, True, False, False, False, True]
    assert any("far wider" in note for note in chosen.notes)


def test_knife_and_asb_uses_the_flag_where_there_is_one():
    chosen = groups.read("knife-and-asb", known_types=POLICE, proactive="include")
    rows = [
        {"crime_type": "Robbery"},
        {"crime_type": "Robbery", "knife": False},
        {"crime_type": "Robbery", "ho_offence_code": "34B", "knife": False},
        {"crime_type": "Robbery", "ho_offence_code": "34B"},
        {"crime_type": "Violence and sexual offences", "knife": True},
        {"crime_type": "Violence and sexual offences"},
        {"crime_type": "Anti-social behaviour", "knife": False},
        {"crime_type": "Possession of weapons", "ho_offence_code": "10D"},
        {"crime_type": "Possession of weapons", "ho_offence_code": "10A"},
    ]
    assert picked(chosen, rows) == [True, False, False, True, True, False, True, True, False]
    assert any("police.uk has no knife flag" in note for note in chosen.notes)


WEAPONS = "Possession of weapons"


@pytest.mark.parametrize("name", ["serious-violence", "knife-and-asb"])
def test_named_groups_leave_out_what_patrols_find_and_say_so(name: str):
    rows = [
        {"crime_type": WEAPONS},
        {"crime_type": WEAPONS, "ho_offence_code": "10D", "ho_classification": "008/26"},
        {"crime_type": WEAPONS, "ho_offence_code": "10D", "knife": True},
        {"crime_type": WEAPONS, "ho_offence_code": "10D", "ho_classification": "008/64"},
        {"crime_type": "Drugs", "ho_offence_code": "92E"},
        {"crime_type": "Robbery", "knife": True},
    ]
    without = groups.read(name, known_types=POLICE)
    assert picked(without, rows) == [False, False, False, True, False, True]
    assert any("leaves out possession of weapons, which police find" in note for note in without.notes)
    having = groups.read(name, known_types=POLICE, proactive="include")
    assert picked(having, rows) == [True, True, True, True, False, True]
    assert any(
        "counts possession of weapons, which police find by searching, as asked" in note for note in having.notes
    )


def test_what_is_named_is_used_with_a_note():
    for text in ("weapons", WEAPONS, "drugs"):
        chosen = groups.read(text, known_types=POLICE)
        assert picked(chosen, [{"crime_type": WEAPONS}, {"crime_type": "Drugs"}]) == [text != "drugs", text == "drugs"]
        assert any("police activity" in note for note in chosen.notes), text


def test_naming_weapons_beside_a_group_counts_them_whatever_the_switch():
    """What the forces' own figures are made of: violence, robbery and possession of weapons."""
    rows = [{"crime_type": kind} for kind in ("Violence and sexual offences", "Robbery", WEAPONS, "Drugs")]
    for proactive in ("exclude", "include"):
        assert picked(groups.read("violence,robbery,weapons", known_types=POLICE, proactive=proactive), rows) == [
            *(True, True, True),
            False,
        ]
    both = groups.read("serious-violence,weapons", known_types=POLICE)
    assert picked(both, rows) == [True, True, True, False]
    assert not any("leaves out" in note for note in both.notes)


def test_types_of_other_sources_that_patrols_find_are_left_out_too():
    types = ["SHOOTING", "Weapon possession", "Robbery"]
    chosen = groups.read("serious-violence", known_types=types)
    assert chosen.types == ("Robbery", "SHOOTING")
    assert any("leaves out weapon possession" in note for note in chosen.notes)
    named = groups.read("Weapon possession", known_types=types)
    assert any("because it was named" in note for note in named.notes)


def test_every_type_means_those_that_police_find_as_well_and_says_so():
    chosen = groups.read("all", known_types=POLICE)
    assert any("drugs, possession of weapons" in note for note in chosen.notes)


def test_without_code_and_flag_columns_the_type_decides():
    table = ibis.memtable({"crime_type": ["Robbery", "Drugs", None]}, schema={"crime_type": "string"})
    chosen = groups.read("knife-and-asb", known_types=POLICE)
    assert table.mutate(picked=chosen.filter(table)).to_pyarrow()["picked"].to_pylist() == [True, False, False]


def test_everything_is_everything():
    assert picked(groups.read("all", known_types=POLICE), [{}, {"crime_type": "Drugs"}]) == [True, True]


def slow(selection: Selection, row: dict[str, Any]) -> bool:
    """Say the same as `Selection.filter`, row by row."""
    code = (row["ho_offence_code"] or "").strip().upper()

    def by(types: tuple[str, ...], codes: tuple[str, ...]) -> bool:
        return code in codes if code in offences.codes() else row["crime_type"] in types

    if selection.everything or row["crime_type"] in selection.exact_types or by(selection.types, selection.codes):
        return True
    if code in selection.threat_codes and row["ho_classification"] in harm.threats():
        return True
    if row["knife"] is None and by(selection.types_unless_flagged, selection.codes_unless_flagged):
        return True
    flagged = selection.knife_flag and row["knife"]
    return bool(flagged and not by(selection.unflagged_types, selection.threat_codes))


@pytest.mark.slow
def test_against_a_slow_filter():
    chance = random.Random(1)
    codes = [None, "xx", *offences.codes()]
    rows = [
        {
            "crime_type": chance.choice([None, *POLICE]),
            "ho_offence_code": chance.choice(codes),
            "ho_classification": chance.choice([None, "008/26", "008/64"]),
            "knife": chance.choice([None, True, False]),
        }
        for _ in range(400)
    ]
    names = list(groups.groups())
    for text in [*names, *(",".join(chance.sample([*names, "Drugs"], 3)) for _ in range(10))]:
        chosen = groups.read(text, known_types=POLICE, proactive=chance.choice(["exclude", "include"]))
        assert picked(chosen, rows) == [slow(chosen, row) for row in rows], text


def test_every_unknown_name_is_told_with_the_nearest():
    with pytest.raises(OptionError) as fault:
        groups.read("robery,violence,weapns", known_types=POLICE)
    robbery, weapons = fault.value.faults
    assert robbery.startswith("crime 'robery' is not known. Did you mean 'robbery'? Known are: all, serious-violence,")
    assert weapons.startswith("crime 'weapns' is not known. Did you mean 'weapons'?")
    assert "Drugs" not in robbery.split("other-crime")[1]


@pytest.mark.parametrize("text", ["", " , "])
def test_no_crime_at_all_is_a_fault(text: str):
    with pytest.raises(OptionError, match="no crime is named"):
        groups.read(text, known_types=POLICE)


def test_a_type_of_the_lake_may_be_named_and_is_taken_whatever_the_code():
    chosen = groups.read("street robbery, armed", known_types=["Street robbery, armed", "Fraud"])
    rows = [
        {"crime_type": "Street robbery, armed", "ho_offence_code": "39"},
        {"crime_type": "Fraud", "ho_offence_code": "34B"},
    ]
    assert picked(chosen, rows) == [True, False]


def test_a_group_takes_the_words_of_other_sources_and_says_so():
    chosen = groups.read("violence", known_types=["SHOOTING", "Aggravated Assault", "Auto theft", "Screenshot"])
    assert chosen.types == ("Aggravated Assault", "SHOOTING")
    assert any("'SHOOTING'" in note for note in chosen.notes)
    assert groups.read("theft", known_types=["Auto theft", "Larceny"]).types == ("Larceny",)


def test_words_do_not_move_police_types_into_other_groups():
    assert groups.read("vehicle-crime", known_types=POLICE).types == ("Vehicle crime",)
    assert groups.read("public-order", known_types=POLICE).types == ("Public order",)


def test_historic_types_count_and_are_noted():
    chosen = groups.read("weapons", known_types=["Public disorder and weapons", "Robbery"])
    assert chosen.types == ("Public disorder and weapons",)
    assert any("before May 2013" in note for note in chosen.notes)


def test_slugs_of_the_api_are_known():
    assert groups.read("weapons,violence", known_types=["possession-of-weapons", "violent-crime"]).types == (
        "possession-of-weapons",
        "violent-crime",
    )


def test_what_no_category_can_tell_is_refused_without_codes():
    with pytest.raises(OptionError, match=r"police\.uk does not tell violence with injury"):
        groups.read("violence-with-injury", known_types=POLICE, with_codes=False)
    chosen = groups.read("violence-with-injury", known_types=POLICE)
    rows = [{"crime_type": "Violence and sexual offences", "ho_offence_code": code} for code in ("8N", "105A", None)]
    assert picked(chosen, rows) == [True, False, False]


def test_groups_named_twice_count_once_and_read_well():
    chosen = groups.read("Violence,robbery,violence,Weapons", known_types=POLICE)
    assert chosen.names == ("violence", "robbery", "weapons")
    assert chosen.label == "violence and sexual offences, robbery and possession of weapons"
    assert len(set(chosen.notes)) == len(chosen.notes)


def test_a_group_with_no_type_in_the_lake_says_so():
    chosen = groups.read("robbery", known_types=["Arson"])
    assert any("no crime type in this lake belongs to 'robbery'" in note for note in chosen.notes)


def test_the_reference_lists_every_group():
    text = groups.explain()
    assert all(f"| `{name}` |" in text for name in groups.groups())
    assert groups.edition() == "2026-11-22"


def test_the_page_on_groups_shows_the_groups_as_they_are():
    page = Path(__file__).resolve().parents[2] / "docs/explanation/crime-groups.md"
    text = page.read_text("utf-8")
    assert groups.explain() in text
    assert f"Edition {groups.edition()}." in text
