"""Short marks of identifiers: enough to prove that none comes twice without reading them again.

A mark is made of an identifier's first 16 bytes, as one number. Identifiers whose marks differ are different; where two
marks are alike nothing is proven, and the identifiers themselves have to be looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    Marks = NDArray[np.uint64]

_LENGTH, _WORD = 16, 8
_MIX = np.uint64(0x9E3779B97F4A7C15)


def of(identifiers: Any) -> Marks | None:
    """Give the marks of a column's identifiers in order of size, blanks left out; None where one is too short.

    >>> import pyarrow as pa
    >>> of(pa.chunked_array([["an-identifier-of-a", None, "an-identifier-of-b"]])) is None
    False
    >>> of(pa.chunked_array([["short"]])) is None
    True
    """
    known = identifiers.drop_null().combine_chunks()
    if str(known.type) != "string":
        return None
    count = len(known)
    if not count:
        return np.empty(0, dtype=np.uint64)
    _, ends, letters = known.buffers()
    starts = np.frombuffer(ends, np.int32)[known.offset : known.offset + count + 1]
    if np.diff(starts).min() < _LENGTH:
        return None
    words: Marks = np.ndarray((letters.size - _WORD + 1,), np.uint64, letters, strides=(1,))
    return np.sort(words[starts[:-1]] * _MIX + words[starts[:-1] + _WORD])


def differ(marked: Marks | None) -> bool:
    """Tell whether these marks, in order of size, prove that no identifier comes twice."""
    return marked is not None and bool((marked[1:] != marked[:-1]).all())


def all_differ(identifiers: Any) -> bool:
    """Tell whether no identifier comes twice, by looking at each whole; blanks are no identifiers."""
    import pyarrow.compute as pc

    known = identifiers.drop_null()
    return len(pc.unique(known)) == len(known)


def keep(marked: Marks | None, path: Path) -> None:
    """Keep the marks of a staged file beside it, for as long as it is staged."""
    if marked is not None:
        np.save(_beside(path), marked)


def apart(paths: Iterable[Path]) -> bool:
    """Tell whether the marks kept beside staged files prove that no identifier stands in two of them."""
    kept = [_beside(path) for path in paths]
    return all(path.exists() for path in kept) and differ(np.sort(np.concatenate([np.load(path) for path in kept])))


def _beside(path: Path) -> Path:
    return path.with_suffix(".npy")
