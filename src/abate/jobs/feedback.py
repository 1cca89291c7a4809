"""The feedback check: whether a way of making the list sends patrols after its own record, all places being alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from abate.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from abate.hotspots.feedback import Course, Forecast

    Tell = Callable[[float, str], None]

MOST_PLACES = 100
METHOD_WORLDS = 8


@dataclass(frozen=True)
class Checked:
    """What the check found: `table` (`tables.FEEDBACK`), one sentence, and what should be known beside it."""

    method: str
    places: int
    sites: int
    months: int
    table: pd.DataFrame
    sentence: str
    notes: tuple[str, ...]

    @property
    def runs_away(self) -> bool:
        """Whether the method asked about does."""
        return bool(self.table["runs_away"].iloc[-1])

    def document(self) -> dict[str, Any]:
        """Give it as plain values, fit for JSON."""
        return {
            "sentence": self.sentence,
            "method": self.method,
            "runs_away": self.runs_away,
            "places": self.places,
            "sites": self.sites,
            "months": self.months,
            "schemes": self.table.astype(object).where(self.table.notna(), None).to_dict("records"),
            "notes": list(self.notes),
        }


def check(
    places: pd.DataFrame,
    *,
    incidents: int,
    months: float,
    method: str = "recommended",
    forecast: Forecast | None = None,
    uses: Literal["reported", "both"] = "reported",
    sites: int = 5,
    explore: float = 0.1,
    lift: float = 0.0,
    seed: int = 1,
    tell: Tell = lambda _share, _words: None,
) -> Checked:
    """Run a method of choosing, and plain counts beside it, in a flat world on the user's own places.

    `places` is `tables.PLACES`; of many, the 100 nearest their middle are taken. `incidents` over `months` months give
    the level of the record, the same at every place (by area). `uses` is `both` where the record asked for holds
    offences that patrols find. `forecast` stands in for the registered `method`. Raises `OptionError` when there are
    too few places or the method is not known.
    """
    from abate.hotspots import feedback
    from abate.hotspots.feedback import Course

    if len(places) < 2 * sites:
        raise OptionError(
            f"the feedback check needs at least {2 * sites} places for {sites} sites, and there are {len(places):,}"
        )
    chosen = _nearest_the_middle(places)
    world = feedback.flat(chosen, reported=incidents / months / len(places), lift=lift)
    ways = feedback.schemes(method, forecast or _registered(method), uses=uses, explore=explore)
    tell(0.1, "running worlds in which every place is alike")
    course = Course(sites=sites)
    plain = feedback.compare(world, ways[:-1], course, seed=seed)
    tell(0.4, f"running '{method}' in them")
    asked = feedback.compare(world, ways[-1:], _shorter(course), seed=seed)
    table = _joined(plain, asked)
    tell(1.0, "done")
    return Checked(
        method=method,
        places=len(chosen),
        sites=sites,
        months=course.months,
        table=table,
        sentence=_sentence(table, method, len(chosen), sites),
        notes=_notes(chosen, places, lift, explore),
    )


def _registered(method: str) -> Forecast:
    from abate.hotspots import methods

    found = methods.find(method)
    if found.needs:
        raise OptionError(
            f"the feedback check cannot run '{method}', which needs {' and '.join(found.needs)}: its worlds have "
            "places and months only; 'recommended' or 'counts' would do"
        )
    return found.forecast


def _shorter(course: Course) -> Course:
    from dataclasses import replace

    return replace(course, worlds=METHOD_WORLDS)


def _joined(plain: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    rows = plain.astype({"correlation": "float64"}), asked.astype({"correlation": "float64"})
    return pd.concat(rows, ignore_index=True)


def _nearest_the_middle(places: pd.DataFrame) -> pd.DataFrame:
    import numpy as np

    middles: NDArray[np.float64] = places[["easting", "northing"]].to_numpy(float)
    apart = np.hypot(*(middles - np.median(middles, axis=0)).T)
    order = np.lexsort((places["place_id"].to_numpy(str), np.round(apart, 3)))
    return places.iloc[np.sort(order[:MOST_PLACES])].reset_index(drop=True)


def _sentence(table: pd.DataFrame, method: str, places: int, sites: int) -> str:
    finds, asked = table.iloc[0], table.iloc[-1]
    same = "the same place" if sites == 1 else f"the same {sites} places"
    verdict = (
        "so the method runs away with its own record"
        if asked["runs_away"]
        else f"against {asked['held_by_chance']:.0%} were patrols to change nothing in the record: it does not run away"
    )
    return (
        f"In a world where all {places} places are alike, a list of what patrols find sent {finds['held']:.0%} of "
        f"patrols to {same} ({finds['even_share']:.0%} would be even); '{method}' with some patrols by lot sent "
        f"{asked['held']:.0%} to its own most patrolled (95% interval: {asked['held_low']:.0%} to "
        f"{asked['held_high']:.0%}), {verdict}."
    )


def _notes(chosen: pd.DataFrame, places: pd.DataFrame, lift: float, explore: float) -> tuple[str, ...]:
    notes = [
        "the check is a simulation: crime is the same everywhere and patrols change the record only, not the crime",
        f"of the patrols {explore:.0%} are drawn by lot over all places, to keep learning about those not on the list",
    ]
    if len(chosen) < len(places):
        notes.append(f"it runs on the {len(chosen)} of {len(places):,} places nearest their middle")
    if lift:
        notes.append(f"{lift:.0%} more is taken to be reported where a patrol was")
    return tuple(notes)
