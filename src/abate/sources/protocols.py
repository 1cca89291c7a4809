"""Protocols of trials: the TOML file that a person writes, and the record of it once it is registered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from abate.errors import AbateError, SourceError
from abate.sources import geojson, markup
from abate.trials import protocols

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from abate.trials.protocols import Drawn, Protocol

_KEYS: dict[str, type] = {
    **dict.fromkeys(("standing", "registered_at", "registered_by", "first_day", "code", "sha256"), str),
    **dict.fromkeys(("protocol", "schedule"), dict),
    "number": int,
}


@dataclass(frozen=True)
class Registered:
    """A registered protocol as its record holds it.

    `standing` is `registered` or `registered late`; `number` 1 for the first, 2 for its first amendment; `schedule`
    what the record says of the schedule; `told` the whole record.
    """

    protocol: Protocol
    standing: str
    number: int
    registered_at: datetime
    sha256: str
    schedule: Mapping[str, Any]
    told: Mapping[str, Any]

    @property
    def sentence(self) -> str:
        """Say how the protocol stands, as every report on the trial says it."""
        when = f"{self.registered_at:%Y-%m-%d %H:%M %Z}".strip()
        first = self.told["first_day"]
        if self.standing == "registered":
            said = f"Registered {when}, before the first day ({first})"
        else:
            said = f"Registered late: {when}, when the first day ({first}) had come"
        return f"{said}{f', as amendment {self.number - 1}' if self.number > 1 else ''}; SHA-256 {self.sha256}."


def read(path: Path) -> Protocol:
    """Read a protocol that a person wrote, in TOML; raises `SourceError` with every fault at once."""
    return parse(geojson.read_bytes(path), name=path.name)


def parse(content: bytes, *, name: str) -> Protocol:
    r"""Understand the bytes of a protocol in TOML.

    >>> text = b'title = "A"\nhypothesis = "fewer"\nstopping = "after 90 days"\n[[outcomes]]\nname = "incidents"\n'
    >>> parse(text + b'measure = "recorded violence"\nprimary = true\n', name="protocol.toml").primary
    'incidents'
    """
    try:
        told = markup.load_toml(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise SourceError(f"{name}: not text in UTF-8") from None
    except ValueError as fault:
        raise SourceError(f"{name}: not TOML ({fault})") from None
    try:
        return protocols.parse(told)
    except AbateError as fault:
        raise SourceError(*(f"{name}: {each}" for each in fault.faults)) from None


def record(
    protocol: Protocol,
    drawn: Drawn,
    *,
    by: str,
    when: datetime,
    code: str,
    number: int = 1,
    amends: str | None = None,
    reason: str | None = None,
) -> dict[str, Any]:
    """Make the record of a protocol that is registered now: everything it says, and the hash of all of that."""
    told: dict[str, Any] = {
        "title": protocol.title,
        "standing": protocols.stand(drawn.scheme.starts, when.date()),
        "registered_at": when.isoformat(timespec="seconds"),
        "registered_by": by,
        "first_day": drawn.scheme.starts.isoformat(),
        "number": number,
        "amends": amends,
        "reason": reason,
        "protocol": protocol.plain(),
        "schedule": drawn.plain(),
        "code": code,
    }
    return {**told, "sha256": protocols.seal(told)}


def write(told: Mapping[str, Any]) -> bytes:
    """Give the bytes of a record's file."""
    return (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode()


def read_record(path: Path) -> Registered:
    """Read the record of a registered protocol, and check that nobody changed it.

    Raises `SourceError` when it is damaged or says something else than its hash was made of, with both hashes.
    """
    return parse_record(geojson.read_bytes(path), name=path.name)


def parse_record(content: bytes, *, name: str) -> Registered:
    """Understand the bytes of a record; raises as `read_record` does."""
    try:
        told = markup.load_json(content)
        json.dumps(told, allow_nan=False)
    except ValueError:
        raise SourceError(f"{name}: is not JSON as it was written; put it back as it was registered") from None
    if not isinstance(told, dict) or any(type(told.get(key)) is not kind for key, kind in _KEYS.items()):
        raise SourceError(f"{name}: is no record of a protocol, as `abate trial register` writes it")
    found = protocols.seal({key: value for key, value in told.items() if key != "sha256"})
    if found != told["sha256"]:
        raise SourceError(
            f"{name}: was edited after it was registered: its SHA-256 is {found}, and {told['sha256']} was written "
            "down; put it back as it was. A change is registered as an amendment, with --reason"
        )
    try:
        protocol = protocols.parse(told["protocol"])
        when = datetime.fromisoformat(told["registered_at"])
    except (AbateError, ValueError) as fault:
        raise SourceError(f"{name}: {fault}") from None
    return Registered(protocol, told["standing"], told["number"], when, told["sha256"], told["schedule"], told)
