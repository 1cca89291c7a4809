"""Values as people write them in a rota: clocks, days of the week, numbers, breaks; each fault says where it is."""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from abate.errors import SourceError, nearest
from abate.patrols.rotas import DAY, WEEKDAYS, Break

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
_BREAK = re.compile(r"(\S+?)\s*-\s*(\S+)\s+(\d+)(?:\s*min(?:utes)?)?(?:\s+(?:at\s+)?(base|anywhere))?")


class Row:
    """One row of a file or one section of a rota: gives typed values, and gathers what is wrong with them."""

    def __init__(self, values: Mapping[str, Any], label: str, faults: list[str]) -> None:
        self.values = {str(key).strip().lower(): value for key, value in values.items()}
        self.label = label
        self.faults = faults

    def has(self, name: str) -> bool:
        """Tell whether something stands under a name."""
        value = self.values.get(name)
        return value is not None and str(value).strip() != ""

    def fault(self, name: str, right: str) -> None:
        """Note that the value under a name will not do, and what would."""
        value = self.values.get(name)
        said = "blank" if value is None or str(value).strip() == "" else f"{value!s}" if _plain(value) else f"'{value}'"
        self.faults.append(f"{self.label}: {name} is {said}; {right} would be right")

    def text(self, name: str, default: str | None = None, *, one_of: tuple[str, ...] | None = None) -> str:
        """Give a text."""
        if not self.has(name):
            if default is None:
                self.fault(name, "a name")
            return default or ""
        value = str(self.values[name]).strip()
        if one_of is not None and value.lower() not in one_of:
            self.faults.append(f"{self.label}: {name} is '{value}'. {nearest(value, one_of)}")
            return one_of[0]
        return value.lower() if one_of is not None else value

    def number(
        self, name: str, default: float | None = None, *, least: float = -math.inf, right: str = "a number"
    ) -> float:
        """Give a number of at least `least`."""
        if not self.has(name):
            if default is None:
                self.fault(name, right)
            return math.nan if default is None else default
        try:
            value = float(str(self.values[name]))
        except ValueError:
            value = math.nan
        if isinstance(self.values[name], bool) or not math.isfinite(value) or value < least:
            self.fault(name, right)
            return math.nan if default is None else default
        return value

    def whole(self, name: str, default: int, *, least: int = 0, most: int = 100_000) -> int:
        """Give a whole number."""
        right = f"a whole number of {least} or more" if most >= 100_000 else f"a whole number from {least} to {most}"
        value = self.number(name, float(default), least=least, right=right)
        if value != int(value) or value > most:
            self.fault(name, right)
            return default
        return int(value)

    def clock(self, name: str, default: int | None = None) -> int:
        """Give minutes after midnight of a clock time written HH:MM."""
        if not self.has(name) and default is not None:
            return default
        found = minutes(str(self.values.get(name) or ""))
        if found is None:
            self.fault(name, "a time such as 18:30")
        return 0 if found is None else found

    def span(self, begins: str, ends: str, default: tuple[int, int] | None = None) -> tuple[int, int]:
        """Give a stretch between two clock times; one that ends no later than it begins ends on the day after."""
        first = self.clock(begins, None if default is None else default[0])
        last = self.clock(ends, None if default is None else default[1])
        return first, last if last > first else last + DAY

    def days(self, name: str = "days") -> tuple[int, ...]:
        """Give days of the week, 0 for Monday; all of them where nothing is said."""
        if not self.has(name):
            return tuple(range(7))
        value = self.values[name]
        found = weekdays(", ".join(map(str, value)) if isinstance(value, list) else str(value))
        if found is None:
            self.fault(name, "days such as Fri, Sat or Mon-Thu")
        return tuple(range(7)) if found is None else found

    def breaks(self, name: str = "breaks") -> tuple[Break, ...]:
        """Give breaks written as `19:00-21:00 30` (minutes) with ` base` behind where they are taken there."""
        if not self.has(name):
            return ()
        value = self.values[name]
        parts = value if isinstance(value, list) else str(value).split(";")
        found = [_break(str(part).strip()) for part in parts if str(part).strip()]
        if None in found:
            self.fault(name, "breaks such as 19:00-21:00 30; 22:30-23:30 15 base")
        return tuple(each for each in found if each is not None)

    def moment(self, name: str) -> datetime | None:
        """Give a day and time of the local clock, or a moment with its zone."""
        value = self.values.get(name)
        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(str(value))
        except ValueError:
            self.fault(name, "a day and time such as 2026-12-04T19:30")
            return None

    def unknown(self, known: tuple[str, ...]) -> None:
        """Note every name that is not known."""
        for name in self.values:
            if name not in known:
                self.faults.append(f"{self.label}: there is no setting '{name}'. {nearest(name, known)}")


def contents(path: Path, files: list[tuple[str, str]]) -> bytes:
    """Give the bytes of a file, and note it with its SHA-256 among those read."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file") from None
    except OSError as fault:
        raise SourceError(f"{path}: cannot be read: {fault.strerror or fault}") from None
    files.append((path.name, hashlib.sha256(content).hexdigest()))
    return content


def rows(path: Path, files: list[tuple[str, str]], needed: tuple[str, ...], faults: list[str]) -> list[Row]:
    """Read a CSV file row by row; a fault for each column that is missing and each row that is too long or short."""
    try:
        text = contents(path, files).decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise SourceError(f"{path.name}: is not UTF-8 text (byte {fault.start + 1}): save it as UTF-8 CSV") from None
    try:
        read = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
        lines = [line for line in read if any(map(str.strip, line))]
    except csv.Error as fault:
        raise SourceError(f"{path.name}: is no CSV: {fault}") from None
    header = [cell.strip().lower() for cell in lines[0]] if lines else []
    faults += [f"{path.name}: there is no column '{name}'" for name in needed if name not in header]
    found = []
    for number, line in enumerate(lines[1:], start=1):
        if len(line) != len(header):
            faults.append(f"{path.name}, row {number}: has {len(line)} values, where there are {len(header)} columns")
        elif all(name in header for name in needed):
            found.append(Row(dict(zip(header, line, strict=True)), f"{path.name}, row {number}", faults))
    return found


def _plain(value: object) -> bool:
    return isinstance(value, int | float | list | date)


def minutes(text: str) -> int | None:
    """Give minutes after midnight of a clock time; None where it is none.

    >>> minutes("18:30"), minutes("24:00"), minutes("6pm")
    (1110, 1440, None)
    """
    found = _CLOCK.fullmatch(text.strip()[:5] if re.fullmatch(r"\d\d:\d\d:00", text.strip()) else text.strip())
    value = int(found[1]) * 60 + int(found[2]) if found else None
    return value if value is None or value <= DAY else None


def weekdays(text: str) -> tuple[int, ...] | None:
    """Give days of the week from words, names in full or short; None where a word is none.

    >>> weekdays("Fri, Sat"), weekdays("Mon-Thu"), weekdays("Sat-Mon"), weekdays("every day"), weekdays("Caturday")
    ((4, 5), (0, 1, 2, 3), (0, 5, 6), (0, 1, 2, 3, 4, 5, 6), None)
    """
    if text.strip().lower() in {"all", "every day", "daily"}:
        return tuple(range(7))
    found: set[int] = set()
    for part in filter(None, re.split(r"[,;/]| and |(?<!-)\s+(?!-)", re.sub(r"\s+to\s+", "-", text.strip()))):
        ends = [_weekday(word) for word in re.split(r"\s*-\s*| to ", part.strip())]
        if None in ends or len(ends) > 2:
            return None
        first, last = ends[0] or 0, ends[-1] or 0
        found |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    return tuple(sorted(found)) or None


def _weekday(word: str) -> int | None:
    short = word.strip()[:3].title()
    full = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    if short not in WEEKDAYS or len(word.strip()) < 3:
        return None
    place = WEEKDAYS.index(short)
    return place if full[place].lower().startswith(word.strip().lower()) else None


def _break(text: str) -> Break | None:
    found = _BREAK.fullmatch(text)
    if found is None:
        return None
    first, last, length = minutes(found[1]), minutes(found[2]), int(found[3])
    if first is None or last is None or length < 1:
        return None
    last = last if last > first else last + DAY
    return Break(first, last, length, found[4] == "base") if last - first >= length else None
