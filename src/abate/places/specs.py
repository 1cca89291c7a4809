"""What kind of small place to count in, as a person writes it: `square:250`, `hex:150`, `lsoa`, `area:wards.gpkg`."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from abate.errors import OptionError, nearest
from abate.space.grids import Grid

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["square", "hex", "lsoa", "area", "street"]
Unit = Literal["m", "ft"]

SMALLEST, LARGEST = 0.001, 10_000_000.0
FOOT_M = 0.3048
_SURVEY_FOOT_SLACK = 1e-5
_EXAMPLES = "for example square:250, square:500ft, hex:150, lsoa, area:wards.geojson or street:roads.geojson"
_SIZE = re.compile(r"(?P<size>[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)\s*(?P<unit>[a-zA-Z]*)")


@dataclass(frozen=True)
class PlaceSpec:
    """The kind of place, and what it takes to draw it.

    Grids have a `size` (the side of a square, the width of a hexagon across its flats), a `unit` and an `origin`
    (easting, northing, in the unit of the coordinate system). `unit` None is the unit of the coordinate system for
    squares; hexagons without a unit are in metres. Areas and streets have a `file`, `lsoa` may have one.
    """

    kind: Kind
    size: float | None = None
    unit: Unit | None = None
    file: str | None = None
    origin: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        faults = [fault for fault in (self._size_fault(), self._file_fault(), self._origin_fault()) if fault]
        if faults:
            raise OptionError(*faults)

    def _size_fault(self) -> str | None:
        if not self.is_grid:
            return f"{self.kind} places have no size, here {self.size:g}" if self.size is not None else None
        if self.size is None:
            return f"{self.kind} places need a size: write {self.kind}:150"
        if not SMALLEST <= self.size <= LARGEST:
            return f"the size of {self.kind} places lies between {SMALLEST:g} and {LARGEST:,.0f}, not at {self.size:g}"
        return None

    def _file_fault(self) -> str | None:
        if self.kind in ("area", "street") and not self.file:
            return f"{self.kind} places need a file: write {self.kind}:FILE, {_EXAMPLES}"
        if self.is_grid and self.file:
            return f"{self.kind} places are made, not read: '{self.file}' is not used by them"
        return None

    def _origin_fault(self) -> str | None:
        if not all(math.isfinite(value) for value in self.origin):
            return f"an origin is two numbers, easting and northing, not {self.origin}"
        if not self.is_grid and self.origin != (0.0, 0.0):
            return f"an origin fixes a grid of squares or hexagons; {self.kind} places have none"
        return None

    @property
    def is_grid(self) -> bool:
        """Tell whether the places are cells of a grid."""
        return self.kind in ("square", "hex")

    def __str__(self) -> str:
        """Give the spec as a person writes it.

        >>> str(read("square: 250.0 M")), str(read("lsoa"))
        ('square:250m', 'lsoa')
        """
        if self.size is not None:
            return f"{self.kind}:{self.size:.15g}{self.unit or ''}"
        return f"{self.kind}:{self.file}" if self.file else self.kind

    def grid(self, unit_m: float) -> Grid:
        """Give the grid in the unit of the coordinate system, of which one is `unit_m` metres.

        A foot is the coordinate system's own foot where it counts in feet, else 0.3048 m.

        >>> read("square:500ft").grid(1.0).size, read("hex:150").grid(1.0).form
        (152.4, 'hexagon')
        """
        if self.size is None:
            raise OptionError(f"{self.kind} places are not a grid")
        form: Literal["square", "hexagon"] = "square" if self.kind == "square" else "hexagon"
        return Grid(form, self.size * self._in_units(unit_m), *self.origin)

    def _in_units(self, unit_m: float) -> float:
        unit = self._true_unit()
        if unit is None or unit == _own_unit(unit_m):
            return 1.0
        return (FOOT_M if unit == "ft" else 1.0) / unit_m

    def _true_unit(self) -> Unit | None:
        return "m" if self.kind == "hex" and self.unit is None else self.unit

    def prefix(self, unit_m: float) -> str:
        """Give what the ids of the grid's cells begin with.

        It names form, size and, unless they are the coordinate system's and (0, 0), unit and origin, so that the
        same cell has the same id in every run, and cells of different grids never share one.

        >>> read("square:250").prefix(1.0), read("hex:150", origin="12,-0.5").prefix(1.0)
        ('sq250', 'hex150@12,-0.5')
        """
        unit = self._true_unit()
        shown = "" if unit is None or unit == _own_unit(unit_m) else unit
        origin = "" if self.origin == (0.0, 0.0) else "@" + ",".join(f"{value:.15g}" for value in self.origin)
        return f"{'sq' if self.kind == 'square' else 'hex'}{self.size:.15g}{shown}{origin}"


def _own_unit(unit_m: float) -> Unit | None:
    if unit_m == 1.0:
        return "m"
    return "ft" if abs(unit_m - FOOT_M) < _SURVEY_FOOT_SLACK else None


def read(text: str, *, origin: str | tuple[float, float] | None = None) -> PlaceSpec:
    """Understand a kind of place as a person writes it.

    `origin` fixes a grid: `E,N`, in the unit of the coordinate system.

    Raises `OptionError` with what would be right.

    >>> read("square:250")
    PlaceSpec(kind='square', size=250.0, unit=None, file=None, origin=(0.0, 0.0))
    >>> read("sqare:250")
    Traceback (most recent call last):
    abate.errors.OptionError: 'sqare' is not a kind of place. Did you mean 'square'? ...
    """
    name, _, rest = (part.strip() for part in text.partition(":"))
    kinds: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}
    if name.lower() not in kinds:
        raise OptionError(f"'{name}' is not a kind of place. {nearest(name, kinds)}")
    kind = kinds[name.lower()]
    fixed = _origin(origin)
    if kind not in ("square", "hex"):
        return PlaceSpec(kind, file=rest or None, origin=fixed)
    size, unit = _size(kind, rest)
    return PlaceSpec(kind, size=size, unit=unit, origin=fixed)


def _size(kind: str, text: str) -> tuple[float, Unit | None]:
    found = _SIZE.fullmatch(text)
    if found is None:
        problem = f"'{text}' is not a size" if text else "the size is missing"
        raise OptionError(f"{kind}: {problem}: write {kind}:250, {kind}:250m or {kind}:500ft")
    units: dict[str, Unit | None] = {"": None, "m": "m", "ft": "ft"}
    unit = found["unit"].lower()
    if unit not in units:
        raise OptionError(f"{kind}: '{found['unit']}' is not a unit of length. Known are: m (metres), ft (feet).")
    return float(found["size"]), units[unit]


def _origin(origin: str | tuple[float, float] | None) -> tuple[float, float]:
    if origin is None:
        return (0.0, 0.0)
    if isinstance(origin, tuple):
        return origin
    try:
        east, north = (float(part) for part in origin.split(","))
    except ValueError:
        raise OptionError(
            f"'{origin}' is not an origin: write easting and northing with a comma, for example 530000,180000"
        ) from None
    return (east, north)


def title(spec: PlaceSpec, *, unit_m: float = 1.0, areas: pd.DataFrame | None = None) -> str:
    """Name the places for a reader of a report; `areas` (`tables.AREAS`) says of which year they are.

    >>> title(read("hex:150")), title(read("square:250")), title(read("square:500ft")), title(read("lsoa"))
    ('150 m hexagons', '250 m squares', '500 ft squares', 'LSOAs')
    """
    if spec.size is not None:
        form = "squares" if spec.kind == "square" else "hexagons"
        return f"{spec.size:g} {_unit_word(spec, unit_m)} {form}"
    if spec.kind == "street":
        return "street segments"
    kinds: list[Any] = [] if areas is None else sorted(areas["area_type"].dropna().unique())
    if len(kinds) == 1:
        return f"{kinds[0]}s"
    return "LSOAs" if spec.kind == "lsoa" else "areas"


def _unit_word(spec: PlaceSpec, unit_m: float) -> str:
    if spec.unit or spec.kind == "hex":
        return spec.unit or "m"
    return _own_unit(unit_m) or f"x {unit_m:g} m"
