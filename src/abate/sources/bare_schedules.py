"""Schedules of trials of which only the table is left: what can be told of how they were drawn."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from abate.errors import SourceError
from abate.sources import geojson, small_tables
from abate.tables.patrols import ARMS, SCHEDULE
from abate.trials import waves
from abate.trials.schemes import Scheme

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

_COLUMNS = ("date", "site_id", "arm")


@dataclass(frozen=True, eq=False)
class BareSchedule:
    """Rows of a schedule (`tables.patrols.SCHEDULE`), the sites in their order, and the scheme that it looks like.

    `taken` says in a sentence what was taken for granted.
    """

    rows: pd.DataFrame
    sites: pd.DataFrame
    scheme: Scheme
    taken: str


def read(path: Path) -> BareSchedule:
    """Read a schedule that has no JSON file beside it; raises as `parse` does."""
    return parse(geojson.read_bytes(path), name=path.name)


def parse(content: bytes, *, name: str) -> BareSchedule:
    r"""Understand the bytes of a schedule, and tell by its shape how it may have been drawn.

    The same number of patrols every day is taken as a daily draw, sites that never change arm as a parallel one, sites
    that begin one after the other and then stay as a stepped one. Raises `SourceError` when none fits: without the
    true scheme there is no chance to hold the trial against.

    >>> text = "date,site_id,arm\n2026-01-01,A,patrol\n2026-01-01,B,usual\n2026-01-02,A,usual\n2026-01-02,B,patrol\n"
    >>> found = parse(text.encode(), name="s.csv").scheme
    >>> found.kind, found.treat, found.days
    ('daily', 1, 2)
    """
    wide = _laid_out(content, name)
    if wide.shape[1] < 2:
        raise SourceError(
            f"{name}: the trial has one place only ('{wide.columns[0]}'): the day's effect cannot be told from the "
            "patrol's. Compare at least two places; a count of patrol days beside other days only describes"
        )
    each_day, whole = wide.sum(axis=1), wide.to_numpy()
    first, last = wide.index[0].date(), wide.index[-1].date()
    days = (last - first).days + 1
    if days != len(wide):
        raise SourceError(f"{name}: days between {first} and {last} are missing, {_needs(name)}")
    if 0 < int(each_day.iloc[0]) < wide.shape[1] and (whole == whole[0]).all():
        scheme = Scheme(first, days, kind="parallel", treat=int(each_day.iloc[0]))
        drawn = f"{scheme.treat} of {wide.shape[1]} sites for the whole time"
    elif each_day.nunique() == 1 and 0 < int(each_day.iloc[0]) < wide.shape[1]:
        scheme = Scheme(first, days, treat=int(each_day.iloc[0]))
        drawn = f"{scheme.treat} of {wide.shape[1]} sites each day anew"
    elif (begins := _staggered(whole)) is not None:
        scheme = Scheme(first, days, kind="stepped", begins=begins)
        drawn = f"each of {wide.shape[1]} sites from its turn on, the turns dealt out among the sites"
    else:
        raise SourceError(f"{name}: patrols a day run from {each_day.min()} to {each_day.max()}, {_needs(name)}")
    sites = pd.DataFrame({"site_id": wide.columns.astype("str"), "name": wide.columns.astype("str")})
    rows = wide.reset_index().melt(id_vars="date", var_name="site_id", value_name="patrol")
    rows = rows.assign(
        site_id=rows["site_id"].astype("str"),
        arm=rows["patrol"].map({True: "patrol", False: "usual"}).astype("str"),
    ).drop(columns="patrol")
    taken = (
        f"{name} has no JSON file beside it that says how it was drawn: it is taken to have been {drawn}, every choice "
        "equally likely. That it was frozen before the first day cannot be shown"
    )
    return BareSchedule(small_tables.checked(rows, SCHEDULE, name=name), sites, scheme, taken)


def _staggered(whole: NDArray[np.bool_]) -> tuple[int, ...] | None:
    """Give the days on which sites begin, in order, where each goes on once it has begun and not all begin at once."""
    begins = waves.first_days(whole)
    if begins is None or len(set(begins.tolist())) < 2:
        return None
    return tuple(sorted(begins.tolist()))


def _needs(name: str) -> str:
    return (
        f"and there is no JSON file beside {name} that says how it was drawn: put it back as `abate patrols randomise` "
        "wrote it. Without it no redraw of the schedule is valid"
    )


def _laid_out(content: bytes, name: str) -> pd.DataFrame:
    """Give days x sites, True where drawn for patrol; raises `SourceError` with what is wrong with the rows."""
    try:
        frame = pd.read_csv(io.BytesIO(content), dtype="str", keep_default_na=False)
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError):
        frame = pd.DataFrame()
    if tuple(frame.columns) != _COLUMNS or not len(frame) or small_tables.too_wide(frame, name=name):
        raise SourceError(f"{name}: a schedule has the columns {', '.join(_COLUMNS)}, no others, and at least a row")
    dates = pd.to_datetime(frame["date"], format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")
    wrong = dates.isna() | ~frame["arm"].isin(ARMS) | (frame["site_id"] == "")
    faults = [
        f"{name}, row {row + 1}: {frame.loc[row].to_dict()} is no place-day (a day YYYY-MM-DD, a site, "
        f"{' or '.join(ARMS)})"
        for row in frame.index[wrong][:5]
    ]
    again = frame.duplicated(["date", "site_id"])
    faults += [
        f"{name}, row {row + 1}: site '{frame['site_id'][row]}' on {frame['date'][row]} stands in an "
        "earlier row already"
        for row in frame.index[again][:5]
    ]
    if faults:
        raise SourceError(*faults)
    wide = frame.assign(date=dates, arm=frame["arm"] == "patrol").pivot_table(
        index="date", columns="site_id", values="arm", aggfunc="any"
    )
    if wide.isna().to_numpy().any():
        raise SourceError(f"{name}: not every site has a row on every day, {_needs(name)}")
    return wide.astype(bool)
