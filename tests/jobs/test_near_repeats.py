"""Near repeats from files to files."""

from __future__ import annotations

import hashlib
import json
from datetime import date

import pandas as pd
import pytest

from abate.errors import OptionError
from abate.jobs import near_repeats as jobs
from abate.sources.mapping import EXAMPLES

TODAY = date(2026, 11, 22)
ARSON = "hotspots/chicago_near_repeat/arson_2016.csv.gz"
BANDS = {"bins_m": "0,200,400,600", "bins_days": "0,1,2,3", "draws": 99}


def found(path, **options) -> jobs.Found:
    return jobs.near_repeats(jobs.Options(path, **{**BANDS, **options}), today=TODAY, by="t")


@pytest.mark.slow
def test_a_mapping_gives_what_the_plain_file_gives(shared):
    plain = found(shared(ARSON))
    mapped = found(shared(ARSON), mapping=EXAMPLES / "chicago-arson.toml", crime="arson")
    assert mapped.near.observed.equals(plain.near.observed)
    assert mapped.near.events == 522


@pytest.mark.slow
def test_a_system_in_degrees_is_measured_in_metres(tmp_path):
    extract = tmp_path / "extract.csv"
    rows = [
        "1.30,52.60,2025-07-01 23:30",
        "1.30,52.60,2025-07-02 00:30",
        "1.3010,52.60,2025-07-02 12:00",
        ",,2025-07-03 08:00",
    ]
    extract.write_text("lon,lat,when\n" + "\n".join([*rows, "1.3,52.6,never"]) + "\n")
    (tmp_path / "m.toml").write_text(
        '[source]\nname = "E"\nforce = "norfolk"\ncrime_type = "robbery"\n'
        '[columns]\nx = "lon"\ny = "lat"\nbegan = "when"\n'
        '[place]\ncrs = "EPSG:4326"\n'
    )
    answer = found(extract, mapping=tmp_path / "m.toml", bins_m="0,50,100", bins_days="0,1,2")
    assert answer.near.observed.to_numpy().tolist() == [[0, 1, 0], [0, 0, 0], [1, 1, 0], [0, 0, 0]]
    assert answer.notes[0] == "1 of 5 rows broke a rule and are left out"
    assert "1 incidents have no coordinates and are left out" in answer.notes


@pytest.mark.slow
def test_months_are_refused(tmp_path):
    extract = tmp_path / "extract.csv"
    extract.write_text("e,n,month\n" + "600000,300000,2025-01\n" * 3)
    (tmp_path / "m.toml").write_text(
        '[source]\nname = "E"\nforce = "norfolk"\ncrime_type = "robbery"\n'
        '[columns]\nx = "e"\ny = "n"\nmonth = "month"\n'
        '[place]\ncrs = "EPSG:27700"\n'
    )
    with pytest.raises(OptionError, match="months only"):
        found(extract, mapping=tmp_path / "m.toml")


def test_files_are_written_with_their_hashes_and_again_the_same(shared, tmp_path):
    answer = found(shared(ARSON), out=tmp_path / "one")
    found(shared(ARSON), out=tmp_path / "two")
    written = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    assert {path.rsplit("/", 1)[-1] for path in answer.files} == set(written)
    for name in ("near-repeats.html", "near-repeats.csv"):
        assert (
            hashlib.sha256(written[name]).hexdigest() == json.loads(written["provenance.json"])["files"][name]["sha256"]
        )
    assert written["near-repeats.csv"] == (tmp_path / "two" / "near-repeats.csv").read_bytes()
    table = pd.read_csv(tmp_path / "one" / "near-repeats.csv")
    assert table["observed"].sum() == 135_981


@pytest.mark.parametrize(
    ("metres", "days", "said"),
    [("0,x", "0,1.5", "--bins-m 0,x: should be"), ("5,10", "0,1", "begin with 0"), ("0,10", "", "--bins-days")],
)
def test_bands_that_are_none_are_refused(metres, days, said):
    with pytest.raises(OptionError) as caught:
        jobs.read_bands(metres, days)
    assert said in str(caught.value)


def test_options_for_mapped_files_need_a_mapping(tmp_path):
    with pytest.raises(OptionError, match="go with --mapping"):
        jobs.Options(tmp_path / "x.csv", crime="robbery")
