"""How the report was made: written beside it, and printed in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from abate.reports.stories import HotspotStory


def document(story: HotspotStory, files: Mapping[str, bytes]) -> bytes:
    """Write the provenance record as JSON: marking, how it was made, and the size and SHA-256 of each file."""
    told = {
        "title": story.title,
        "marking": story.marking,
        "demonstration": story.demonstration,
        **story.provenance,
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(files.items())
        },
    }
    return (json.dumps(told, indent=2, ensure_ascii=False, default=str) + "\n").encode()


def rows(made: Mapping[str, Any], *, under: str = "") -> list[tuple[str, str]]:
    """Flatten a nested record to pairs of what and value, as a person reads them.

    >>> rows({"seed": 1, "parameters": {"place": "hex:150", "crime": ["robbery", "weapons"]}, "by": None})
    [('seed', '1'), ('parameters: place', 'hex:150'), ('parameters: crime', 'robbery, weapons')]
    """
    told: list[tuple[str, str]] = []
    for key, value in made.items():
        name = f"{under}: {_words(key)}" if under else _words(key)
        match value:
            case Mapping():
                told += rows(value, under=name)
            case list() | tuple() if any(isinstance(each, Mapping) for each in value):
                for place, each in enumerate(value, start=1):
                    told += rows(each if isinstance(each, Mapping) else {"value": each}, under=f"{name} {place}")
            case list() | tuple():
                told.append((name, ", ".join(map(str, value))))
            case None | "":
                pass
            case bool():
                told.append((name, "yes" if value else "no"))
            case _:
                told.append((name, str(value)))
    return told


def _words(key: object) -> str:
    return str(key).replace("_", " ")
