"""Place words as police files give them, put into the form in which people write them."""

from __future__ import annotations

import re

PREFIX = re.compile(r"^\s*on\s+or\s+near\b\s*", re.IGNORECASE)

NOTHING = frozenset({"", "no location", "unknown", "not known", "none", "n/a", "-"})

KINDS = {
    "airport/airfield": "an airport or airfield",
    "bus/coach station": "a bus or coach station",
    "conference/exhibition centre": "a conference or exhibition centre",
    "ferry terminal": "a ferry terminal",
    "further/higher educational building": "a college or university",
    "hospital": "a hospital",
    "motorway service area": "a motorway service area",
    "nightclub": "a nightclub",
    "park/open space": "a park or open space",
    "parking area": "a parking area",
    "pedestrian subway": "a pedestrian subway",
    "petrol station": "a petrol station",
    "police station": "a police station",
    "prison": "a prison",
    "race track": "a race track",
    "shopping area": "a shopping area",
    "sports/recreation area": "a sports or recreation area",
    "supermarket": "a supermarket",
    "theatre/concert hall": "a theatre or concert hall",
    "theme/adventure park": "a theme or adventure park",
}

_SMALL = frozenset({"and", "at", "by", "de", "des", "in", "la", "le", "next", "of", "on", "the", "to", "under", "upon"})
_CAPITALS = frozenset({"hq", "ne", "nw", "se", "sw"})
_ROAD = re.compile(r"[abm]\d+(\(m\))?", re.IGNORECASE)
_ORDINAL = re.compile(r"\d+(st|nd|rd|th)", re.IGNORECASE)
_WORD = re.compile(r"[abm]\d+\(m\)|[^\s\-/()]+|[\s\-/()]+", re.IGNORECASE)


def street(location: str) -> str | None:
    """Give the street or named place out of the words of a file; None when they name none.

    `On or near` is taken off; kinds of place ("Parking Area") and blanks name nothing in particular. Names all in
    capitals, or with capitals in the wrong place, are put right.

    >>> street("On or near FORREST CRESCENT"), street("On or near St John'S Road"), street("On or near A4146")
    ('Forrest Crescent', "St John's Road", 'A4146')
    >>> street("On or near Parking Area") is None
    True
    """
    words = bare(location)
    return None if words.lower() in NOTHING or words.lower() in KINDS else cased(words)


def kind(location: str) -> str | None:
    """Give the kind of place that the words of a file stand for, with its article; None when they stand for none.

    >>> kind("On or near Bus/Coach Station")
    'a bus or coach station'
    """
    return KINDS.get(bare(location).lower())


def bare(location: str) -> str:
    """Take `On or near` and needless spaces off the words of a file.

    >>> bare("  On or near   High  Street ")
    'High Street'
    """
    return " ".join(PREFIX.sub("", location).split())


def cased(words: str) -> str:
    """Put capitals where people write them; names in ordinary mixed case change only where they are surely wrong.

    >>> cased("THE MCDONALD WAY"), cased("8Th Avenue"), cased("Prince Of Wales Road"), cased("O'CONNOR ST.")
    ('The McDonald Way', '8th Avenue', 'Prince of Wales Road', "O'Connor St.")
    """
    shouted = words.isupper()
    parts = _WORD.findall(words)
    return "".join(_cased(part, first=not position, shouted=shouted) for position, part in enumerate(parts))


def _cased(word: str, *, first: bool, shouted: bool) -> str:
    lowered = word.lower()
    if _ROAD.fullmatch(word) or lowered in _CAPITALS:
        return word.upper()
    if _ORDINAL.fullmatch(word):
        return lowered
    if lowered in _SMALL and not first:
        return lowered
    plain = _titled(lowered) if shouted else word
    return re.sub(r"['’]S\b", lambda ending: ending.group().lower(), plain)


def _titled(word: str) -> str:
    titled = word[:1].upper() + word[1:]
    if re.fullmatch(r"mc[a-z]{3,}", word):
        return "Mc" + word[2:].capitalize()
    if re.match(r"(o|d)['’][a-z]{2}", word):
        return titled[:2] + titled[2:].capitalize()
    return titled
