"""A small mapping that is right, and what is said of one that is not."""

from __future__ import annotations

import pytest

from abate.errors import SourceError
from abate.sources import mapping

GOOD = """
[source]
name = "Westmarch"
force = "essex"
[columns]
crime_type = "Kind"
began = "When"
"""


def faults(toml: str) -> tuple[str, ...]:
    with pytest.raises(SourceError) as found:
        mapping.parse(toml, file="my.toml")
    return found.value.faults
