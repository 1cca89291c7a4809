"""Published tables about the sample town's small areas, made up: who lives there, and how deprived they are.

The groups are called A, B and C, so that nobody takes them for a finding about anyone. Where they live is drawn
without a look at crime; only the crime domain of the deprivation table follows what was planted, as it does in life.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.sample.towns import Town

GROUPS = {"A": 6.0, "B": 1.5, "C": 0.8}
DOMAINS = {
    "Income": 0.9,
    "Employment": 0.85,
    "Education": 0.7,
    "Health": 0.7,
    "Crime": 0.0,
    "Housing": 0.3,
    "Environment": 0.3,
}


def ethnic_groups(town: Town) -> str:
    """Write a census table by small area as CSV: code, all residents, and the residents of three made-up groups.

    >>> from abate import sample
    >>> ethnic_groups(sample.town(1)).splitlines()[0]
    'lsoa21_code,Total,Ethnic group: A,Ethnic group: B,Ethnic group: C'
    """
    rng = np.random.default_rng([town.seed, 71])
    lines = [",".join(["lsoa21_code", "Total", *(f"Ethnic group: {name}" for name in GROUPS)])]
    for code, residents in zip(town.areas["area_code"], town.areas["residents"].astype(int), strict=True):
        shares = rng.gamma(list(GROUPS.values()))
        counts = rng.multinomial(residents, shares / shares.sum())
        lines.append(",".join([str(code), str(residents), *map(str, counts)]))
    return "\n".join(lines) + "\n"


def deprivation(town: Town) -> str:
    """Write ranks of deprivation by small area as CSV, as if the two towns were all there is; 1 is the most deprived.

    Six domains lean on one hidden deprivation of each area, each as strongly as it does in England (roughly); the
    crime domain is the rank of the area's planted incidents for each resident.

    >>> from abate import sample
    >>> deprivation(sample.town(1)).splitlines()[0][:36]
    'lsoa21_code,Income_rank,Employment_r'
    """
    rng = np.random.default_rng([town.seed, 72])
    codes = town.areas["area_code"].astype(str)
    hidden = rng.standard_normal(len(codes))
    noise = {name: rng.standard_normal(len(codes)) for name in DOMAINS}
    levels = {name: lean * hidden + np.sqrt(1 - lean**2) * noise[name] for name, lean in DOMAINS.items()}
    levels["Crime"] = _planted(town) / np.maximum(town.areas["residents"].to_numpy(float), 1.0)
    ranks = {name: _ranked(level) for name, level in levels.items()}
    lines = [",".join(["lsoa21_code", *(f"{name}_rank" for name in ranks)])]
    lines += [",".join([code, *(str(rank[place]) for rank in ranks.values())]) for place, code in enumerate(codes)]
    return "\n".join(lines) + "\n"


def _planted(town: Town) -> NDArray[np.float64]:
    """Add up the planted incidents of a year by small area."""
    rates = town.truth.rates.set_index("segment_id")["all_yearly"]
    by_street = town.streets.assign(yearly=town.streets["segment_id"].map(rates).fillna(0.0))
    by_area = by_street.groupby("area_code")["yearly"].sum()
    summed: NDArray[np.float64] = town.areas["area_code"].map(by_area).fillna(0.0).to_numpy(np.float64)
    return summed


def _ranked(level: NDArray[np.float64]) -> NDArray[np.int64]:
    rank = np.empty(len(level), dtype=np.int64)
    rank[np.argsort(-level, kind="stable")] = np.arange(1, len(level) + 1)
    return rank
