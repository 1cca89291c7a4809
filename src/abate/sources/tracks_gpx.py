"""Positions from GPX files, read as a stream, so that a large or broken file costs neither memory nor patience.

Document types and entities are refused before anything in them is looked at. A track's name is its device.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import IO, Any
from xml.parsers import expat

import numpy as np
import pandas as pd

from abate.errors import SourceError

_CHUNK = 1 << 18
_MOST_POINTS = 50_000_000
_DEEPEST = 64
_LONGEST = 256
_LONGEST_PART = 1 << 20


@dataclass
class _Reading:
    """What is known so far of the file being read."""

    name: str
    stem: str
    depth: int = 0
    tracks: int = 0
    seen: bool = False
    open_point: bool = False
    keeping: str | None = None
    text: list[str] = field(default_factory=list)
    device: str = ""
    x: array[float] = field(default_factory=lambda: array("d"))
    y: array[float] = field(default_factory=lambda: array("d"))
    times: list[str] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)


def parse(source: IO[bytes], *, name: str, stem: str) -> pd.DataFrame:
    r"""Read the track points of a GPX stream: `device`, `time` (text), `x` and `y` (longitude and latitude).

    `name` is what the file is called in sentences; `stem` names a track without a name. Raises `SourceError` that says
    at which line the file breaks off or stops being GPX.

    >>> import io
    >>> text = '<gpx><trk><name>A</name><trkseg><trkpt lat="51.5" lon="-0.1"><time>2026-11-02T14:00:00Z</time></trkpt>'
    >>> parse(io.BytesIO((text + "</trkseg></trk></gpx>").encode()), name="a.gpx", stem="a").to_numpy().tolist()
    [['A', '2026-11-02T14:00:00Z', -0.1, 51.5]]
    """
    reading = _Reading(name, stem)
    parser = _parser(reading)
    try:
        given = 0
        while chunk := source.read(_CHUNK):
            parser.Parse(chunk)
            given += len(chunk)
            if given - parser.CurrentByteIndex > _LONGEST_PART + len(chunk):
                raise SourceError(
                    f"{name}, line {parser.CurrentLineNumber:,}: a tag or comment is longer than "
                    f"{_LONGEST_PART >> 20} MB: the file is damaged; nothing of it was used"
                )
        parser.Parse(b"", True)  # noqa: FBT003 - the end, as expat takes it
    except expat.ExpatError as fault:
        raise SourceError(
            f"{name}, line {fault.lineno:,}: the XML breaks here ({expat.ErrorString(fault.code)}) after "
            f"{len(reading.x):,} positions: the file is cut short or damaged; export it again. Nothing of it was used"
        ) from None
    except (ValueError, LookupError, EOFError, OSError) as fault:
        raise SourceError(f"{name}: cannot be read to its end ({fault}): get the file again") from None
    return _rows(reading)


def _parser(reading: _Reading) -> Any:
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise SourceError(
            f"{reading.name}, line {parser.CurrentLineNumber:,}: has a document type or an entity, which GPX does not "
            "need and which can hide an attack: it is refused unread"
        )

    def begin(tag: str, values: dict[str, str]) -> None:
        reading.depth += 1
        if reading.depth > _DEEPEST:
            raise SourceError(
                f"{reading.name}, line {parser.CurrentLineNumber:,}: elements lie more than {_DEEPEST} deep: not GPX"
            )
        _begin(reading, tag.rpartition(":")[2], values)
        if reading.keeping:
            parser.CharacterDataHandler = keep

    def keep(words: str) -> None:
        if sum(map(len, reading.text)) < _LONGEST:
            reading.text.append(words[:_LONGEST])

    def end(tag: str) -> None:
        _end(reading, tag.rpartition(":")[2])
        if not reading.keeping:
            parser.CharacterDataHandler = None

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    return parser


def _begin(reading: _Reading, local: str, values: dict[str, str]) -> None:
    if not reading.seen:
        _check_root(reading, local)
    if local == "trkpt":
        _begin_point(reading, values)
    elif local == "trk":
        _end_track(reading)
        reading.tracks += 1
        reading.device = ""
    elif (local == "time" and reading.open_point) or (local == "name" and reading.depth == 3 and reading.tracks):
        reading.keeping, reading.text = local, []


def _end(reading: _Reading, local: str) -> None:
    reading.depth -= 1
    if local == reading.keeping:
        told = "".join(reading.text).strip()
        if local == "time":
            reading.times[-1] = told
        else:
            reading.device = told
        reading.keeping = None
    elif local == "trkpt":
        reading.open_point = False
    elif local == "trk":
        _end_track(reading)


def _check_root(reading: _Reading, local: str) -> None:
    reading.seen = True
    if local != "gpx":
        raise SourceError(f"{reading.name}: is XML but no GPX (it begins with <{local}>, GPX with <gpx>)")


def _begin_point(reading: _Reading, values: dict[str, str]) -> None:
    reading.open_point = True
    reading.x.append(_number(values.get("lon")))
    reading.y.append(_number(values.get("lat")))
    reading.times.append("")
    if len(reading.x) > _MOST_POINTS:
        raise SourceError(f"{reading.name}: has more than {_MOST_POINTS:,} positions: split the file by day")


def _number(text: str | None) -> float:
    try:
        return float(text) if text is not None and len(text) < 40 else np.nan
    except ValueError:
        return np.nan


def _end_track(reading: _Reading) -> None:
    """Give the points since the last track the name of their track."""
    if len(reading.x) > (reading.ends[-1] if reading.ends else 0):
        number = f" {reading.tracks}" if reading.tracks > 1 else ""
        reading.devices.append(reading.device or f"{reading.stem}{number}")
        reading.ends.append(len(reading.x))


def _rows(reading: _Reading) -> pd.DataFrame:
    _end_track(reading)
    sizes = np.diff([0, *reading.ends])
    return pd.DataFrame(
        {
            "device": pd.Series(np.repeat(np.array(reading.devices, dtype=object), sizes), dtype="str"),
            "time": pd.Series(reading.times, dtype="str"),
            "x": np.array(reading.x, dtype=np.float64),
            "y": np.array(reading.y, dtype=np.float64),
        }
    )
