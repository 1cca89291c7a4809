"""Clocks, days and breaks as people write them."""

from __future__ import annotations

import pytest

from abate.patrols.rotas import Break
from abate.sources.rota_values import Row, minutes, weekdays


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Fri", (4,)),
        ("friday and saturday", (4, 5)),
        ("Mon-Fri", (0, 1, 2, 3, 4)),
        ("Mon - Wed; Sun", (0, 1, 2, 6)),
        ("Sun to Tue", (0, 1, 6)),
        ("daily", (0, 1, 2, 3, 4, 5, 6)),
        ("Fr", None),
        ("Frinight", None),
        ("", None),
    ],
)
def test_days(text: str, days: tuple[int, ...] | None) -> None:
    assert weekdays(text) == days


@pytest.mark.parametrize(
    ("text", "value"), [("0:00", 0), ("09:05", 545), ("24:00", 1440), ("24:01", None), ("9.30", None)]
)
def test_clocks(text: str, value: int | None) -> None:
    assert minutes(text) == value


def test_breaks() -> None:
    faults: list[str] = []
    row = Row({"breaks": "19:00-21:00 30; 23:30-00:30 15 base", "bad": "19:00-19:10 30"}, "row 1", faults)
    assert row.breaks() == (Break(1140, 1260, 30), Break(1410, 1470, 15, at_base=True))
    assert not faults
    row.breaks("bad")
    assert faults == [
        "row 1: bad is '19:00-19:10 30'; breaks such as 19:00-21:00 30; 22:30-23:30 15 base would be right"
    ]


def test_numbers_that_are_none_are_faults() -> None:
    faults: list[str] = []
    row = Row({"a": "x", "b": "2.5", "c": -1, "d": True}, "r", faults)
    assert row.number("b") == 2.5
    row.number("a")
    row.whole("b", 1)
    row.number("c", least=0)
    row.number("d")
    assert len(faults) == 4
