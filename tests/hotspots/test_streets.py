"""Words of published files, as they stand in them, and what people would write."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from abate.hotspots.streets import KINDS, bare, cased, kind, street

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize(
    ("location", "name"),
    [
        ("On or near Southchurch Road", "Southchurch Road"),
        ("On or near FORREST CRESCENT", "Forrest Crescent"),
        ("On or near St John'S Street", "St John's Street"),
        ("On or near ST. JAMES' RISE", "St. James' Rise"),
        ("On or near St Saviours'S Crescent", "St Saviours's Crescent"),
        ("On or near B489", "B489"),
        ("On or near a4146", "A4146"),
        ("On or near A1(m)", "A1(M)"),
        ("On or near 8Th Avenue", "8th Avenue"),
        ("On or near 22ND AVENUE", "22nd Avenue"),
        ("On or near MYRDDIN-BAKER ROAD", "Myrddin-Baker Road"),
        ("On or near MCDONALD WAY", "McDonald Way"),
        ("On or near O'CONNELL ROAD", "O'Connell Road"),
        ("On or near University Of Teesside Campus", "University of Teesside Campus"),
        ("On or near THE STRAND", "The Strand"),
        ("On or near Middlesbrough Police Hq", "Middlesbrough Police HQ"),
        ("On or near Queens Drive (Wavertree)", "Queens Drive (Wavertree)"),
        ("On or near Chelmsford Police Station", "Chelmsford Police Station"),
        ("on or near   mill  lane", "mill lane"),
        ("Near Southside", "Near Southside"),
        ("1200 BLOCK MAIN ST", "1200 Block Main St"),
    ],
)
def test_streets_read_as_people_write_them(location: str, name: str) -> None:
    assert street(location) == name


@pytest.mark.parametrize("location", ["No Location", "On or near ", "On or near", "", "On or near Parking Area"])
def test_some_words_name_no_street(location: str) -> None:
    assert street(location) is None


def test_kinds_of_place_are_told_from_streets() -> None:
    assert kind("On or near Supermarket") == "a supermarket"
    assert kind("On or near Further/Higher Educational Building") == "a college or university"
    assert kind("On or near High Street") is None
    assert all(words == bare(words).lower() for words in KINDS)
    assert all(said.startswith(("a ", "an ")) for said in KINDS.values())


def test_casing_twice_is_casing_once() -> None:
    for words in ("THE MCDONALD WAY", "8Th Avenue", "Prince Of Wales Road", "O'CONNOR ST.", "A1(M)"):
        assert cased(cased(words)) == cased(words)


@pytest.mark.slow
def test_the_busiest_words_of_real_files_are_kinds_or_streets(shared: Callable[[str], Path]) -> None:
    path = shared("police-street/cleveland-street-2023-01-to-2024-12.csv.gz")
    with gzip.open(path) as rows:
        said = pd.read_csv(rows, usecols=["Location"])["Location"].value_counts()
    with_slash = [words for words in said.index if "/" in words]
    assert with_slash
    assert [words for words in with_slash if kind(words) is None] == []
    assert sum(said[words] for words in said.index if street(words)) / said.sum() > 0.6
