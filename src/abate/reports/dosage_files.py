"""The dose as files: visits, doses, other presence, compliance and disagreements, as CSV. None names a device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from abate.tables.patrols import ATTENDED_VISITS, DOSES

if TYPE_CHECKING:
    from collections.abc import Mapping

_MINUTES = (
    *("minutes", "low", "high", "officer_minutes", "officers", "minutes_low", "minutes_high", "vehicle_minutes"),
    *("seen_minutes", "planned_minutes"),
)
_PRESENCE = ("site_id", "team", "kind", "start", "minutes", "low", "high", "officers", "officer_minutes")


def visits_csv(visits: pd.DataFrame) -> bytes:
    """Write visits.csv: ATTENDED_VISITS, times in UTC."""
    return _csv(visits[list(ATTENDED_VISITS.columns)])


def doses_csv(doses: pd.DataFrame) -> bytes:
    """Write dose.csv: DOSES, whose first four columns are date, site_id, minutes, officers."""
    return _csv(doses[[*DOSES.columns, "short_stays", "vehicle_minutes"]])


def presence_csv(presences: pd.DataFrame) -> bytes:
    """Write presence.csv: stays that are no attended visit: short ones on foot, and those by vehicle."""
    rest = presences[~presences["attended"]].sort_values(["start", "site_id", "kind", "team"], kind="stable")
    return _csv(rest[list(_PRESENCE)])


def compliance_csv(matched: pd.DataFrame) -> bytes:
    """Write compliance.csv: each planned visit and what became of it."""
    told = matched[["team", "site_id", "start", "minutes", "status", "seen_start", "seen_minutes", "seen_team"]]
    return _csv(told.rename(columns={"start": "planned_start", "minutes": "planned_minutes"}))


def disagreements_csv(differ: pd.DataFrame) -> bytes:
    """Write disagreements.csv: where check-ins and positions do not tell the same."""
    return _csv(differ[["time", "site_id", "team", "what", "minutes"]])


def plain_visits(visits: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the visits as the JSON document has them."""
    return [_plain(row) for row in visits.to_dict("records")]


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    known: dict[Any, Any] = {name: None if pd.isna(value) else value for name, value in row.items()}
    return {
        "site": known["site_id"],
        "start": _moment(known["start"]),
        "minutes": round(float(known["minutes"]), 3),
        "low": round(float(known["low"]), 3),
        "high": round(float(known["high"]), 3),
        "officers": int(known["officers"]),
        "officer_minutes": round(float(known["officer_minutes"]), 3),
        "team": known["team"],
        "planned_start": _moment(known["planned_start"]) if known["planned_start"] is not None else None,
    }


def _moment(value: Any) -> str:
    text = pd.Timestamp(value).tz_convert("UTC").isoformat(timespec="microseconds").replace("+00:00", "Z")
    return text.replace(".000000Z", "Z")


def _csv(rows: pd.DataFrame) -> bytes:
    told = rows.copy()
    for name in told.columns:
        if name == "date":
            told[name] = told[name].dt.strftime("%Y-%m-%d")
        elif isinstance(told[name].dtype, pd.DatetimeTZDtype):
            told[name] = pd.Series([_moment(each) if pd.notna(each) else "" for each in told[name]], index=told.index)
        elif name in _MINUTES and pd.api.types.is_float_dtype(told[name]):
            told[name] = told[name].round(3)
    return told.to_csv(index=False, lineterminator="\n").encode()
