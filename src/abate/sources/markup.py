"""TOML and JSON that nobody vouches for: whatever is wrong with a text is a `ValueError` that says it in words."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_DEEP = "it is nested too deeply"
_LONG = "it holds a whole number of thousands of digits"
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def load_json(content: bytes | str) -> Any:
    r"""Read a JSON text.

    Raises `ValueError`: what `json` and the decoding say, and sentences for what is nested too deeply, for numbers too
    long to be read, and for texts with half a character, which could never be written again.

    >>> load_json('{"a": [1, 2]}')
    {'a': [1, 2]}
    >>> load_json('["\\ud800"]')
    Traceback (most recent call last):
    ...
    ValueError: a text in it holds half of a character
    """
    text = content.decode(json.detect_encoding(content)) if isinstance(content, bytes) else content
    told = _told(json.loads, text)
    if _HALF.search(text):
        try:
            json.dumps(told, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise ValueError("a text in it holds half of a character") from None
    return told


def load_toml(text: str) -> dict[str, Any]:
    """Read a TOML text; raises `ValueError` as `load_json` does.

    >>> load_toml("a = " + "[" * 5000)
    Traceback (most recent call last):
    ...
    ValueError: it is nested too deeply
    """
    found: dict[str, Any] = _told(tomllib.loads, text)
    return found


def _told(read: Callable[[Any], Any], content: bytes | str) -> Any:
    try:
        return read(content)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise
    except RecursionError:
        raise ValueError(_DEEP) from None
    except ValueError:
        raise ValueError(_LONG) from None
