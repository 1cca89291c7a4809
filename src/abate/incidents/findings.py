"""Say in sentences what the data are like, and what that means for a map of hotspots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from abate import periods

if TYPE_CHECKING:
    from collections.abc import Iterator

    from abate.incidents.quality import Quality

Weight = Literal["fine", "note", "warning"]

_UNLOCATED_MUCH = 0.05
_NAMED = 6
_VERDICTS = {
    "fixed list": "points are a fixed list",
    "own coordinates": "points are not a fixed list",
    "cannot tell": "too few incidents to tell whether points are a fixed list",
}


@dataclass(frozen=True)
class Finding:
    """One thing found in the data: the topic, what was found, what it means for a map, and how much it weighs."""

    topic: str
    found: str
    meaning: str
    weight: Weight

    def __str__(self) -> str:
        return f"{self.found}; {self.meaning}"


def of(quality: Quality) -> Iterator[Finding]:
    """Go through the state of the data, topic by topic."""
    yield from _rows(quality)
    yield from _repeats(quality)
    yield from _coordinates(quality)
    yield from _points(quality)
    yield from _gaps(quality)
    yield from _odd(quality)
    yield from _areas(quality)


def _rows(quality: Quality) -> Iterator[Finding]:
    fates = quality.given.fates
    read, rejected = int(fates["rows_read"].sum()), int(fates["rows_rejected"].sum())
    if not read:
        return
    if rejected:
        rules = sorted(quality.given.rejected_by_rule.items(), key=lambda item: (-item[1], item[0]))
        listed = _some([f"{rule} ({count:,})" for rule, count in rules])
        were = "was" if rejected == 1 else "were"
        found = f"{rejected:,} of {read:,} rows {were} rejected{f', by rule: {listed}' if listed else ''}"
        weight: Weight = "warning" if rejected > read / 100 else "note"
        yield Finding("rows", found, "they are not on any map; look at rejects.csv and mend the source", weight)
    else:
        yield Finding("rows", f"none of {read:,} rows was rejected", "every row read can be accounted for", "fine")
    if dropped := int(fates["rows_dropped"].sum()):
        found = f"{_counted(dropped, 'row was', 'rows were')} left out by the filters asked for"
        yield Finding("rows", found, "maps show only what the filters leave", "note")


def _repeats(quality: Quality) -> Iterator[Finding]:
    if repeated := int(quality.given.fates["rows_repeated"].sum()):
        found = "1 row repeats a Crime ID of its month"
        if repeated > 1:
            found = f"{repeated:,} rows repeat a Crime ID of their month"
        yield Finding("repeats", found, _elsewhere(quality.given.repeats_elsewhere), "note")
    if shared := quality.given.ids_in_several_months:
        found = f"{_counted(shared, 'Crime ID stands', 'Crime IDs stand')} in more than one month"
        yield Finding("repeats", found, "each month counts them; a total over months counts them again", "note")


def _elsewhere(repeats: int) -> str:
    kept = "each is counted once, where it came first"
    match repeats:
        case 0:
            return f"{kept}, and none names another place"
        case 1:
            return f"{kept}; 1 names another place, so it has no sure place"
        case _:
            return f"{kept}; {repeats:,} name another place, so that many incidents have no sure place"


def _coordinates(quality: Quality) -> Iterator[Finding]:
    total = int(quality.unlocated["incidents"].sum())
    nowhere = int(quality.unlocated["without_coordinates"].sum())
    if not total:
        return
    if not nowhere:
        yield Finding("coordinates", f"all {total:,} incidents have coordinates", "none is missing from a map", "fine")
        return
    worst = quality.unlocated.iloc[0]
    found = (
        f"{nowhere:,} of {total:,} incidents ({nowhere / total:.1%}) have no coordinates, most often"
        f" {worst['crime_type']} ({worst['share']:.1%})"
    )
    weight: Weight = "warning" if nowhere / total > _UNLOCATED_MUCH else "note"
    yield Finding(
        "coordinates", found, "they are counted in totals and shown on no map, so every place may be low", weight
    )


def _points(quality: Quality) -> Iterator[Finding]:
    answers = {verdict.answer for verdict in quality.points.values()}
    for answer in sorted(answers):
        forces = [force for force, verdict in quality.points.items() if verdict.answer == answer]
        first = quality.points[forces[0]]
        found = f"{forces[0]}: {first}" if len(forces) == 1 else f"{_some(forces)}: {_VERDICTS[answer]}"
        match answer:
            case "fixed list":
                yield Finding("points", found, str(first.demonstration), "warning")
            case "own coordinates":
                yield Finding("points", found, "small places can be drawn from them", "fine")
            case _:
                meaning = "find out from whoever made the file before drawing places smaller than an LSOA"
                yield Finding("points", found, meaning, "note")


def _gaps(quality: Quality) -> Iterator[Finding]:
    coverage = quality.given.coverage
    gaps = coverage[coverage["status"] == "missing"]
    if not len(coverage):
        return
    if not len(gaps):
        found = f"none of {_counted(len(coverage), 'month', 'months')} of a force is missing"
        yield Finding("months", found, "no gap stands between the first and the last", "fine")
        return
    runs = [
        f"{force} {' to '.join(dict.fromkeys((run[0], run[-1])))} ({kind})"
        for (kind, force), rows in gaps.groupby(["kind", "force"], sort=True)
        for run in _runs(sorted(rows["month"]))
    ]
    meaning = "a missing month is missing, not zero, and rates are made from the months that are there"
    found = f"{_counted(len(gaps), 'month is', 'months are')} missing: {_some(runs)}"
    yield Finding("months", found, meaning, "warning")


def _odd(quality: Quality) -> Iterator[Finding]:
    usual = "the median of up to twelve earlier months"
    whole = quality.odd[quality.odd["why"] != "absent"]
    if len(whole):
        listed = _some([f"{row.force} {row.month} ({row.ratio:.0%} of usual)" for row in whole.itertuples()])
        meaning = f"below half or above one and a half times {usual}: ask the force before trusting them"
        found = f"{_counted(len(whole), 'month is', 'months are')} unlike those before: {listed}"
        yield Finding("odd months", found, meaning, "warning")
    absent = quality.odd[quality.odd["why"] == "absent"]
    if len(absent):
        listed = _some([f"{row.crime_type} in {row.force} {row.month}" for row in absent.itertuples()])
        meaning = "a type that is usually there and now has no incident was probably not delivered"
        yield Finding("odd months", f"a crime type is absent: {listed}", meaning, "warning")
    if not len(quality.odd) and len(quality.monthly):
        found = "no month is unlike those before it"
        yield Finding("odd months", found, f"all lie between half and one and a half times {usual}", "fine")


def _areas(quality: Quality) -> Iterator[Finding]:
    if not len(quality.vintages):
        return
    by_vintage = quality.vintages.groupby("vintage")["month"].agg(["min", "max", "size"])
    editions = set(by_vintage.index) - {"none", "both"}
    if not editions:
        return
    said = ", ".join(
        f"{_edition(str(name))} from {row['min']} to {row['max']}"
        for name, row in by_vintage.iterrows()
        if name != "none"
    )
    if editions in ({"2011"}, {"2021"}):
        yield Finding(
            "areas", f"area codes: {said}", "one edition of small areas; boundaries must be of that one", "fine"
        )
    else:
        meaning = (
            "counting by these codes breaks series where areas were split or merged; areas are joined from coordinates"
        )
        yield Finding("areas", f"area codes: {said}", meaning, "warning")


def _edition(vintage: str) -> str:
    return {"mixed": "2011 and 2021 codes mixed", "both": "codes of both editions"}.get(vintage, f"{vintage} codes")


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _runs(months: list[str]) -> Iterator[list[str]]:
    """Cut sorted months into stretches without a gap."""
    run: list[str] = []
    for month in months:
        if run and month != periods.following(run[-1]):
            yield run
            run = []
        run.append(month)
    if run:
        yield run


def _some(listed: list[str]) -> str:
    more = len(listed) - _NAMED
    return ", ".join(listed[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
