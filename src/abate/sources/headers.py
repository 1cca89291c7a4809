"""The kind of a file, told by the names of its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abate.errors import SourceError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abate.schema import Format


def recognise(names: tuple[str, ...], formats: Sequence[Format], *, file: str) -> Format:
    """Tell the kind of a file by its header.

    Raises `SourceError` that says to which kind it is nearest, and which columns that would need.
    """
    fits = [form for form in formats if set(form.header) <= set(names)]
    if fits:
        return max(fits, key=lambda form: len(form.header))
    close = max(formats, key=lambda form: len(set(form.header) & set(names)) / len(form.header))
    missing = [column for column in close.header if column not in names]
    spare = [name for name in names if name not in close.header]
    known = [form.name for form in formats]
    if len(missing) == len(close.header):
        raise SourceError(
            f"{file}: no known kind of file has the columns {', '.join(names[:12])}: known are {', '.join(known)} as "
            "published at data.police.uk; describe any other with --mapping (a first draft: --guess-mapping)"
        )
    told = [f"{file}: column '{name}' is missing{_perhaps(name, spare)}" for name in missing]
    raise SourceError(*told, f"{file}: it is nearest to a {close.name} file, which has: {', '.join(close.header)}")


def _perhaps(name: str, spare: list[str]) -> str:
    guess = nearest(name, spare) if spare else ""
    return f"; is it '{guess.split(chr(39))[1]}'?" if guess.startswith("Did you mean") else ""
