"""What can go wrong that a person can put right: each fault is a sentence, and all of them are told at once."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class AbateError(Exception):
    """Something that the person at the keyboard can put right; shown without a traceback.

    Any other exception is a fault of the software and keeps its traceback.

    >>> print(AbateError("street.csv, row 4: the month is blank", "street.csv, row 9: the month is blank"))
    street.csv, row 4: the month is blank
    street.csv, row 9: the month is blank
    """

    def __init__(self, *faults: str) -> None:
        super().__init__(*faults)
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join(self.faults)


class OptionError(AbateError):
    """An option, or a combination of options, that cannot be carried out."""


class TableError(AbateError):
    """A table that is not what the data dictionary says."""


class SourceError(AbateError):
    """A file that cannot be read as what it should be."""


class LakeError(AbateError):
    """A lake that cannot be read or written, or whose files are not what was written."""


class FetchError(AbateError):
    """A download that could not be made."""


class MissingPartError(AbateError, ImportError):
    """A part that an extra installs is not there."""

    @classmethod
    def of(cls, part: str, *, extra: str) -> MissingPartError:
        """Say which part is missing and how it is installed."""
        return cls(f"{part} is not installed: this needs the extra `{extra}` (pip install 'abate[{extra}]')")


def nearest(word: str, known: Iterable[str]) -> str:
    """Say which of the known words a mistyped one may have meant, and what is known.

    >>> nearest("robery", ["robbery", "weapons"])
    "Did you mean 'robbery'? Known are: robbery, weapons."
    >>> nearest("x", ["b", "a"])
    'Known are: b, a.'
    """
    names = list(known)
    lowered = {name.lower(): name for name in reversed(names)}
    close = difflib.get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)
    listed = f"Known are: {', '.join(names)}."
    return f"Did you mean '{lowered[close[0]]}'? {listed}" if close else listed
