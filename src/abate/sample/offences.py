"""What happens in the sample town in a year, and under which Home Office codes it is recorded.

The yearly numbers are of the order of a coastal town of 60,000 in England; the codes and classifications are those of
the Home Office counting rules. Shares of codes are made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Setting = Literal["public", "home", "online", "stand-in"]
Coded = tuple[float, str, str]

VIOLENCE = "Violence and sexual offences"
ASB = "Anti-social behaviour"
SERIOUS = (VIOLENCE, "Robbery", "Possession of weapons")


@dataclass(frozen=True)
class Kind:
    """One kind of incident in one setting: how many a year in each town, where, when, and how it is recorded.

    `in_hotspots` is the share that falls in planted hotspots, `repeats` the share that are near repeats of another,
    `season` the height of the yearly wave around 1 and the month of its top, `codes` the shares of offence codes.
    """

    crime_type: str
    setting: Setting
    yearly: float
    quiet_yearly: float
    in_hotspots: float
    repeats: float
    season: tuple[float, int]
    rhythm: str
    codes: tuple[Coded, ...]


_PUBLIC_VIOLENCE: tuple[Coded, ...] = (
    (0.30, "8N", "008/06"),
    (0.03, "8N", "008/01"),
    (0.012, "5D", "005/01"),
    (0.46, "105A", "105/01"),
    (0.05, "104", "008/73"),
    (0.03, "3B", "003/01"),
    (0.078, "8L", "008/30"),
    (0.04, "20A", "020/05"),
)
_HOME_VIOLENCE: tuple[Coded, ...] = (
    (0.28, "8N", "008/06"),
    (0.01, "5D", "005/01"),
    (0.45, "105A", "105/01"),
    (0.06, "105A", "008/67"),
    (0.12, "8L", "195/94"),
    (0.04, "19C", "019/08"),
    (0.04, "20A", "020/05"),
)

KINDS = (
    Kind(VIOLENCE, "public", 1800, 70, 0.50, 0.08, (0.10, 7), "evening", _PUBLIC_VIOLENCE),
    Kind(VIOLENCE, "home", 1150, 70, 0.0, 0.0, (0.05, 12), "home", _HOME_VIOLENCE),
    Kind(VIOLENCE, "online", 620, 40, 0.0, 0.0, (0.0, 1), "home", ((1.0, "8R", ""),)),
    Kind(ASB, "public", 2100, 90, 0.35, 0.05, (0.30, 7), "evening", ((1.0, "", ""),)),
    Kind(
        "Robbery", "public", 140, 3, 0.55, 0.10, (0.12, 11), "evening", ((0.9, "34B", "034/01"), (0.1, "34A", "034/01"))
    ),
    Kind(
        *("Possession of weapons", "public", 120, 3, 0.50, 0.0, (0.05, 7), "evening"),
        ((0.6, "10D", "008/26"), (0.3, "10C", "008/11"), (0.1, "10D", "008/64")),
    ),
    Kind(
        "Public order", "public", 900, 35, 0.45, 0.04, (0.15, 7), "evening", ((0.95, "9A", ""), (0.05, "66", "066/01"))
    ),
    Kind(
        "Criminal damage and arson",
        "public",
        950,
        50,
        0.15,
        0.12,
        (0.08, 10),
        "evening",
        ((0.95, "58D", ""), (0.05, "56B", "")),
    ),
    Kind("Shoplifting", "public", 850, 12, 0.80, 0.0, (0.06, 12), "day", ((1.0, "46", "046/00"),)),
    Kind("Other theft", "public", 480, 30, 0.20, 0.0, (0.05, 7), "day", ((1.0, "49", ""),)),
    Kind("Vehicle crime", "public", 470, 30, 0.05, 0.16, (0.10, 11), "home", ((0.7, "45", "045/10"), (0.3, "48", ""))),
    Kind("Burglary", "home", 410, 28, 0.0, 0.20, (0.18, 12), "day", ((0.8, "28E", "028/03"), (0.2, "30C", ""))),
    Kind("Drugs", "public", 300, 10, 0.40, 0.0, (0.0, 1), "evening", ((0.8, "92E", ""), (0.2, "92A", ""))),
    Kind("Other crime", "public", 190, 12, 0.05, 0.0, (0.0, 1), "day", ((1.0, "99", ""),)),
    Kind("Bicycle theft", "public", 85, 4, 0.30, 0.10, (0.40, 7), "day", ((1.0, "44", "044/00"),)),
    Kind("Theft from the person", "public", 90, 2, 0.60, 0.0, (0.08, 12), "evening", ((1.0, "39", "039/00"),)),
)

KNIVES = {"8N": 0.05, "5D": 0.45, "3B": 0.15, "34A": 0.35, "34B": 0.22, "19C": 0.01}

OUTCOMES: tuple[tuple[str, float], ...] = (
    ("Unable to prosecute suspect", 0.42),
    ("Investigation complete; no suspect identified", 0.36),
    ("Suspect charged", 0.11),
    ("Local resolution", 0.04),
    ("Offender given a caution", 0.03),
    ("Further investigation is not in the public interest", 0.02),
    ("Action to be taken by another organisation", 0.02),
)
