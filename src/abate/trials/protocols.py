"""The protocol of a trial: what is to be tested, on which outcome, how, and when it stops; written before it starts.

What a protocol does not say itself (places, days, scheme, seed) is taken from the frozen schedule; what it says must
agree with it. Of several outcomes one is primary: the others are told as such, so that nobody picks the best of them.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from abate.errors import OptionError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from abate.trials.schemes import Scheme

Standing = Literal["registered", "registered late"]
Plain = str | int | float | bool | list[Any]

_KNOWN = (
    *("title", "hypothesis", "outcomes", "starts", "days", "places", "scheme", "seed"),
    *("analysis", "exclusions", "stopping"),
)
_OUTCOME = ("name", "measure", "primary")
_SHOWN = 5


@dataclass(frozen=True)
class Outcome:
    """Something that is counted: its name, how it is measured, and whether it decides the trial."""

    name: str
    measure: str
    primary: bool = False


@dataclass(frozen=True)
class Drawn:
    """The frozen schedule that a protocol goes with: how it was drawn, over which places, and the hash of its file."""

    file: str
    sha256: str
    scheme: Scheme
    seed: int
    places: tuple[str, ...]
    treated: int
    control: int

    def plain(self) -> dict[str, Any]:
        """Give it as plain values, fit for JSON."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "scheme": self.scheme.plain(),
            "seed": self.seed,
            "places": list(self.places),
            "place_days": {"treated": self.treated, "control": self.control},
        }


@dataclass(frozen=True)
class Protocol:
    """A trial's protocol. Raises `OptionError` with everything that it lacks or that does not go together.

    `starts`, `days`, `places`, `scheme` and `seed` may be left to the schedule (None, or empty). `scheme` holds those
    of the scheme's settings that the protocol names; `analysis` the options of the analysis as they will be used.
    """

    title: str
    hypothesis: str
    outcomes: tuple[Outcome, ...]
    stopping: str
    exclusions: tuple[str, ...] = ()
    analysis: Mapping[str, Plain] = field(default_factory=dict)
    starts: date | None = None
    days: int | None = None
    places: tuple[str, ...] = ()
    scheme: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None

    def __post_init__(self) -> None:
        if faults := [*_lacks(self)]:
            raise OptionError(*faults)

    @property
    def primary(self) -> str:
        """The outcome that decides the trial."""
        return next(outcome.name for outcome in self.outcomes if outcome.primary)

    def plain(self) -> dict[str, Any]:
        """Give the protocol as plain values, fit for JSON; `parse` reads them back."""
        return {
            "title": self.title,
            "hypothesis": self.hypothesis,
            "outcomes": [
                {"name": each.name, "measure": each.measure, "primary": each.primary} for each in self.outcomes
            ],
            "starts": None if self.starts is None else self.starts.isoformat(),
            "days": self.days,
            "places": list(self.places),
            "scheme": dict(self.scheme),
            "seed": self.seed,
            "analysis": dict(self.analysis),
            "exclusions": list(self.exclusions),
            "stopping": self.stopping,
        }


def _lacks(protocol: Protocol) -> Iterator[str]:
    """Say what is missing from a protocol, or cannot be."""
    for name, what in (
        ("title", "what the trial is called"),
        ("hypothesis", "what is expected, of which places and by how much"),
        ("stopping", "when the trial ends, and what could end it sooner"),
    ):
        if not getattr(protocol, name).strip():
            yield f"`{name}` is blank: say {what}"
    if not protocol.outcomes:
        yield "`outcomes` is empty: name at least one, as [[outcomes]] with name, measure and primary"
    primary = [outcome.name for outcome in protocol.outcomes if outcome.primary]
    if protocol.outcomes and len(primary) != 1:
        which = f"{len(primary)} are ({', '.join(primary)})" if primary else "none is"
        yield f"exactly one outcome is primary, and {which}: set primary = true for the one that decides the trial"
    for name, times in Counter(outcome.name for outcome in protocol.outcomes).items():
        if times > 1:
            yield f"outcome '{name}' stands {times} times: each outcome has a name of its own"
    for outcome in protocol.outcomes:
        if not outcome.name.strip() or not outcome.measure.strip():
            yield f"outcome '{outcome.name}' says no {'measure' if outcome.name.strip() else 'name'}"
    if protocol.days is not None and protocol.days < 1:
        yield f"`days` is {protocol.days}: a trial runs for at least one day"


def parse(told: Mapping[str, Any]) -> Protocol:
    """Read a protocol from plain values, as TOML or JSON give them.

    Raises `OptionError` with every fault at once.

    >>> protocol = parse({"title": "Op A", "hypothesis": "fewer", "stopping": "after 90 days",
    ...                   "outcomes": [{"name": "incidents", "measure": "recorded violence", "primary": True}]})
    >>> protocol.primary, parse(protocol.plain()) == protocol
    ('incidents', True)
    """
    faults = [f"a protocol has no `{key}`. {nearest(key, _KNOWN)}" for key in told if key not in _KNOWN]
    kinds: dict[str, tuple[type, ...]] = {
        **dict.fromkeys(("title", "hypothesis", "stopping"), (str,)),
        **dict.fromkeys(("days", "seed"), (int, type(None))),
        **dict.fromkeys(("places", "exclusions", "outcomes"), (list,)),
        **dict.fromkeys(("scheme", "analysis"), (dict,)),
    }
    faults += [
        f"`{key}` is {told[key]!r}; it should be {_kind(kinds[key][0])}"
        for key in kinds
        if key in told and (not isinstance(told[key], kinds[key]) or isinstance(told[key], bool))
    ]
    outcomes, wrong = _outcomes(told.get("outcomes", []))
    starts, late = _day(told.get("starts"))
    faults += [*wrong, *late]
    faults += [
        f"`{key}` holds {each!r}; each should be text"
        for key in ("places", "exclusions")
        for each in _not_text(told.get(key))
    ]
    if faults:
        raise OptionError(*faults)
    return Protocol(
        title=told.get("title", ""),
        hypothesis=told.get("hypothesis", ""),
        outcomes=outcomes,
        stopping=told.get("stopping", ""),
        exclusions=tuple(told.get("exclusions", ())),
        analysis=dict(told.get("analysis", {})),
        starts=starts,
        days=told.get("days"),
        places=tuple(told.get("places", ())),
        scheme=_jsonable(told.get("scheme", {})),
        seed=told.get("seed"),
    )


def _kind(kind: type) -> str:
    return {str: "text in quotes", int: "a whole number", list: "a list", dict: "a table of settings"}[kind]


def _not_text(values: Any) -> list[Any]:
    return [each for each in values if not isinstance(each, str)] if isinstance(values, list) else []


def _day(value: Any) -> tuple[date | None, list[str]]:
    if value is None or type(value) is date:
        return value, []
    try:
        return date.fromisoformat(value), []
    except (TypeError, ValueError):
        return None, [f"`starts` is {value!r}; it should be a day, such as 2026-12-01"]


def _outcomes(told: Any) -> tuple[tuple[Outcome, ...], list[str]]:
    """Read the outcomes; gives them and what is wrong with them."""
    found, faults = [], []
    for number, each in enumerate(told if isinstance(told, list) else [], start=1):
        if not isinstance(each, dict):
            faults.append(f"outcome {number} is {each!r}; it should be a table with name, measure and primary")
            continue
        faults += [f"outcome {number} has no `{key}`. {nearest(key, _OUTCOME)}" for key in each if key not in _OUTCOME]
        if not isinstance(each.get("primary", False), bool):
            faults.append(f"outcome {number}: primary is {each['primary']!r}; true or false would be right")
            continue
        found.append(Outcome(str(each.get("name", "")), str(each.get("measure", "")), each.get("primary", False)))
    return tuple(found), faults


def _jsonable(told: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in told.items()}


def settle(protocol: Protocol, drawn: Drawn) -> Protocol:
    """Take from the schedule what the protocol leaves open, and refuse what it says otherwise.

    Raises `OptionError` with every difference at once.
    """
    scheme = drawn.scheme.plain()
    faults = [
        f"`{name}` is {said} in the protocol, and {other} in {drawn.file}: one of them has to change"
        for name, said, other in (
            ("starts", protocol.starts, drawn.scheme.starts),
            ("days", protocol.days, drawn.scheme.days),
            ("seed", protocol.seed, drawn.seed),
        )
        if said is not None and said != other
    ]
    for key, value in protocol.scheme.items():
        if key not in scheme:
            faults.append(f"scheme: there is no `{key}`. {nearest(key, scheme)}")
        elif value != scheme[key]:
            faults.append(f"scheme: `{key}` is {value!r} in the protocol, and {scheme[key]!r} in {drawn.file}")
    faults += [*_places(protocol.places, drawn)]
    if faults:
        raise OptionError(*faults)
    return replace(
        protocol,
        starts=drawn.scheme.starts,
        days=drawn.scheme.days,
        seed=drawn.seed,
        places=drawn.places,
        scheme=scheme,
    )


def _places(named: Sequence[str], drawn: Drawn) -> Iterator[str]:
    if not named:
        return
    for these, those, what in (
        (named, drawn.places, f"stand in the protocol and not in {drawn.file}"),
        (drawn.places, named, f"stand in {drawn.file} and not in the protocol"),
    ):
        if odd := sorted(set(these) - set(those)):
            more = f" and {len(odd) - _SHOWN:,} more" if len(odd) > _SHOWN else ""
            yield f"places {', '.join(odd[:_SHOWN])}{more} {what}"


def stand(starts: date, today: date) -> Standing:
    """Say how a protocol stands that is written down today: late from the first day of the trial on.

    >>> stand(date(2026, 12, 1), date(2026, 11, 30)), stand(date(2026, 12, 1), date(2026, 12, 1))
    ('registered', 'registered late')
    """
    return "registered" if today < starts else "registered late"


def seal(told: Mapping[str, Any]) -> str:
    """Give the SHA-256 of plain values in their canonical form: keys in order, no spaces, UTF-8.

    >>> seal({"b": 1, "a": 2}) == seal({"a": 2, "b": 1})
    True
    """
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def departures(protocol: Protocol, options: Mapping[str, Any]) -> list[str]:
    """Name every option of an analysis that is not as registered; an empty list when all are.

    `options` are those used, by name; one that is None was not used. Numbers are compared as numbers, lists in order.

    >>> protocol = parse({"title": "Op A", "hypothesis": "fewer", "stopping": "after 90 days",
    ...                   "analysis": {"level": 0.95},
    ...                   "outcomes": [{"name": "incidents", "measure": "recorded violence", "primary": True}]})
    >>> departures(protocol, {"level": 0.9, "draws": 500})
    ['level: 0.95 was registered and 0.9 was used: not registered', 'draws: 500 was used: not registered']
    """
    return compare(protocol.analysis, options)


def compare(registered: Mapping[str, Plain], options: Mapping[str, Any]) -> list[str]:
    """Name every option that is not as registered, as `departures` does, from the registered options themselves."""
    used = {key: _plain(value) for key, value in options.items() if value is not None}
    told = []
    for key, value in registered.items():
        if key not in used:
            told.append(f"{key}: {_said(value)} was registered and was not used: not registered")
        elif used[key] != _plain(value):
            told.append(f"{key}: {_said(value)} was registered and {_said(used[key])} was used: not registered")
    told += [f"{key}: {_said(value)} was used: not registered" for key, value in used.items() if key not in registered]
    return told


def _plain(value: Any) -> Any:
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _said(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
