"""From the places chosen to the story that the report tells, and the words that the prompt prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import abate
from abate.hotspots.standins import stand_ins
from abate.reports.stories import MARKING, Figure, HotspotStory

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    import pandas as pd

    from abate.jobs.hotspots import Chosen
    from abate.reports.sitestories import SiteStory

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def sentence(chosen: Chosen) -> str:
    """Say in one sentence what was found, with what must be known of the points, and that it is a working copy."""
    ranking, ground, first = chosen.ranking, chosen.ground, chosen.hotspots.iloc[0]
    share = ranking.hotspots["incidents"].sum() / ranking.incidents
    found = (
        f"{len(ranking.hotspots):,} of {ranking.places:,} {_kind(chosen)} hold {share:.0%} of {ranking.incidents:,} "
        f"located incidents of {ground.selection.label} recorded by {force_name(chosen)} {_period(ground.months)}; "
        f"the first is {first['name']} with {first['incidents']:,}."
    )
    demonstration = f" {chosen.snapping.demonstration}." if chosen.snapping.demonstration else ""
    return f"{found}{demonstration} {MARKING[0].upper()}{MARKING[1:]}."


def notes(chosen: Chosen) -> tuple[str, ...]:
    """List what a reader of the list should know: what is missing, what was left out, and what tied."""
    ground, assigned = chosen.ground, chosen.assigned
    at = ground.tallies.groupby(["x", "y", "crs"], sort=False)["incidents"].sum().to_numpy()
    told = [
        _missing(ground.missing),
        _suspicious(ground.coverage),
        f"{ground.unlocated:,} incidents have no coordinates and stand in no place" if ground.unlocated else "",
        _count(at[assigned.outside], "lie outside the area looked at"),
        _count(at[assigned.excluded], "lie in excluded places"),
        _count(at[assigned.beyond_limit], f"lie more than {chosen.options.snap_limit_m:g} m from any street"),
        _count(at[assigned.overlapping], "lie in more than one area and were counted in the one with the smallest id"),
        _taken_out(len(assigned.excluded_places)),
        chosen.ranking.left_out or "",
        _stand_ins(chosen),
        *ground.selection.notes,
    ]
    return tuple(each for each in told if each)


def _missing(months: tuple[str, ...]) -> str:
    listed = ", ".join(months)
    return f"{len(months)} months are missing from the lake and were not counted as zero: {listed}" if months else ""


def _taken_out(places: int) -> str:
    return f"{places:,} places lie wholly in excluded ground and were taken out" if places else ""


def _stand_ins(chosen: Chosen) -> str:
    """Name the hotspots that may be hot only because crime is reported or put there."""
    found = stand_ins(chosen.placed, list(chosen.hotspots["place_id"])).merge(chosen.hotspots, on="place_id")
    if found.empty:
        return ""
    listed = "; ".join(f"{name} (rank {rank})" for name, rank in zip(found["name"], found["rank"], strict=True))
    what = "1 hotspot stands" if len(found) == 1 else f"{len(found):,} hotspots stand"
    return (
        f"{what} mostly for a hospital, a prison or a police station, where crime is reported, or put for want of a "
        f"better place: {listed}. Look at such first; --exclude FILE leaves their ground out"
    )


def tell(chosen: Chosen, *, today: date, by: str, sites: SiteStory | None = None) -> HotspotStory:
    """Gather everything that the report draws; `sites` are those chosen for patrols, where some were."""
    options, ground = chosen.options, chosen.ground
    return HotspotStory(
        title=f"Hotspots of {ground.selection.label}",
        force=force_name(chosen),
        crimes=ground.selection.label,
        place_kind=_kind(chosen),
        chosen=_rule(chosen),
        months=ground.months,
        missing_months=ground.missing,
        crs=chosen.crs,
        hotspots=_explained(chosen),
        places=_counted(chosen),
        incidents=chosen.ranking.incidents,
        without_place=ground.unlocated,
        concentration=_figures(chosen),
        lorenz=chosen.concentration.curve,
        probability=chosen.chances.basis,
        harm=ground.harm,
        quality=(str(chosen.snapping), *_coverage(chosen)),
        limits=(str(chosen.persistence), _together(chosen)),
        notes=notes(chosen),
        credits=_credits(chosen),
        boundary=_outline(options.within or options.boundaries, chosen.crs),
        boundary_name=_boundary_name(options.within or options.boundaries),
        streets=_streets(options.streets, chosen.crs),
        labels=chosen.labels,
        demonstration=chosen.snapping.demonstration,
        made_up=options.force == "sample",
        made_on=today,
        provenance=_provenance(chosen, today=today, by=by, sites=sites),
        sites=sites,
    )


def force_name(chosen: Chosen) -> str:
    """Give the force's name in words."""
    from abate.sources.forces import FORCES

    return FORCES.get(chosen.options.force, (chosen.options.force,))[0]


def _kind(chosen: Chosen) -> str:
    from abate.places import specs
    from abate.space import projections

    return specs.title(chosen.assigned.spec, unit_m=projections.unit_m(chosen.crs), areas=chosen.areas)


def _rule(chosen: Chosen) -> str:
    listed = len(chosen.ranking.hotspots)
    cut = f", {chosen.ranking.rule}" if chosen.options.area_km2 is not None else ""
    return f"the {listed:,} places with the most incidents{cut}"


def _period(months: tuple[str, ...]) -> str:
    first, last = _spoken(months[0]), _spoken(months[-1])
    return f"in {first}" if first == last else f"from {first} to {last}"


def _spoken(month: str) -> str:
    return f"{_MONTHS[int(month[5:7]) - 1]} {month[:4]}"


def _count(incidents: Any, words: str) -> str:
    total = int(incidents.sum())
    return f"{total:,} incidents {words}" if total else ""


def _suspicious(coverage: pd.DataFrame) -> str:
    odd = coverage.loc[coverage["status"] == "suspicious", "month"].tolist()
    return f"{len(odd)} months hold less than half of what is usual: {', '.join(odd)}" if odd else ""


def _coverage(chosen: Chosen) -> tuple[str, ...]:
    ours = chosen.ground.coverage
    rows, without = int(ours["rows"].sum()), int(ours["without_coordinates"].sum())
    held = f"The lake holds {rows:,} incidents of all kinds for this force and period"
    return (f"{held}; {without:,} of them ({without / max(rows, 1):.1%}) have no coordinates.",)


def _explained(chosen: Chosen) -> pd.DataFrame:
    """Put beside each hotspot why it was chosen, in the plain lists that the report draws."""
    known = [name for name in chosen.reasons if name in chosen.hotspots and name != "place_id"]
    joined = chosen.hotspots.merge(chosen.reasons.drop(columns=known), on="place_id", how="left", validate="one_to_one")
    called = dict(zip(chosen.hotspots["place_id"], chosen.hotspots["name"], strict=True))
    plain: dict[str, Any] = {
        "by_month": [_by_month(bars, chosen.ground.months) for bars in joined["by_month"]],
        "by_type": [{each["crime_type"]: each["incidents"] for each in kinds} for kinds in joined["by_type"]],
        "neighbours": [
            [called.get(each["place_id"], each["place_id"]) for each in near] for near in joined["neighbours"]
        ],
    }
    return joined.assign(**plain)


def _by_month(bars: list[dict[str, Any]], months: tuple[str, ...]) -> list[int]:
    seen = {bar["month"]: bar["incidents"] for bar in bars}
    return [int(seen.get(month) or 0) for month in months]


def _counted(chosen: Chosen) -> pd.DataFrame:
    totals = chosen.counted.groupby("place_id")["incidents"].sum()
    places = chosen.assigned.places
    return places.assign(incidents=places["place_id"].map(totals).fillna(0).astype("int64"))


def _figures(chosen: Chosen) -> tuple[Figure, ...]:
    from abate.estimate import Estimate

    found = chosen.concentration
    shares = [
        Figure(
            f"Share of incidents in the busiest {row['percent']:g}% of places",
            Estimate(float(row["share"]), float(row["low"]), float(row["high"]), found.level, found.basis),
        )
        for row in found.top.to_dict("records")
    ]
    return (
        *shares,
        Figure("Gini index", found.gini, "number"),
        Figure("Generalised Gini index (for fewer incidents than places)", found.generalised_gini, "number"),
    )


def _outline(path: Path | None, crs: str) -> Any:
    if path is None:
        return None
    import shapely

    from abate.sources import boundaries

    return shapely.union_all(boundaries.read(path, crs=crs)["shape"].to_numpy())


def _boundary_name(path: Path | None) -> str:
    return "" if path is None else path.name.split(".")[0].replace("-", " ").replace("_", " ")


def _streets(path: Path | None, crs: str) -> pd.DataFrame | None:
    if path is None:
        return None
    from abate.sources import streets

    return streets.read(path, crs=crs)[["name", "shape"]]


def _together(chosen: Chosen) -> str:
    """Say how all places went together, to set a single place's trend beside."""
    trend = chosen.area_trend
    if trend["trend"] == "not known":
        return "There are too few months to tell a trend."
    ratio, low, high = (trend[f"trend_{part}"] for part in ("ratio", "low", "high"))
    return f"All places together: {trend['trend']} ({ratio:.2f}× a year, 95% interval {low:.2f}× to {high:.2f}×)."


def _credits(chosen: Chosen) -> tuple[str, ...]:
    if chosen.options.force == "sample":
        return ("All of this is made up: the town of Quillmouth and its police do not exist.",)
    published = (chosen.ground.every["crs"] == "EPSG:4326").any()
    return (
        ("Contains public sector information licensed under the Open Government Licence v3.0 (data.police.uk).",)
        if published
        else ()
    )


def _provenance(chosen: Chosen, *, today: date, by: str, sites: SiteStory | None) -> dict[str, Any]:
    return {
        "software": f"abate {abate.__version__}",
        "made_on": today.isoformat(),
        "by": by,
        "lake": {"table": "incidents", "version": chosen.ground.version},
        "parameters": chosen.options.plain(),
        "seed": chosen.options.seed,
        "crime_groups": {"edition": chosen.ground.selection.edition, "chosen": list(chosen.ground.selection.names)},
        "coordinates": {
            "analysis": chosen.crs,
            "transformation": chosen.converted.transformation,
            "accuracy_m": chosen.converted.accuracy_m,
        },
        "months": list(chosen.ground.months),
        "methods": {
            "probability_top": chosen.chances.basis,
            "concentration": chosen.concentration.basis,
            "points": str(chosen.snapping),
            **({} if sites is None else {"sites": sites.proof, "forecast": sites.method}),
        },
        **({} if sites is None else {"site_list": dict(sites.label)}),
    }
