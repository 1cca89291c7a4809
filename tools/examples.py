"""Shows the examples in docstrings as code in the Python reference: an extension of griffe, which reads them.

Docstrings here are prose in which an example begins at `>>>`; it ends at a blank line.
"""

from __future__ import annotations

import re
from typing import Any

from griffe import Extension

EXAMPLE = re.compile(r"(?:^|(?<=\n\n))(?P<code>>>> .*?)(?=\n\n|\Z)", re.DOTALL)


def fenced(text: str) -> str:
    r"""Put every example of a docstring into a fence.

    >>> fenced("Add.\n\n>>> 1 + 1\n2")
    'Add.\n\n```pycon\n>>> 1 + 1\n2\n```'
    """
    return EXAMPLE.sub(lambda found: f"```pycon\n{found['code'].rstrip()}\n```", text)


class Examples(Extension):
    """Fences the examples of every docstring as it is read."""

    def on_object(self, *, obj: Any, **_: Any) -> None:
        """Take one module, class or function (called by griffe)."""
        if obj.docstring:
            obj.docstring.value = fenced(obj.docstring.value)
