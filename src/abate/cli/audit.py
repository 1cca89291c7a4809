"""`abate audit`: check that what is kept is what was written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Check that what is kept is what was written.", no_args_is_help=True)


@app.callback()
def audit() -> None:
    """Check that what is kept is what was written."""


@app.command()
def verify(
    lake: Annotated[Path, typer.Option("--lake", help="Folder of the lake.", show_default=False)],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Compare every file of the lake with the hash that was kept when it was written.

    Exit 0 when all are as written, 1 when any is torn, changed or gone; each is named.

    Example: `abate audit verify --lake lake`
    """
    from dataclasses import asdict

    from abate.cli.answers import document
    from abate.errors import LakeError
    from abate.jobs.verify import check_lake

    found = check_lake(lake)
    if as_json:
        document(asdict(found))
    if found.faults:
        raise LakeError(*found.faults)
    if not as_json:
        typer.echo(f"{found.files:,} files ({found.bytes / 1e6:,.1f} MB) are as they were written")
