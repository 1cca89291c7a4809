"""The sample town: streets, areas, people, recorded crime, and the truth about all of it, made from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate import periods
from abate.errors import OptionError
from abate.sample import happenings, plantings, records, truths, words
from abate.sample.ground import CRS, ground

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Town:
    """A made-up town, what its police recorded in three years, and what is true of it.

    - `junctions`: `junction_id, easting, northing, streets` (how many meet there).
    - `streets`: one row a segment between junctions: `segment_id, town, kind` (as OpenStreetMap's `highway`: primary,
      tertiary, residential, footway, service, which is private, and motorway), `name, length_m, area_code`, and three
      points `from_e, from_n, middle_e, middle_n, to_e, to_n`.
    - `areas`: small areas: `area_code, name, town, residents, outline` (a closed ring of easting and northing).
    - `landmarks`: `name, kind, easting, northing, stand_in`.
    - `incidents`, `outcomes`, `searches`: tables of the data dictionary, in the force's own exact coordinates.
    - `truth`: see `Truth`.

    Everything lies on the British National Grid (`crs`), in metres.
    """

    name: str
    quiet_name: str
    force: str
    force_name: str
    seed: int
    crs: str
    months: tuple[str, ...]
    junctions: pd.DataFrame
    streets: pd.DataFrame
    areas: pd.DataFrame
    landmarks: pd.DataFrame
    incidents: pd.DataFrame
    outcomes: pd.DataFrame
    searches: pd.DataFrame
    truth: truths.Truth


def town(seed: int) -> Town:
    """Make the sample town: the same seed gives the same town to the last byte.

    Two towns stand in the open sea: Quillmouth with twelve planted hotspots, seasons, weekdays, hours and near
    repeats, and Hushwold, where every metre of street is alike. `truth` says what was planted. Raises `OptionError`
    when the seed is negative.

    >>> made = town(1)
    >>> made.name, made.quiet_name, len(made.months), len(made.truth.hotspots)
    ('Quillmouth', 'Hushwold', 36, 12)
    """
    if seed < 0:
        raise OptionError(f"a seed is a whole number from 0 upwards, not {seed}")
    draws = [np.random.default_rng(part) for part in np.random.SeedSequence(seed).spawn(6)]
    land = ground(draws[0])
    laid = happenings.streams(plantings.groups(land, draws[1]))
    happened = happenings.happen(laid, land.streets, draws[2])
    landmarks = plantings.landmarks()
    recorded = records.incidents(happened, laid, land, landmarks, seed=seed, rng=draws[3])
    return Town(
        name=words.TOWN,
        quiet_name=words.QUIET_TOWN,
        force=words.FORCE,
        force_name=words.FORCE_NAME,
        seed=seed,
        crs=CRS,
        months=tuple(periods.months(str(happenings.FIRST)[:7], str(happenings.LAST)[:7])),
        junctions=land.junctions,
        streets=land.streets,
        areas=land.areas,
        landmarks=landmarks,
        incidents=recorded,
        outcomes=records.outcomes(recorded, rng=draws[4]),
        searches=records.searches(recorded, rng=draws[5]),
        truth=truths.truth(laid, happened, land),
    )
