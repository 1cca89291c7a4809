"""`abate trial register`: a protocol is written down, hashed and timed before the first day of its trial."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

_FILE = typer.Argument(help="The protocol, in TOML; --draft writes a first one to fill in.", show_default=False)
_SCHEDULE = typer.Option("--schedule", help="The frozen schedule that the trial runs by.", show_default=False)
_OUT = typer.Option("-o", "--out", help="File for the record (or, with --draft, for the draft).", show_default=False)
_DRAFT = typer.Option("--draft", help="Write a first draft of a protocol to fill in, and register nothing.")
_CHECK = typer.Option("--check", help="Check the record of a registered protocol: hash, chain, schedule.")
_REASON = typer.Option("--reason", help="Why a registered protocol is amended.", show_default=False)
_JSON = typer.Option("--json", help="Print one JSON document and nothing else.")


def register(
    file: Annotated[Path | None, _FILE] = None,
    schedule: Annotated[Path | None, _SCHEDULE] = None,
    out: Annotated[Path | None, _OUT] = None,
    check: Annotated[Path | None, _CHECK] = None,
    reason: Annotated[str | None, _REASON] = None,
    *,
    draft: Annotated[bool, _DRAFT] = False,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Register a trial's protocol with its schedule, before the first day.

    The record is hashed, timed and chained in a ledger beside it. From the first day on a protocol can only be
    registered late, and every report says so. A change is an amendment, needs a reason, and leaves the earlier
    protocol standing.

    Example: abate trial register protocol.toml --schedule schedule.csv -o protocol.json
    """
    from zoneinfo import ZoneInfo

    from abate.cli import answers
    from abate.jobs import trial_register as jobs

    _understand(file, schedule, check, draft=draft)
    if draft:
        files = jobs.draft(out or Path("protocol.toml"), schedule=schedule)
        if as_json:
            answers.document({"files": list(files)})
        else:
            typer.echo(f"{files[0]}: fill in what is blank, then register it")
        return
    if check is not None:
        found = jobs.check(check)
    else:
        found = jobs.register(
            file or Path(),
            schedule=schedule or Path(),
            out=out or Path("protocol.json"),
            by=answers.person(),
            when=datetime.now(ZoneInfo("Europe/London")),
            reason=reason,
        )
    if as_json:
        answers.document({**found.document(), **({"checked": True} if check is not None else {})})
    else:
        _print(found, checked=check is not None)


def _understand(file: Path | None, schedule: Path | None, check: Path | None, *, draft: bool) -> None:
    """Refuse a call that does not say what is wanted."""
    if draft and (file is not None or check is not None):
        raise typer.BadParameter("--draft writes a new file: name it with -o, and give neither a protocol nor --check")
    if check is not None and file is not None:
        raise typer.BadParameter("either a protocol to register or --check RECORD, not both")
    if not draft and check is None and (file is None or schedule is None):
        raise typer.BadParameter("a protocol and its --schedule are needed; --draft writes a first protocol to fill in")


def _print(found: Any, *, checked: bool) -> None:
    if checked:
        typer.echo("The record, its ledger and its hash agree.")
    typer.echo(found.registered.sentence)
    for note in found.notes:
        typer.echo(f"note: {note}")
    for path in found.files:
        typer.echo(f"  {path}")
