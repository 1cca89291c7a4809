"""Our pictures as PNG: of the right size, with what was drawn, alike twice."""

from __future__ import annotations

import struct
import sys

import pytest

from abate.errors import MissingPartError
from abate.reports import charts, rasters


def picture(fill: str = "#b3402a") -> str:
    body = f'<rect width="40" height="20" fill="{fill}"/>'
    return charts.svg(body, width=40, height=20, name="a", told="A box.", title="Box")


def test_a_picture_has_the_size_that_was_asked_for():
    drawn = rasters.png(picture(), ppi=144)
    assert drawn.startswith(b"\x89PNG")
    assert struct.unpack(">II", drawn[16:24]) == (80, 40)


def test_the_same_picture_gives_the_same_bytes_and_another_does_not():
    assert rasters.png(picture()) == rasters.png(picture())
    assert rasters.png(picture()) != rasters.png(picture("#ffffff"))


def test_a_picture_that_says_no_size_is_our_fault():
    with pytest.raises(ValueError, match="says its width and height"):
        rasters.size("<svg></svg>")


def test_without_the_extra_there_is_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingPartError, match="needs the extra `report`"):
        rasters.png(picture())
