"""The sentences of the report: what was found, why each place is on the list, how to read it, and its limits."""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from abate.reports.stories import Figure, HotspotStory

_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)

READING = (
    (
        "A hotspot is a small place that saw more recorded incidents than other places in the period. It "
        "describes a place; it says nothing about any person who lives, works or passes there."
    ),
    (
        "Hotspots are ranked by the number of incidents, and ties are broken in the same way every time. The "
        "colour of a place on the map is the class of its number of incidents."
    ),
    (
        "The chance that a place truly belongs on the list is lower where counts are close: places near the end "
        "of the list could easily have changed seats with the next ones."
    ),
    (
        "Bars by month show whether a place is busy all year or saw a few bad months. A trend of 1.10× a year "
        "means a tenth more each year; it is called rising or falling only where chance alone is an unlikely "
        "reason for it."
    ),
    (
        "The concentration curve shows how much of the whole a few places carry. Were all places alike, the curve "
        "would follow the straight line."
    ),
)

LIMITS = (
    (
        "Recorded incidents are not all incidents: much violence is never reported, and reporting differs from "
        "place to place. Hospital and ambulance records find some of the rest."
    ),
    (
        "Offences that are found by police activity, such as possession of weapons, follow where officers look. A "
        "list made from them can send officers back to where they were."
    ),
    (
        "The busiest places of one period are partly busy by chance, and some of them will be quieter in the next "
        "without any action."
    ),
    (
        "The edge of a place can split one cluster between two neighbours. Look at the neighbours before drawing "
        "a patrol area."
    ),
    "A place on this list is no ground to stop or search anybody. A person decides what is done with the list.",
)


def count(number: float) -> str:
    """Write a whole number with thousands apart.

    >>> count(89308)
    '89,308'
    """
    return f"{number:,.0f}"


def counted(number: float, one: str, more: str) -> str:
    """Write a whole number with its noun.

    >>> counted(1, "place", "places"), counted(2000, "place", "places")
    ('1 place', '2,000 places')
    """
    return f"{count(number)} {one if number == 1 else more}"


def share(value: float) -> str:
    """Write a share as a percentage: one decimal, two below 1%.

    >>> share(0.1234), share(0.00256), share(0), share(1)
    ('12.3%', '0.26%', '0%', '100%')
    """
    if value in (0, 1):
        return f"{value:.0%}"
    return f"{value:.2%}" if value < 0.01 else f"{value:.1%}"


def chance(value: float) -> str:
    """Write a probability as a percentage that never claims to be sure.

    >>> chance(0.834), chance(0.9999), chance(0.001)
    ('83%', 'over 99%', 'under 1%')
    """
    if value > 0.99:
        return "over 99%"
    return "under 1%" if value < 0.01 else f"{value:.0%}"


def month(text: str) -> str:
    """Write a month in words.

    >>> month("2021-03")
    'March 2021'
    """
    return f"{_MONTHS[int(text[5:]) - 1]} {text[:4]}"


def period(months: tuple[str, ...]) -> str:
    """Write the stretch from the first to the last month.

    >>> period(("2021-03", "2021-04")), period(("2021-03",))
    ('March 2021 to April 2021', 'March 2021')
    """
    if not months:
        return "no month"
    return month(months[0]) if len(months) == 1 else f"{month(months[0])} to {month(months[-1])}"


def ahead(gain: Mapping[str, float] | None) -> str:
    """Write how far a hit rate was ahead (`value`, `low`, `high`) in percentage points, with its interval.

    >>> ahead({"low": -0.012, "value": 0.02, "high": 0.05}), ahead(None)
    ('+2.0 (-1.2 to +5.0)', '–')
    """
    if not gain:
        return "–"
    low, value, high = (100 * gain[name] for name in ("low", "value", "high"))
    if low == value == high == 0:
        return "0 (the same hits)"
    return f"{value:+.1f} ({low:+.1f} to {high:+.1f})"


def listed(words: Iterable[str]) -> str:
    """Write words as a list with an `and`.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def sentence(words: str) -> str:
    """Begin with a capital and end with a full stop.

    >>> sentence("coordinates heap on 18 points"), sentence("None did."), sentence("")
    ('Coordinates heap on 18 points.', 'None did.', '')
    """
    whole = words.strip()
    return f"{whole[:1].upper()}{whole[1:]}{'' if whole.endswith(('.', '!', '?')) else '.'}" if whole else ""


def probability(story: HotspotStory) -> str:
    """Say how the chance of belonging to the list was found."""
    return f"Chance it belongs: {story.probability.rstrip('.')}."


def summary(story: HotspotStory) -> str:
    """Say in one sentence what the list holds."""
    hot, places = story.hotspots, len(story.places)
    seen = int(hot["incidents"].sum())
    part = share(seen / story.incidents) if story.incidents else "0%"
    of_all = f"{count(seen)} of {count(story.incidents)} located incidents ({part})"
    return (
        f"{story.chosen[:1].upper()}{story.chosen[1:]} ({count(len(hot))} of {count(places)} places: "
        f"{story.place_kind}; {hot['area_km2'].sum():.2f} km²) saw {of_all} of "
        f"{story.crimes} recorded by {story.force}, {period(story.months)}."
    )


def gaps(story: HotspotStory) -> tuple[str, ...]:
    """Say what the period lacks: months that are not held, incidents that have no place."""
    told = []
    if story.missing_months:
        they = "this month is" if len(story.missing_months) == 1 else "these months are"
        told.append(f"No data are held for {listed(map(month, story.missing_months))}: {they} missing, not zero.")
    if story.without_place:
        further = counted(story.without_place, "further incident", "further incidents")
        told.append(f"{further} could not be put in any place and cannot be ranked.")
    return tuple(told)


def quality(story: HotspotStory) -> tuple[str, ...]:
    """List the sentences on the data, those on gaps first."""
    return (*gaps(story), *map(sentence, story.quality)) or ("Nothing is known about the quality of these data.",)


def figure(told: Figure) -> str:
    """Write one figure with its interval and what it rests on."""
    estimate = told.estimate
    write = {"share": share, "count": count, "number": "{:.3g}".format}[told.unit]
    value, low, high = map(write, (estimate.value, estimate.low, estimate.high))
    return f"{value} ({estimate.level:.0%} interval: {low} to {high})"


def bases(story: HotspotStory) -> str:
    """Say what the intervals of the figures rest on."""
    return listed(dict.fromkeys(each.estimate.basis for each in story.concentration)) if story.concentration else ""


def facts(story: HotspotStory, place: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Say why a place is on the list: pairs of what is told and its value, only what is known."""
    told = [
        ("Incidents", f"{count(place['incidents'])} ({share(place['share'])} of all)"),
        ("Chance it belongs on the list", chance(place["probability_top"])),
    ]
    if known(place.get("months_active")):
        told.append(("Months with incidents", f"{count(place['months_active'])} of {len(story.months)}"))
    if known(place.get("largest_month_share")):
        told.append(("Share of busiest month", share(place["largest_month_share"])))
    if trend := trend_words(place):
        told.append(("Trend", trend))
    if harm := harm_words(place):
        told.append(("Harm", harm))
    if beside := _beside(story, list(place.get("neighbours") or [])):
        told.append(("Next to", beside))
    return told


def _beside(story: HotspotStory, neighbours: list[str]) -> str:
    """Name the neighbours that are hotspots too, and count the others."""
    hot = set(story.hotspots["name"])
    named = [name for name in neighbours if name in hot]
    if others := len(neighbours) - len(named):
        named.append(counted(others, "other place with incidents", "other places with incidents"))
    return listed(named) if named else ""


def trend_words(place: Mapping[str, Any]) -> str:
    """Write the trend with its yearly ratio and interval, where they are known."""
    words = place.get("trend")
    if not isinstance(words, str):
        return ""
    numbers = [place.get(f"trend_{part}") for part in ("ratio", "low", "high")]
    if not all(map(known, numbers)):
        return words
    ratio, low, high = (float(number or 0) for number in numbers)
    return f"{words} ({_times(ratio)} a year, 95% interval {_times(low)} to {_times(high)})"


def _times(ratio: float) -> str:
    return f"{ratio:.2f}×" if ratio < 100 else "over 100×"


def harm_words(place: Mapping[str, Any]) -> str:
    """Write the harm of a place, and whether one event makes most of it, where harm is known."""
    if not known(place.get("harm")):
        return ""
    words = count(place["harm"])
    if place.get("harm_one_event") in (True, 1):
        words += "; one event makes more than half of it"
    return words


def known(value: object) -> bool:
    """Tell whether a number is there.

    >>> known(3), known(None), known(float("nan"))
    (True, False, False)
    """
    return isinstance(value, Real) and not math.isnan(value)


def description(story: HotspotStory) -> str:
    """Describe the map in words, for those who cannot see it."""
    records: list[Any] = story.hotspots.to_dict("records")
    named = [f"{place['rank']}: {place['name']}, {count(place['incidents'])} incidents" for place in records]
    more = f"; and {len(named) - 10} more in the table" if len(named) > 10 else ""
    return (
        f"Map of {story.place_kind} coloured by the number of incidents, with {len(named)} numbered hotspots. "
        f"{'; '.join(named[:10])}{more}."
    )
