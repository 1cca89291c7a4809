"""Check that every file of the lake is what was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from abate import lake as lakes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Verification:
    """How many files were checked, at which version of each table, and what is wrong."""

    files: int
    bytes: int
    table_version: Mapping[str, int]
    faults: tuple[str, ...]


def check_lake(lake: Path) -> Verification:
    """Compare every file of the lake with the hash that its log holds.

    Raises `LakeError` when there is no lake, or a log cannot be read.
    """
    opened = lakes.open(lake, checked=False)
    parts = [part for table in opened.states for part in opened.parts(table)]
    versions = {table: state.version for table, state in opened.states.items() if state.version >= 0}
    return Verification(len(parts), sum(part.bytes for part in parts), versions, tuple(opened.verify()))
