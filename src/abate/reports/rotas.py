"""The plan of a day as it goes out: plan.json, visits.csv, and a page with a strip of hours a team."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from functools import cache
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Any

from abate.errors import MissingPartError
from abate.reports import charts, deliveries, provenance, tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from abate.patrols.plans import Plan
    from abate.patrols.rotadays import Rest, Visit

MARKING = "OFFICIAL-SENSITIVE"
_LEFT, _TOP, _ROW, _WIDE = 110.0, 30.0, 34.0, 1040.0
_STAY, _REST, _OFF = "#0b4f8a", "#e0a526", "#eef1f3"


def document(plan: Plan, notes: Sequence[str] = ()) -> dict[str, Any]:
    """Give the plan as plain values: visits, value, bound, gap, unserved, and what else should be known.

    `start` is a moment of the local clock with its zone; `value` and `bound` are in full visits times priority.
    """
    problem = plan.problem
    return {
        "visits": [_visit(plan, visit) for visit in plan.visits],
        "value": round(plan.value, 6),
        "bound": round(plan.bound, 6),
        "gap": round(plan.gap, 6),
        "unserved": [{"site": each.site, "why": each.why, "visit": each.visit} for each in plan.unserved],
        "breaks": [_rest(plan, rest) for rest in plan.rests],
        "best": round(plan.best, 6),
        "short": [{"site": site, "visits": count} for site, count in sorted(plan.short.items())],
        "officer_hours": round(plan.officer_minutes / 60, 3),
        "day": str(problem.day),
        "zone": problem.zone,
        "rounds": plan.rounds,
        "marking": MARKING,
        "expires": _expiry(plan),
        "notes": list(notes),
    }


def _visit(plan: Plan, visit: Visit) -> dict[str, Any]:
    problem = plan.problem
    begin, end = problem.shifts[visit.team]
    return {
        "team": problem.teams[visit.team],
        "site": problem.sites[visit.site],
        "start": problem.moment(visit.start).isoformat(),
        "minutes": visit.minutes,
        "shift_start": problem.moment(begin).isoformat(),
        "shift_end": problem.moment(end).isoformat(),
        "kept": visit in problem.kept,
    }


def _rest(plan: Plan, rest: Rest) -> dict[str, Any]:
    return {
        "team": plan.problem.teams[rest.team],
        "start": plan.problem.moment(rest.start).isoformat(),
        "minutes": rest.minutes,
        "at_base": rest.at_base,
    }


def _expiry(plan: Plan) -> str:
    return plan.problem.moment(max(end for _, end in plan.problem.shifts)).isoformat()


def visits_csv(plan: Plan) -> bytes:
    """Write the visits as CSV: the columns of `tables.PLANNED_VISITS`, the shift, marking and expiry."""
    records = [_visit(plan, visit) for visit in plan.visits]
    frame = plan.table().assign(
        **{name: [record[name] for record in records] for name in ("start", "shift_start", "shift_end")},
        minutes=[record["minutes"] for record in records],
        marking=MARKING,
        expires=_expiry(plan),
    )
    return frame.map(tables.harmless).to_csv(index=False, lineterminator="\n").encode()


def draw(
    plan: Plan,
    *,
    title: str,
    names: Mapping[str, str],
    notes: Sequence[str] = (),
    made: Mapping[str, Any] | None = None,
) -> str:
    """Give the page: what the plan is worth, the hours of each team as a picture and as a list, and what is left out.

    `names` are the sites in words. The page needs no network and no JavaScript, and prints. Raises `MissingPartError`
    where the extra `report` is not installed.
    """
    sheet = _sheet()
    digest = b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    problem = plan.problem
    page: str = _template().render(
        marking=MARKING,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
        sheet=_markup(sheet),
        title=title,
        day=f"{problem.day:%A} {problem.day.day} {problem.day:%B %Y}",
        expires=_clock(plan, max(end for _, end in problem.shifts), dated=True),
        sentence=sentence(plan),
        picture=_markup(picture(plan)),
        teams=[_team(plan, team, names) for team in range(len(problem.teams))],
        unserved=[(each.site, names.get(each.site, each.site), each.visit, each.why) for each in plan.unserved],
        notes=notes,
        made=provenance.rows(made or {}),
    )
    return page


def sentence(plan: Plan) -> str:
    """Say in one sentence what the plan is worth and how near it is to the most that could be."""
    served = len({visit.site for visit in plan.visits})
    return (
        f"{len(plan.visits)} visits to {served} of {len(plan.problem.sites)} sites, worth {plan.value:.4g}; no plan "
        f"can be worth more than {plan.bound:.4g}, so this one is within {plan.gap:.1%} of the best there could be. "
        f"{plan.officer_minutes / 60:.1f} officer-hours are used"
        f"{'' if plan.problem.budget == float('inf') else f' of {plan.problem.budget / 60:g}'}."
    )


def write(
    plan: Plan, into: Path, *, title: str, names: Mapping[str, str], notes: Sequence[str], made: Mapping[str, Any]
) -> tuple[Path, ...]:
    """Write plan.json, visits.csv, rota.html and provenance.json, all of them or none.

    Raises `OptionError` when the folder cannot be written.
    """
    told = json.dumps(document(plan, notes), indent=2, ensure_ascii=False) + "\n"
    files = {
        "plan.json": told.encode(),
        "visits.csv": visits_csv(plan),
        "rota.html": draw(plan, title=title, names=names, notes=notes, made=made).encode(),
    }
    record = {
        "title": title,
        "marking": MARKING,
        "expires": _expiry(plan),
        **made,
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(files.items())
        },
    }
    files["provenance.json"] = (json.dumps(record, indent=2, ensure_ascii=False, default=str) + "\n").encode()
    return deliveries.deliver(files, into)


def picture(plan: Plan) -> str:
    """Draw a strip of hours a team: the shift, the stays with their sites, the ways between them, the breaks."""
    problem = plan.problem
    first = min(begin for begin, _ in problem.shifts) // 60 * 60
    last = -(-max(end for _, end in problem.shifts) // 60) * 60
    scale = _WIDE / max(60, last - first)
    height = _TOP + _ROW * len(problem.teams) + 8
    body = "".join(
        _hour(plan, minute, _LEFT + (minute - first) * scale, height) for minute in range(first, last + 1, 60)
    )
    for team in range(len(problem.teams)):
        body += _strip(plan, team, first, scale)
    told = f"{len(plan.visits)} visits by {len(problem.teams)} teams; the list below the picture holds the same."
    return charts.svg(body, width=_LEFT + _WIDE + 20, height=height, name="rota", told=told, title="Hours of each team")


def _hour(plan: Plan, minute: int, x: float, height: float) -> str:
    line = f'<path d="M{x:.1f} {_TOP - 6:g}V{height - 4:g}" stroke="{charts.RULE}"/>'
    return line + _text(x, _TOP - 12, _clock(plan, minute), anchor="middle", fill=charts.QUIET)


def _strip(plan: Plan, team: int, first: int, scale: float) -> str:
    problem = plan.problem
    y = _TOP + team * _ROW
    begin, end = problem.shifts[team]

    def box(start: float, minutes: float, colour: str, *, high: float = 22, inset: float = 5) -> str:
        return (
            f'<rect x="{_LEFT + (start - first) * scale:.1f}" y="{y + inset:g}" '
            f'width="{max(1.0, minutes * scale):.1f}" height="{high:g}" fill="{colour}"/>'
        )

    drawn = _text(_LEFT - 8, y + 21, problem.teams[team], anchor="end", fill=charts.INK) + box(begin, end - begin, _OFF)
    base, at, free = len(problem.sites), len(problem.sites), begin
    mine = sorted(visit for visit in plan.visits if visit.team == team)
    for visit in mine:
        way = 0 if at == visit.site else int(problem.time[team][at, visit.site])
        drawn += box(visit.start - way, way, charts.QUIET, high=3, inset=15)
        at, free = visit.site, visit.start + visit.minutes
    if mine and problem.away[team] is None:
        drawn += box(free, int(problem.time[team][at, base]), charts.QUIET, high=3, inset=15)
    for rest in (rest for rest in plan.rests if rest.team == team):
        drawn += box(rest.start, rest.minutes, _REST, high=14, inset=9)
    for visit in mine:
        drawn += box(visit.start, visit.minutes, _STAY)
        name = problem.sites[visit.site]
        room = visit.minutes * scale
        if len(name) * 6.2 <= room - 2:
            x = _LEFT + (visit.start + visit.minutes / 2 - first) * scale
            drawn += _text(x, y + 20, name, anchor="middle", fill="#ffffff", size=11)
    return drawn


def _team(plan: Plan, team: int, names: Mapping[str, str]) -> dict[str, Any]:
    """Tell a team's shift as a list: visits and breaks by the clock."""
    problem = plan.problem
    begin, end = problem.shifts[team]
    stops = [
        (visit.start, visit.minutes, problem.sites[visit.site], names.get(problem.sites[visit.site], ""))
        for visit in plan.visits
        if visit.team == team
    ]
    stops += [
        (rest.start, rest.minutes, "break", "at the base" if rest.at_base else "where the team stands")
        for rest in plan.rests
        if rest.team == team
    ]
    gone = problem.away[team]
    return {
        "name": problem.teams[team],
        "officers": problem.officers[team],
        "shift": f"{_clock(plan, begin)} to {_clock(plan, end)}",
        "gone": None if gone is None else _clock(plan, gone),
        "stops": [
            (_clock(plan, start), _clock(plan, start + minutes), *told) for start, minutes, *told in sorted(stops)
        ],
    }


def _clock(plan: Plan, minute: int, *, dated: bool = False) -> str:
    moment = plan.problem.moment(minute)
    return f"{moment:%H:%M} on {moment.day} {moment:%B %Y}" if dated else f"{moment:%H:%M}"


def _text(x: float, y: float, words: str, *, anchor: str, fill: str, size: float = 13) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:g}" font-size="{size:g}" text-anchor="{anchor}" fill="{fill}">{escape(words)}</text>'
    )


@cache
def _sheet() -> str:
    folder = resources.files("abate.reports") / "templates"
    return "".join((folder / name).read_text("utf-8") for name in ("report.css", "rota.css"))


def _template() -> Any:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError:
        raise MissingPartError.of("jinja2", extra="report") from None
    text = (resources.files("abate.reports") / "templates/rota.html.j2").read_text("utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True).from_string(text)


def _markup(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - the style sheet and picture of this room, every word escaped
