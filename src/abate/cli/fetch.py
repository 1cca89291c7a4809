"""`abate fetch`: download published crime files from data.police.uk."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_FORCE = typer.Option("--force", help="A police force by its data.police.uk name; may be given more than once.")
_FROM = typer.Option("--from", help="First month, as YYYY-MM.", show_default=False)
_TO = typer.Option("--to", help="Last month, as YYYY-MM.", show_default=False)
_INTO = typer.Option("--into", help="Folder to download into; made when it is not there.")
_KINDS = typer.Option("--kinds", help="Kinds of file, with commas between.")
_BASE = typer.Option("--base-url", help="Address of the site, for a mirror of it.")
_WHOLE = typer.Option("--whole-archives", help="Download whole archives and keep them, beside INTO.")
_JSON = typer.Option("--json", help="Print one JSON document and nothing else.")


def fetch(
    force: Annotated[list[str], _FORCE],
    first: Annotated[str, _FROM],
    last: Annotated[str, _TO],
    into: Annotated[Path, _INTO] = Path("police-data"),
    kinds: Annotated[str, _KINDS] = "street,outcomes,stop-and-search",
    *,
    base_url: Annotated[str, _BASE] = "https://data.police.uk",
    whole: Annotated[bool, _WHOLE] = False,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Download published crime files from data.police.uk.

    Says what exists before it starts, keeps to the site's limits, goes on where it broke off, and checks every file.
    Files land as published, `INTO/2023-01/2023-01-essex-street.csv`, and `INTO/sources.json` says where each came from.

    Example: abate fetch --force essex --from 2023-01 --to 2024-12
    """
    from dataclasses import asdict
    from datetime import UTC, datetime

    from abate.cli import answers
    from abate.jobs import fetch as job

    request = job.Request(
        forces=tuple(dict.fromkeys(force)),
        first=first,
        last=last,
        into=into,
        kinds=tuple(dict.fromkeys(kind.strip() for kind in kinds.split(","))),
        base_url=base_url.rstrip("/"),
        whole=whole,
    )
    with answers.progress("fetching", quiet=as_json) as tell:
        answer = job.fetch(
            request, now=lambda: datetime.now(UTC), say=lambda words: typer.echo(words, err=True), progress=tell
        )
    job.check(answer)
    if as_json:
        answers.document(asdict(answer))
        return
    for sentence in job.sentences(answer):
        typer.echo(sentence)
