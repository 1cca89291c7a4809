"""A rota as a co-ordinator writes it: sites with their hours, teams with their shifts, and the rules between them.

Hours are minutes of the local clock since the midnight with which the day begins; what runs past the next midnight goes
beyond 1440.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from abate.errors import OptionError
from abate.patrols.dose_curves import KOPER, RETURNS, DoseCurve

if TYPE_CHECKING:
    from datetime import date, datetime

BudgetCounts = Literal["stays and travel", "stays"]
Mode = Literal["foot", "bicycle", "car"]

DAY = 24 * 60
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SPEEDS_KMH = {"foot": 4.5, "bicycle": 12.0, "car": 25.0}


@dataclass(frozen=True)
class Band:
    """Hours in which a site is to be visited, on the days of the week (0 is Monday) on which they begin.

    `weight` is how much a visit in these hours is worth beside one in the site's busiest hours.
    """

    begins: int
    ends: int
    days: tuple[int, ...] = tuple(range(7))
    weight: float = 1.0


@dataclass(frozen=True)
class Site:
    """A place to be visited: its middle, what a visit there is worth, its hours, the visits a day least and most."""

    site_id: str
    name: str
    easting: float
    northing: float
    priority: float = 1.0
    bands: tuple[Band, ...] = (Band(0, DAY),)
    least: int = 0
    most: int = 3


@dataclass(frozen=True)
class Break:
    """A break that a team takes once in its shift, within these minutes, where it stands or at its base."""

    earliest: int
    latest: int
    minutes: int
    at_base: bool = False


@dataclass(frozen=True)
class Team:
    """A team of officers that go together: its base, its shift, how many they are, how they travel, its breaks."""

    team: str
    easting: float
    northing: float
    begins: int
    ends: int
    officers: int = 2
    mode: str = "foot"
    breaks: tuple[Break, ...] = ()
    days: tuple[int, ...] = tuple(range(7))


@dataclass(frozen=True)
class Event:
    """A stretch of time in which a visit to a site is worth more (or nothing: weight 0 closes the site)."""

    site_id: str
    begins: datetime
    ends: datetime
    weight: float


@dataclass(frozen=True)
class Rota:
    """Sites, teams and rules, for any day.

    `stays` are the lengths that a visit may have, in minutes. `gap` is the least time between two visits to a site,
    from the end of one to the start of the next. `budget_hours` are officer-hours a day (None: no limit). `loss` is the
    share of the best value that may be given up so that start times cannot be foretold.
    """

    sites: tuple[Site, ...]
    teams: tuple[Team, ...]
    zone: str = "Europe/London"
    name: str = "rota"
    stays: tuple[int, ...] = (15,)
    gap: int = 120
    returns: float = RETURNS
    curve: DoseCurve = KOPER
    budget_hours: float | None = None
    budget_counts: BudgetCounts = "stays and travel"
    closed: tuple[date, ...] = ()
    events: tuple[Event, ...] = ()
    loss: float = 0.01
    speeds_kmh: dict[str, float] = field(default_factory=lambda: dict(SPEEDS_KMH))
    detour: float = 1.3

    def __post_init__(self) -> None:
        if faults := [*_faults(self)]:
            raise OptionError(*faults)


def _faults(rota: Rota) -> list[str]:
    """Say everything that no day could put right."""
    found = []
    if not rota.stays or any(stay < 1 for stay in rota.stays):
        found.append(
            f"stay_minutes: a stay lasts at least a minute, not {', '.join(map(str, rota.stays)) or 'nothing'}"
        )
    if rota.gap < 0:
        found.append(f"gap_minutes: cannot be below 0, and is {rota.gap}")
    if not 0 <= rota.loss < 1:
        found.append(f"loss: a share from 0 to below 1, such as 0.01, not {rota.loss:g}")
    if rota.budget_hours is not None and rota.budget_hours < 0:
        found.append(f"budget_officer_hours: cannot be below 0, and is {rota.budget_hours:g}")
    shortest = min(rota.stays, default=1)
    found += [
        f"team '{team.team}': the shift from {clock(team.begins)} to {clock(team.ends)} lasts "
        f"{team.ends - team.begins} minutes, shorter than a stay of {shortest}"
        for team in rota.teams
        if team.ends - team.begins < shortest
    ]
    return found


def clock(minutes: int) -> str:
    """Write minutes since midnight as a clock shows them.

    >>> clock(1095), clock(1470)
    ('18:15', '00:30 the day after')
    """
    written = f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
    return f"{written} the day after" if minutes > DAY else "24:00" if minutes == DAY else written
