"""The quick way for orderly files against the careful way: the same rows, fates, rejects and refusals."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.lake import Batch, File, orderly
from abate.lake.batches import Made, work
from abate.lake.orderly import settle
from abate.lake.staging import opened, workshop
from abate.sources import police_uk
from street_files import HEADER

if TYPE_CHECKING:
    from abate.schema import Format

STREET, OUTCOMES, SEARCHES = police_uk.formats(today=date(2026, 11, 22))
CLEAN = "id{n},2021-03,Essex Police,Essex Police,0.7{n},51.5,On or near Road {n},E01,A 001,Robbery,,\n"


def street(*lines: str) -> str:
    return HEADER + "\n" + "".join(lines)


def clean(count: int) -> list[str]:
    return [CLEAN.format(n=number) for number in range(count)]


def batch(folder: Path, *texts: str, form: Format = STREET, plain: bool = True, together: bool = False) -> Batch:
    files = []
    for number, text in enumerate(texts):
        path = folder / f"{number}.csv"
        path.write_text(text, encoding="utf-8")
        columns = tuple(text.split("\n", 1)[0].split(","))
        force = None if form is not SEARCHES else "essex"
        files.append(File(f"{number}.csv", path, "", columns, force, plain=plain, number=number))
    return Batch(0, form, tuple(files), together)


def quick(*texts: str, form: Format = STREET, together: bool = False, plain: bool = True) -> list[int]:
    """Which files went the quick way."""
    with tempfile.TemporaryDirectory() as lake, workshop(Path(lake)) as folder, opened(folder) as engine:
        given_files = batch(folder, *texts, form=form, together=together, plain=plain)
        return sorted(settle(engine, given_files, folder).files)


def outcome(made: Made) -> tuple[Any, ...]:
    """All that a batch gave, but for where its files stand and how they are packed."""
    tables = {
        (piece.part.force, piece.part.month, piece.files): (
            piece.part.rows,
            piece.part.without_coordinates,
            pq.read_table(piece.path).to_pylist(),
        )
        for piece in made.pieces
    }
    rejects = pd.concat([pd.read_parquet(path) for path in made.rejects]) if made.rejects else pd.DataFrame()
    listed = rejects.sort_values(["number", "row"]).to_dict("records") if len(rejects) else []
    repeats = pd.read_parquet(made.repeats).to_dict("records") if made.repeats else []
    fates = [asdict(fate) for fate in made.fates]
    return fates, tables, dict(made.broken), repr(listed), repr(repeats), made.elsewhere, made.hopeless


def both(*texts: str, form: Format = STREET) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    with tempfile.TemporaryDirectory() as lake, workshop(Path(lake)) as folder, opened(folder) as engine:
        ours = batch(folder, *texts, form=form)
        found = outcome(work(engine, ours, folder))
        slow = replace(ours, number=1, files=tuple(replace(file, plain=False) for file in ours.files))
        return found, outcome(work(engine, slow, folder))


def test_an_orderly_file_goes_the_quick_way() -> None:
    assert quick(street(*clean(3))) == [0]


def test_a_file_that_is_not_known_to_be_plain_does_not() -> None:
    assert quick(street(*clean(3)), plain=False) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("no rows", street()),
        ("a line too short", street(*clean(2), "a,b\n")),
        ("a line too long", street(*clean(2), clean(1)[0].strip() + ",more\n")),
        ("text that begins with a space", street(clean(1)[0].replace("On or", " On or"))),
        ("only spaces", street(clean(1)[0].replace("E01", "  "))),
        ("two months", street(*clean(2), clean(3)[2].replace("2021-03", "2021-04"))),
        ("two forces", street(*clean(2), clean(3)[2].replace("Essex", "Kent"))),
        ("a repeat", street(*clean(2), clean(1)[0])),
        ("nothing that can be loaded", street(clean(1)[0].replace("Robbery", "Robery"))),
        ("a very long line", street(*clean(2), clean(3)[2].replace("Road 2", "Road" * 500_001))),
    ],
)
def test_what_is_not_in_order_goes_the_careful_way(name: str, text: str) -> None:
    assert quick(text) == [], name
    other = street(*clean(2)).replace("2021-03", "2021-02")
    assert quick(other, text) == [0], name
    found, slow = both(other, text)
    assert found == slow, name


def test_long_identifiers_are_told_apart_by_all_of_their_letters() -> None:
    def rows(*ids: str) -> str:
        return street(*(line.replace(f"id{n},", f"{ids[n]},", 1) for n, line in enumerate(clean(len(ids)))))

    assert quick(rows("abcdefgh1", "abcdefgh2", "zbcdefgh1")) == [0]
    assert quick(rows("abcdefgh1", "zbcdefgh1", "abcdefgh1")) == []
    assert quick(rows("abcdefgh1", "Ébcdefgh1", "zbcdefgh12345")) == [0]
    assert quick(rows("", "abcdefgh1", "abcdefgh1").replace("Robbery", "Anti-social behaviour", 1)) == []


def test_rows_that_break_a_rule_do_not_send_a_file_the_careful_way() -> None:
    text = street(*clean(3), clean(4)[3].replace("Robbery", "Robery"), clean(5)[4].replace(",51.5,", ",3,"))
    assert quick(text) == [0]
    found, slow = both(text)
    assert found == slow
    assert found[2] == {"crime-type-unknown": 1, "coordinates-elsewhere": 1}


def test_empty_lines_are_no_rows_either_way() -> None:
    text = street("\n", *clean(1), "\n\n", *clean(2)[1:], "\n", clean(3)[2].replace("Robbery", "Robery"), "\n")
    found, slow = both(text)
    assert found == slow
    assert found[0][0]["rows_read"] == 3


@pytest.mark.parametrize(
    "spelt",
    [
        "0.70",
        "+.7",
        "5e-1",
        " 0.7",
        "0.7 ",
        "-0",
        "5.",
        "1e-400",
        "1e400",
        "inf",
        "-nan",
        "0x1",
        "1_0",
        "0.7f",
        "x",
        " ",
    ],
)
def test_a_number_is_the_same_either_way_however_it_is_spelt(spelt: str) -> None:
    found, slow = both(street(*clean(2), clean(3)[2].replace("0.72", spelt)))
    assert found == slow


def test_a_large_file_is_not_held_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    text = street(*clean(3))
    monkeypatch.setattr(orderly, "_LARGEST", len(text))
    assert quick(text) == [0]
    assert quick(text + clean(4)[3]) == []


def test_files_that_may_fill_one_month_together_go_the_careful_way() -> None:
    assert quick(street(*clean(2)), street(*clean(2)), together=True) == []
    assert quick(street(*clean(2)), together=True) == [0]


def test_outcomes_and_searches_go_the_same_two_ways() -> None:
    outcomes = ",".join(police_uk.OUTCOMES_HEADER) + "\na1,2021-03,Essex Police,Essex Police,,,,,,Offender fined\n"
    searches = ",".join(police_uk.SEARCHES_HEADER) + (
        "\nPerson search,2021-03-02T10:15:00+00:00,True,,51.5,0.7,Male,18-24,,White,,Stolen goods,Nothing,False,\n"
        "Vehicle search,2021-03-31T22:59:59+00:00,,,,,,,,,,,,,\n"
    )
    for text, form in ((outcomes, OUTCOMES), (searches, SEARCHES)):
        assert quick(text, form=form) == [0]
        assert both(text, form=form)[0] == both(text, form=form)[1]


ROW = st.tuples(
    st.sampled_from(["", "a1", "b2", "c3", "d4", "e5", "f6", "g7", "h8"]),
    st.sampled_from(["own"] * 12 + ["2022-04", "2021-13"]),
    st.sampled_from(["Essex Police"] * 12 + ["Esex Police", ""]),
    st.sampled_from(["0.7", "0.71", "-1.5", ""] * 3 + ["51.5", "x", "nan", "3.0", "1e400", "0.70", "+.7", "5e-1"]),
    st.sampled_from(["51.5", "52.0", "", "0.7", "54.5", "y"]),
    st.sampled_from(["On or near High Street", "", "Caffè", "'", "=cmd", "Heol y Bont ŵ", "e\u0301"]),
    st.sampled_from(["Robbery"] * 6 + ["Anti-social behaviour", "Robery", ""]),
)


def said(cells: tuple[str, ...]) -> str:
    crime_id, month, force, lon, lat, location, kind = cells
    return ",".join((crime_id, month, force, force, lon, lat, location, "E01", "A 001", kind, "", "")) + "\n"


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(ROW.map(said), max_size=8), min_size=1, max_size=4))
def test_both_ways_agree_on_random_files(files: list[list[str]]) -> None:
    texts = [street(clean(1)[0].replace("2021-03", "own"), *lines) for lines in files]
    found, slow = both(*(text.replace(",own,", f",2021-0{n + 1},") for n, text in enumerate(texts)))
    assert found == slow
