"""`abate demo`: the whole main job on a made-up town, in one command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def demo(
    into: Annotated[Path, typer.Option("--into", help="Folder to make it in.")] = Path("demo-out"),
    seed: Annotated[int, typer.Option("--seed", help="Seed of the town: the same seed gives the same town.")] = 1,
    port: Annotated[int, typer.Option("--port", help="Port to show the report on.")] = 8765,
    *,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Show the report on localhost.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Make a sample town, load its crime files, find its hotspots and show the report.

    Example: abate demo --into demo-out --no-serve
    """
    from abate.cli import answers
    from abate.jobs import demo as jobs

    with answers.progress("Making the demonstration", quiet=as_json) as tell:
        made = jobs.demonstrate(into, seed=seed, today=answers.today(), by=answers.person(), tell=tell)
    if as_json:
        answers.document({"rows_loaded": made.rows_loaded, "lake": made.lake, **made.found.document()})
        return
    typer.echo(jobs.BANNER)
    typer.echo(made.found.sentence)
    typer.echo(f"Report: {made.report / 'report.html'}")
    if serve:
        _serve(made.report, port)


def _serve(report: Path, port: int) -> None:
    import webbrowser

    from abate.jobs.demo import server

    with server(report, port=port) as running:
        address = f"http://localhost:{running.server_port}/report.html"
        typer.echo(f"Shown at {address} (stop with Ctrl-C)")
        webbrowser.open(address)
        running.serve_forever()
