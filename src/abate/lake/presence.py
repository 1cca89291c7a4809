"""Which months are there: one that was never loaded is missing, not zero; one far too small is suspicious."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

import pandas as pd

from abate.periods import months
from abate.tables import COVERAGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from abate.lake.delta import Part

LOOKS_BACK = 12
LEAST_SHARE = 0.5


def coverage(parts: Mapping[str, Iterable[Part]]) -> pd.DataFrame:
    """Say of each kind of record, force and month between its first and last whether it is there.

    A month below half of the median of up to twelve months before it (those that are there) is suspicious: forces
    miss days, or change how they record. Gives `abate.tables.COVERAGE`.

    >>> from abate.lake.delta import Part
    >>> held = [Part("essex", month, rows, 0, 1, month) for month, rows in [("2021-01", 90), ("2021-03", 40)]]
    >>> coverage({"incidents": held})["status"].tolist()
    ['present', 'missing', 'suspicious']
    """
    records = [record for kind, held in sorted(parts.items()) for record in _of_kind(kind, held)]
    frame = pd.DataFrame.from_records(records, columns=list(COVERAGE.columns)) if records else COVERAGE.empty()
    return COVERAGE.check(frame)


def _of_kind(kind: str, held: Iterable[Part]) -> Iterator[dict[str, Any]]:
    rows: dict[str, dict[str, list[int]]] = {}
    for part in held:
        counted = rows.setdefault(part.force, {}).setdefault(part.month, [0, 0])
        counted[0] += part.rows
        counted[1] += part.without_coordinates
    for force in sorted(rows):
        before: list[int] = []
        for month in months(min(rows[force]), max(rows[force])):
            count, unplaced = rows[force].get(month, (0, 0))
            status = "missing" if month not in rows[force] else _status(count, before[-LOOKS_BACK:])
            if status != "missing":
                before.append(count)
            yield dict(zip(COVERAGE.columns, (kind, force, month, count, unplaced, status), strict=True))


def _status(count: int, before: list[int]) -> str:
    return "suspicious" if before and count < LEAST_SHARE * median(before) else "present"
