"""Blocks and their counts: one CSV with a row a block, one with a row a block and period."""

from __future__ import annotations

import io
import re
from itertools import chain, islice, pairwise
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from abate.errors import SourceError, nearest
from abate.impact.blockdesigns import Blocks
from abate.sources import geojson, small_tables
from abate.sources.area_panels import plain_label

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from abate.impact.blockdesigns import BlockDesign

    Real = NDArray[np.float64]

_TOLD = 5
_YES = {"1": 1.0, "1.0": 1.0, "true": 1.0, "yes": 1.0, "0": 0.0, "0.0": 0.0, "false": 0.0, "no": 0.0}
_ORDERED = re.compile(r"\d{4}([/-]\d{2,4}){0,2}( ?-?Q[1-4])?", re.IGNORECASE)


def read(blocks: Path, counts: Path, design: BlockDesign) -> Blocks:
    """Read blocks and their counts from two CSV files (or .gz); raises as `parse` does."""
    contents = {path.name: geojson.read_bytes(path) for path in (blocks, counts)}
    return parse(contents[blocks.name], contents[counts.name], design, names=(blocks.name, counts.name))


def parse(blocks: bytes, counts: bytes, design: BlockDesign, *, names: tuple[str, str]) -> Blocks:
    r"""Understand the bytes of both files; `names` is what they are called in sentences.

    Raises `SourceError` with the faults of both at once: columns that are not there (naming the nearest), blocks told
    twice, treated blocks that are all or none, counts that are no numbers or below 0, counts of blocks that are not in
    the first file, two rows of one block and period, and, unless the design says that these are 0, blocks and periods
    without a row.

    >>> from abate.impact.blockdesigns import BlockDesign
    >>> design = BlockDesign(("1", "1"), ("2", "2"), ("thefts",), absent="zero")
    >>> found = parse(b"id,treated\na,1\nb,0\n", b"id,time,thefts\na,1,4\nb,2,3\n", design, names=("b", "c"))
    >>> found.outcomes["thefts"].tolist()
    [[4.0, 0.0], [0.0, 3.0]]
    """
    faults: list[str] = []
    needed = ((design.id, design.treated, *design.covariates), (design.id, design.time, *design.counted))
    frames = [
        _frame(content, columns, name, faults)
        for content, columns, name in zip((blocks, counts), needed, names, strict=True)
    ]
    places, rows = frames
    if places is None or rows is None:
        raise SourceError(*faults)
    rows[design.time] = rows[design.time].map({label: plain_label(label) for label in rows[design.time].unique()})
    treated, traits = _places(places, design, names[0], faults)
    times = _in_order(rows[design.time].unique().tolist(), design, names[1], faults)
    numbers = {column: _numbers(rows[column], column, names[1], faults, at_least=0) for column in design.counted}
    at = pd.Index(places[design.id].drop_duplicates()).get_indexer(pd.Index(rows[design.id]))
    when = pd.Index(times).get_indexer(pd.Index(rows[design.time]))
    faults += _few(_strangers(rows[design.id], at, names), names[1])
    faults += _few(_twice(rows, at * len(times) + when, at, design, names[1]), names[1])
    if design.absent == "refuse":
        faults += _gaps(places[design.id], times, at * len(times) + when, design, names[1])
    if faults:
        raise SourceError(*faults)
    outcomes = {}
    for column, values in numbers.items():
        grid = np.zeros((len(places), len(times)))
        grid[at, when] = values
        outcomes[column] = grid
    return Blocks(tuple(places[design.id]), tuple(times), treated == 1, outcomes, traits)


def _frame(content: bytes, columns: Iterable[str], name: str, faults: list[str]) -> pd.DataFrame | None:
    """Read the named columns as text; None with the faults told when that cannot be done."""
    wanted = list(dict.fromkeys(columns))
    try:
        raw = pd.read_csv(io.BytesIO(content), dtype="str", keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as fault:
        faults.append(f"{name}: is not a CSV in UTF-8 ({str(fault).strip()})")
        return None
    lacking = [column for column in wanted if column not in raw.columns]
    faults += [f"{name}: there is no column '{column}'. {nearest(column, map(str, raw.columns))}" for column in lacking]
    faults += small_tables.too_wide(raw, name=name)
    if raw.empty and not lacking:
        faults.append(f"{name}: has a header and no rows")
    if lacking or raw.empty:
        return None
    found: pd.DataFrame = raw[wanted].apply(lambda column: column.str.strip())
    return found


def _places(places: pd.DataFrame, design: BlockDesign, name: str, faults: list[str]) -> tuple[Real, dict[str, Real]]:
    """Give who had the programme and what each block is like, and tell what is wrong with them."""
    twice = np.flatnonzero(places[design.id].duplicated().to_numpy())
    said = [f"{name}, row {row + 1}: a second row of {design.id} {places[design.id].iloc[row]}" for row in twice]
    faults += _few(said, name)
    texts = places[design.treated]
    treated: Real = np.asarray(texts.str.lower().map(_YES), dtype=np.float64)
    odd = np.flatnonzero(np.isnan(treated))
    faults += _few(
        [
            f"{name}, row {row + 1}: {design.treated} is '{texts.iloc[row]}'; it should be 1 for a block that had the "
            "programme and 0 for one that did not"
            for row in odd
        ],
        name,
    )
    if not len(odd) and len(set(treated.tolist())) == 1:
        which = "no block" if treated[0] == 0 else "every block"
        faults.append(f"{name}: by {design.treated} {which} had the programme; both kinds are needed to compare them")
    return treated, {column: _numbers(places[column], column, name, faults) for column in design.covariates}


def _numbers(texts: pd.Series, column: str, name: str, faults: list[str], *, at_least: float | None = None) -> Real:
    numbers = small_tables.numbers(texts).to_numpy(dtype=np.float64)
    wrong = ~np.isfinite(numbers)
    rule = "a number" if at_least is None else f"a number of {at_least:g} or more"
    if at_least is not None:
        wrong |= numbers < at_least
    rows = np.flatnonzero(wrong)
    faults += _few(
        [f"{name}, row {row + 1}: {column} is '{texts.iloc[row]}'; it should be {rule}" for row in rows], name
    )
    return numbers


def _in_order(labels: list[str], design: BlockDesign, name: str, faults: list[str]) -> list[str]:
    """Put periods in order, whole numbers with those between that have no row at all taken as faults."""
    try:
        ordered = sorted(labels, key=float)
        finite = all(map(isfinite, map(float, labels)))
    except ValueError:
        finite = False
    if not finite:
        strange = [label for label in labels if not _ORDERED.fullmatch(label)]
        if strange:
            faults.append(
                f"{name}: {design.time} '{strange[0]}' does not say its order: periods should be numbers, dates "
                "(2019-04-01), months (2019-04) or quarters (2019Q1), all of one kind"
            )
        return sorted(labels)
    whole = [int(float(label)) for label in ordered if float(label) == int(float(label))]
    if len(whole) == len(ordered):
        lacking = chain.from_iterable(range(one + 1, next_one) for one, next_one in pairwise(whole))
        faults += [
            f"{name}: no block has a row in {design.time} {one}: a period without any row is more likely missing than 0"
            for one in islice(lacking, _TOLD)
        ]
    return ordered


def _strangers(ids: pd.Series, at: NDArray[np.intp], names: tuple[str, str]) -> list[str]:
    rows = np.flatnonzero((at < 0) & ~ids.duplicated().to_numpy())
    return [f"{names[1]}, row {row + 1}: block {ids.iloc[row]} is not in {names[0]}" for row in rows]


def _twice(
    rows: pd.DataFrame, cells: NDArray[np.intp], at: NDArray[np.intp], design: BlockDesign, name: str
) -> list[str]:
    known = at >= 0
    doubled = np.flatnonzero(
        known & pd.Series(np.where(known, cells, -1 - np.arange(len(cells)))).duplicated().to_numpy()
    )
    return [
        f"{name}, row {row + 1}: a second row of block {rows[design.id].iloc[row]} in {rows[design.time].iloc[row]}"
        for row in doubled
    ]


def _gaps(ids: pd.Series, times: list[str], cells: NDArray[np.intp], design: BlockDesign, name: str) -> list[str]:
    there = np.zeros((len(ids), len(times)), dtype=bool)
    there.flat[cells[cells >= 0]] = True
    if there.all():
        return []
    block, time = np.argwhere(~there)[0]
    such = f"{(~there).sum():,} blocks and periods have no row, such as {design.id} {ids.iloc[block]} in {times[time]}"
    return [f'{name}: {such}; if these are 0, say absent = "zero" in the design, else give their rows']


def _few(faults: list[str], name: str) -> list[str]:
    """Keep the first faults of a kind, and say how many more there are."""
    more = [f"{name}: {len(faults) - _TOLD:,} more faults like these"] if len(faults) > _TOLD else []
    return faults[:_TOLD] + more
