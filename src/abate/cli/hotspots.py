"""`abate hotspots`: rank, map and explain where the chosen crimes concentrate, and choose sites to patrol."""

from __future__ import annotations

from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any, get_type_hints

import typer

from abate.cli.hotspot_options import Answered, Checked, Listed, Sited

if TYPE_CHECKING:
    from collections.abc import Callable


def _asking(*groups: type) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of some groups, as if they stood in its signature."""

    def sign(command: Callable[..., None]) -> Callable[..., None]:
        parameters = [Parameter("context", Parameter.KEYWORD_ONLY, annotation=typer.Context)]
        for group in groups:
            for name, hint in get_type_hints(group, include_extras=True).items():
                default = vars(group).get(name, Parameter.empty)
                parameters.append(Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=hint))
        command.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
        return command

    return sign


@_asking(Listed, Answered, Sited, Checked)
def hotspots(**asked: Any) -> None:
    """Rank, map and explain the places where the chosen crimes concentrate.

    Writes hotspots.csv, hotspots.geojson, hotspots.gpkg, report.html, report.pdf and provenance.json, and prints one
    sentence and a table. With --choose it also makes the list of sites to patrol: sites.csv, sites.geojson and, where
    the record has hours, site_hours.csv.

    Example: abate hotspots --lake lake --force essex --crime violence,robbery,weapons --from 2021-03 --to 2022-03
    --place hex:150 -o out

    Example: abate hotspots --lake lake --force essex --choose --sites 15 --site-km2 0.05 --against old/sites.geojson
    """
    from abate.cli import answers
    from abate.jobs.choosing import Sought
    from abate.jobs.hotspots import hotspots
    from abate.jobs.options import Options

    context, as_json, choose = (asked.pop(name) for name in ("context", "as_json", "choose"))
    if not choose:
        _refuse_alone(context)
    sought = Sought(**{name: asked.pop(name) for name in get_type_hints(Sited)})
    asked["census"] = tuple(asked["census"] or ())
    options = Options(**asked, choose=sought if choose else None)
    with answers.progress("Finding the places", quiet=as_json) as tell:
        found = hotspots(options, tell=tell)
    if as_json:
        answers.document(found.document())
    else:
        _print(found)


def _refuse_alone(context: Any) -> None:
    """Say which options were given that mean nothing without --choose."""
    from abate.errors import OptionError

    of_sites = get_type_hints(Sited)
    given = [name for name in of_sites if getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE"]
    if given:
        listed = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise OptionError(f"{listed}: this is for the list of sites: add --choose")


def _print(found: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console.print(found.sentence, soft_wrap=True, highlight=False)
    listed = Table(box=None, pad_edge=False)
    for heading in ("Rank", "Incidents", "Share", "So far", "Chance"):
        listed.add_column(heading, justify="right", no_wrap=True)
    listed.add_column("Name", overflow="fold")
    listed.add_column("Place", no_wrap=True)
    for row in found.hotspots.to_dict("records"):
        listed.add_row(
            f"{row['rank']}",
            f"{row['incidents']:,}",
            f"{row['share']:.1%}",
            f"{row['cumulative_share']:.1%}",
            f"{row['probability_top']:.0%}",
            row["name"],
            row["place_id"],
        )
    console.print(listed)
    console.print("Chance: how likely the place truly belongs on this list.", highlight=False)
    if found.sites is not None:
        _print_sites(console, found)
    for part in ("rehearsal", "feedback", "equality"):
        for line in _told(found.further.get(part, {})):
            console.print(line, soft_wrap=True, highlight=False, markup=False)
    for note in found.notes:
        console.print(f"note: {note}", soft_wrap=True, highlight=False, markup=False)
    console.print("Written:", highlight=False)
    for path in found.files:
        console.print(f"  {path}", soft_wrap=True, highlight=False, markup=False)


def _print_sites(console: Any, found: Any) -> None:
    from rich.table import Table

    console.print(f"\n{found.sites_sentence}", soft_wrap=True, highlight=False, markup=False)
    listed = Table(box=None, pad_edge=False)
    for heading in ("Site", "Expected", "90% interval", "Incidents", "Chosen again", "km²"):
        listed.add_column(heading, justify="right", no_wrap=True)
    listed.add_column("Where", overflow="fold")
    hours = found.sites.bands.groupby("site_id", sort=False).first()
    if len(hours):
        listed.add_column("Busiest", overflow="fold")
    for row in found.sites.sites.to_dict("records"):
        listed.add_row(
            f"{row['rank']}",
            f"{row['expected']:.1f}",
            f"{row['expected_low']:.0f} to {row['expected_high']:.0f}",
            f"{row['incidents']:,}",
            f"{row['stability']:.0%}",
            f"{row['area_km2']:.3f}",
            row["name"],
            *([_when(hours, row["site_id"])] if len(hours) else []),
        )
    console.print(listed)
    if found.sites.refresh is not None:
        console.print(str(found.sites.refresh), soft_wrap=True, highlight=False, markup=False)
        for row in found.sites.refresh.changes.to_dict("records"):
            told = f"  {row['site_id']} {row['change']}: {row['why']}"
            console.print(told, soft_wrap=True, highlight=False, markup=False)


def _told(part: Any) -> list[str]:
    """Give the sentences of a part of the answer."""
    return [*([part["sentence"]] if "sentence" in part else []), *part.get("summary", [])]


def _when(hours: Any, site_id: str) -> str:
    """Give the first band of a site."""
    if site_id not in hours.index:
        return "no hours stand out"
    band = hours.loc[site_id]
    return f"{band['days']} {band['from_hour']:02d}:00 to {band['to_hour']:02d}:00"
