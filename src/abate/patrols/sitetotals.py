"""What each site saw in a month: visits, hours, what was done there, what was recorded, and its groups of sites."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.estimate import Estimate
from abate.stats import rounding

if TYPE_CHECKING:
    from abate.patrols.logbooks import Logbook
    from abate.patrols.personhours import PersonHours
    from abate.patrols.problems import Standing

    Values = pd.Series[Any]

ALL_CRIME = "all crime"
EVERY_SITE = "all sites"
NO_AREA = "no area given"
DONE = ("arrests", "searches", "weapons", "powers")


@dataclass(frozen=True)
class Recorded:
    """What was recorded in the sites and in the rest of the force area, this month and the same month a year before.

    `counts` has a row a crime (`all crime` or `label`), month and site (`site_id` blank: the rest of the area, whether
    located or not), with `incidents`; a month that the record does not hold has no rows. `months` are the two months
    asked, `held` those of them that the record holds, `outlined` the sites that have an outline, `source` the record.
    """

    label: str
    counts: pd.DataFrame
    months: tuple[str, str]
    held: tuple[str, ...]
    outlined: tuple[str, ...]
    source: str
    notes: tuple[str, ...] = ()


def rate(count: int, hours: float, *, level: float = 0.95) -> Estimate:
    """Say how many times something happened in 100 hours on patrol, with the exact Poisson interval (Garwood 1936).

    >>> print(rate(14, 1196))
    1.17 (95% interval: 0.64 to 1.96)
    """
    from scipy.stats import chi2

    tail = (1 - level) / 2
    low = float(chi2.ppf(tail, 2 * count) / 2) if count else 0.0
    high = float(chi2.ppf(1 - tail, 2 * count + 2) / 2)
    return Estimate(count, low, high, level, "exact Poisson interval").scaled(100 / hours)


def used(text: str) -> dict[str, int]:
    """Read a list of powers, with semicolons between and `x2` for one used twice.

    >>> used("dispersal; warning x2; dispersal")
    {'dispersal': 2, 'warning': 2}
    """
    found: Counter[str] = Counter()
    for part in re.split(r"[;|]", text):
        if said := re.fullmatch(r"(.+?)(?:\s+x\s*(\d{1,3}))?", part.strip(), re.IGNORECASE):
            found[said[1].lower()] += int(said[2] or 1)
    return dict(found)


def powers(activity: pd.DataFrame | None) -> pd.DataFrame:
    """Count the powers used, the most used first."""
    found: Counter[str] = Counter()
    for text in [] if activity is None else activity["powers"].fillna(""):
        found.update(used(text))
    ordered = sorted(found.items(), key=lambda each: (-each[1], each[0]))
    return pd.DataFrame({"power": [name for name, _ in ordered], "times": np.array([n for _, n in ordered], dtype=int)})


def by_site(book: Logbook, hours: PersonHours, recorded: Recorded | None, standing: Standing | None) -> pd.DataFrame:
    """Lay a row a site: visits, hours, what was done, incidents (blank where not known), and the stage of its plan."""
    listed = book.sites[["site_id", "name"]].reset_index(drop=True)
    area = book.sites["area"].fillna("").reset_index(drop=True)
    visits = listed["site_id"].map(book.visits["site_id"].value_counts()).fillna(0).astype("int64")
    spent = listed["site_id"].map(hours.sites.set_index("site_id")["hours"]).fillna(0.0)
    frame = listed.assign(area=area, visits=visits, hours=spent)
    if book.activity is not None:
        told = book.activity.assign(
            powers=book.activity["powers"].fillna("").map(lambda text: sum(used(text).values()))
        )
        summed = told.groupby("site_id")[list(DONE)].sum()
        for column in summed:
            frame[column] = listed["site_id"].map(summed[column]).fillna(0).astype("int64")
    if recorded is not None:
        for column, what in (("incidents", ALL_CRIME), ("chosen", recorded.label)):
            for suffix, month in (("", recorded.months[0]), ("_before", recorded.months[1])):
                frame[f"{column}{suffix}"] = _counted(recorded, what, month, listed["site_id"])
    if standing is not None:
        frame["plan"] = listed["site_id"].map(standing.table.set_index("site_id")["stage"])
    return frame


def _counted(recorded: Recorded, what: str, month: str, sites: Values) -> Values:
    counts = counts_of(recorded, what, month).set_index("site_id")["incidents"]
    found = sites.map(counts).astype("float64")
    known = sites.isin(recorded.outlined) & (month in recorded.held)
    return found.fillna(0.0).where(known)


def by_group(sites: pd.DataFrame, *, searched: bool) -> pd.DataFrame:
    """Lay hours and searches by group of sites: their areas, or all of them where none has an area."""
    named = sites["area"].where(sites["area"] != "", NO_AREA) if (sites["area"] != "").any() else EVERY_SITE
    grouped = sites.assign(group=named, tenths=np.rint(sites["hours"] * 10).astype("int64")).groupby("group", sort=True)
    rows = []
    for group, members in grouped:
        hours = int(members["tenths"].sum()) / 10
        count = int(members["searches"].sum()) if searched else None
        told = rate(count, hours) if count is not None and hours > 0 else None
        ends = (
            (None, None, None)
            if told is None
            else tuple(half_up(each, 0.01) for each in (told.value, told.low, told.high))
        )
        rows.append((str(group), len(members), hours, count, *ends))
    columns = ["group", "sites", "hours", "searches", "rate", "low", "high"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[2:], "float64"))


def counts_of(recorded: Recorded, what: str, month: str) -> pd.DataFrame:
    """Give the rows of a crime and month."""
    counts = recorded.counts
    return counts.loc[(counts["crime"] == what) & (counts["month"] == month)]


def half_up(value: float, unit: float) -> float:
    """Round to a decimal unit, halves up, as written by hand."""
    return int(rounding.half_up(np.array([value]), unit=unit)[0]) / round(1 / unit)
