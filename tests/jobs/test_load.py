from __future__ import annotations

import csv
import json
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from abate import lake as lakes
from abate.errors import AbateError, OptionError, SourceError
from abate.jobs.load import Load, load
from street_files import HEADER, row, street

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 22)
Shared = Callable[[str], Path]


def put(lake: Path, *paths: Path, force: str | None = None) -> Load:
    return load(paths, lake=lake, today=TODAY, by="tester", force=force)


def adds_up(answer: Load) -> None:
    for one in answer.files:
        assert one["rows_read"] == (
            one["rows_loaded"] + one["rows_rejected"] + one["rows_repeated"] + one["rows_dropped"]
        )
    assert answer.rows_read == sum(one["rows_read"] for one in answer.files)


def table_of(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


ROWS = {
    "bedfordshire-street-2018-10-to-2019-02.csv.gz": 28_870,
    "bedfordshire-street-2021-03-to-2022-03.csv.gz": 66_979,
    "cleveland-street-2021-03-to-2022-03.csv.gz": 103_499,
    "cleveland-street-2023-01-to-2024-12.csv.gz": 187_001,
    "essex-street-2018-10-to-2019-02.csv.gz": 84_233,
    "essex-street-2021-03-to-2022-03.csv.gz": 216_436,
    "humberside-street-2021-03-to-2022-03.csv.gz": 108_976,
    "merseyside-street-2021-03-to-2022-03.csv.gz": 203_267,
}


@pytest.fixture(scope="module")
def national(shared: Shared, tmp_path_factory: pytest.TempPathFactory) -> tuple[Load, Path]:
    """All eight street files in one lake."""
    lake = tmp_path_factory.mktemp("national") / "lake"
    return put(lake, shared("police-street")), lake


@pytest.mark.slow
def test_all_eight_street_files_load_with_rows_that_add_up(national: tuple[Load, Path]) -> None:
    answer, _ = national
    adds_up(answer)
    assert {one["file"].split("/")[1]: one["rows_read"] for one in answer.files} == ROWS
    assert (answer.rows_rejected, answer.rows_repeated, answer.repeats_elsewhere) == (0, 1, 1)
    assert answer.forces == ("bedfordshire", "cleveland", "essex", "humberside", "merseyside")
    assert answer.without_coordinates == 369 + 1732 + 5


@pytest.mark.slow
def test_one_bedfordshire_id_repeats_and_one_cleveland_id_stands_in_two_months(national: tuple[Load, Path]) -> None:
    answer, lake = national
    record = lake / "loads" / answer.load_id
    repeat = table_of(record / "repeats.csv")
    assert repeat[["row", "month", "first_row", "differs"]].to_numpy().tolist() == [
        ["43507", "2021-11", "43487", "place"]
    ]
    assert answer.ids_in_several_months == 1
    assert table_of(record / "months-shared.csv")["month"].tolist() == ["2024-03", "2024-04"]


@pytest.mark.slow
def test_the_lake_holds_the_published_counts(national: tuple[Load, Path], shared: Shared) -> None:
    published = pd.read_csv(shared("police-street-counts/street-crime-counts-by-force-month-type.csv.gz"))
    held = lakes.open(national[1]).incidents()
    counted = held.group_by(["force", "month", "crime_type"]).aggregate(records=held.count()).execute()
    both = counted.merge(published, on=["force", "month", "crime_type"], suffixes=("", "_published"))
    differ = both[both["records"] != both["records_published"]]
    assert len(both) > 500
    assert differ[["force", "month", "crime_type"]].to_numpy().tolist() == [["bedfordshire", "2021-11", "Public order"]]
    assert (differ["records_published"] - differ["records"]).tolist() == [1]


@pytest.mark.slow
def test_identical_rows_of_anti_social_behaviour_stay(national: tuple[Load, Path]) -> None:
    held = lakes.open(national[1]).incidents(force="essex", first="2021-03", last="2022-03")
    asb = held.filter(held.crime_type == "Anti-social behaviour").drop("source_row", "source_file").execute()
    assert len(asb) == 36_519
    assert int(asb.duplicated().sum()) > 5_000


def test_outcomes_and_searches_load_whole(shared: Shared, tmp_path: Path) -> None:
    answer = put(
        tmp_path / "lake",
        shared("police-outcomes/bedfordshire-outcomes-2021-03-to-2022-03.csv.gz"),
        shared("police-stop-and-search/cleveland-stop-and-search-2023-01-to-2024-12.csv.gz"),
    )
    assert [(one["format"], one["rows_loaded"]) for one in answer.files] == [
        ("outcomes", 51_847),
        ("stop-and-search", 16_284),
    ]
    assert answer.without_coordinates == 859
    assert any("taken to be from cleveland" in note for note in answer.notes)


def test_a_month_left_out_is_missing_and_not_zero(tmp_path: Path) -> None:
    put(
        tmp_path / "lake",
        street(tmp_path / "a.csv", row("1", "2021-03"), row("2", "2021-03"), row("3", "2021-05")),
    )
    coverage = lakes.open(tmp_path / "lake").coverage()
    assert coverage[["month", "rows", "status"]].to_numpy().tolist() == [
        ["2021-03", 2, "present"],
        ["2021-04", 0, "missing"],
        ["2021-05", 1, "present"],
    ]


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    file = street(tmp_path / "a.csv", row("1"), row("1"), row("2", kind="Robery"))
    first = put(tmp_path / "lake", file)
    record = tmp_path / "lake" / "loads" / first.load_id
    before = {path.name: path.read_bytes() for path in record.iterdir()}
    again = put(tmp_path / "lake", file)
    assert (first.months_already_there, again.months_already_there) == (0, 1)
    assert again.table_version == first.table_version
    said = json.loads(before["load.json"])
    said["months_already_there"] = 1
    assert json.loads((record / "load.json").read_text()) == said
    for name in ("rejects.csv", "repeats.csv", "months-shared.csv", "fates.csv"):
        assert (record / name).read_bytes() == before[name]


def test_a_month_that_comes_again_replaces_that_month_only(tmp_path: Path) -> None:
    put(tmp_path / "lake", street(tmp_path / "a.csv", row("1", "2021-03"), row("2", "2021-04")))
    before = {part.month: part for part in lakes.open(tmp_path / "lake").parts("incidents")}
    put(tmp_path / "lake", street(tmp_path / "b.csv", row("8", "2021-04"), row("9", "2021-04")))
    held = lakes.open(tmp_path / "lake")
    after = {part.month: part for part in held.parts("incidents")}
    assert after["2021-03"] == before["2021-03"]
    assert sorted(held.incidents(first="2021-04").execute()["crime_id"]) == ["8", "9"]


def test_an_older_version_can_still_be_read(tmp_path: Path) -> None:
    from abate.lake import delta

    one = put(tmp_path / "lake", street(tmp_path / "a.csv", row("1")))
    put(tmp_path / "lake", street(tmp_path / "b.csv", row("2")))
    (old,) = delta.state(tmp_path / "lake", "incidents", version=one.table_version["incidents"]).parts
    assert pd.read_parquet(tmp_path / "lake" / "incidents" / old.path)["crime_id"].tolist() == ["1"]


@pytest.mark.slow
def test_plain_gzip_folder_and_zip_give_the_same_lake(tmp_path: Path) -> None:
    import gzip

    rows = [row(str(number), f"2021-0{number % 9 + 1}") for number in range(40)]
    plain = street(tmp_path / "in" / "2021" / "essex.csv", *rows)
    packed = tmp_path / "essex.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.write(plain, "2021-03/2021-03-kent-street.csv")
    frames = []
    for number, path in enumerate((plain, packed, tmp_path / "in", archive)):
        answer = put(tmp_path / f"lake{number}", path)
        adds_up(answer)
        frames.append(lakes.open(tmp_path / f"lake{number}").incidents().drop("source_file").execute())
    for frame in frames[1:]:
        pd.testing.assert_frame_equal(
            frame.sort_values("source_row", ignore_index=True),
            frames[0].sort_values("source_row", ignore_index=True),
        )
    assert answer.files[0]["file"] == "all.zip!2021-03/2021-03-kent-street.csv"
    assert answer.forces == ("essex",), "the name of a file means nothing"


def test_the_same_file_twice_is_loaded_once(tmp_path: Path) -> None:
    one, two = (street(tmp_path / name, row("1"), row("2")) for name in ("a.csv", "b.csv"))
    answer = put(tmp_path / "lake", one, two)
    assert [(f["rows_loaded"], f["rows_repeated"]) for f in answer.files] == [(2, 0), (0, 2)]
    adds_up(answer)


def test_two_files_that_hold_the_same_month_are_refused_by_name(tmp_path: Path) -> None:
    one, two = street(tmp_path / "a.csv", row("1")), street(tmp_path / "b.csv", row("2"))
    with pytest.raises(SourceError, match=r"a\.csv and b\.csv both hold street records of essex in 2021-03"):
        put(tmp_path / "lake", one, two)
    assert not (tmp_path / "lake").exists()


def test_a_file_with_bad_rows_loads_the_good_ones_and_keeps_the_others(tmp_path: Path) -> None:
    file = street(
        tmp_path / "a.csv",
        row("1"),
        row("2", kind="Robery"),
        row("3", month="2021-3"),
        row("4", force="Esex Police"),
        row("5", at=("51.5", "0.7")),
        row("6", at=("1.5", "54.5")),
        row("7", at=("", "51.5")),
        row("8", at=("x", "51.5")),
        row("9", month="2031-01"),
        row("10", month="2009-01"),
        row("", kind="Burglary"),
        "too,few",
        row("11") + ",too,many",
        row("12", at=("", "")),
        "=cmd,2021-03",
        row("13", location='"On ""the"" corner\nof two"'),
    )
    answer = put(tmp_path / "lake", file)
    adds_up(answer)
    assert (answer.rows_read, answer.rows_loaded, answer.without_coordinates) == (16, 3, 1)
    rejects = table_of(tmp_path / "lake" / "loads" / answer.load_id / "rejects.csv")
    assert dict(zip(rejects["row"].astype(int), rejects["rule"], strict=True)) == {
        2: "crime-type-unknown",
        3: "month-unreadable",
        4: "force-unknown",
        5: "coordinates-swapped",
        6: "coordinates-elsewhere",
        7: "coordinates-half",
        8: "coordinates-not-numbers",
        9: "month-in-future",
        10: "month-too-early",
        11: "crime-id-missing",
        12: "malformed-line",
        13: "malformed-line",
        15: "malformed-line",
    }
    assert answer.rejected_by_rule == dict(sorted(Counter(rejects["rule"]).items()))
    assert "did you mean 'Robbery'?" in rejects["would_be_right"][0]
    assert "did you mean 'Essex Police'?" in rejects["would_be_right"][2]
    assert rejects["line"].iloc[-1].startswith("'=cmd")
    assert rejects["line"][0] == row("2", kind="Robery")
    held = lakes.open(tmp_path / "lake").incidents().execute().set_index("crime_id")
    assert held.loc["13", "location"] == 'On "the" corner\nof two'
    assert held["source_row"].to_dict() == {"1": 1, "12": 14, "13": 16}


def test_a_file_of_which_nothing_can_be_loaded_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"a\.csv, row 1: Reported by 'Esex Police'.*Did you mean 'Essex Police'"):
        put(tmp_path / "lake", street(tmp_path / "a.csv", row(force="Esex Police")))
    assert not (tmp_path / "lake").exists()


def test_all_faults_of_all_files_are_told_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    good = street(tmp_path / "good.csv", row("1"))
    (tmp_path / "nul.csv").write_bytes(f"{HEADER}\na\0b\n".encode())
    (tmp_path / "latin.csv").write_bytes(f"{HEADER}\n".encode() + b"caf\xe9,\n")
    street(tmp_path / "open.csv", row("1", "2022-01"), row("2", "2022-01", location='"open'), row("3", "2022-01"))
    street(tmp_path / "page.csv", header="<!DOCTYPE html><html>")
    street(tmp_path / "short.csv", row(), header=HEADER.replace("Longitude", "Longtude"))
    names = ("nul.csv", "latin.csv", "open.csv", "page.csv", "short.csv")
    with pytest.raises(AbateError) as told:
        put(tmp_path / "lake", good, *(tmp_path / name for name in names))
    for name, words in zip(
        names,
        ("line 2: holds a NUL", "line 2: byte 0xe9", "row 2: quotation marks", "web page", "is it 'Longtude'"),
        strict=True,
    ):
        assert any(name in fault and words in fault for fault in told.value.faults), (name, told.value.faults)
    assert not (tmp_path / "lake").exists()


def test_a_fault_leaves_the_lake_as_it_was(tmp_path: Path) -> None:
    put(tmp_path / "lake", street(tmp_path / "a.csv", row("1")))
    before = sorted((path, path.stat().st_mtime_ns) for path in (tmp_path / "lake").rglob("*") if path.is_file())
    with pytest.raises(SourceError):
        put(tmp_path / "lake", street(tmp_path / "b.csv", row("2"), row("3", location='"open'), row("4")))
    after = sorted((path, path.stat().st_mtime_ns) for path in (tmp_path / "lake").rglob("*") if path.is_file())
    assert after == before


def test_searches_without_a_force_ask_for_one(shared: Shared, tmp_path: Path) -> None:
    from abate.sources.police_uk import SEARCHES_HEADER

    line = "Person search,2021-03-27T23:30:00+00:00,False,,51.5,0.7,Male,18-24,,,PACE,Drugs,Arrest,True,False"
    late = "Person search,2021-06-30T23:30:00+00:00,False,,51.5,0.7,Male,18-24,,,PACE,Drugs,Arrest,True,False"
    file = street(tmp_path / "searches.csv", line, late, header=",".join(SEARCHES_HEADER))
    with pytest.raises(SourceError, match="--force"):
        put(tmp_path / "lake", file)
    with pytest.raises(OptionError, match="Did you mean 'essex'"):
        put(tmp_path / "lake", file, force="esex")
    answer = put(tmp_path / "lake", file, force="essex")
    assert answer.months == ("2021-03", "2021-07"), "months are those of the clock in London"
    found = lakes.open(tmp_path / "lake").table("searches").execute().sort_values("source_row")
    assert [str(moment) for moment in found["time"]] == ["2021-03-27 23:30:00+00:00", "2021-06-30 23:30:00+00:00"]
    assert found["outcome_linked"].tolist() == [True, True]


def test_an_id_is_found_again_in_an_earlier_month_of_the_lake(tmp_path: Path) -> None:
    put(tmp_path / "lake", street(tmp_path / "a.csv", row("same", "2021-03"), row("other", "2021-03")))
    answer = put(tmp_path / "lake", street(tmp_path / "b.csv", row("same", "2021-04")))
    shared_ids = table_of(tmp_path / "lake" / "loads" / answer.load_id / "months-shared.csv")
    assert shared_ids[["month", "loaded"]].to_numpy().tolist() == [["2021-03", "before"], ["2021-04", "now"]]
    assert answer.ids_in_several_months == 1


@pytest.mark.slow
def test_batches_do_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [
        street(tmp_path / "in" / f"{month:02d}.csv", *(row(f"{month}-{n}", f"2021-{month:02d}") for n in range(50)))
        for month in range(1, 13)
    ]
    whole = put(tmp_path / "one", *files)
    monkeypatch.setattr("abate.jobs.intake.BATCH_FILES", 2)
    parts = put(tmp_path / "many", *files)
    assert whole.files == parts.files
    assert lakes.open(tmp_path / "one").parts("incidents") == lakes.open(tmp_path / "many").parts("incidents")


def test_the_record_says_by_whom_from_what_and_to_which_version(tmp_path: Path) -> None:
    answer = put(tmp_path / "lake", street(tmp_path / "a.csv", row("1")))
    said = json.loads((tmp_path / "lake" / "loads" / answer.load_id / "provenance.json").read_text())
    assert said["by"] == "tester"
    assert said["table_version"] == {"incidents": 1}
    assert said["inputs"] == [{"file": "a.csv", "sha256": answer.files[0]["sha256"]}]
    with (tmp_path / "lake" / "loads" / answer.load_id / "fates.csv").open(newline="") as file:
        assert [int(one["rows_loaded"]) for one in csv.DictReader(file)] == [1]
    assert all(Path(path).exists() for path in answer.written)


def test_a_month_that_loses_most_of_its_rows_is_told(tmp_path: Path) -> None:
    whole = street(tmp_path / "a.csv", *(row(str(number)) for number in range(9)))
    assert put(tmp_path / "lake", whole).notes == ()
    few = street(tmp_path / "b.csv", *(row(str(number)) for number in range(4)))
    (note,) = put(tmp_path / "lake", few).notes
    assert note.startswith("incidents of essex in 2021-03: 4 rows took the place of 9")
    half = street(tmp_path / "c.csv", row("1"), row("2"))
    assert put(tmp_path / "lake", half).notes == (), "half of what was there is no loss to speak of"


def test_faults_of_archives_headers_and_text_are_told_together(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "cut.zip").write_bytes(b"PK no zip")
    street(folder / "other.csv", header="a,b")
    street(folder / "text.csv", row("1")).write_bytes(street(folder / "text.csv", row("1")).read_bytes() + b"\0")
    with pytest.raises(SourceError) as found:
        put(tmp_path / "lake", folder)
    told = "\n".join(found.value.faults)
    assert "cut.zip: this zip is cut short" in told
    assert "other.csv: no known kind of file" in told
    assert "text.csv, line 3: holds a NUL byte" in told
    assert not (tmp_path / "lake").exists()
