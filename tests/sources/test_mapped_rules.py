"""Each rule of a mapped extract on rows made for it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from abate.sources import mapped, mapping
from sources.raw_rows import MINIMAL, fates, run


@pytest.mark.parametrize(
    ("when", "fate"),
    [
        ("2024-02-29", "loaded"),
        (" 2024-02-29T13:05 ", "loaded"),
        ("2024-02-29 13:05:59.25", "loaded"),
        ("2024-02-29T23:30:00Z", "loaded"),
        ("2023-02-29", "began-unreadable"),
        ("29/02/2024", "began-unreadable"),
        ("", "date-missing"),
        ("   ", "date-missing"),
        (None, "date-missing"),
        ("1066-10-14", "month-out-of-range"),
        ("2026-11-30", "loaded"),
        ("2026-12-01", "month-in-future"),
    ],
)
def test_the_day_must_be_there_and_be_one(when: str | None, fate: str) -> None:
    assert fates(MINIMAL, {"when": [when]}, date(2026, 11, 22)) == [fate]


def test_a_span_that_ends_before_it_begins_is_rejected() -> None:
    toml = MINIMAL + 'ended = "until"\n'
    when = ["2024-01-02T10:00", "2024-01-02T10:00", "2024-01-02T10:00", "2024-01-02", "2024-01-02"]
    until = ["2024-01-02T09:59", "2024-01-02T10:00", "2024-01-02", "2024-01-01", "not known"]
    assert fates(toml, {"when": when, "until": until}) == [
        "ended-before-began",
        "loaded",
        "loaded",
        "ended-before-began",
        "ended-unreadable",
    ]


PLACED = MINIMAL.replace('began = "when"', 'month = "m"\nx = "e"\ny = "n"') + '[place]\ncrs = "EPSG:27700"\n'


@pytest.mark.parametrize(
    ("easting", "northing", "fate"),
    [
        ("588000", "185000.5", "loaded"),
        ("", "", "loaded"),
        ("588000", "", "coordinates-half"),
        ("58800O", "185000", "x-not-a-number"),
        ("588000", "nan", "y-not-a-number"),
        ("inf", "185000", "x-not-a-number"),
        ("185000", "1088000", "loaded"),
        ("1088000", "185000", "x-elsewhere"),
        ("-1", "185000", "x-elsewhere"),
        ("588000", "1300001", "y-elsewhere"),
    ],
)
def test_a_place_has_two_numbers_on_the_grid_or_none(easting: str, northing: str, fate: str) -> None:
    assert fates(PLACED, {"m": ["2024-01"], "e": [easting], "n": [northing]}) == [fate]


def test_words_for_no_place_and_own_bounds_are_heeded() -> None:
    toml = PLACED + 'blanks = ["0", "0.0"]\n[rules]\nbounds = [500000, 150000, 600000, 200000]\n'
    found = run(toml, {"m": ["2024-01"] * 3, "e": ["0", "588000", "0"], "n": ["0.0", "210000", "185000"]})
    assert list(found["fate"]) == ["loaded", "y-elsewhere", "coordinates-half"]
    assert found["x"].isna().tolist() == [True, False, True]


def test_swapped_longitude_and_latitude_are_told() -> None:
    toml = PLACED.replace("EPSG:27700", "EPSG:4326")
    assert fates(toml, {"m": ["2024-01"] * 2, "e": ["51.5", "0.7"], "n": ["0.7", "51.5"]}) == [
        "coordinates-swapped",
        "loaded",
    ]


def test_an_unknown_word_for_yes_or_no_is_rejected() -> None:
    toml = MINIMAL + 'domestic = "dv"\nvictims = "hurt"\n'
    words = ["Y", "no", "TRUE", "0", "", "perhaps", "y", "y"]
    hurt = ["1", "", "0", "12", "3", "1", "1.5", "-1"]
    found = run(toml, {"when": ["2024-01-01"] * 8, "dv": words, "hurt": hurt})
    assert list(found["fate"]) == ["loaded"] * 5 + ["domestic-unknown-word"] + ["victims-not-whole"] * 2
    assert found["domestic"].iloc[:4].tolist() == [True, False, True, False]
    assert found["domestic"].iloc[4:6].isna().all()
    own = toml + '[words]\nyes = ["Ja"]\nno = ["Nein"]\n'
    assert fates(own, {"when": ["2024-01-01"] * 2, "dv": ["JA", "y"], "hurt": ["", ""]}) == [
        "loaded",
        "domestic-unknown-word",
    ]


def test_every_rule_has_its_own_name_and_a_sentence() -> None:
    for path in sorted(mapping.EXAMPLES.glob("*.toml")):
        made = mapping.read(path)
        form = mapped.format_of(made, tuple(made.uses()))
        names = [each.name for each in (*form.rules, *form.dropped)]
        assert len(set(names)) == len(names)
        assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", each) for each in names)
        assert all(each.sentence and each.column in form.header for each in form.rules)


def test_today_is_the_callers() -> None:
    assert datetime.now(tz=UTC).year >= 2024
    assert fates(MINIMAL, {"when": ["2019-05-01"]}, date(2019, 4, 30)) == ["month-in-future"]
