"""Tables for pricing: deflators, unit costs of a user's own, and numbers prevented by area, offence and year."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, get_args

from abate.costs import prices, pricing, unitcosts
from abate.errors import AbateError, SourceError, nearest
from abate.sources import small_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from abate.costs.unitcosts import Kind
    from abate.sources.small_tables import SmallTable

_DEFLATOR = ("financial_year", "index", "release")
_UNIT = ("offence", "unit_cost", "price_year", "source")
_UNIT_MORE = ("anticipation", "consequence", "response", "police", "kind", "note")
_PREVENTED = ("offence", "value")
_PREVENTED_MORE = ("area", "low", "high", "level", "source", "year")
_YEARS = 1_000
_KINDS: tuple[Kind, ...] = get_args(unitcosts.Kind)


def deflator(path: Path) -> prices.Deflator:
    """Read an index of prices: `financial_year, index, release` (the month of the release, since it is revised)."""
    return parse_deflator(small_tables.read(path))


def parse_deflator(table: SmallTable) -> prices.Deflator:
    r"""Understand an index of prices; raises `SourceError` with every fault at once.

    >>> table = small_tables.parse(b"financial_year,index,release\n2015/16,80,June 2026\n", name="gdp.csv")
    >>> parse_deflator(table).index
    {'2015-16': 80.0}
    """
    _headed(table, _DEFLATOR)
    faults: list[str] = []
    index: dict[str, float] = {}
    for place, row in zip(table.places, table.rows, strict=True):
        year = _year(row["financial_year"], table, place, faults)
        value = _above_zero(row["index"], "index", table, place, faults)
        if year in index:
            faults.append(f"{table.name}, row {place}: {year} stands twice; give each year once")
        if year is not None and value is not None:
            index[year] = value
    releases = sorted({row["release"] for row in table.rows})
    if len(releases) != 1 or not releases[0]:
        faults.append(f"{table.name}: release should be one month for all rows, such as June 2026; found {releases}")
    if faults:
        raise SourceError(*faults[: small_tables.MOST_TOLD])
    return prices.Deflator(index, releases[0], table.name)


def unit_costs(path: Path) -> dict[str, unitcosts.UnitCost]:
    """Read unit costs of a user's own, which go before the published ones."""
    return parse_unit_costs(small_tables.read(path))


def parse_unit_costs(table: SmallTable) -> dict[str, unitcosts.UnitCost]:
    """Understand unit costs: `offence, unit_cost, price_year, source`, and parts where known.

    Optional are `anticipation, consequence, response, police, kind, note`. Raises `SourceError` with every fault.
    """
    _headed(table, _UNIT, _UNIT_MORE)
    faults: list[str] = []
    found = {}
    for place, row in zip(table.places, table.rows, strict=True):
        parts = {
            name: _above_zero(row[name], name, table, place, faults)
            for name in ("anticipation", "consequence", "response", "police")
            if row.get(name)
        }
        cost = _above_zero(row["unit_cost"], "unit_cost", table, place, faults)
        year = _year(row["price_year"], table, place, faults)
        kind = _kind(row.get("kind", ""), "kind", table, place, faults)
        if not row["source"]:
            faults.append(f"{table.name}, row {place}: source is blank; say where the figure comes from")
        if row["offence"] in found:
            faults.append(f"{table.name}, row {place}: {row['offence']} stands twice; give each offence once")
        found[row["offence"]] = unitcosts.UnitCost(
            row["offence"],
            cost or 0.0,
            anticipation=parts.get("anticipation"),
            consequence=parts.get("consequence"),
            response=parts.get("response"),
            police=parts.get("police"),
            price_year=year or "",
            source=row["source"],
            note=row.get("note", ""),
            kind=kind,
        )
    if faults:
        raise SourceError(*faults[: small_tables.MOST_TOLD])
    return found


def prevented(path: Path, *, source: Kind = "police") -> list[pricing.Prevented]:
    """Read numbers prevented, a row an offence, area and year of the programme."""
    return parse_prevented(small_tables.read(path), source=source)


def parse_prevented(table: SmallTable, *, source: Kind = "police") -> list[pricing.Prevented]:
    r"""Understand numbers prevented: `offence, value`, optional `area, low, high, level, source, year`.

    `source` is that of rows which do not say. Raises `SourceError` with every fault at once.

    >>> table = small_tables.parse(b"offence,value,low,high\nviolence_with_injury,120,-10,250\n", name="p.csv")
    >>> parse_prevented(table)[0].unclear
    True
    """
    _headed(table, _PREVENTED, _PREVENTED_MORE)
    faults: list[str] = []
    found = []
    for place, row in zip(table.places, table.rows, strict=True):
        value = _number(row["value"], "value", table, place, faults)
        low, high = (_number(row[end], end, table, place, faults) if row.get(end) else None for end in ("low", "high"))
        level = _number(row["level"], "level", table, place, faults) if row.get("level") else 0.95
        year = _number(row["year"], "year", table, place, faults) if row.get("year") else 1.0
        kind = _kind(row.get("source", "") or source, "source", table, place, faults)
        if year is not None and not (1 <= year <= _YEARS and year == int(year)):
            faults.append(f"{table.name}, row {place}: year is '{row['year']}'; it counts the programme's years from 1")
            year = None
        if value is None or level is None or year is None:
            continue
        try:
            each = pricing.Prevented(row["offence"], value, low, high, level, kind, row.get("area", ""), int(year))
            found.append(each)
        except AbateError as fault:
            faults.extend(f"{table.name}, row {place}: {one}" for one in fault.faults)
    if faults:
        raise SourceError(*faults[: small_tables.MOST_TOLD])
    return found


def _headed(table: SmallTable, needed: Sequence[str], more: Iterable[str] = ()) -> None:
    faults = [
        f"{table.name}: there is no column '{name}'. {nearest(name, table.headings)}"
        for name in needed
        if name not in table.headings
    ]
    known = (*needed, *more)
    faults += [
        f"{table.name}: the column '{name}' is not one of this table. {nearest(name, known)}"
        for name in table.headings
        if name not in known
    ]
    if not table.rows:
        faults.append(f"{table.name}: has headings and no rows")
    if faults:
        raise SourceError(*faults)


def _year(said: str, table: SmallTable, place: int, faults: list[str]) -> str | None:
    try:
        return prices.financial_year(said)
    except AbateError as fault:
        faults.append(f"{table.name}, row {place}: {fault}")
        return None


def _number(said: str, column: str, table: SmallTable, place: int, faults: list[str]) -> float | None:
    try:
        value = float(said.replace(",", ""))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        faults.append(f"{table.name}, row {place}: {column} is '{said}'; it should be a number")
        return None
    return value


def _above_zero(said: str, column: str, table: SmallTable, place: int, faults: list[str]) -> float | None:
    value = _number(said, column, table, place, faults)
    if value is not None and value <= 0:
        faults.append(f"{table.name}, row {place}: {column} is '{said}'; it should be above 0")
        return None
    return value


def _kind(said: str, column: str, table: SmallTable, place: int, faults: list[str]) -> Kind:
    word: Literal["police", "survey", "health"] | None = next(
        (kind for kind in _KINDS if kind == (said or "police")), None
    )
    if word is None:
        faults.append(f"{table.name}, row {place}: {column} is '{said}'. {nearest(said, _KINDS)}")
        return "police"
    return word
