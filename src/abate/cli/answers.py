"""How a command answers: one JSON document on standard output, or words and tables for a person; progress on stderr."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from rich.console import Console


def document(answer: Any) -> None:
    """Print one JSON document on standard output and nothing else there; figures that are not numbers become null."""
    sys.stdout.write(json.dumps(_plain(answer), indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {str(key): _plain(entry) for key, entry in value.items()}
        case list() | tuple():
            return [_plain(entry) for entry in value]
        case float():
            return value if value == value and abs(value) != float("inf") else None  # noqa: PLR0124 - not a number
        case None | str() | bool() | int():
            return value
        case _ if hasattr(value, "item"):
            return _plain(value.item())
        case _:
            return str(value)


def listed(said: str) -> tuple[str, ...]:
    """Give the words of a list with commas, as it was typed.

    >>> listed("sdid, did,")
    ('sdid', 'did')
    """
    return tuple(word.strip() for word in said.split(",") if word.strip())


def today() -> date:
    """Give the day that it is in England and Wales."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo("Europe/London")).date()


def person() -> str:
    """Give the name of whoever runs the command."""
    import getpass

    return getpass.getuser()


def close(console: Console, *, notes: Iterable[object], files: Iterable[object]) -> None:
    """End an answer for a person: what else is to be known, and where the files are."""
    for line in (*(f"note: {note}" for note in notes), *(f"  {path}" for path in files)):
        console.print(line, soft_wrap=True, highlight=False, markup=False)


@contextmanager
def progress(title: str, *, quiet: bool) -> Iterator[Callable[[float, str], None]]:
    """Show how far long work is, on standard error; gives a function of the share done (0 to 1) and a few words."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[words]}"), TimeElapsedColumn())
    unseen = quiet or not sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), disable=unseen, transient=True) as bar:
        task = bar.add_task(title, total=1.0, words="")
        yield lambda share, words: bar.update(task, completed=share, words=words)
