"""The monthly return to the funder: visits, person-hours, what was done, incidents in the sites, and problem plans.

Its items are those that the Home Office asked of forces in the Hotspot Response and Action Funds: patrols, hours by
police and by partner, incidents in the sites, arrests, stop and searches, other powers, weapons. A return says what
was put in and what was recorded. It estimates no effect: places are chosen because much happened there, and less would
happen in the next month at many of them without any patrol.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING, Any

import pandas as pd

from abate import periods
from abate.patrols import personhours, sitetotals
from abate.patrols.sitetotals import ALL_CRIME, half_up
from abate.stats import rounding
from abate.tables import RETURNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from abate.patrols.logbooks import Logbook
    from abate.patrols.personhours import PersonHours
    from abate.patrols.problems import Standing
    from abate.patrols.sitetotals import Recorded

ALL = "all"
KOPER_MINUTES = 10.0
NO_EFFECT = (
    "These counts say what was recorded, not what the patrols did: sites are chosen when much happened there, so fewer "
    "incidents are to be expected afterwards without any patrol, and a year is one comparison. An effect is estimated "
    "by a trial (abate patrols randomise)."
)
SEARCHES_ARE_NO_SUCCESS = (
    "Searches stand beside the hours on patrol so that they can be watched. More searches are not a better result, and "
    "fewer are not a worse one; no target and no trend is set beside them. Who was searched, and why, is for scrutiny "
    "of each search."
)


@dataclass(frozen=True)
class Return:
    """A month's return: `table` (`tables.RETURNS`) in the order that it is read, and what it is made of.

    `sites` has a row a site of the list (visits, hours, what was done, incidents, stage of its plan); `groups` a row a
    group of sites with hours, searches and their rate per 100 patrol hours; `powers` a row a power used. `standing` is
    None without problem plans, `recorded` None without a record of crime. `notes` are sentences.
    """

    month: str
    table: pd.DataFrame
    sites: pd.DataFrame
    groups: pd.DataFrame
    powers: pd.DataFrame
    hours: PersonHours
    recorded: Recorded | None
    standing: Standing | None
    notes: tuple[str, ...]

    def value(self, item: str, group: str = ALL) -> float | None:
        """Give one figure of the return; None where it has none."""
        row = self.table[(self.table["item"] == item) & (self.table["group"] == group)]
        return None if not len(row) or pd.isna(row["value"].iloc[0]) else float(row["value"].iloc[0])

    def within(self, item: str) -> dict[str, float | None]:
        """Give an item's figures by group, in the order of the return."""
        rows = self.table[self.table["item"] == item]
        return {
            str(group): None if pd.isna(value) else float(value)
            for group, value in zip(rows["group"], rows["value"], strict=True)
        }


def make(book: Logbook, *, recorded: Recorded | None = None, standing: Standing | None = None) -> Return:
    """Make the return of a month from its records (`patrols.logbooks.lay`).

    Person-hours are split so that roles, funding streams and sites each add up to the total (`patrols.personhours`).
    """
    hours = personhours.split(book.visits, book.activity, book.teams)
    powers = sitetotals.powers(book.activity)
    sites = sitetotals.by_site(book, hours, recorded, standing)
    groups = sitetotals.by_group(sites, searched=book.activity is not None)
    items = [
        *_visits(book),
        *_hours(book, hours),
        *_done(book, powers, sites),
        *_searches(groups),
        *_incidents(recorded, sites),
        *_plans(standing),
    ]
    frame = pd.DataFrame(items, columns=list(RETURNS.columns))
    texts = dict.fromkeys(("item", "group", "unit", "source", "note"), "str")
    figures = dict.fromkeys(("value", "low", "high"), "float64")
    table = RETURNS.check(frame.astype({**texts, **figures}))
    told = (
        *book.notes,
        *_gaps(book, hours),
        *(recorded.notes if recorded else ()),
        *(standing.notes if standing else ()),
    )
    return Return(book.month, table, sites, groups, powers, hours, recorded, standing, told)


def _item(  # noqa: PLR0917 - read as a row of the return
    item: str,
    group: str,
    value: float | None,
    unit: str,
    source: str,
    note: str = "",
    ends: tuple[float, float] | None = None,
) -> dict[str, Any]:
    low, high = ends or (None, None)
    return {
        "item": item,
        "group": group,
        "value": value,
        "unit": unit,
        "source": source,
        "note": note,
        "low": low,
        "high": high,
    }


def _visits(book: Logbook) -> Iterator[dict[str, Any]]:
    visits = book.visits
    if book.planned is not None:
        planned, met = len(book.planned), int(book.planned["answered"].sum())
        yield _item("visits scheduled", ALL, planned, "visits", "plan")
        yield _item("scheduled visits attended", ALL, met, "visits", "plan and visits")
        share = half_up(met / planned, 0.001) if planned else None
        yield _item("compliance", ALL, share, "share", "plan and visits", "scheduled visits attended over scheduled")
    yield _item("visits attended", ALL, len(visits), "visits", "visits")
    for source in ("gps", "app", "manual"):
        if count := int((visits["source"] == source).sum()):
            yield _item("visits attended by what shows them", source, count, "visits", "visits")
    long = int((visits["minutes"] >= KOPER_MINUTES).sum())
    yield _item("visits of 10 minutes or more", ALL, long, "visits", "visits")
    yield _item("sites visited", ALL, int(visits["site_id"].nunique()), "sites", "visits")
    yield _item("sites on the list", ALL, len(book.sites), "sites", "sites")
    present, low, high = (half_up(fsum(visits[name]) / 60, personhours.UNIT) for name in ("minutes", "low", "high"))
    note = "overlapping officers count once; from the lower to the upper end of every visit's 95% interval"
    yield _item("hours of presence", ALL, present, "hours", "visits", note, (low, high))


def _hours(book: Logbook, hours: PersonHours) -> Iterator[dict[str, Any]]:
    source = "visits, activity and teams" if book.teams is not None else "visits and activity"
    yield _item("person-hours", ALL, hours.total, "hours", "visits", "time in the sites, each officer's own")
    for name, value in hours.by_kind().items():
        yield _item("person-hours by kind of staff", name, value, "hours", source)
    for name, value in hours.by("role").items():
        yield _item("person-hours by role", name, value, "hours", source)
    for name, value in _last(hours.by("funding_stream"), personhours.UNFUNDED).items():
        yield _item("person-hours by funding stream", name, value, "hours", source)
    for row in hours.cells.to_dict("records"):
        group = f"{row['role']}, {row['funding_stream']}"
        yield _item("person-hours by role and funding stream", group, row["hours"], "hours", source)
    spent = book.visits.groupby("source")["officer_minutes"].sum()
    for name, tenths in zip(spent.index, rounding.apportion(spent.to_numpy(float) / 60, unit=0.1), strict=True):
        yield _item("person-hours by what shows them", str(name), int(tenths) / 10, "hours", "visits")
    by_site = dict(zip(hours.sites["site_id"], hours.sites["hours"], strict=True))
    for site in book.sites["site_id"]:
        yield _item("person-hours by site", site, by_site.get(site, 0.0), "hours", "visits")
    if book.activity is not None:
        note = "named in activity records and shown by no visit; not counted in any other figure"
        yield _item("person-hours that no visit shows", ALL, hours.beyond, "hours", "activity", note)


def _last(given: Mapping[str, float], name: str) -> dict[str, float]:
    return dict(sorted(given.items(), key=lambda each: (each[0] == name, each[0])))


def _done(book: Logbook, powers: pd.DataFrame, sites: pd.DataFrame) -> Iterator[dict[str, Any]]:
    if book.activity is None:
        return
    for item, unit in (("arrests", "arrests"), ("weapons seized", "weapons"), ("powers used", "uses")):
        column = {"weapons seized": "weapons", "powers used": "powers"}.get(item, item)
        yield _item(item, ALL, int(sites[column].sum()), unit, "activity")
    for power, times in zip(powers["power"], powers["times"], strict=True):
        yield _item("powers used by kind", power, int(times), "uses", "activity")
    for item, column in (("arrests by site", "arrests"), ("weapons seized by site", "weapons")):
        for site, count in zip(sites["site_id"], sites[column], strict=True):
            yield _item(item, site, int(count), column, "activity")


def _searches(groups: pd.DataFrame) -> Iterator[dict[str, Any]]:
    note = "never a measure of success"
    for row in groups.to_dict("records"):
        yield _item("patrol hours beside searches", row["group"], row["hours"], "hours", "visits")
        if pd.notna(row["searches"]):
            yield _item("stop and searches", row["group"], row["searches"], "searches", "activity", note)
        if pd.notna(row["rate"]):
            ends = (row["low"], row["high"])
            yield _item(
                "stop and searches per 100 patrol hours",
                row["group"],
                row["rate"],
                "per 100 hours",
                "activity and visits",
                f"{note}; 95% exact Poisson interval",
                ends,
            )


def _incidents(recorded: Recorded | None, sites: pd.DataFrame) -> Iterator[dict[str, Any]]:
    if recorded is None:
        return
    now, before = recorded.months
    for month, when in ((now, ""), (before, ", same month a year before")):
        for what in dict.fromkeys((ALL_CRIME, recorded.label)):
            inside, outside = _inside(recorded, what, month), _outside(recorded, what, month)
            note = "" if month in recorded.held else f"the record does not hold {month}"
            yield _item(f"incidents in sites{when}", what, inside, "incidents", recorded.source, note)
            yield _item(
                f"incidents in the rest of the force area{when}", what, outside, "incidents", recorded.source, note
            )
    for site, count in zip(sites["site_id"], sites["incidents"], strict=True):
        yield _item("incidents by site, all crime", site, _known(count), "incidents", recorded.source)
    if recorded.label != ALL_CRIME:
        for site, count in zip(sites["site_id"], sites["chosen"], strict=True):
            yield _item(f"incidents by site, {recorded.label}", site, _known(count), "incidents", recorded.source)


def _inside(recorded: Recorded, what: str, month: str) -> int | None:
    if month not in recorded.held or not recorded.outlined:
        return None
    rows = sitetotals.counts_of(recorded, what, month)
    return int(rows.loc[rows["site_id"] != "", "incidents"].sum())


def _outside(recorded: Recorded, what: str, month: str) -> int | None:
    if month not in recorded.held or not recorded.outlined:
        return None
    rows = sitetotals.counts_of(recorded, what, month)
    return int(rows.loc[rows["site_id"] == "", "incidents"].sum())


def _plans(standing: Standing | None) -> Iterator[dict[str, Any]]:
    if standing is None:
        return
    table, source = standing.table, "problem plans"
    yield _item("sites with a problem plan", ALL, int((table["responses"] > 0).sum()), "sites", source)
    yield _item("sites without a problem plan", ALL, len(standing.without), "sites", source)
    for item, column in (
        ("responses open", "open"),
        ("responses overdue", "overdue"),
        ("responses done", "done"),
        ("responses done without assessment", "unassessed"),
    ):
        yield _item(item, ALL, int(table[column].sum()), "responses", source)


def _gaps(book: Logbook, hours: PersonHours) -> Sequence[str]:
    """Say what the hours and the activity lack, and whether the splits add up."""
    told = []
    visited = set(zip(book.visits["site_id"], book.visits["date"], strict=True))
    if book.activity is None:
        told.append("no activity records were given: arrests, searches, weapons and powers are not in this return")
    else:
        named = set(zip(book.activity["site_id"], book.activity["date"], strict=True))
        told.append(
            f"{len(visited & named):,} of {len(visited):,} site-days with a visit have an activity record"
            + (f"; {len(named - visited):,} site-days have a record and no visit" if named - visited else "")
        )
    if unknown := hours.by("role").get(personhours.UNRECORDED):
        told.append(f"the role is not recorded for {unknown:,.1f} of {hours.total:,.1f} person-hours")
    if hours.beyond > 0:
        told.append(
            f"activity records name {hours.beyond:,.1f} person-hours on {hours.beyond_days:,} site-days that no visit "
            "shows; they are not counted (give the visits of those staff as another file)"
        )
    if unreconciled := abs(hours.exact - fsum(book.visits["officer_minutes"])) > 1e-6 * max(hours.exact, 1.0):
        told.append("the splits of person-hours do not add up to the visits" * unreconciled)
    return told


def year_before(month: str) -> str:
    """Give the same month a year before.

    >>> year_before("2026-10")
    '2025-10'
    """
    return periods.following(month, -12)


def _known(value: float) -> int | None:
    return None if pd.isna(value) else int(value)
