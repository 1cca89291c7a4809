"""The engine against a slow and obvious loader: the csv module, dictionaries, and the rules written out again."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abate import lake as lakes
from abate.errors import SourceError
from abate.jobs.load import load
from abate.lake.batches import Fate
from abate.sources.forces import NAMES
from abate.sources.land import is_near
from abate.sources.police_uk import CRIME_TYPES
from street_files import HEADER, row, street

NAMED = HEADER.split(",")


@dataclass
class Told:
    """What the slow loader says became of each row."""

    loaded: list[tuple[int, str, str, str | None, float | None]] = field(default_factory=list)
    rejected: dict[int, str] = field(default_factory=dict)
    repeated: dict[int, tuple[int, str]] = field(default_factory=dict)


def number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) != float("inf") and value == value else None


def broken(cells: dict[str, str], now: str) -> str | None:
    """Give the first rule that a row breaks."""
    month, lon, lat = cells["Month"], cells["Longitude"], cells["Latitude"]
    x, y = number(lon), number(lat)
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        return "month-unreadable"
    if not "2010-12" <= month <= now:
        return "month-too-early" if month < "2010-12" else "month-in-future"
    if cells["Reported by"] not in NAMES:
        return "force-unknown"
    if cells["Crime type"] not in CRIME_TYPES:
        return "crime-type-unknown"
    if not cells["Crime ID"] and cells["Crime type"] != "Anti-social behaviour":
        return "crime-id-missing"
    if bool(lon) != bool(lat):
        return "coordinates-half"
    if lon and (x is None or y is None):
        return "coordinates-not-numbers"
    if x is not None and y is not None and 49.75 <= x <= 61 and -9 <= y <= 2:
        return "coordinates-swapped"
    if x is not None and y is not None and not (abs(x) < 100 and is_near(x, y)):
        return "coordinates-elsewhere"
    return None


def slowly(text: str, now: str) -> Told:
    """Load a street file row by row."""
    told = Told()
    first: dict[tuple[str, str, str], tuple[int, dict[str, str]]] = {}
    records = [record for record in csv.reader(io.StringIO(text, newline="")) if record]
    for place, record in enumerate(records[1:], 1):
        if len(record) != len(NAMED):
            told.rejected[place] = "malformed-line"
            continue
        cells = {
            name: (value.strip(" \t\n\r\v\f") if value < "!" else value)
            for name, value in zip(NAMED, record, strict=True)
        }
        if rule := broken(cells, now):
            told.rejected[place] = rule
            continue
        force = NAMES[cells["Reported by"]]
        key = (force, cells["Month"], cells["Crime ID"])
        if cells["Crime ID"] and key in first:
            row_number, earlier = first[key]
            places = [(one["Longitude"], one["Latitude"]) for one in (cells, earlier)]
            differs = [
                *(["place"] if [*map(number, places[0])] != [*map(number, places[1])] else []),
                *(["outcome"] if cells["Last outcome category"] != earlier["Last outcome category"] else []),
                *(["type"] if cells["Crime type"] != earlier["Crime type"] else []),
            ]
            told.repeated[place] = (row_number, ", ".join(differs))
            continue
        first.setdefault(key, (place, cells))
        told.loaded.append((place, force, cells["Month"], cells["Location"] or None, number(cells["Longitude"])))
    return told


CELLS = st.tuples(
    st.sampled_from(["", " ", "a1", "b2", "c3", 'q"x']),
    st.sampled_from(["2021-03"] * 4 + ["2021-04", "2021-13", "", "2009-01", "2033-01"]),
    st.sampled_from(["Essex Police"] * 4 + ["Devon & Cornwall Police", "Esex Police", ""]),
    st.sampled_from(["0.7", "0.71", "-1.5", "", "51.5", "x", "nan", "3.0", "1e400", "1e300"]),
    st.sampled_from(["51.5", "52.0", "", "0.7", "54.5", "y"]),
    st.sampled_from(["On or near High Street", "", "  ", ' "The", corner', "two\nlines", "Caffè", "'", "=cmd", "a,b"]),
    st.sampled_from(["Robbery"] * 3 + ["Anti-social behaviour", "Robery", "", "Violent crime"]),
    st.sampled_from(["Under investigation", "", "Investigation complete; no suspect identified"]),
)


def line(cells: tuple[str, ...]) -> str:
    crime_id, month, force, lon, lat, location, kind, outcome = cells
    buffer = io.StringIO()
    values = [crime_id, month, force, force, lon, lat, location, "E01", "A 001", kind, outcome, ""]
    csv.writer(buffer, lineterminator="").writerow(values)
    return buffer.getvalue()


TORN = st.sampled_from(["one", "one,two,three", ",".join("abcdefghijklmnop"), "\t"])


@pytest.mark.slow
@settings(max_examples=25)
@given(
    lines=st.lists(st.one_of(CELLS.map(line), CELLS.map(line), CELLS.map(line), TORN), max_size=25),
    ending=st.sampled_from(["\n", "\r\n"]),
    mark=st.booleans(),
)
def test_engine_and_slow_loader_agree(lines: list[str], ending: str, mark: bool) -> None:
    text = ending.join((HEADER, line(("z9", "2021-03", "Essex Police", "0.7", "51.5", "Here", "Robbery", "")), *lines))
    told = slowly(
        "\n".join(one for one in (text + ending).replace(ending, "\n").split("\n") if one.strip(" \t")), "2026-11"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(("\ufeff" * mark + text + ending).encode())
        answer = load([path], lake=Path(folder) / "lake", today=date(2026, 11, 22), by="t")
        held = lakes.open(Path(folder) / "lake").incidents().execute().sort_values("source_row")
        record = Path(folder) / "lake" / "loads" / answer.load_id
        rejects, repeats = (
            pd.read_csv(record / f"{name}.csv", dtype=str, na_filter=False) for name in ("rejects", "repeats")
        )
    found = [
        (int(one.source_row), one.force, one.month, _text(one.location), None if pd.isna(one.x) else float(one.x))
        for one in held.itertuples()
    ]
    assert [one[:3] for one in found] == [one[:3] for one in told.loaded]
    assert [one[3:] for one in found] == [(_lines(place), x) for *_, place, x in told.loaded]
    assert dict(zip(rejects["row"].astype(int), rejects["rule"], strict=True)) == told.rejected
    assert {int(one.row): (int(one.first_row), one.differs) for one in repeats.itertuples()} == told.repeated


def _text(value: object) -> str | None:
    return None if pd.isna(value) else _lines(str(value))


def _lines(value: str | None) -> str | None:
    return value and value.replace("\r\n", "\n")


def test_a_fate_that_does_not_add_up_is_our_fault() -> None:
    with pytest.raises(AssertionError, match="3 rows were read and 2 accounted for"):
        Fate("a.csv", "street", "00", 3, 1, 1, 0, 0, 0)


def test_a_file_is_written_the_same_whatever_stands_around_it(tmp_path: Path) -> None:
    rows = [row(str(n), "2021-03") for n in range(500)]
    alone = street(tmp_path / "alone" / "a.csv", *rows)
    load([alone], lake=tmp_path / "one", today=date(2026, 11, 22), by="t")
    street(tmp_path / "both" / "0.csv", *(row(f"k{n}", "2021-05", "Kent Police") for n in range(70_000)))
    again = street(tmp_path / "both" / "a.csv", *rows)
    load([tmp_path / "both" / "0.csv", again], lake=tmp_path / "two", today=date(2026, 11, 22), by="t")
    one, two = (lakes.open(tmp_path / name).parts("incidents", force="essex") for name in ("one", "two"))
    assert [part.sha256 for part in one] == [part.sha256 for part in two]


def test_a_force_that_cannot_be_a_folder_is_refused(tmp_path: Path) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        '[source]\nname = "own"\nforce_column = "who"\ncrime_type = "Robbery"\n'
        '[source.force_names]\n"A" = "essex"\n[columns]\nbegan = "when"\nx = "x"\ny = "y"\n'
        '[place]\ncrs = "EPSG:27700"\n'
    )
    file = tmp_path / "a.csv"
    file.write_text("who,when,x,y\n../../etc,2021-03-04,500000,200000\n")
    with pytest.raises(SourceError):
        load([file], lake=tmp_path / "lake", today=date(2026, 11, 22), by="t", mapping=mapping)
    assert not (tmp_path / "lake").exists()
