"""Tables of travel times between sites and bases: a row a pair, or a square with the stops on both sides."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import SourceError
from abate.patrols.rotadays import NOWHERE
from abate.sources.rota_values import contents

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

_MOST_TOLD = 20


def read(path: Path, *, stops: Sequence[str], sites: int, files: list[tuple[str, str]]) -> Whole:
    """Read the minutes between stops (sites by their id, bases by their team), in the order of `stops`.

    `sites` is how many of the stops, the first, are sites; ways between bases are not asked for. The file has the
    columns from, to, minutes; or a square whose first row and first column name the stops. Where only one direction is
    given it holds both ways. Minutes are rounded up. Raises `SourceError` with every fault at once.
    """
    try:
        text = contents(path, files).decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise SourceError(f"{path.name}: is not UTF-8 text (byte {fault.start + 1}): save it as UTF-8 CSV") from None
    return parse(text, name=path.name, stops=stops, sites=sites)


def parse(text: str, *, name: str, stops: Sequence[str], sites: int) -> Whole:
    r"""Understand the text of a table of travel times.

    >>> parse("from,to,minutes\na,b,4.5\n", name="travel.csv", stops=["a", "b"], sites=2).tolist()
    [[0, 5], [5, 0]]
    >>> parse(",a,b\na,0,4\nb,6,0\n", name="travel.csv", stops=["a", "b"], sites=2).tolist()
    [[0, 4], [6, 0]]
    """
    try:
        read = csv.reader(io.StringIO(text, newline=""))
        lines = [[cell.strip() for cell in line] for line in read if any(map(str.strip, line))]
    except csv.Error as fault:
        raise SourceError(f"{name}: is no CSV: {fault}") from None
    if len(lines) < 2:
        raise SourceError(f"{name}: is empty; it should have the columns from, to, minutes")
    header = [cell.lower() for cell in lines[0]]
    faults: list[str] = []
    if {"from", "to", "minutes"} <= set(header):
        given = _pairs(lines, header, name, faults)
    else:
        given = _square(lines, name, faults)
    found = np.zeros((len(stops), len(stops)), dtype=np.int64)
    lacking = []
    for one, first in enumerate(stops):
        for other, second in enumerate(stops):
            taken = given.get((first, second), given.get((second, first)))
            if one != other and min(one, other) < sites and taken is None:
                lacking.append(f"{name}: says nothing of the way from '{first}' to '{second}'")
            elif one != other and taken is not None:
                found[one, other] = min(NOWHERE, math.ceil(taken - 1e-9))
    faults += lacking
    if faults:
        more = [f"{name}: {len(faults) - _MOST_TOLD:,} more faults like these"] if len(faults) > _MOST_TOLD else []
        raise SourceError(*faults[:_MOST_TOLD], *more)
    return found


def _pairs(lines: list[list[str]], header: list[str], name: str, faults: list[str]) -> dict[tuple[str, str], float]:
    places = [header.index(column) for column in ("from", "to", "minutes")]
    found = {}
    for number, line in enumerate(lines[1:], start=1):
        if len(line) != len(header):
            faults.append(f"{name}, row {number}: has {len(line)} values, where there are {len(header)} columns")
            continue
        first, second, text = (line[place] for place in places)
        found[first, second] = _minutes(text, f"{name}, row {number}", faults)
    return found


def _square(lines: list[list[str]], name: str, faults: list[str]) -> dict[tuple[str, str], float]:
    across = lines[0][1:]
    found = {}
    for number, line in enumerate(lines[1:], start=1):
        if len(line) != len(across) + 1:
            faults.append(f"{name}, row {number}: has {len(line)} values, where there are {len(across) + 1} columns")
            continue
        for column, text in zip(across, line[1:], strict=True):
            if column != line[0]:
                found[line[0], column] = _minutes(text, f"{name}, row {number}, column {column}", faults)
    return found


def _minutes(text: str, label: str, faults: list[str]) -> float:
    try:
        taken = float(text)
    except ValueError:
        taken = -1.0
    if not 0 <= taken < math.inf:
        faults.append(f"{label}: '{text}' is no number of minutes of 0 or more")
        return 0.0
    return taken
