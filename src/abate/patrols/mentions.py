"""Words that may point to a person, in texts that are printed for officers: a sheet is about a place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_RANKS = "PC|PCSO|SPC|DC|PS|DS|Sgt|Sergeant|Insp|Inspector|DI|CI|DCI|Supt|Constable|Warden|SC"
_TITLES = "Mr|Mrs|Ms|Miss|Mx|Master|Sir|Lady|Dr|Prof|Rev"
_NAME = r"[A-Z][a-z'’\-]+[a-z]"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PATTERNS: Mapping[str, str] = {
    "an e-mail address": r"[\w.+\-]{1,64}@[\w\-]+\.[\w.\-]+",
    "a telephone number": r"(?<![\d.])(?:\+44|0044|0)[ \-()]*(?:\d[ \-()]*){9,10}(?!\d)",
    "a date of birth": (
        r"(?i:\b(?:d\.?o\.?b\.?|date of birth|born(?: on)?)\b)"
        r"|\b(?:0?[1-9]|[12]\d|3[01])[/.\-](?:0?[1-9]|1[0-2])[/.\-](?:19\d\d|200\d|201\d)\b"
    ),
    "an officer's number or name": (
        rf"\b(?:{_RANKS})\.? *(?:\d{{2,6}}\b|{_NAME})|(?i:\b(?:collar|warrant) *(?:no\.?|number)?:? *\d+)"
    ),
    "a vehicle registration": r"\b[A-Z]{2}(?:0[1-9]|[1-9]\d) ?[A-Z]{3}\b|\b[A-Z]\d{3} ?[A-Z]{3}\b",
    "a National Insurance number": r"\b[A-CEGHJ-PR-TW-Z]{2} ?(?:\d{2} ?){3}[A-D]\b",
    "a police or court reference of a person": r"(?i:\bPNC(?:ID)?\b|\bnominal\b|\bcustody (?:no\.?|number|record)\b)",
    "a name after a title": rf"\b(?:{_TITLES})\.? +{_NAME}",
    "an alias": r"(?i:\b(?:a\.?k\.?a\.?|alias|goes by the name|nicknamed) )",
}

FORENAMES = _words(
    "aaron abdul adam ahmed aisha alan alex ali alice amanda amina amy andrew angela anna anthony ashley barry ben "
    "benjamin brian callum cameron carl caroline catherine charlie chloe chris christopher claire connor craig daniel "
    "darren david dean deborah dylan edward ella emily emma ethan fatima fiona gareth gary gavin george graham hannah "
    "harry hassan helen ian ibrahim jack jacob jade jake james jamie jane jason jayden jennifer jessica joanne john "
    "jonathan jordan joseph josh joshua julie karen kate katie kayleigh keith kelly kevin kieran kyle laura lauren lee "
    "leon lewis liam linda lisa louise lucy luke malik marcus margaret mark martin mary matthew megan michael michelle "
    "mohammed muhammad nathan neil nicholas nicola oliver olivia omar patricia patrick paul peter philip priya rachel "
    "rebecca richard robert ruth ryan samantha samuel sarah scott sean shannon shaun simon sophie stephen steven "
    "stuart susan thomas tom tracey tyler victoria wayne william yusuf zoe"
)
_PLACES = _words(
    "street st road rd avenue ave lane ln close court crescent drive gardens grove green hill house hall hotel inn "
    "arms head park place row square station terrace view walk way wharf yard bridge church cathedral chapel school "
    "college academy centre center estate tower theatre arcade market mall quay gate library hospital clinic stadium "
    "pub bar club lodge passage mews field fields farm rise parade circus cross common island pier"
)
_SAINTLY = frozenset({"st", "saint", "king", "queen", "prince", "princess", "the", "great", "big"})
_GENERIC = _words(
    "alpha bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa quebec "
    "romeo sierra tango uniform victor whiskey whisky xray yankee zulu team pair unit patrol crew squad car foot bike "
    "cycle van north south east west central centre town city early late night day red blue green amber yellow orange "
    "white black grey silver gold one two three four five six seven eight nine ten grip hotspot response tasking "
    "wardens street safer operation op sector zone beat area first second third"
)
_NOT_A_CALL_SIGN = re.compile(rf"(?i:\b(?:{_RANKS}|{_TITLES}|officer)\b)")


@dataclass(frozen=True)
class Mention:
    """Words that may point to a person: what they look like, and how they read."""

    what: str
    words: str


def found(text: str) -> tuple[Mention, ...]:
    """Find the words of a text that may point to a person; nothing where it speaks of a place only.

    Looks for shapes (dates of birth, telephone and registration numbers, officers' numbers, titles with a name) and for
    a common forename before another capitalised word that does not make the two a place. It cannot know every name:
    a person reads what is handed out.

    >>> [each.what for each in found("Ask PC 1234 about the lad, DOB 3/4/1999")]
    ["an officer's number or name", 'a date of birth']
    >>> found("Lighting is out behind George Street car park since 3/4/2026")
    ()
    """
    told = [
        (match.start(), Mention(what, match.group().strip()))
        for what, pattern in PATTERNS.items()
        for match in re.finditer(pattern, text)
    ]
    named = [(at, Mention("a person's name", words)) for at, words in _names(text)]
    seen: dict[str, Mention] = {}
    for _, mention in sorted([*told, *named], key=lambda each: (each[0], each[1].what)):
        seen.setdefault(mention.what, mention)
    return tuple(seen.values())


def _names(text: str) -> list[tuple[int, str]]:
    """Find a common forename before a capitalised word, unless the two are part of the name of a place."""
    words = list(re.finditer(r"[A-Za-z][A-Za-z'’\-]*", text))
    told = []
    for place, word in enumerate(words[:-1]):
        after = words[place + 1]
        before = words[place - 1].group().lower() if place else ""
        further = words[place + 2].group().lower() if place + 2 < len(words) else ""
        apart = text[word.end() : after.start()]
        if (
            word.group()[0].isupper()
            and word.group().lower() in FORENAMES
            and after.group()[0].isupper()
            and apart.strip() == ""
            and before not in _SAINTLY
            and not {after.group().lower(), further} & _PLACES
        ):
            told.append((word.start(), f"{word.group()} {after.group()}"))
    return told


def call_sign(team: str) -> str | None:
    """Say why a team's name will not do as a call sign; None where it will.

    Two to four plain capitalised words none of which is usual in a call sign read as a person's name.

    >>> call_sign("P3"), call_sign("North Pair"), call_sign("Late 2")
    (None, None, None)
    >>> call_sign("Jane Smith")
    "team 'Jane Smith' reads as a person's name; a call sign such as P3 or North Pair would be right"
    >>> call_sign("PC 1234")
    "team 'PC 1234' reads as an officer; a call sign such as P3 or North Pair would be right"
    """
    right = "a call sign such as P3 or North Pair would be right"
    if not team.strip():
        return f"a team has no name; {right}"
    if _NOT_A_CALL_SIGN.search(team) or any(each.what != "a vehicle registration" for each in found(team)):
        named = not _NOT_A_CALL_SIGN.search(team) and "name" in found(team)[0].what
        return f"team '{team}' reads as {'a person' + chr(39) + 's name' if named else 'an officer'}; {right}"
    words = re.findall(r"[A-Za-z'’]+", team)
    plain = 2 <= len(words) <= 4 and re.fullmatch(r"[A-Za-z'’ .\-]+", team)
    if plain and not {word.lower() for word in words} & _GENERIC and all(word[0].isupper() for word in words):
        return f"team '{team}' reads as a person's name; {right}"
    return None


def faults(where: str, texts: Iterable[tuple[str, str]]) -> list[str]:
    """Say of each text that may point to a person where it stands and what would be right.

    `where` is the file; each text comes with its own place in it, such as `row 4, note`.

    >>> told = faults("notes.csv", [("row 2, note", "call 07700 900123"), ("row 3, note", "the gate is broken")])
    >>> print(*told)
    notes.csv, row 2, note: '07700 900123' looks like a telephone number; a sheet speaks of the place, not of people
    """
    return [
        f"{where}, {place}: '{mention.words}' looks like {mention.what}; a sheet speaks of the place, not of people"
        for place, text in texts
        for mention in found(text)
    ]
