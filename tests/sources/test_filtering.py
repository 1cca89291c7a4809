"""A force's own extract, made up with every field and every kind of fault, judged by a plain reading in Python."""

from __future__ import annotations

import csv
import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import openpyxl
import pandas as pd
import pytest

from abate.sources import excel, mapped, mapping
from sources.raw_rows import MINIMAL, fates, read

if TYPE_CHECKING:
    from pathlib import Path

    from abate.schema import Format

LONDON = ZoneInfo("Europe/London")
ROWS = 2_000

MAPPING = """
[source]
name = "Westmarch crimes"
force_column = "Force Area"
blanks = ["NULL"]

[force_names]
"Westmarch Police" = "westmarch"
"Eastmarch Constabulary" = "eastmarch"

[columns]
crime_id = "URN"
crime_type = "Group"
x = "Easting"
y = "Northing"
location = "Street"
lsoa_code = "LSOA"
outcome = "Result"
began_date = "From Date"
began_time = "From Time"
ended = "To"
reported = "Reported"
ho_offence_code = "HO Code"
ho_classification = "HO Class"
domestic = "DA"
knife = "Knife"
default_geocode = "Default Geocode"
premises = "Premises"
victims = "Hurt"

[place]
crs = "EPSG:27700"
blanks = ["0"]
{time}
[offences]
"VWI" = "violence with injury"
"ROB" = "robbery"
"OWP" = "weapons"
"MAL" = "malicious communications"

[filters]
use = ["public-place"]
historic_days = 90

[[filters.own]]
name = "cancelled"
column = "Result"
drop = ["Cancelled"]
"""
CSV_TIME = '[time]\nformat = ["%d/%m/%Y %H:%M", "%d/%m/%Y"]\n'

KINDS = {"VWI": ("8N", "008/06"), "ROB": ("34B", "034/02"), "OWP": ("010D", "010/25"), "MAL": ("8r", "008/59")}
INDOORS = {"Dwelling", "Police Station", "Flat (private)"}
PREMISES = [*sorted(INDOORS), "Street", "Outside dwelling", "Public house", "", "Car park"]
YES, NO = {"yes", "y", "true", "t", "1"}, {"no", "n", "false", "f", "0"}


def made(seed: int) -> list[dict[str, Any]]:
    """Make rows with real dates and numbers where a workbook would have them, and texts where somebody slipped."""
    draw = random.Random(seed)
    return [_row(draw, number) for number in range(ROWS)]


def _row(draw: random.Random, number: int) -> dict[str, Any]:
    day = date(2024, 1, 1) + timedelta(days=draw.choice([draw.randrange(366), 89, 90, 91, 299, 300, 301]))
    hour = draw.choice([time(draw.randrange(24), draw.choice([0, 15, 30, 45])), time(1, 30), None])
    start = datetime.combine(day, hour or time(12))
    slip = draw.random()
    group = draw.choice([*KINDS, *KINDS, *KINDS, "XXX" if slip < 0.2 else "ROB", "" if slip < 0.1 else "VWI"])
    code, classification = KINDS.get(group, ("99", "099/99"))
    return {
        "URN": f"W{number - draw.randrange(2) * draw.randrange(3)}" if slip < 0.95 else "",
        "Force Area": draw.choice(
            ["Westmarch Police"] * 9 + ["Eastmarch Constabulary", "Northmarch" if slip < 0.3 else " NULL "]
        ),
        "Group": group,
        "Easting": draw.choice(
            [
                580_000 + draw.randrange(9_999),
                580_000.5,
                0 if slip < 0.3 else 581_000,
                1 if slip > 0.2 else 700_001 if slip > 0.1 else "58100O",
            ]
        ),
        "Northing": draw.choice(
            [180_000 + draw.randrange(9_999), 181_000.25, 0 if slip < 0.3 else 182_000, 1_400_000 if slip < 0.2 else 2]
        ),
        "Street": draw.choice(["High Street", 'The "Mews", North', "", "Station Road\nrear"]),
        "LSOA": draw.choice(["E01000001", ""]),
        "Result": draw.choice(["Charged", "Undetected", "", "Cancelled" if slip < 0.4 else "Charged"]),
        "From Date": draw.choice([day, day, day, day, "not known" if slip < 0.2 else day, "" if slip < 0.5 else day]),
        "From Time": hour or "",
        "To": draw.choice(
            ["", start + timedelta(minutes=draw.randrange(1, 900)), start - timedelta(hours=30) if slip < 0.1 else ""]
        ),
        "Reported": draw.choice(
            [
                start + timedelta(days=draw.randrange(130), minutes=7),
                start + timedelta(minutes=1),
                "" if slip < 0.6 else start,
            ]
        ),
        "HO Code": draw.choice([code, code, ""]),
        "HO Class": classification,
        "DA": draw.choice(["Y", "N", "no", "", 0, "maybe" if slip < 0.2 else "N"]),
        "Knife": draw.choice([True, False, "1", ""]),
        "Default Geocode": draw.choice(["FALSE", "f", "", "true" if slip < 0.5 else "F"]),
        "Premises": draw.choice(PREMISES),
        "Hurt": draw.choice([0, 1, 2, "", "one" if slip < 0.1 else 1]),
    }


def as_text(value: Any) -> str:
    """Write a value as the British CSV extract does."""
    match value:
        case datetime():
            return value.strftime("%d/%m/%Y %H:%M")
        case date():
            return value.strftime("%d/%m/%Y")
        case time():
            return value.strftime("%H:%M")
        case _:
            return str(value)


def parsed(text: str) -> tuple[datetime, bool] | None:
    for form, whole_day in (("%d/%m/%Y %H:%M", False), ("%d/%m/%Y", True)):
        try:
            return datetime.strptime(text, form), whole_day  # noqa: DTZ007 - the local clock
        except ValueError:
            continue
    return None


def utc(wall: datetime) -> datetime:
    return wall.replace(tzinfo=LONDON).astimezone(UTC)


def number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def oracle(row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Read one row the slow and obvious way: its fate, and (where it is loaded) its values."""
    cell = {name: "" if as_text(value).strip() == "NULL" else as_text(value).strip() for name, value in row.items()}
    force = {"Westmarch Police": "westmarch", "Eastmarch Constabulary": "eastmarch"}.get(cell["Force Area"])
    began_text = f"{cell['From Date']} {cell['From Time']}".strip() if cell["From Date"] else ""
    began, ended, reported = parsed(began_text), parsed(cell["To"]), parsed(cell["Reported"])
    start = utc(began[0]) if began else None
    end = utc(ended[0]) if ended else None
    if began and began[1] and not cell["To"]:
        end = utc(began[0] + timedelta(days=1)) - timedelta(seconds=1)
    told = utc(reported[0]) if reported else None
    east, north = ("" if cell[name] == "0" else cell[name] for name in ("Easting", "Northing"))
    x, y = number(east), number(north)
    kind = {"VWI": "violence with injury", "ROB": "robbery", "OWP": "weapons", "MAL": "malicious communications"}
    premises = cell["Premises"]
    code = cell["HO Code"].upper().lstrip("0")
    over = end or start
    checks: list[tuple[str, bool]] = [
        ("force-unknown", force is None),
        ("date-missing", not began_text and not cell["Reported"]),
        ("began-unreadable", bool(began_text) and began is None),
        ("ended-unreadable", bool(cell["To"]) and ended is None),
        ("reported-unreadable", bool(cell["Reported"]) and reported is None),
        ("ended-before-began", start is not None and end is not None and end < start),
        ("crime-type-missing", not cell["Group"]),
        ("offence-unlisted", cell["Group"] not in kind),
        ("coordinates-half", (east == "") != (north == "")),
        ("x-not-a-number", east != "" and x is None),
        ("x-elsewhere", x is not None and not 0 <= x <= 700_000),
        ("y-elsewhere", y is not None and not 0 <= y <= 1_300_000),
        ("domestic-unknown-word", cell["DA"].lower() not in {"", *YES, *NO}),
        ("victims-not-whole", cell["Hurt"] != "" and not cell["Hurt"].isdigit()),
        ("cancelled", cell["Result"] == "Cancelled"),
        ("domestic", cell["DA"].lower() in YES),
        ("default-geocode", cell["Default Geocode"].lower() in YES),
        ("historic-report", told is not None and over is not None and told > over + timedelta(days=90)),
        ("not-street-visible", premises in INDOORS),
        ("online", code == "8R"),
        ("police-generated", code == "10D"),
    ]
    fate = next((name for name, holds in checks if holds), "loaded")
    month = (began or reported or (datetime(1, 1, 1), False))[0].strftime("%Y-%m")  # noqa: DTZ001 - only the month
    return fate, {
        "force": force,
        "month": month,
        "crime_type": kind.get(cell["Group"]),
        "began": start,
        "ended": end,
        "reported": told,
        "x": x,
        "y": y,
        "knife": True if cell["Knife"].lower() in YES else False if cell["Knife"].lower() in NO else None,
        "victims": int(cell["Hurt"]) if cell["Hurt"].isdigit() else None,
        "crime_id": cell["URN"] or None,
        "premises": premises or None,
        "location": cell["Street"] or None,
        "ho_offence_code": cell["HO Code"] or None,
    }


def run(file: Path, toml: str) -> tuple[Format, pd.DataFrame]:
    with file.open(encoding="utf-8", newline="") as opened:
        header = tuple(next(csv.reader(opened)))
    form = mapped.format_of(mapping.parse(toml, file="westmarch.toml"), header)
    return form, read(form, header, f"FROM read_csv('{file}', all_varchar=true, parallel=false)")


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return made(7)


@pytest.fixture(scope="module")
def from_csv(rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> tuple[Format, pd.DataFrame]:
    file = tmp_path_factory.mktemp("csv") / "westmarch.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(rows[0]))
        writer.writeheader()
        writer.writerows({name: as_text(value) for name, value in row.items()} for row in rows)
    return run(file, MAPPING.format(time=CSV_TIME))


@pytest.fixture(scope="module")
def from_excel(rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> tuple[Format, pd.DataFrame]:
    folder = tmp_path_factory.mktemp("excel")
    book = openpyxl.Workbook()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append([None if value == "" else value for value in row.values()])
    book.save(folder / "westmarch.xlsx")
    return run(excel.to_csv(folder / "westmarch.xlsx", None, folder), MAPPING.format(time=""))


def test_every_rule_and_filter_meets_a_row(from_csv: tuple[Format, pd.DataFrame]) -> None:
    form, found = from_csv
    met = set(found["fate"])
    unmet = {each.name for each in (*form.rules, *form.dropped)} - met
    assert unmet == {
        *("ended-unreadable", "reported-unreadable", "month-out-of-range", "y-not-a-number"),
        *("knife-unknown-word", "default-geocode-unknown-word"),
    }
    assert [each.name for each in form.dropped] == [
        *("cancelled", "domestic", "default-geocode", "historic-report", "not-street-visible"),
        *("online", "police-generated"),
    ]


def test_fates_and_values_agree_with_a_plain_reading(
    rows: list[dict[str, Any]], from_csv: tuple[Format, pd.DataFrame]
) -> None:
    _, found = from_csv
    expected = [oracle(row) for row in rows]
    assert Counter(found["fate"])["loaded"] > 200
    assert list(found["fate"]) == [fate for fate, _ in expected]
    loaded = [place for place, (fate, _) in enumerate(expected) if fate == "loaded"]
    for name in expected[0][1]:
        values = [None if pd.isna(value) else value for value in found[name].iloc[loaded]]
        assert values == [expected[place][1][name] for place in loaded], name


@pytest.mark.slow
def test_the_same_rows_in_a_workbook_give_the_same(
    from_csv: tuple[Format, pd.DataFrame], from_excel: tuple[Format, pd.DataFrame]
) -> None:
    pd.testing.assert_frame_equal(from_csv[1], from_excel[1])


@pytest.mark.parametrize(
    ("premises", "stays"),
    [
        ("Public House", True),
        ("DWELLING", False),
        ("Semi-detached dwelling, rear", False),
        ("Outside a dwelling", True),
        ("Flatbed lorry", True),
        ("Block of flats", False),
        ("Hotel (hotel room)", False),
        ("", True),
        ("Street", True),
    ],
)
def test_premises_are_told_by_whole_words(premises: str, stays: bool) -> None:
    toml = """
    [source]
    name = "m"
    force = "essex"
    crime_type = "robbery"
    [columns]
    month = "m"
    premises = "p"
    [filters]
    use = "public-place"
    missing = "ok"
    """
    form = mapped.format_of(mapping.parse(toml, file="m.toml"), ("m", "p"))
    given = pd.DataFrame({"m": ["2024-01"], "p": pd.Series([premises], dtype="str")})
    assert list(read(form, ("m", "p"), "FROM given", given=given)["fate"]) == [
        "loaded" if stays else "not-street-visible"
    ]


def test_own_filters_keep_or_drop() -> None:
    toml = MINIMAL + (
        '[[filters.own]]\nname = "closed"\ncolumn = "status"\ndrop = ["No crime", ""]\n'
        '[[filters.own]]\nname = "other-areas"\ncolumn = "area"\nkeep = "South"\n'
    )
    columns = {"when": ["2024-01-01"] * 4, "status": ["Open", " No crime", None, "Open"], "area": ["South"] * 3 + ["N"]}
    assert fates(toml, columns) == ["loaded", "closed", "closed", "other-areas"]
