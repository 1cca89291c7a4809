"""The page on a drawn schedule: which sites on which days at one glance, how even that is, and how it was drawn."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Any

from abate.errors import MissingPartError
from abate.reports import charts, provenance

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from abate.trials.balance import Balance

    Flags = NDArray[np.bool_]

MARKING = "OFFICIAL-SENSITIVE: for whoever runs the trial, not for those who patrol or record crime"
DAYS_A_BAND = 92
_PATROL, _LEFT_OUT, _REST = "#0b4f8a", "#b3402a", "#eef1f3"
_CELL, _ROW, _HEAD, _FOOT = 12.0, 17.0, 44.0, 14.0
_LETTER = 6.6
_SHOWN_NAME = 34
_PARTS = ("site_id", "name", "weekday", "area", "run_days")


@dataclass(frozen=True)
class Allocation:
    """Everything that the page tells of a schedule.

    `patrol` and `opened` are days x sites, in the order of `sites` (`site_id`, `name`): drawn for patrol, and in the
    draw at all. `told` is what stands in the JSON file beside the schedule, `earlier` names draws made before it.
    """

    dates: tuple[date, ...]
    sites: pd.DataFrame
    patrol: Flags
    opened: Flags
    balance: Balance
    told: Mapping[str, Any]
    earlier: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def draw(allocation: Allocation) -> str:
    """Give the page: the calendar, the balance, and how the schedule was drawn and frozen.

    The page needs no network and no JavaScript, fits a phone, and prints. The same schedule gives the same bytes.
    Raises `MissingPartError` where the extra `report` is not installed.
    """
    sheet, told = _sheet(), allocation.told
    digest = b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    names = dict(zip(allocation.sites["site_id"].astype(str), allocation.sites["name"].astype(str), strict=True))
    page: str = _template().render(
        marking=MARKING,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
        sheet=_markup(sheet),
        told=told,
        drawn=f"draw {told['draw']} of {told['draws']}",
        calendars=[_markup(each) for each in calendars(allocation)],
        sentence=allocation.balance.sentence,
        redraws=allocation.balance.redraws,
        parts=[*_parts(allocation.balance, names)],
        days=[*_days(allocation)],
        earlier=allocation.earlier,
        notes=allocation.notes,
        made=provenance.rows(_made(told)),
    )
    return page


def calendars(allocation: Allocation) -> list[str]:
    """Draw sites against days, a filled square where a site is patrolled; a long schedule takes several pictures."""
    return [
        _calendar(allocation, first, min(first + DAYS_A_BAND, len(allocation.dates)))
        for first in range(0, len(allocation.dates), DAYS_A_BAND)
    ]


def _calendar(allocation: Allocation, first: int, end: int) -> str:
    labels = [_label(*each) for each in zip(allocation.sites["site_id"], allocation.sites["name"], strict=True)]
    order = sorted(range(len(labels)), key=lambda site: str(allocation.sites["site_id"].iloc[site]))
    left = max(len(label) for label in labels) * _LETTER + 12
    bottom = _HEAD + len(labels) * _ROW
    width = left + (end - first) * _CELL + 8
    rows = "".join(
        _row(allocation, site, first, end, left=left, y=_HEAD + place * _ROW, label=labels[site])
        for place, site in enumerate(order)
    )
    days = allocation.dates[first:end]
    told = (
        f"{len(labels)} sites on {len(days)} days from {_day(days[0])} to {_day(days[-1])}; "
        f"{int(allocation.patrol[first:end].sum()):,} place-days drawn for patrol. Each day is listed below."
    )
    return charts.svg(
        _heads(days, left) + rows + _weeks(days, left, bottom),
        width=width,
        height=bottom + _FOOT,
        name=f"calendar-{first}",
        told=told,
        title="Which sites are patrolled on which days",
    )


def _label(site_id: object, name: object) -> str:
    text = str(site_id) if str(name) in {"", str(site_id)} else f"{site_id}  {name}"
    return text if len(text) <= _SHOWN_NAME else text[: _SHOWN_NAME - 1].rstrip() + "…"


def _row(allocation: Allocation, site: int, first: int, end: int, *, left: float, y: float, label: str) -> str:
    """Draw one site's line: all its days lightly, those for patrol filled, those left out crossed."""
    ground, filled, crossed = "", "", ""
    for place in range(end - first):
        x, day = left + place * _CELL, first + place
        box = f"M{x + 1:g} {y + 2:g}h{_CELL - 2:g}v{_ROW - 4:g}h{2 - _CELL:g}z"
        if allocation.patrol[day, site]:
            filled += box
        elif allocation.opened[day, site]:
            ground += box
        else:
            crossed += f"M{x + 3:g} {y + 5:g}l{_CELL - 6:g} {_ROW - 10:g}m0 {10 - _ROW:g}l{6 - _CELL:g} {_ROW - 10:g}"
    return (
        f'<text x="0" y="{y + 12:g}" font-size="12" fill="{charts.INK}">{escape(label)}</text>'
        f'<path d="{ground}" fill="{_REST}"/><path d="{filled}" fill="{_PATROL}"/>'
        f'<path d="{crossed}" stroke="{_LEFT_OUT}" fill="none"/>'
    )


def _heads(days: Sequence[date], left: float) -> str:
    """Write the month where it begins, and the date of each Monday."""
    drawn = ""
    for place, day in enumerate(days):
        x = left + place * _CELL
        if place == 0 or day.day == 1:
            room = sum((each.year, each.month) == (day.year, day.month) for each in days[place:]) * _CELL
            words = f"{day:%B %Y}" if room > 90 else f"{day:%b}" if room > 24 else ""
            drawn += f'<text x="{x + 1:g}" y="14" font-size="13" font-weight="600" fill="{charts.INK}">{words}</text>'
        if day.weekday() == 0:
            drawn += f'<text x="{x + 1:g}" y="34" font-size="11" fill="{charts.QUIET}">{day.day}</text>'
    return drawn


def _weeks(days: Sequence[date], left: float, bottom: float) -> str:
    """Draw a line before each Monday."""
    lines = "".join(
        f"M{left + place * _CELL:g} {_HEAD - 6:g}V{bottom:g}" for place, day in enumerate(days) if day.weekday() == 0
    )
    return f'<path d="{lines}" stroke="{charts.QUIET}" stroke-opacity="0.45"/>'


@dataclass(frozen=True)
class Part:
    """A table of the balance: its title, columns and rows of text; numbers stand right."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


_HEADINGS = {
    "site_id": "Site",
    "days": "Place-days in the draw",
    "patrol": "Drawn for patrol",
    "expected": "Expected",
    "range": "95% of redraws",
    "weekday": "Weekday",
    "least_a_site": "Fewest at a site",
    "most_a_site": "Most at a site",
    "area": "Area",
    "run_days": "Patrol days running",
}


def _parts(balance: Balance, names: Mapping[str, str]) -> Iterator[Part]:
    tables = (("sites", "By site"), ("weekdays", "By weekday"), ("areas", "By area"), ("runs", "Runs of patrol days"))
    for name, title in tables:
        table: pd.DataFrame = getattr(balance, name)
        if not len(table):
            continue
        ranged = table.assign(range=[f"{low} to {high}" for low, high in zip(table["low"], table["high"], strict=True)])
        columns = [column for column in _HEADINGS if column in ranged.columns]
        columns.sort(key=[*ranged.columns[:1], *_HEADINGS].index)
        rows = tuple(
            tuple(_cell(row[column], column, names) for column in columns) for row in ranged.to_dict("records")
        )
        yield Part(name, title, tuple(_heading(column, name) for column in columns), rows)


def _heading(column: str, table: str) -> str:
    return "Runs of that length" if (column, table) == ("patrol", "runs") else _HEADINGS[column]


def _cell(value: Any, column: str, names: Mapping[str, str]) -> str:
    if column == "site_id":
        return str(value) if names.get(str(value), "") in {"", str(value)} else f"{value}, {names[str(value)]}"
    return f"{value:,.1f}" if column == "expected" else str(value)


def _days(allocation: Allocation) -> Iterator[tuple[str, str]]:
    """List which sites each day has: the calendar for who cannot see it."""
    names = [str(name) for name in allocation.sites["site_id"]]
    for place, day in enumerate(allocation.dates):
        listed = sorted(name for name, on in zip(names, allocation.patrol[place].tolist(), strict=True) if on)
        left_out = not allocation.opened[place].any()
        yield f"{day:%a} {_day(day)}", "left out" if left_out else ", ".join(listed) or "none"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _made(told: Mapping[str, Any]) -> dict[str, Any]:
    """Give how the schedule was made, without what the page says elsewhere."""
    shown = ("scheme", "seed", "seed_from", "sites_file", "ledger", "code", "parameters", "made_on", "by")
    return {name: told[name] for name in shown}


@cache
def _sheet() -> str:
    folder = resources.files("abate.reports") / "templates"
    return "".join((folder / name).read_text("utf-8") for name in ("report.css", "allocation.css"))


def _template() -> Any:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError:
        raise MissingPartError.of("jinja2", extra="report") from None
    text = (resources.files("abate.reports") / "templates/allocation.html.j2").read_text("utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True).from_string(text)


def _markup(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - pictures and the style sheet of this room
