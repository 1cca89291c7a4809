"""How a column is recognised: by the words of its heading, and by whether its values are what they should be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_HEADINGS: dict[str, str] = {
    "force": r"force( name)?|police force|reported by",
    "crime_type": r"crime type|offence( type| description| title)?|offense( type| description)?|crime|category|"
    r"primary type|crime category|crime description|type",
    "crime_id": r"crime (id|no|number|ref|reference)|id|incident (id|no|number|key|ref)|case (id|number|no)|urn|"
    r"reference|ref|occurrence (id|number)",
    "x": r"x|x (ft|feet|m|metres|coord|coordinate|coord cd)|easting|eastings|e|lon|long|longitude|lng",
    "y": r"y|y (ft|feet|m|metres|coord|coordinate|coord cd)|northing|northings|n|lat|latitude",
    "location": r"location|street|address|street name|location description|block|place|boro|borough|beat|"
    r"census tract|neighbourhood|ward",
    "lsoa_code": r"lsoa( code|\d\d|\d\dcd)?",
    "outcome": r"outcome|last outcome category|outcome type|status",
    "month": r"month|year month|month year",
    "began": r"began|from|start|committed|committed from|date from|from date|start date|date time from|"
    r"first committed( date)?|earliest( date)?|committed (on )?from( date)?|date|datetime|date time|occurred|"
    r"occur(red)? date|incident date|offence date|date of offence|date committed|committed date|call date|"
    r"occurrence date|date occurred|committed start",
    "began_time": r"time|time from|from time|start time|occur(red)? time|incident time|time committed|committed time|"
    r"committed from time",
    "ended": r"ended|to|end|committed to|date to|to date|end date|date time to|last committed( date)?|latest( date)?|"
    r"committed (on )?to( date)?|committed end",
    "ended_time": r"time to|to time|end time|committed to time",
    "reported": r"reported|reported (on|date|at|datetime)|date reported|report date|recorded|recorded date|"
    r"date recorded|reported date time|created|created date",
    "reported_time": r"reported time|time reported|report time|recorded time",
    "ho_offence_code": r"(ho|home office) (offence )?code|ho offence|offence code|homc( code)?",
    "ho_classification": r"(ho|home office) (offence )?class(ification)?|classification( code)?",
    "domestic": r"domestic|domestic (abuse|violence|flag|incident|abuse flag|violence flag|ind)|da|da flag|dv|dv flag",
    "knife": r"knife|knife (flag|crime|enabled|crime flag|used)|bladed( article)?|sharp instrument|knife or sharp.*",
    "default_geocode": r"default geocode|default (location|coordinate|coordinates|address)|geocode default|"
    r"default geocode flag",
    "premises": r"premises|premises (type|description)|premise( type)?|location type|place type|venue type",
    "victims": r"victims|number of victims|victim count|no of victims",
}
_DATES = ("%d/%m/%Y", "%Y-%m-%d", "%m/%d/%Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d/%m/%y", "%d-%m-%Y", "%d.%m.%Y")
_TIMES = ("%H:%M:%S", "%H:%M", "%H:%M:%S.%f", "%I:%M:%S %p", "%I:%M %p", "%H%M")
_MONTHS = ("%Y-%m", "%m/%Y", "%b-%y", "%b %Y", "%B %Y", "%Y%m", "%Y/%m", "%b-%Y", "%Y-%m-01", "01/%m/%Y")
_FORMATS = (
    *("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%z"),
    *(f"{day} {hour}" for day in _DATES for hour in _TIMES),
    *_DATES,
)
_ENOUGH = 0.9
_LOOKED_AT = 300
_WORDS_SHOWN = 40


@dataclass(frozen=True)
class Found:
    """The column guessed for a field, and why."""

    column: str
    why: str


@dataclass(frozen=True)
class Columns:
    """The columns of an extract with their first values, and what each was guessed to be."""

    values: dict[str, tuple[str, ...]]
    found: dict[str, Found] = field(default_factory=dict)

    @classmethod
    def of(cls, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Columns:
        """Look at headings and rows, and guess which column is what; a column is used once, for the first that fits."""
        turned = list(zip(*rows, strict=True)) or [()] * len(header)
        values = {name: tuple(text.strip() for text in cells) for name, cells in zip(header, turned, strict=True)}
        return cls(values, _paired(_guessed(values), values))

    def unused(self) -> list[str]:
        """List the columns that no field took."""
        used = {found.column for found in self.found.values()}
        return [name for name in self.values if name not in used]

    def words(self, column: str) -> list[str]:
        """List the commonest words of a column, the commonest first."""
        filled = [text for text in self.values[column] if text]
        return sorted(dict.fromkeys(filled), key=lambda word: (-filled.count(word), word))[:_WORDS_SHOWN]

    def numbers(self, axis: str) -> list[float]:
        """List a coordinate's values that are numbers and not 0."""
        texts = self.values[self.found[axis].column]
        return [number for text in texts if _is_number(text) and (number := float(text)) != 0]

    def british(self) -> bool:
        """Tell whether the headings or codes are those of a British extract."""
        words = {_plain(self.found[axis].column) for axis in "xy"}
        grid = {"easting", "eastings", "northing", "northings"}
        return bool({"lsoa_code", "ho_offence_code", "ho_classification"} & set(self.found) or words & grid)

    def has_zero_places(self) -> bool:
        """Tell whether some rows have 0 for both coordinates."""
        pairs = zip(*(self.values[self.found[axis].column] for axis in "xy"), strict=True)
        return any(_is_number(x) and _is_number(y) and float(x) == 0 == float(y) for x, y in pairs)

    def moments(self) -> list[str]:
        """List all dates (with their times of day, where those stand in their own column) as they would be read."""
        texts: list[str] = []
        for which in ("began", "ended", "reported"):
            if which in self.found:
                texts += self.values[self.found[which].column]
            elif f"{which}_date" in self.found:
                days, hours = (self.values[self.found[f"{which}_{part}"].column] for part in ("date", "time"))
                texts += [f"{day} {hour}".strip() for day, hour in zip(days, hours, strict=True) if day]
        return [text for text in texts if text]

    def midnight_only(self, texts: list[str]) -> bool:
        """Tell whether every date carries a time of day, and every one of them is midnight."""
        clock = r"[ T](00:00(:00(\.0+)?)?|12:00(:00)? AM)"
        return bool(texts) and all(re.search(clock + r"$", text) for text in texts)

    def month_format(self) -> str | None:
        """Give the format that fits the column of months."""
        return _fitting([text for text in self.values[self.found["month"].column] if text], _MONTHS)


def _guessed(values: dict[str, tuple[str, ...]]) -> dict[str, Found]:
    found: dict[str, Found] = {}
    for name in _ORDER:
        for column, texts in values.items():
            if any(column == other.column for other in found.values()):
                continue
            why = _why(name, column, [text for text in texts if text])
            if why:
                found[name] = Found(column, why)
                break
    return {name: each for name, each in found.items() if not (name in "xy" and not {"x", "y"} <= set(found))}


_ORDER = ("month", *(name for name in _HEADINGS if name != "month"))


def _why(name: str, column: str, texts: list[str]) -> str | None:
    if not re.fullmatch(_HEADINGS[name], _plain(column)) or not texts:
        return None
    fits, what = _VALUES.get(name, (lambda _: True, ""))
    some = list(dict.fromkeys(texts))[:_LOOKED_AT]
    share = sum(map(fits, some)) / len(some)
    if share < _ENOUGH:
        return None
    return "by its heading" + (f", and its values are {what}" if what else "")


def _plain(column: str) -> str:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", apart.lower()).split())


def _paired(found: dict[str, Found], values: dict[str, tuple[str, ...]]) -> dict[str, Found]:
    """Join a day and its time of day where they stand in two columns; leave out what a month makes needless."""
    kept = dict(found)
    for which in ("began", "ended", "reported"):
        hour = kept.pop(f"{which}_time", None)
        day = kept.get(which)
        if day and hour and not any(":" in text for text in values[day.column]):
            kept[f"{which}_date"], kept[f"{which}_time"] = kept.pop(which), hour
    dated = {"began", "began_date", "reported", "reported_date"} & set(kept)
    if "month" in kept and dated:
        del kept["month"]
    if not {"began", "began_date"} & set(kept):
        kept = {name: each for name, each in kept.items() if not name.startswith("ended")}
    return kept


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?", text))


def _is_date(text: str) -> bool:
    return any(_reads(text, form) for form in _FORMATS)


def _is_time(text: str) -> bool:
    return any(_reads(text, form) for form in _TIMES)


def _is_month(text: str) -> bool:
    return any(_reads(text, form) for form in _MONTHS)


def _is_flag(text: str) -> bool:
    return len(text) <= len("not known")


def _is_code(text: str) -> bool:
    return bool(re.fullmatch(r"0*\d{1,3}[A-Za-z]?(/\d+)?", text))


def _is_area(text: str) -> bool:
    return bool(re.fullmatch(r"[EW]01\d{6}", text))


def _is_kind(text: str) -> bool:
    return not _is_number(text) and not _is_date(text)


_VALUES: dict[str, tuple[Callable[[str], bool], str]] = {
    **dict.fromkeys(("x", "y"), (_is_number, "numbers")),
    **dict.fromkeys(("began", "ended", "reported"), (_is_date, "dates")),
    **dict.fromkeys(("began_time", "ended_time", "reported_time"), (_is_time, "times of day")),
    **dict.fromkeys(("domestic", "knife", "default_geocode"), (_is_flag, "short words")),
    "month": (_is_month, "months"),
    "ho_offence_code": (_is_code, "Home Office codes"),
    "ho_classification": (_is_code, "Home Office classifications"),
    "lsoa_code": (_is_area, "codes of small areas"),
    "victims": (_is_number, "numbers"),
    "crime_type": (_is_kind, "words"),
}


def _reads(text: str, form: str) -> bool:
    try:
        return bool(datetime.strptime(text, form).replace(tzinfo=None))  # noqa: DTZ007 - only whether it fits
    except ValueError:
        return False


def _fitting(texts: list[str], formats: Iterable[str]) -> str | None:
    distinct = list(dict.fromkeys(texts))
    return next((form for form in formats if distinct and all(_reads(text, form) for text in distinct)), None)


def time_formats(texts: list[str]) -> list[str]:
    """Find the fewest common formats that read every text: one, or one with a time of day and one without.

    Day before month wins over month before day where both would do, as in British extracts.

    >>> time_formats(["31/01/2024 14:05", "01/02/2024"])
    ['%d/%m/%Y %H:%M', '%d/%m/%Y']
    """
    left = list(dict.fromkeys(texts))
    if one := _fitting(left, _FORMATS):
        return [one]
    for day in _DATES:
        rest = [text for text in left if not _reads(text, day)]
        timed = _fitting(rest, [form for form in _FORMATS if form.startswith((f"{day} ", f"{day}T"))])
        if timed and len(rest) < len(left):
            return [timed, day]
    return []


def either_way(texts: list[str], formats: list[str]) -> bool:
    """Tell whether the month might stand before the day as well as after it.

    >>> either_way(["01/02/2024"], ["%d/%m/%Y"]), either_way(["31/01/2024"], ["%d/%m/%Y"])
    (True, False)
    """
    turned = [form.replace("%d/%m/", "%m/%d/") for form in formats]
    return turned != formats and all(any(_reads(text, form) for form in turned) for text in set(texts))


@dataclass(frozen=True)
class Where:
    """A coordinate system, or an empty text where none can be told, and why."""

    crs: str
    why: str


def where(x: list[float], y: list[float], *, british: bool) -> Where:
    """Guess the coordinate system from the range of the coordinates.

    Longitude and latitude can be told. Metres in the range of the British National Grid are taken as such only when
    something else in the file is British (`british`), since other grids have the same range: Chicago's lies there.

    >>> where([-0.41], [51.88], british=False).crs
    'EPSG:4326'
    >>> where([538_000.0], [180_000.0], british=True).crs, where([538_000.0], [180_000.0], british=False).crs
    ('EPSG:27700', '')
    """
    if not x or not y:
        return Where("", "no row has coordinates to guess from; British National Grid is EPSG:27700")
    seen = f"x runs from {min(x):g} to {max(x):g}, y from {min(y):g} to {max(y):g}"
    if min(x) >= -180 and max(x) <= 180 and min(y) >= -90 and max(y) <= 90:
        return Where("EPSG:4326", f"longitude and latitude: {seen}")
    if min(x) >= 80_000 and max(x) <= 660_000 and min(y) >= 5_000 and max(y) <= 660_000:
        if british:
            return Where("EPSG:27700", f"check: fits England and Wales on the British National Grid: {seen}")
        return Where("", f'"EPSG:27700" if this is the British National Grid, which it fits, as others do: {seen}')
    known = "New York feet EPSG:2263, Chicago metres EPSG:26971, Portland feet EPSG:2913"
    return Where("", f"{seen}; ask the publisher (for example {known})")
