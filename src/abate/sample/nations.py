"""A made-up country: areas by quarter, a programme in some of them, and a fall in offences that is known to the unit.

Levels, growth, and how areas drift apart are set to look like the recorded violence of the 43 forces of England and
Wales before April 2019 (Home Office police recorded crime open data): the logarithm of the rate varies between areas
with a standard deviation of 0.21, is higher in larger areas (0.3), and areas drift apart by 0.14 in a year, 0.19 in two
and 0.23 in three. The drift has four parts: how far each area took up the better recording after 2014, a second wave
that moves areas by different amounts, a walk of each area's own, and passing spells of about a year, which are what
regresses to the mean. Violence without injury drifts more (yearly change 0.14) than violence with injury (0.08). After
April 2019 the same process runs on, with a dip in the second quarter of 2020 that areas feel unequally.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

    Picking = Literal["random", "level", "recent"]

OUTCOMES = ("violence_with_injury", "violence_without_injury")
PLANTED: Mapping[str, int] = {"violence_with_injury": 8_000, "violence_without_injury": 41_000}
"""Offences fewer from April 2019 to September 2020, in the 18 areas that began in April 2019."""
FORCES, AUTHORITIES = 43, 331
TREATED, LATER = 18, 2
QUARTERS = tuple(f"{year} Q{quarter}" for year in range(2013, 2024) for quarter in (1, 2, 3, 4))
BEGINS, ENDS, SECOND = QUARTERS.index("2019 Q2"), QUARTERS.index("2020 Q3"), QUARTERS.index("2022 Q2")

_PEOPLE, _METROPOLIS, _SPREAD_OF_PEOPLE = 1_150_000, 8_900_000, 0.55
_RATES = {"violence_with_injury": 133.0, "violence_without_injury": 105.0}
_GROWTH = {"violence_with_injury": (0.105, 0.0), "violence_without_injury": (0.19, 0.03)}
_SCALE = {"violence_with_injury": 0.75, "violence_without_injury": 1.15}
_SEASON = {
    "violence_with_injury": (-0.04, 0.03, 0.03, -0.02),
    "violence_without_injury": (-0.03, 0.02, 0.02, -0.01),
}
_LEVEL, _WITH_SIZE, _ALIKE = 0.18, 0.3, 0.7
_RECORDING, _WAVE, _WALK, _SPELL = 0.18, 0.09, 0.046, 0.055
_SPELL_LASTS, _DIP = 0.75, -0.10
_DISPERSION = 2.5
_OWN_PART = 0.4
_RECENT = 4


@dataclass(frozen=True)
class Nation:
    """A country's record by area and quarter, and what is true of it.

    `counts` are what was recorded and `untouched` what would have been recorded without the programme, by outcome,
    each of the shape (areas, quarters). `first` gives the place of each area's first quarter with the programme, and
    the number of quarters for areas without. `force` names the force of each area: the area itself unless areas are
    authorities.
    """

    areas: tuple[str, ...]
    force: tuple[str, ...]
    quarters: tuple[str, ...]
    population: Real
    counts: Mapping[str, Whole]
    untouched: Mapping[str, Whole]
    first: Whole

    def prevented(self, outcome: str, *, until: int = ENDS) -> int:
        """Give the true fall in an outcome from the first quarter up to the place `until`, counted in."""
        return int((self.untouched[outcome] - self.counts[outcome])[:, : until + 1].sum())

    @property
    def frame(self) -> pd.DataFrame:
        """Give the record as a table: one row an area and quarter, `first_treated` blank for areas without."""
        import pandas as pd

        number = len(self.quarters)
        began = [self.quarters[at] if at < number else "" for at in self.first]
        columns = {
            "area": np.repeat(np.array(self.areas), number),
            "force": np.repeat(np.array(self.force), number),
            "quarter": np.tile(np.array(self.quarters), len(self.areas)),
            "population": np.repeat(self.population.astype(np.int64), number),
            "first_treated": np.repeat(np.array(began), number),
        }
        return pd.DataFrame(columns | {name: values.ravel() for name, values in self.counts.items()})


def nation(
    seed: int,
    *,
    areas: int = FORCES,
    picked: Picking = "level",
    planted: Mapping[str, int] = PLANTED,
) -> Nation:
    """Make a country from a seed: the same seed gives the same country to the last offence.

    44 quarters from 2013 Q1 to 2023 Q4; 18 forces have the programme from 2019 Q2 and two more from 2022 Q2.
    They are drawn at `random`, or are the worst: by `level` (mean rate of both outcomes over all quarters before) or by
    `recent` level (last four quarters), which regresses to the mean. `planted` offences, chosen by chance among those
    that would have been recorded in the 18 from 2019 Q2 to 2020 Q3, are taken out exactly; afterwards, and in the two
    later forces, the same share is taken out of every quarter. With 331 areas these are authorities within the 43
    forces, which share part of how they move, and have the programme with their force. Raises `OptionError` for a fall
    larger than what there is.

    >>> made = nation(1)
    >>> len(made.areas), len(made.quarters), int((made.first == BEGINS).sum()), int((made.first == SECOND).sum())
    (43, 44, 18, 2)
    >>> [made.prevented(outcome) for outcome in OUTCOMES]
    [8000, 41000]
    """
    faults = [] if seed >= 0 else [f"a seed is a whole number from 0 upwards, not {seed}"]
    faults += [f"areas {areas}: a country has {FORCES} forces or {AUTHORITIES} authorities"] * (
        areas not in (FORCES, AUTHORITIES)
    )
    faults += [
        f"'{name}' is not an outcome of the sample country: {', '.join(OUTCOMES)}"
        for name in planted
        if name not in OUTCOMES
    ]
    if faults:
        raise OptionError(*faults)
    people, moves, chance, removal = (np.random.default_rng(part) for part in np.random.SeedSequence(seed).spawn(4))
    population, of = _population(people, areas)
    expected = _expected(population, of, moves)
    untouched = {name: _recorded(values, moves) for name, values in expected.items()}
    first = _first(untouched, population, of, picked, chance)[of]
    counts = {name: _removed(values, first, planted.get(name, 0), name, removal) for name, values in untouched.items()}
    force = tuple(f"Force {at + 1:02d}" for at in of)
    named = force if areas == FORCES else tuple(f"Authority {at + 1:03d}" for at in range(areas))
    return Nation(named, force, QUARTERS, population, counts, untouched, first)


def _population(rng: np.random.Generator, areas: int) -> tuple[Real, Whole]:
    """Draw residents by area, and which force each area belongs to; one force is a metropolis."""
    people = _PEOPLE * np.exp(rng.normal(0, _SPREAD_OF_PEOPLE, FORCES))
    people[0] = _METROPOLIS
    if areas == FORCES:
        return np.round(people), np.arange(FORCES)
    share = np.maximum(people / people.sum() * (areas - FORCES), 0)
    number = 1 + np.floor(share).astype(np.int64)
    short = areas - int(number.sum())
    number[np.argsort(-(share % 1), kind="stable")[:short]] += 1
    of = np.repeat(np.arange(FORCES), number)
    parts = rng.gamma(4.0, size=areas)
    whole = np.bincount(of, weights=parts)
    return np.round(people[of] * parts / whole[of]) + 1, of


def _expected(population: Real, of: Whole, rng: np.random.Generator) -> dict[str, Real]:
    """Give the expected counts of each outcome: what both outcomes share, and what each has of its own."""
    shared = _drift(population, of, rng)
    expected = {}
    for name in OUTCOMES:
        own = _drift(population, of, rng)
        drift = _SCALE[name] * (np.sqrt(_ALIKE) * shared + np.sqrt(1 - _ALIKE) * own)
        rate = np.log(_RATES[name]) + _national(name) + drift
        expected[name] = population[:, None] * np.exp(rate) / 100_000
    return expected


def _national(name: str) -> Real:
    """Give the country's path of the logarithm of the rate: growth, season and the dip of 2020 Q2."""
    years = np.arange(len(QUARTERS)) / 4
    early, late = _GROWTH[name]
    turn = BEGINS / 4
    path = early * np.minimum(years, turn) + late * np.maximum(years - turn, 0) + np.tile(_SEASON[name], 11)
    path[QUARTERS.index("2020 Q2")] += _DIP
    return np.asarray(path)


def _drift(population: Real, of: Whole, rng: np.random.Generator) -> Real:
    """Give how each area's logarithm of the rate departs from the country's, by quarter."""
    by_force = _paths(np.bincount(of, weights=population).astype(np.float64), rng)
    if len(of) == FORCES:
        return by_force
    own = _paths(population, rng)
    mixed: Real = np.sqrt(1 - _OWN_PART) * by_force[of] + np.sqrt(_OWN_PART) * own
    return mixed


def _paths(population: Real, rng: np.random.Generator) -> Real:
    """Draw level, take-up of recording, wave, walk, spells and the dip, and add them up."""
    number, periods = len(population), len(QUARTERS)
    size = np.log(population)
    level = _LEVEL * (
        _WITH_SIZE * (size - size.mean()) / size.std() + np.sqrt(1 - _WITH_SIZE**2) * rng.normal(size=number)
    )
    middle = rng.normal(11, 3, number)[:, None]
    recording = _RECORDING * rng.normal(size=number)[:, None] / (1 + np.exp(-(np.arange(periods) - middle) / 2))
    wave = np.sin(2 * np.pi * (np.arange(periods) / rng.uniform(22, 34) + rng.uniform()))
    waves = _WAVE * rng.normal(size=number)[:, None] * wave
    walk = np.cumsum(rng.normal(0, _WALK, (number, periods)), axis=1)
    dip = np.zeros(periods)
    dip[QUARTERS.index("2020 Q2")] = 1.0
    unequal = 0.3 * _DIP * rng.normal(size=number)[:, None] * dip
    return np.asarray(level[:, None] + recording + waves + walk + _spells(rng, number, periods) + unequal)


def _spells(rng: np.random.Generator, number: int, periods: int) -> Real:
    """Draw passing spells: each quarter remembers the share `_SPELL_LASTS` of the one before."""
    drawn = rng.normal(size=(number, periods))
    spells = np.empty((number, periods))
    spells[:, 0] = drawn[:, 0]
    for at in range(1, periods):
        spells[:, at] = _SPELL_LASTS * spells[:, at - 1] + np.sqrt(1 - _SPELL_LASTS**2) * drawn[:, at]
    return _SPELL * spells


def _recorded(expected: Real, rng: np.random.Generator) -> Whole:
    """Draw counts with the variance `_DISPERSION` times the mean (negative binomial)."""
    shape = expected / (_DISPERSION - 1)
    return rng.poisson(rng.gamma(shape, _DISPERSION - 1)).astype(np.int64)


def _first(
    untouched: Mapping[str, Whole], population: Real, of: Whole, picked: Picking, rng: np.random.Generator
) -> Whole:
    """Choose the forces that have the programme, and give each force's first quarter."""
    if picked == "random":
        order = rng.permutation(FORCES)
    else:
        window = slice(0 if picked == "level" else BEGINS - _RECENT, BEGINS)
        seen = np.sum([values[:, window].sum(axis=1) for values in untouched.values()], axis=0)
        rate = np.bincount(of, weights=seen) / np.bincount(of, weights=population)
        order = np.argsort(-rate, kind="stable")
    first = np.full(FORCES, len(QUARTERS))
    first[order[:TREATED]] = BEGINS
    first[order[TREATED : TREATED + LATER]] = SECOND
    return first


def _removed(untouched: Whole, first: Whole, planted: int, name: str, rng: np.random.Generator) -> Whole:
    """Take out the planted offences exactly in the headline's quarters, and the same share in the others."""
    counts = untouched.copy()
    headline = np.zeros(counts.shape, dtype=bool)
    headline[first == BEGINS, BEGINS : ENDS + 1] = True
    there = counts[headline]
    if not 0 <= planted <= int(there.sum()):
        raise OptionError(f"planted {name} {planted:,}: there are {int(there.sum()):,} to be prevented")
    counts[headline] -= rng.multivariate_hypergeometric(there, planted, method="marginals")
    further = (np.arange(len(QUARTERS))[None, :] >= first[:, None]) & ~headline
    counts[further] -= rng.binomial(counts[further], planted / there.sum())
    return counts
