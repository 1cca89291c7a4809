"""Judge what was loaded: what is missing, where points pile up, which months are odd, and what that means for a map.

`by_month`, `point_use` and `vintages` take an Ibis table of incidents and give the small tables that are needed;
`assess` takes those, executed, with what the lake knows of the load, and gives a `Quality`. See
`docs/explanation/data-quality.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from abate.incidents import findings, snapping
from abate.tables import COVERAGE, FATES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pandas import Series

    from abate.incidents.findings import Finding
    from abate.incidents.snapping import Snapping

Vintage = Literal["2011", "2021", "mixed", "both", "none"]

LOW, HIGH = 0.5, 1.5
LATEST_ENGLISH_2011 = "E01033768"
LATEST_WELSH_2011 = "W01001958"

_EARLIER = 12
_EARLIER_AT_LEAST = 3
_BY_CHANCE = 4.0
_ABSENT_AT_LEAST = 20.0
_NO_AREA = "-"


@dataclass(frozen=True)
class Given:
    """What the lake knows of a load beyond the incidents themselves.

    `fates` and `coverage` are tables of the dictionary; `rejected_by_rule` counts rejected rows by rule;
    `repeats_elsewhere` are repeats of a Crime ID that name another place than the row that was kept;
    `ids_in_several_months` are Crime IDs found in more than one month.
    """

    fates: pd.DataFrame
    coverage: pd.DataFrame
    rejected_by_rule: Mapping[str, int] = field(default_factory=dict)
    repeats_elsewhere: int = 0
    ids_in_several_months: int = 0


@dataclass(frozen=True)
class Quality:
    """The state of the data, as tables for the page and as findings for people.

    `monthly` has force, month, incidents, without_coordinates; `unlocated` crime_type, incidents,
    without_coordinates, share; `odd` force, month, crime_type, incidents, usual, ratio, why; `vintages` force, month,
    new, retired, unchanged, blank, vintage; `points` a verdict on snapping a force.
    """

    given: Given
    monthly: pd.DataFrame
    unlocated: pd.DataFrame
    odd: pd.DataFrame
    points: Mapping[str, Snapping]
    vintages: pd.DataFrame
    findings: tuple[Finding, ...] = ()

    @property
    def demonstration(self) -> str | None:
        """Give the sentence for published points when any force's points are a fixed list; else None."""
        return next((found.demonstration for found in self.points.values() if found.demonstration), None)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Give each finding as a sentence: what was found, and what it means."""
        return tuple(str(finding) for finding in self.findings)


def by_month(incidents: Any) -> Any:
    """Count an Ibis table of incidents by force, month and crime type, and how many have no coordinates."""
    keys = ["force", "month", "crime_type"]
    nowhere = incidents.x.isnull() | incidents.y.isnull()
    counted = incidents.group_by(keys).agg(
        incidents=incidents.count(), without_coordinates=nowhere.ifelse(1, 0).sum().cast("int64")
    )
    return counted.order_by(keys)


def point_use(incidents: Any, *, first: str | None = None) -> Any:
    """Count an Ibis table of incidents by force, point, month and crime type, as `snapping.find` wants it.

    `first` leaves out earlier months: the latest twelve of a large force are plenty to tell a fixed list.
    """
    keys = ["force", "x", "y", "crs", "month", "crime_type"]
    located = incidents.filter(incidents.x.notnull() & incidents.y.notnull())
    if first is not None:
        located = located.filter(located.month >= first)
    return located.group_by(keys).agg(incidents=located.count()).order_by(keys)


def vintages(incidents: Any, *, retired: Collection[str] = ()) -> Any:
    """Count an Ibis table of incidents by force, month and what their area code says of its edition.

    `new` codes exist since 2021 only: English ones above E01033768 and Welsh ones above W01001958 (checked against
    the whole lookup of the Office for National Statistics from 2011 to 2021 areas). `retired` are codes of 2011 that
    ended, where the caller has that list; without it they are counted among the `unchanged`.
    """
    code = incidents.lsoa_code.fill_null("").strip()
    new = (code.startswith("E01") & (code > LATEST_ENGLISH_2011)) | (
        code.startswith("W01") & (code > LATEST_WELSH_2011)
    )
    old = code.isin(sorted(retired) or [_NO_AREA])
    blank = code == ""
    counts = {"new": new, "retired": old, "blank": blank, "unchanged": ~(new | old | blank)}
    counted = incidents.group_by(["force", "month"]).agg(
        **{name: test.ifelse(1, 0).sum().cast("int64") for name, test in counts.items()}
    )
    return counted.order_by(["force", "month"])


def assess(given: Given, *, by_month: pd.DataFrame, point_use: pd.DataFrame, vintages: pd.DataFrame) -> Quality:
    """Judge the data from small tables and say what was found.

    The three tables are those that the functions of the same names give, executed. Raises `TableError` when fates or
    coverage are not as the dictionary says.
    """
    FATES.check(given.fates)
    COVERAGE.check(given.coverage)
    monthly = by_month.groupby(["force", "month"], as_index=False)[["incidents", "without_coordinates"]].sum()
    judged = Quality(
        given=given,
        monthly=monthly,
        unlocated=unlocated(by_month),
        odd=odd_months(by_month),
        points={str(force): snapping.find(use) for force, use in point_use.groupby("force", sort=True)},
        vintages=with_vintage(vintages),
    )
    return Quality(**{**vars(judged), "findings": tuple(findings.of(judged))})


def unlocated(by_month: pd.DataFrame) -> pd.DataFrame:
    """Give each crime type's incidents without coordinates, the largest share first.

    >>> counts = pd.DataFrame({"crime_type": ["Drugs", "Robbery"], "incidents": [4, 2], "without_coordinates": [0, 1]})
    >>> list(unlocated(counts)["share"])
    [0.5, 0.0]
    """
    by_type = by_month.groupby("crime_type", as_index=False)[["incidents", "without_coordinates"]].sum()
    by_type["share"] = by_type["without_coordinates"] / by_type["incidents"].clip(lower=1)
    return by_type.sort_values(["share", "crime_type"], ascending=[False, True], ignore_index=True)


def odd_months(by_month: pd.DataFrame) -> pd.DataFrame:
    """List the months that are unlike those before them.

    A month is `low` below half and `high` above one and a half times the median of up to twelve earlier months of its
    force (at least three), if that is also more than chance: four standard deviations of a Poisson count. A crime
    type is `absent` when it has no incident in a month before which the median was at least 20. The months of a
    pandemic, a new recording system and a failed delivery all look like this: it is a reason to ask, not a verdict.

    >>> counts = pd.DataFrame({"force": "essex", "month": ["2024-01", "2024-02", "2024-03", "2024-04"],
    ...     "crime_type": "Drugs", "incidents": [100, 110, 90, 30], "without_coordinates": 0})
    >>> odd_months(counts)[["month", "why", "usual"]].values.tolist()
    [['2024-04', 'low', 100.0]]
    """
    found = []
    for force, rows in by_month.groupby("force", sort=True):
        totals = rows.groupby("month")["incidents"].sum().sort_index()
        by_type = rows.pivot_table(index="month", columns="crime_type", values="incidents", aggfunc="sum", fill_value=0)
        series = {"all": totals, **{str(kind): by_type[kind].sort_index() for kind in by_type.columns}}
        found += [_unlike(counts, kind).assign(force=str(force), crime_type=kind) for kind, counts in series.items()]
    columns = ["force", "month", "crime_type", "incidents", "usual", "ratio", "why"]
    listed = [frame for frame in found if len(frame)]
    if not listed:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
    return pd.concat(listed, ignore_index=True)[columns].sort_values(
        ["force", "month", "crime_type"], ignore_index=True
    )


def with_vintage(counts: pd.DataFrame) -> pd.DataFrame:
    """Add the `vintage` of each force and month: 2011, 2021, mixed, both (no code tells) or none (no codes).

    Where retired codes are known they decide. Where they are not, a month is mixed when new codes are fewer than half
    of what they are in the force's month with most of them.
    """
    coded = counts["new"] + counts["retired"] + counts["unchanged"]
    share = counts["new"] / coded.clip(lower=1)
    most = share.groupby(counts["force"]).transform("max")
    told = bool(counts["retired"].sum())
    rows = zip(counts["new"], counts["retired"], coded, share < most / 2, strict=True)
    named = [_vintage(int(new), int(old), int(any_), thin=bool(thin), told=told) for new, old, any_, thin in rows]
    return counts.assign(vintage=named)


def _vintage(new: int, retired: int, coded: int, *, thin: bool, told: bool) -> Vintage:
    if not coded:
        return "none"
    if new and (retired or (thin and not told)):
        return "mixed"
    if new:
        return "2021"
    return "2011" if retired or not told else "both"


def _usual(counts: Series[Any]) -> Series[Any]:
    return counts.astype(float).shift(1).rolling(_EARLIER, min_periods=_EARLIER_AT_LEAST).median()


def _unlike(counts: Series[Any], kind: str) -> pd.DataFrame:
    """Give the months of one series that are unlike those before, with what is usual and why they are listed."""
    usual = _usual(counts)
    beyond = (counts - usual).abs() > _BY_CHANCE * usual.pow(0.5)
    why = pd.Series("", index=counts.index)
    if kind == "all":
        why[(counts < LOW * usual) & beyond] = "low"
        why[(counts > HIGH * usual) & beyond] = "high"
    else:
        why[(counts == 0) & (usual >= _ABSENT_AT_LEAST)] = "absent"
    seen = pd.DataFrame({"incidents": counts, "usual": usual, "ratio": counts / usual, "why": why})
    return seen[seen["why"] != ""].rename_axis("month").reset_index()
