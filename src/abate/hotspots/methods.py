"""The methods of forecasting by their names: what each does, in a sentence, and what it needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from abate.errors import OptionError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from abate.hotspots.histories import History, Window

Need = Literal["days", "features", "streets"]


@dataclass(frozen=True)
class Method:
    """A method: its name, a sentence that says what it does, the module that holds its `forecast`, and its options.

    `needs` says what the record must have: `days` (not only months), `features` (given as `features=`) or `streets`
    (places that are stretches of street). The module is imported when the method is first used.
    """

    name: str
    sentence: str
    module: str
    options: Mapping[str, Any] = field(default_factory=dict)
    needs: tuple[Need, ...] = ()

    def forecast(self, past: History, window: Window, **given: Any) -> pd.DataFrame:
        """Forecast every place of the past for the window (`tables.FORECASTS`); `given` goes to the method itself.

        Raises `OptionError` when the method needs days and the record has only months.
        """
        if "days" in self.needs and past.unit != "day":
            raise OptionError(f"the method '{self.name}' needs the days of incidents, and this record has only months")
        table: pd.DataFrame = import_module(f"abate.hotspots.{self.module}").forecast(
            past, window, **{**self.options, **given}
        )
        return table


_ALL = (
    Method("counts", "What each place saw in the whole past, day for day: the opponent of all others.", "pastcounts"),
    Method("counts-12m", "What each place saw in the last twelve months.", "pastcounts", {"months": 12}),
    Method("counts-24m", "What each place saw in the last twenty-four months.", "pastcounts", {"months": 24}),
    Method("memory", "Past counts in which older incidents fade, as fast as the record shows best.", "memory"),
    Method("shrinkage", "Remembered counts, drawn towards the neighbourhood where they say little.", "shrinkage"),
    Method("kernel", "Kernel density of past incidents, its bandwidth chosen by likelihood.", "surfaces"),
    Method(
        "kernel-adaptive",
        "Kernel density whose bandwidth is narrow where incidents are dense and wide where they are few.",
        "surfaces",
        {"adaptive": True},
    ),
    Method(
        "kernel-street",
        "Kernel density along the street network, for places that are stretches of street.",
        "streetdensities",
        needs=("streets",),
    ),
    Method(
        "near-repeat", "A raised risk close to recent incidents that fades within weeks.", "aftermath", {}, ("days",)
    ),
    Method(
        "self-exciting",
        "A steady background, and incidents that lead to others nearby soon after.",
        "selfexciting",
        {},
        ("days",),
    ),
    Method("gi-star", "Getis-Ord Gi*: places that are high together with their neighbours.", "gi"),
    Method(
        "risk",
        "What stands near each place (pubs, stations, schools) and the place's own record; nothing about who lives "
        "there.",
        "risk",
        {},
        ("features",),
    ),
    Method("stack", "Several methods, mixed by what each would have added in the past.", "stacking"),
    Method(
        "recommended",
        "Own record, surroundings and related crime, mixed as the record itself shows best; the same everywhere.",
        "recommended",
    ),
)

METHODS: Mapping[str, Method] = MappingProxyType({method.name: method for method in _ALL})


def find(name: str) -> Method:
    """Give the method of a name. Raises `OptionError` with the nearest name when there is none.

    >>> find("counts").needs
    ()
    >>> find("recomended")
    Traceback (most recent call last):
    abate.errors.OptionError: 'recomended' is not a method. Did you mean 'recommended'? Known are: counts, ...
    """
    if name not in METHODS:
        raise OptionError(f"'{name}' is not a method. {nearest(name, METHODS)}")
    return METHODS[name]
