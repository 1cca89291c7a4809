"""What may stand in a mapping file: its sections, their settings, and what each one means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from abate.errors import nearest

SettingKind = Literal["text", "texts", "whole", "numbers", "yes_no", "tables"]

_SHAPES: dict[str, str] = {
    "text": 'a text in quotes, such as "essex"',
    "texts": 'a text, or a list of texts such as ["yes", "y"]',
    "whole": "a whole number of 1 or more, such as 365",
    "numbers": "a list of numbers, such as [-9, 49, 2.5, 61.5]",
    "yes_no": "true or false",
    "tables": "one or more sections headed [[filters.own]]",
}


@dataclass(frozen=True)
class Setting:
    """One setting of a mapping: what kind of value it takes and what it says."""

    kind: SettingKind
    meaning: str

    def holds(self, value: Any) -> bool:
        """Tell whether a value from the file is of this setting's kind."""
        match self.kind:
            case "text":
                return isinstance(value, str)
            case "texts":
                return isinstance(value, str) or _all(value, str)
            case "whole":
                return isinstance(value, int) and not isinstance(value, bool) and value >= 1
            case "numbers":
                return _all(value, (int, float)) and not any(isinstance(part, bool) for part in value)
            case "yes_no":
                return isinstance(value, bool)
            case "tables":
                return _all(value, dict)


def _all(value: Any, kind: Any) -> bool:
    return isinstance(value, list) and all(isinstance(part, kind) for part in value)


FIELDS: dict[str, str] = {
    "crime_type": "the kind of crime, in the source's own words or codes (`[offences]` may reword them)",
    "crime_id": "the identifier of the crime; a row that repeats one within a month is a repeat",
    "x": "easting or longitude",
    "y": "northing or latitude",
    "location": "the place in words",
    "lsoa_code": "code of the small area",
    "outcome": "last known outcome",
    "month": "the month, for a source that has no day (then none of the moments below)",
    "began": "earliest moment of the offence, date and time in one column (or the day only)",
    "began_date": "its day, where day and time stand in two columns",
    "began_time": "its time of day, where they do",
    "ended": "latest moment of the offence",
    "ended_date": "its day, where day and time stand in two columns",
    "ended_time": "its time of day, where they do",
    "reported": "moment at which it was reported",
    "reported_date": "its day, where day and time stand in two columns",
    "reported_time": "its time of day, where they do",
    "ho_offence_code": "Home Office offence code, such as 8N",
    "ho_classification": "Home Office classification, such as 008/06",
    "domestic": "yes or no: flagged as domestic",
    "knife": "yes or no: a knife or sharp instrument was used or threatened",
    "default_geocode": "yes or no: the coordinates are a stand-in, such as a police station",
    "premises": "kind of premises",
    "victims": "how many people were hurt, a whole number",
}

SECTIONS: dict[str, dict[str, Setting]] = {
    "source": {
        "name": Setting("text", "what this extract is called in reports (must be given)"),
        "force": Setting("text", "the police force of all rows, in lower case with hyphens, such as `essex`"),
        "force_column": Setting("text", "the column that names the force, where rows differ"),
        "crime_type": Setting("text", "the kind of crime of all rows, where no column says it"),
        "repeats": Setting("text", "`once` (default): a crime_id counts once a month; `keep`: every row counts"),
        "blanks": Setting("texts", 'words that stand for "nothing" in any column, such as "NULL"'),
        "delimiter": Setting("text", "the sign between two values of a CSV file; a comma unless given"),
        "encoding": Setting("text", "how letters are written in a CSV file; utf-8 unless given"),
        "sheet": Setting("text", "the sheet of an Excel file; needed when more than one holds something"),
        "header_row": Setting("whole", "the row of the sheet that holds the headings; the first that is not blank"),
    },
    "columns": {field: Setting("text", meaning) for field, meaning in FIELDS.items()},
    "force_names": {"*": Setting("text", "the source's word for a force on the left, the force on the right")},
    "place": {
        "crs": Setting("text", "the coordinate system of x and y, such as EPSG:27700 (British National Grid)"),
        "blanks": Setting("texts", 'values of x and y that mean "no place known", such as "0"'),
    },
    "time": {
        "format": Setting("texts", "how moments are written, in strptime signs; several are tried in turn"),
        "month_format": Setting("text", "how months are written; %Y-%m unless given"),
        "zone": Setting("text", "the time zone of the source's clocks; Europe/London unless given"),
        "day_only": Setting("yes_no", "true where times of day in the file mean nothing, such as midnight throughout"),
    },
    "offences": {"*": Setting("text", "the source's own code on the left, the kind of crime on the right")},
    "words": {
        "yes": Setting("texts", "the words for yes, in any case: yes, y, true, t, 1 unless given"),
        "no": Setting("texts", "the words for no, in any case: no, n, false, f, 0 unless given"),
    },
    "filters": {
        "use": Setting("texts", 'named filters to apply; "public-place" is the one there is'),
        "missing": Setting("text", "`fault` (default) or `ok`: what to do when a filter has no column to look at"),
        "historic_days": Setting("whole", "a crime reported more than this many days after it ended is historic; 365"),
        "indoor_premises": Setting("texts", "words that mark premises as indoors or private"),
        "outdoor_premises": Setting("texts", "words that make them street-visible all the same, such as outside"),
        "online_offences": Setting("texts", "Home Office codes of offences committed online or by message"),
        "police_generated_offences": Setting("texts", "Home Office codes of offences that police activity uncovers"),
        "own": Setting("tables", "filters of your own: `name`, `column`, and either `keep` or `drop`"),
    },
    "rules": {
        "bounds": Setting(
            "numbers", "least x, least y, greatest x, greatest y; from the coordinate system if not given"
        ),
        "first_month": Setting("text", "no row is older than this month, YYYY-MM"),
        "last_month": Setting("text", "no row is younger than this month, YYYY-MM"),
        "unlisted_offence": Setting(
            "text", "a code that `[offences]` does not list is a `reject` (default), is a `drop`, or stays (`keep`)"
        ),
    },
}

OWN_FILTER: dict[str, Setting] = {
    "name": Setting("text", "what it is called among the dropped rows, in lower case with hyphens"),
    "column": Setting("text", "the source's column that it looks at"),
    "keep": Setting("texts", "only rows with one of these values stay"),
    "drop": Setting("texts", "rows with one of these values go"),
}


def faults(document: dict[str, Any]) -> list[str]:
    """Say which sections and settings are unknown, of the wrong kind, or still to be filled in.

    >>> faults({"source": {"name": "Shootings", "forse": "new-york"}})[0][:63]
    "[source] forse: there is no such setting. Did you mean 'force'?"
    """
    found = []
    for section, content in document.items():
        if section not in SECTIONS:
            found.append(f"[{section}]: there is no such section. {nearest(section, SECTIONS)}")
        elif not isinstance(content, dict):
            found.append(f"[{section}]: should be a section, written as a line [{section}] with its settings below it")
        else:
            found += _faults(section, content, SECTIONS[section])
    for own in _own(document):
        found += _faults("filters.own", own, OWN_FILTER)
    return found


def _faults(section: str, content: dict[str, Any], known: dict[str, Setting]) -> list[str]:
    found = []
    for name, value in content.items():
        setting = known.get(name) or known.get("*")
        if setting is None:
            found.append(f"[{section}] {name}: there is no such setting. {nearest(name, known)}")
        elif not setting.holds(value):
            found.append(f"[{section}] {name}: should be {_SHAPES[setting.kind]}, not {value!r}")
        elif value == "":
            found.append(f"[{section}] {name}: is still to be filled in: {setting.meaning}")
    return found


def _own(document: dict[str, Any]) -> list[dict[str, Any]]:
    filters = document.get("filters")
    own = filters.get("own") if isinstance(filters, dict) else None
    return [each for each in own if isinstance(each, dict)] if isinstance(own, list) else []


def markdown() -> str:
    """Print every section and setting of a mapping, as the reference page shows them."""
    parts = []
    for section, known in (*SECTIONS.items(), ("filters.own", OWN_FILTER)):
        heading = f"[[{section}]]" if section == "filters.own" else f"[{section}]"
        rows = [f"| `{name}` | {_NAMES[each.kind]} | {each.meaning} |" for name, each in known.items()]
        named = [row.replace("| `*` |", "| any word |") for row in rows]
        parts.append("\n".join([f"### `{heading}`", "", "| setting | kind | meaning |", "| --- | --- | --- |", *named]))
    return "\n\n".join(parts)


_NAMES: dict[str, str] = {
    "text": "text",
    "texts": "text or list of texts",
    "whole": "whole number",
    "numbers": "list of numbers",
    "yes_no": "true or false",
    "tables": "sections",
}
