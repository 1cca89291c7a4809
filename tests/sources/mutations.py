"""Files that went wrong, drawn by seed, and what becomes of a reader that is given one."""

from __future__ import annotations

import random
import re
import signal
import traceback
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from abate.errors import AbateError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from sources.readers import Reader

SOURCE = Path(__file__).resolve().parents[2] / "src"
WORDS = (
    *("", " ", "0", "-1", "-0.0", "1e308", "1e999", "-1e400", "9" * 25, "9" * 400, "9" * 5000, "1_000", "nan", "NaN"),
    *("inf", "-inf", "null", "true", "1.5", "0x10", "١٢", "²", "½", "=1+1", "@SUM(1)", "+cmd", "-2+3", '"', "'", "''"),
    *("0000-00-00", "2026-02-30", "0001-01-01", "9999-12-31", "1677-09-20", "2263-01-01", "99999-01-01", "2026-13-01"),
    *(
        "2026-03-29T01:30:00",
        "9999-12-31T23:59:59+14:00",
        "0001-01-01T00:00:00Z",
        "24:00",
        "99:99",
        "1e5",
        "2026-W01-1",
    ),
    *(
        "\0",
        "\ufeff",
        "\u202e",
        "\ud7ff",
        "\U0010ffff",
        "\r",
        "\n",
        "\r\n",
        "\t",
        ",",
        ";",
        ",,,,",
        "\\",
        "%s",
        "{}",
        "../x",
    ),
    *("[", "]", "{", "[" * 3000, '{"a":' * 3000, "<a>" * 500, "x" * 200_000, "[]", "{}", "EPSG:0", "EPSG:99999999"),
)
BYTES = (
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x00",
    b"\xe9",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\x1f\x8b",
    b"PK\x03\x04",
    b"<html>",
)
_CELL = re.compile(rb"[^,\n\r:=\[\]{}<>\"']+")


class TooSlowError(BaseException):
    """A file took longer than it may."""


def broken(content: bytes, seed: int) -> bytes:
    """Draw a file that went wrong, from one that is right: one fault mostly, up to four."""
    rng = random.Random(seed)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        content = rng.choice((_cell, _cell, _cell, _slice, _flip, _cut, _insert, _line, _encoded))(content, rng)
    return content


def _cell(content: bytes, rng: random.Random) -> bytes:
    """Put another value where one stands."""
    found = list(_CELL.finditer(content[:200_000]))
    if not found:
        return _insert(content, rng)
    one = rng.choice(found)
    return content[: one.start()] + rng.choice(WORDS).encode("utf-8", "surrogatepass") + content[one.end() :]


def _slice(content: bytes, rng: random.Random) -> bytes:
    """Leave out, repeat or move a piece."""
    start, end = sorted(rng.choices(range(len(content) + 1), k=2))
    piece, at = content[start:end], rng.randint(0, len(content))
    return rng.choice(
        (
            content[:start] + content[end:],
            content[:end] + piece + content[end:],
            content[:at] + piece + content[at:],
            content[:start] + piece[::-1] + content[end:],
            content[:start] + bytes(len(piece)) + content[end:],
        )
    )


def _flip(content: bytes, rng: random.Random) -> bytes:
    """Change a few bytes."""
    changed = bytearray(content)
    for _ in range(rng.randint(1, 8)):
        if changed:
            changed[rng.randrange(len(changed))] = rng.choice((rng.randrange(256), 0, 255, 0x7F, 0x80))
    return bytes(changed)


def _cut(content: bytes, rng: random.Random) -> bytes:
    """Cut the file off, at either end."""
    at = rng.randint(0, len(content))
    return rng.choice((content[:at], content[:at], content[at:]))


def _insert(content: bytes, rng: random.Random) -> bytes:
    """Put in a word or bytes that do not belong."""
    at = rng.choice((0, len(content), rng.randint(0, len(content))))
    word = rng.choice((rng.choice(WORDS).encode("utf-8", "surrogatepass"), rng.choice(BYTES)))
    return content[:at] + word + content[at:]


def _line(content: bytes, rng: random.Random) -> bytes:
    """Leave out, repeat or swap lines."""
    lines = content.split(b"\n")
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(4):
        case 0:
            del lines[one]
        case 1:
            lines.insert(other, lines[one])
        case 2:
            lines[one], lines[other] = lines[other], lines[one]
        case _:
            lines[one:one] = [lines[one]] * rng.choice((2, 50))
    return b"\n".join(lines)


def _encoded(content: bytes, rng: random.Random) -> bytes:
    """Write it in another encoding, or with other ends of lines or separators."""
    text = content.decode("utf-8", "replace")
    return rng.choice(
        (
            text.encode("utf-16"),
            text.encode("utf-8-sig"),
            text.replace("e", "é").encode("latin-1", "replace"),
            content.replace(b"\n", b"\r\n"),
            content.replace(b"\n", b"\r"),
            content.replace(b",", b";"),
            content.replace(b",", b"\t"),
        )
    )


def fault(reader: Reader, folder: Path, content: bytes, *, seconds: int = 10) -> str | None:
    """Say what a reader did that no reader may do with a file; None where it read or refused it as it should.

    A reader gives what it read or raises `AbateError` with sentences of which one names a file that it was given.
    Anything else is a fault: another exception, a warning, more seconds than it may take, files left in the folder.
    """
    given = {reader.file: content, **reader.beside()}
    for name, held in given.items():
        (folder / name).write_bytes(held)
    try:
        with _within(seconds), warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", DeprecationWarning)
            warnings.simplefilter("ignore", ResourceWarning)
            reader.read(folder / reader.file)
    except AbateError as told:
        if not any(name in str(told) for name in (*given, str(folder))):
            return f"names no file: {told}"
    except TooSlowError:
        return f"takes more than {seconds} s ({traceback.format_exc(limit=-1).splitlines()[1].strip()})"
    except (Exception, RecursionError) as raised:
        return _where(raised)
    left = sorted(path.name for path in folder.iterdir() if path.name not in given)
    return f"leaves {', '.join(left)} behind" if left else None


def _where(raised: BaseException) -> str:
    """Name an exception with the last line of ours that it went through."""
    ours = [frame for frame in traceback.extract_tb(raised.__traceback__) if frame.filename.startswith(str(SOURCE))]
    at = f"{Path(ours[-1].filename).relative_to(SOURCE)}:{ours[-1].lineno}" if ours else "outside"
    return f"{type(raised).__name__} at {at}: {str(raised)[:200]}"


@contextmanager
def _within(seconds: int) -> Iterator[None]:
    """Break off what takes too long."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
