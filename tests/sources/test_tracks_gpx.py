"""GPX read as a stream: broken, hostile and huge files."""

from __future__ import annotations

import io
import tracemalloc

import pytest

from abate.errors import SourceError
from abate.sources import tracks_gpx

POINT = b'<trkpt lat="51.5" lon="-0.1"><ele>3</ele><time>2026-11-02T14:00:00Z</time></trkpt>\n'
BEGIN, END = b'<gpx xmlns="urn:x"><trk><name>A</name><trkseg>\n', b"</trkseg></trk></gpx>"


class Repeated(io.RawIOBase):
    """A large file that is never held in memory: a beginning, one piece again and again, an end."""

    def __init__(self, begin: bytes, piece: bytes, times: int, end: bytes) -> None:
        self.parts = iter((begin, *((piece * 1000,) * times), end))

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return next(self.parts, b"")


def parse(content: bytes) -> object:
    return tracks_gpx.parse(io.BytesIO(content), name="a.gpx", stem="a")


def test_tracks_have_their_names_and_points_their_times() -> None:
    two = BEGIN + POINT * 2 + b"</trkseg></trk><trk><trkseg>" + POINT.replace(b"51.5", b"x") + END
    rows = tracks_gpx.parse(io.BytesIO(two), name="a.gpx", stem="a")
    assert rows["device"].tolist() == ["A", "A", "a 2"]
    assert rows["y"].isna().tolist() == [False, False, True]
    assert rows["time"].tolist() == ["2026-11-02T14:00:00Z"] * 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (BEGIN + POINT * 3 + b"<trkpt", "line 5: the XML breaks here .* after 3 positions"),
        (BEGIN + POINT + b"</gpx>", "line 3: the XML breaks here"),
        (b'<!DOCTYPE gpx [<!ENTITY a "b">]><gpx/>', "document type or an entity"),
        (b"<html></html>", "is XML but no GPX"),
        (b"<gpx>" + b"<a>" * 100, "more than 64 deep"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(content: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        parse(content)


def test_large_broken_gpx_costs_little_memory() -> None:
    broken = Repeated(BEGIN, POINT, 6, b"<trkpt lat=")
    tracemalloc.start()
    with pytest.raises(SourceError, match="after 6,000 positions"):
        tracks_gpx.parse(broken, name="big.gpx", stem="big")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4e6


def test_an_endless_tag_is_refused_soon() -> None:
    endless = Repeated(BEGIN + b'<trkpt lat="', b"1" * 1000, 100, b"")
    with pytest.raises(SourceError, match="longer than 1 MB"):
        tracks_gpx.parse(endless, name="big.gpx", stem="big")


def test_one_endless_text_costs_little() -> None:
    endless = Repeated(BEGIN + b'<trkpt lat="1" lon="2"><time>', b"x" * 1000, 20, b"")
    with pytest.raises(SourceError, match="after 1 positions"):
        tracks_gpx.parse(endless, name="big.gpx", stem="big")


def test_an_encoding_that_is_none_is_told() -> None:
    with pytest.raises(SourceError, match=r"a\.gpx: cannot be read to its end \(unknown encoding"):
        parse(b'<?xml version="1.0" encoding="true"?><gpx/>')
