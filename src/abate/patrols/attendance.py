"""Planned visits matched to what happened, and officers' own check-ins set beside the positions.

Each planned visit gets at most one stay and each stay at most one planned visit, so that as many planned visits as can
be are attended and, among such ways, the starts lie as near to the plan as can be: an assignment, solved exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.tables.patrols import PLANNED_VISITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = pd.Series[Any]

STATUSES = ("attended", "late", "short", "missed")
WITHIN_MINUTES = 90.0
LATE_MINUTES = 15.0
LEAST_STAY = 2.0
_NEAR_CHECK_IN = 15.0
_OTHER_TEAM = 45.0
_VISIT, _SHORT = 10_000.0, 5_000.0


@dataclass(frozen=True)
class Compliance:
    """How many planned visits were made: `attended` includes the `late` ones; `rule` says what counts."""

    scheduled: int
    attended: int
    late: int
    short: int
    missed: int
    rule: str
    unit: str = "visits"

    @property
    def share(self) -> float | None:
        """Attended over scheduled; None where nothing was scheduled."""
        return self.attended / self.scheduled if self.scheduled else None

    def plain(self) -> dict[str, Any]:
        """Give it as plain values."""
        return {
            "unit": self.unit,
            "scheduled": self.scheduled,
            "attended": self.attended,
            "late": self.late,
            "short": self.short,
            "missed": self.missed,
            "share": self.share,
            "rule": self.rule,
        }


def match(planned: pd.DataFrame, presences: pd.DataFrame) -> pd.DataFrame:
    """Match planned visits (PLANNED_VISITS) to stays on foot of two minutes or more.

    Gives the planned visits, in their order, with `status` (attended, late, short, missed), `seen_start`,
    `seen_minutes`, `seen_team` and `presence`, the row of the stay (-1 for none). A stay may answer a visit that it
    begins within 90 minutes of; the same team is preferred. A visit that begins over 15 minutes after its time is late.
    """
    PLANNED_VISITS.check(planned)
    foot = presences[(presences["kind"] == "foot") & (presences["minutes"] >= LEAST_STAY)]
    answer = np.full(len(planned), -1, dtype=np.int64)
    places = {str(site): rows for site, rows in foot.groupby("site_id").indices.items()}
    for site, rows in planned.groupby("site_id").indices.items():
        if str(site) in places:
            stays = foot.iloc[places[str(site)]]
            answer[rows] = _assigned(planned.iloc[rows], stays)
    return _with_status(planned, presences, answer)


def _assigned(planned: pd.DataFrame, stays: pd.DataFrame) -> NDArray[np.int64]:
    """Give for each planned visit of a site the label of the stay that answers it, -1 for none."""
    from scipy.optimize import linear_sum_assignment

    apart = _minutes(stays["start"])[None, :] - _minutes(planned["start"])[:, None]
    mine, theirs = (each["team"].fillna("").to_numpy(dtype=object) for each in (planned, stays))
    other = (theirs[None, :] != "") & (mine[:, None] != theirs[None, :])
    cost = np.abs(apart) + _OTHER_TEAM * other - np.where(stays["attended"].to_numpy()[None, :], _VISIT, _SHORT)
    cost = np.where(np.abs(apart) <= WITHIN_MINUTES, cost, 0.0)
    rows, columns = linear_sum_assignment(cost)
    answer = np.full(len(planned), -1, dtype=np.int64)
    kept = cost[rows, columns] < 0
    answer[rows[kept]] = stays.index.to_numpy()[columns[kept]]
    return answer


def _minutes(moments: Values) -> NDArray[np.float64]:
    return moments.astype("datetime64[us, UTC]").astype("int64").to_numpy() / 6e7


def _with_status(planned: pd.DataFrame, presences: pd.DataFrame, answer: NDArray[np.int64]) -> pd.DataFrame:
    seen = presences.reindex(answer)
    late = (_minutes(seen["start"].fillna(pd.Timestamp(0, tz="UTC"))) - _minutes(planned["start"])) > LATE_MINUTES
    attended = np.r_[presences["attended"].to_numpy(dtype=bool), False][answer]
    status = np.select([answer < 0, ~attended, late], ["missed", "short", "late"], "attended")
    return planned.reset_index(drop=True).assign(
        status=pd.Series(status, dtype="str"),
        seen_start=seen["start"].reset_index(drop=True),
        seen_minutes=seen["minutes"].reset_index(drop=True),
        seen_team=seen["team"].reset_index(drop=True),
        presence=answer,
    )


def comply(matched: pd.DataFrame, rule: str) -> Compliance:
    """Count the planned visits by what became of them.

    >>> comply(pd.DataFrame({"status": ["attended", "late", "missed"]}), "at least 10 minutes").share
    0.6666666666666666
    """
    counts = {status: int((matched["status"] == status).sum()) for status in STATUSES}
    within = "; late: it began more than 15 minutes after its time; the stay begins within 90 minutes of it"
    return Compliance(
        len(matched),
        counts["attended"] + counts["late"],
        counts["late"],
        counts["short"],
        counts["missed"],
        f"planned visits with a visit over planned visits; {rule}{within}",
    )


def comply_by_day(schedule: pd.DataFrame, doses: pd.DataFrame, rule: str) -> Compliance:
    """Count the place-days that were drawn for patrol by whether they saw a visit (SCHEDULE and DOSES).

    Only days that the doses tell of are counted.
    """
    drawn = schedule[schedule["arm"] == "patrol"].merge(doses, on=["date", "site_id"])
    attended = int((drawn["visits"] > 0).sum())
    short = int(((drawn["visits"] == 0) & (drawn["minutes"] > 0)).sum())
    said = f"patrol place-days with a visit over patrol place-days; {rule}"
    return Compliance(len(drawn), attended, 0, short, len(drawn) - attended - short, said, "place-days")


def disagreements(check_ins: pd.DataFrame, presences: pd.DataFrame) -> pd.DataFrame:
    """List where officers' check-ins (`time`, `site_id`, `team`) and positions do not tell the same.

    A check-in agrees with a stay on foot in the same site, by the same team where both are known, from 15 minutes
    before it begins to 15 minutes after it ends. Gives `site_id`, `team`, `time`, `minutes` and `what`:
    "check-in without positions" or "visit without check-in" (attended visits only), by time.
    """
    foot = presences[presences["kind"] == "foot"].reset_index(drop=True)
    begins = _minutes(foot["start"]) - _NEAR_CHECK_IN
    ends = _minutes(foot["start"]) + foot["minutes"].to_numpy() + _NEAR_CHECK_IN
    answered = np.zeros(len(foot), dtype=bool)
    told: list[dict[Any, Any]] = []
    for row, at in zip(check_ins.to_dict("records"), _minutes(check_ins["time"]), strict=True):
        fits = (foot["site_id"] == row["site_id"]).to_numpy() & (begins <= at) & (at <= ends)
        fits &= _same_team(foot["team"], row["team"])
        answered |= fits
        if not fits.any():
            told.append({**row, "minutes": np.nan, "what": "check-in without positions"})
    silent = foot[foot["attended"].to_numpy(dtype=bool) & ~answered]
    told += silent.assign(time=silent["start"], what="visit without check-in").to_dict("records")
    listed = pd.DataFrame(told, columns=["site_id", "team", "time", "minutes", "what"])
    return listed.sort_values(["time", "site_id", "what"], kind="stable").reset_index(drop=True)


def _same_team(teams: Values, team: object) -> NDArray[np.bool_]:
    if team is None or pd.isna(team) or team == "":  # type: ignore[call-overload]
        return np.ones(len(teams), dtype=bool)
    return (teams.isna() | (teams == team)).to_numpy(dtype=bool)
