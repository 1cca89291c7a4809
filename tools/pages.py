"""Makes the pages of the documentation that stand somewhere else already: a hook of mkdocs.

The data dictionary comes from `abate.tables`, the commands from the command line itself, the Python reference from
the docstrings, the benchmarks from the figures that the benchmarks left, and the glossary, the architecture, the
change log and how to contribute from the root of the project.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).resolve().parents[1]
WIDTH = 72
ROOTED = {
    "ARCHITECTURE.md": "explanation/architecture.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "GLOSSARY.md": "reference/glossary.md",
}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages to those that stand in docs/ (called by mkdocs)."""
    from mkdocs.structure.files import File

    for path, text in generated().items():
        files.append(File.generated(config, path, content=text))
    return files


def generated() -> dict[str, str]:
    """Make every generated page: its path under docs/, and its text."""
    pages = {page: moved((ROOT / name).read_text(encoding="utf-8"), page) for name, page in ROOTED.items()}
    pages["reference/tables.md"] = tables_page()
    pages["reference/commands.md"] = commands_page()
    return pages | {f"reference/python/{room}.md": room_page(room) for room in rooms()}


def moved(text: str, page: str) -> str:
    """Mend the links of a text from the root of the project, which now stands at `page` under docs/."""
    up = "../" * page.count("/")

    def link(found: re.Match[str]) -> str:
        target, anchor = found[1], found[2] or ""
        if target in ROOTED:
            return f"]({up}{ROOTED[target]}{anchor})"
        return f"]({up}{target.removeprefix('docs/')}{anchor})"

    return re.sub(r"\]\((?!https?:|#)([^)#\s]+)(#[^)\s]*)?\)", link, text)


def tables_page() -> str:
    """Print the data dictionary."""
    from abate import tables

    said = "Every table that travels between rooms, is kept in the lake or is written for people."
    return "\n\n".join(["# Data dictionary", said, *(table.markdown().replace("###", "##", 1) for table in tables.ALL)])


def commands() -> Iterator[tuple[str, Any]]:
    """Give every command of the command line with its full name, such as `abate audit verify`."""
    import typer

    from abate.cli.main import app

    def below(name: str, command: Any) -> Iterator[tuple[str, Any]]:
        inner = getattr(command, "commands", None)
        if inner is None:
            yield name, command
            return
        for word in inner:
            yield from below(f"{name} {word}", inner[word])

    yield from below("abate", typer.main.get_command(app))


def commands_page() -> str:
    """Print every command with its example and its options."""
    said = (
        "What `abate COMMAND --help` says, for every command. Exit code 0 means done, 1 that it could not be done (a "
        "sentence says what is wrong and what would be right), 2 that the command was typed wrongly. With `--json` one "
        "JSON document is printed on standard output, and nothing else there."
    )
    return "\n\n".join(["# Commands", said, *(command_section(name, command) for name, command in commands())])


def command_section(name: str, command: Any) -> str:
    """Print one command."""
    told = inspect.cleandoc(command.help or "")
    words, _, example = told.partition("Example:")
    shown = wrapped(" ".join(example.replace("`", " ").split()))
    parts = [f"## {name}", words.strip()]
    if shown:
        parts.append(f"```text\n{shown}\n```")
    rows = [row for parameter in command.params if (row := parameter_row(parameter))]
    if rows:
        parts.append("\n".join(["| option | default | meaning |", "| --- | --- | --- |", *rows]))
    return "\n\n".join(parts)


def wrapped(line: str) -> str:
    r"""Break a long command before its options, as it may be typed.

    >>> print(wrapped("abate load town.csv --lake lake --mapping a-rather-long-name-of-a-file.toml --json"))
    abate load town.csv --lake lake \
        --mapping a-rather-long-name-of-a-file.toml --json
    """
    lines: list[str] = []
    for piece in re.split(r" (?=--|-o )", line):
        if lines and len(lines[-1]) + len(piece) < WIDTH:
            lines[-1] += f" {piece}"
        else:
            lines.append(piece)
    return " \\\n    ".join(lines)


def parameter_row(parameter: Any) -> str:
    """Print one argument or option as a row of a table."""
    if parameter.hidden or parameter.name == "help":
        return ""
    argument = parameter.param_type_name == "argument"
    name = (
        (parameter.metavar or parameter.name.upper())
        if argument
        else ", ".join([*parameter.opts, *parameter.secondary_opts])
    )
    default = "needed" if parameter.required else default_words(parameter)
    meaning = (parameter.help or "").replace("|", "\\|")
    return f"| `{name}` | {default} | {meaning} |"


def default_words(parameter: Any) -> str:
    """Say what stands when an option is not given."""
    value = parameter.default
    return "" if value is None or isinstance(value, bool) or callable(value) else f"`{value}`"


def rooms() -> list[str]:
    """List the rooms whose functions other Python code may call; the command line has its own page."""
    source = ROOT / "src" / "abate"
    return sorted(
        folder.name for folder in source.iterdir() if (folder / "__init__.py").exists() and folder.name != "cli"
    )


def room_page(room: str) -> str:
    """Print what the modules of a room offer, from their docstrings."""
    folder = ROOT / "src" / "abate" / room
    face = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    modules = sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))
    return "\n\n".join([f"# abate.{room}", face, *(f"::: abate.{room}.{module}" for module in modules)])


def benchmarks_page() -> str:
    """Print the figures that the scripts in benchmarks/ left in benchmarks/results."""
    said = (
        "Each script in `benchmarks/` times our way and a peer's in turn, in one run, since machines drift: read the "
        "ratio, and treat one figure as an order of magnitude. A ratio of ours to the peer's below 1 is faster."
    )
    results = sorted((ROOT / "benchmarks" / "results").glob("*.json"))
    sections = [
        f"## {path.stem.replace('_', ' ')}\n\n{figures(json.loads(path.read_text(encoding='utf-8')))}"
        for path in results
    ]
    return "\n\n".join(["# Benchmarks", said, *(sections or ["No figures have been recorded yet."])])


def figures(result: dict[str, Any]) -> str:
    """Print one result: its summary and what it ran on where it has one, else everything that was measured."""
    if summary := result.get("summary"):
        ran = [str(result[name]) for name in ("date", "machine") if name in result]
        parts = ", ".join(f"{part} {version}" for part, version in result.get("versions", {}).items())
        return "\n\n".join([grid(summary), f"{', '.join(ran)}; {parts}." if parts else f"{', '.join(ran)}."])
    return grid([{"what": name, "figure": value} for name, value in flat(result, "")])


def grid(rows: list[dict[str, Any]]) -> str:
    """Print rows as a table under the names of their columns."""
    names = list(rows[0])
    lines = [[str(row.get(name, "")).replace("|", "\\|") for name in names] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in [names, ["---"] * len(names), *lines])


def flat(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """Give every figure of a nested result with its full name."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{name}, {key}" if name else str(key))
    elif isinstance(value, list) and any(isinstance(inner, dict | list) for inner in value):
        for number, inner in enumerate(value, start=1):
            yield from flat(inner, f"{name} {number}")
    else:
        shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        yield name.replace("_", " "), shown
