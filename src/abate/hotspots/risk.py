"""Risk from the place itself: what stands near it, and what it saw; never who lives there.

The rate of incidents at a place is taken to be multiplied by what is near: by how close the nearest feature of a kind
is, and how many of them are within reach. The features are things on the ground that the user loads (pubs, stations,
schools). Sources: Caplan, Kennedy and Miller 2011, Justice Quarterly 28, 360-381 (risk terrain modelling); Kennedy,
Caplan and Piza 2011, Journal of Quantitative Criminology 27, 339-362; Wheeler and Steenbeek 2021, Journal of
Quantitative Criminology 37, 445-480. There a set of distances is tried for each kind and a penalty chooses among them;
here one distance is chosen for all kinds, together with the penalty, by how well parts of the area that were left out
are foretold. That keeps the rates few enough to be read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from abate.errors import OptionError
from abate.hotspots.histories import forecasts
from abate.space import proximity
from abate.stats import penalised, quantiles
from abate.tables import FEATURES, RELATIVE_RATES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.hotspots.histories import History, Window

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

REACHES_M = (150.0, 300.0, 600.0)
PENALTIES = (1e-4, 1e-3, 1e-2, 0.1, 1.0)
ENOUGH = 50
FEW = 5
_BLOCKS = 60
_FOLDS = 5
_FAR_M = 20_000.0

PEOPLE = {
    *("age", "ages", "asylum", "belief", "benefit", "benefits", "black", "asian", "caste", "census", "church"),
    *("claimant", "claimants", "decile", "demographic", "demographics", "deprivation", "deprived", "disability"),
    *("disabled", "ethnic", "ethnicity", "faith", "gender", "gurdwara", "gypsy", "household", "households"),
    *("idaci", "imd", "immigrant", "immigrants", "income", "language", "marital", "marriage", "maternity", "migrant"),
    *("migrants", "minority", "mosque", "mosques", "nationality", "nationalities", "offender", "offenders"),
    *("orientation", "people", "person", "persons", "population", "poverty", "pregnancy", "race", "racial"),
    *("refugee", "refugees", "religion", "religious", "resident", "residents", "roma", "sex", "sexuality"),
    *("synagogue", "temple", "tenure", "traveller", "travellers", "unemployed", "unemployment", "white", "worship"),
}
_ABOUT_PLACES = {"race track", "race course", "age uk shop", "white goods shop"}


@dataclass(frozen=True)
class Risk:
    """How the rate goes with what is near: `rates` (`tables.RELATIVE_RATES`), and what each place would expect.

    `mean` is the incidents that the features alone would have each place see over the whole span, `size` how far the
    places scatter round that (negative binomial; infinite for Poisson). `reach_m` and `penalty` (as a share of the
    incidents) were chosen on parts of the area left out; `gain` is the share of the deviance there that the features
    explain, next to one rate everywhere. `notes` are sentences that belong beside the rates.
    """

    rates: pd.DataFrame
    mean: Real
    size: float
    reach_m: float
    penalty: float
    gain: float
    notes: tuple[str, ...]

    def __str__(self) -> str:
        told = "; ".join(
            f"{row.kind} {row.relative_rate:.2f} times (95% interval: {row.low:.2f} to {row.high:.2f})"
            for row in self.rates.itertuples()
        )
        return f"Rate within {self.reach_m:g} m of a feature, on average, next to the rate without it: {told}."


def forecast(
    past: History,
    window: Window,
    *,
    features: pd.DataFrame | None = None,
    own_record: bool = True,
    reaches_m: tuple[float, ...] = REACHES_M,
) -> pd.DataFrame:
    """Forecast from what stands near each place, drawn towards what the place itself saw.

    `features` is `tables.FEATURES`. With `own_record` a place's expectation lies between what its features say and
    what it saw, by how far places scatter round their features (gamma-Poisson); without, features alone speak. There
    is no season and no trend in it: a day of the window is a day of the past. Gives `tables.FORECASTS`. Raises
    `OptionError` as `fit` does.
    """
    if features is None:
        raise OptionError(
            "the method 'risk' needs features, such as public houses, stations and schools: give them with --features"
        )
    found = fit(past, features, reaches_m=reaches_m)
    share = window.days / past.span.days
    if np.isinf(found.size):
        return forecasts(past, found.mean * share)
    if not own_record:
        return forecasts(past, found.mean * share, np.full(len(found.mean), found.size))
    seen = past.totals()
    drawn: Real = found.mean * share * (found.size + seen) / (found.size + found.mean)
    return forecasts(past, drawn, np.asarray(found.size + seen, dtype=np.float64))


def fit(
    past: History,
    features: pd.DataFrame,
    *,
    reaches_m: tuple[float, ...] = REACHES_M,
    penalties: tuple[float, ...] = PENALTIES,
    level: float = 0.95,
) -> Risk:
    """Fit how the rate per area goes with closeness to, and density of, each kind of feature.

    For each kind two columns: closeness (1 at the nearest, evenly down to 0 at the reach) and density (all within
    reach, each weighing 1 at the place). Poisson regression with a ridge penalty; reach and penalty are those that
    foretell left-out blocks of the area best, five folds. Places are offset by their area where they have one.
    Closeness and density of a kind say much the same, so a kind has one rate, of both together, on average over the
    places within reach as they stand: nothing is said of a distance at which there is no place. Rates are those of
    the smallest penalty, which keeps them finite without pulling them towards 1. Intervals allow for places that hang
    together within blocks, or scatter by themselves where that is more; not for the choice of the reach.

    Raises `OptionError` when a column or kind stands for people (ethnicity, age, deprivation and their like), when
    there are fewer than 50 incidents, or when no feature lies near the places.
    """
    FEATURES.check(features)
    _refuse_people(features)
    seen, middles = past.totals(), past.middles_m
    if seen.sum() < ENOUGH:
        raise OptionError(f"risk from features needs at least {ENOUGH} incidents in the past; there are {seen.sum()}")
    things, notes = _near(features, middles, max(reaches_m), past.unit_m)
    blocks, folds = _blocks(middles)
    exposure = _exposure(past)
    shares = tuple(share * float(seen.sum()) for share in penalties)
    tried = []
    for reach in reaches_m:
        columns = _columns(middles, things, reach)
        penalty, missed = penalised.choose(
            seen, columns, penalties=shares, folds=folds, exposure=exposure, blocks=blocks
        )
        tried.append((round(missed, 9), reach, penalty))
    missed, reach, penalty = min(tried)
    columns = _columns(middles, things, reach)
    found = penalised.fit(seen, columns, penalty=penalty, exposure=exposure, blocks=blocks)
    plain = penalised.fit(seen, columns, penalty=shares[0], exposure=exposure, blocks=blocks)
    size = penalised.size(seen, found.mean)
    scatter = penalised.scatter(columns, plain.mean, penalty=shares[0], size=size)
    flat = penalised.choose(
        seen, np.zeros((len(seen), 1)), penalties=(1.0,), folds=folds, exposure=exposure, blocks=blocks
    )[1]
    return Risk(
        rates=_rates(
            things, columns, plain, scatter, middles=middles, reach=reach, blocks=len(np.unique(blocks)), level=level
        ),
        mean=found.mean,
        size=size,
        reach_m=reach,
        penalty=penalty / float(seen.sum()),
        gain=1 - missed / flat,
        notes=(*notes, *_few(things), *_alike(things, columns)),
    )


def _refuse_people(features: pd.DataFrame) -> None:
    """Refuse columns and kinds that stand for people: what is near a place may speak, who lives there may not."""
    faults = [
        f"features: column '{column}' is about people: a forecast takes kind, easting and northing of things only"
        for column in map(str, features.columns)
        if is_about_people(column)
    ]
    faults += [
        f"features: kind '{kind}' stands for who lives or meets there: give kinds of things that draw or deter "
        "incidents, such as public houses, stations and schools; who lives there belongs to the equality sheet"
        for kind in sorted(features["kind"].astype(str).unique())
        if is_about_people(kind)
    ]
    if faults:
        raise OptionError(*faults)


def is_about_people(words: str) -> bool:
    """Tell whether a name stands for people (who lives, meets or worships there) rather than for a thing.

    >>> is_about_people("Place of worship"), is_about_people("pct_ethnic_minority"), is_about_people("Race course")
    (True, True, False)
    """
    spoken = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", words).lower())
    return bool(PEOPLE & set(spoken)) and " ".join(spoken) not in _ABOUT_PLACES


def _near(
    features: pd.DataFrame, middles: Real, reach_m: float, unit_m: float
) -> tuple[dict[str, Real], tuple[str, ...]]:
    """Give the features of each kind that are near some place, in metres; say which kinds are not."""
    things, notes, far = {}, [], {}
    for kind, rows in features.groupby(features["kind"].astype(str), sort=True):
        points = rows[["easting", "northing"]].to_numpy(float) * unit_m
        apart = proximity.distances(points, middles)
        if (apart <= reach_m).any():
            things[str(kind)] = points[apart <= reach_m]
        else:
            far[str(kind)] = float(apart.min())
            notes.append(f"no {kind} lies within {reach_m:g} m of any place: the kind is left out")
    if not things:
        if not far:
            raise OptionError("features: the table holds none: give at least one thing near the places")
        kind, away = min(far.items(), key=lambda each: each[1])
        where = "in another area or coordinate system" if away > _FAR_M else "beyond the reach"
        raise OptionError(
            f"features: the nearest of {len(features):,} ({kind}) lies {away / 1000:,.1f} km from the nearest place, "
            f"{where}: features of the area itself would be right, in the same coordinate system"
        )
    return things, tuple(notes)


def _columns(middles: Real, things: dict[str, Real], reach: float) -> Real:
    measures = (proximity.closeness, proximity.density)
    return np.column_stack(
        [measure(middles, points, reach=reach) for points in things.values() for measure in measures]
    )


def _exposure(past: History) -> Real:
    """Give what the rate is counted by: area where every place has one, else each place alike."""
    area = past.places["area_km2"].to_numpy(float)
    return area if (area > 0).all() else np.ones(len(area))


def _blocks(middles: Real) -> tuple[Whole, Whole]:
    """Cut the area into about 60 square blocks, and give each place its block and its fold, as a knight's move has it.

    Blocks of one fold never touch, so that a left-out block has neighbours of other folds on all sides.
    """
    low, wide = middles.min(axis=0), np.ptp(middles, axis=0)
    side = max(np.sqrt(max(wide[0] * wide[1], wide.max() ** 2 / _BLOCKS) / _BLOCKS), 1e-9)
    across, up = np.floor((middles - low) / side).astype(np.int64).T
    return across * (up.max() + 1) + up, (across + 2 * up) % _FOLDS


def _rates(
    things: dict[str, Real],
    columns: Real,
    found: penalised.Fitted,
    scatter: Real,
    *,
    middles: Real,
    reach: float,
    blocks: int,
    level: float,
) -> pd.DataFrame:
    wide = quantiles.student(level, max(blocks - 1, 1))
    rows = []
    for place, (kind, points) in enumerate(things.items()):
        within = int((proximity.distances(points, middles) <= reach).sum())
        own = np.zeros(columns.shape[1])
        own[2 * place : 2 * place + 2] = 1.0
        near = columns[columns[:, 2 * place] > 0] * own
        log, error = _raised(near, found, scatter)
        ends = np.exp(np.clip([log, log - wide * error, log + wide * error], -50, 50))
        rows.append((kind, reach, within, len(near), *ends.tolist()))
    return RELATIVE_RATES.check(pd.DataFrame(rows, columns=list(RELATIVE_RATES.columns)))


def _raised(near: Real, found: penalised.Fitted, scatter: Real) -> tuple[float, float]:
    """Give the logarithm of how many times the rate is, on average over places, and its error (the delta method).

    The error is the larger of two: from blocks that hang together, and from places that scatter by themselves.
    """
    if not len(near):
        return 0.0, 0.0
    times = np.exp(near @ found.slopes)
    slope = times @ near / times.sum()
    variance = max(float(slope @ found.covariance @ slope), float(slope @ scatter @ slope))
    return float(np.log(times.mean())), float(np.sqrt(variance))


def _few(things: dict[str, Real]) -> tuple[str, ...]:
    """Say of which kinds there are so few that the rate is theirs, not that of the kind."""
    return tuple(
        f"only {len(points)} {kind} near the places: the rate is theirs alone, and at others of the kind it would "
        "differ by more than the interval says"
        for kind, points in things.items()
        if len(points) < FEW
    )


def _alike(things: dict[str, Real], columns: Real) -> tuple[str, ...]:
    """Say which kinds cannot be told apart by where they stand; the penalty shares the rate out between them."""
    kinds = list(things)
    notes = []
    for one in range(len(kinds)):
        for other in range(one + 1, len(kinds)):
            pair = columns[:, [2 * one, 2 * other]]
            if (pair.std(axis=0) > 0).all() and np.asarray(np.corrcoef(pair.T))[0, 1] > 0.98:
                notes.append(
                    f"{kinds[one]} and {kinds[other]} stand at the same places: their rates cannot be told apart and "
                    "are shared between them"
                )
    return tuple(notes)
