"""What is written is true: every command and every Python example in the documents runs, and every link leads on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from abate import tables
from pages import commands, generated

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
REASONS = ("downloads", "serves until stopped", "your own file", "runs these checks")

BLOCK = re.compile(
    r"(?:<!-- (?P<mark>not run|real data): (?P<said>[^\n]*?) -->\n+)?^```(?P<kind>sh|python)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """A fenced block of a document that a reader would run."""

    kind: str
    text: str
    mark: str | None
    said: str | None


def blocks(text: str) -> list[Block]:
    return [Block(found["kind"], found["text"], found["mark"], found["said"]) for found in BLOCK.finditer(text)]


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


@cache
def written() -> dict[str, list[Block]]:
    return {name_of(page): blocks(page.read_text(encoding="utf-8")) for page in PAGES}


def runnable() -> list[str]:
    return [name for name, found in written().items() if any(block.mark != "not run" for block in found)]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `abate demo` leaves it, in which a reader of the documents stands."""
    folder = tmp_path_factory.mktemp("documents")
    run(["abate", "demo", "--no-serve"], folder)
    return folder


def run(words: list[str], folder: Path) -> None:
    """Run one command as a reader would, with no way out to the network."""
    nowhere = "http://127.0.0.1:9"
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        **dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), nowhere),
    }
    answer = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, f"{' '.join(words)}\n{answer.stdout}\n{answer.stderr}"


@pytest.mark.slow
@pytest.mark.parametrize("name", runnable())
def test_what_the_page_shows_runs(name: str, reader: Path, tmp_path: Path, shared: Callable[[str], Path]) -> None:
    folder = shutil.copytree(reader, tmp_path / "reader")
    shown = [block for block in written()[name] if block.mark != "not run"]
    for block in shown:
        if block.mark == "real data":
            source, _, wanted = str(block.said).partition(" as ")
            (folder / wanted).symlink_to(shared(source))
        if block.kind == "sh":
            run(["sh", "-eu", "-c", block.text], folder)
    if program := "\n".join(block.text for block in shown if block.kind == "python"):
        (folder / "example.py").write_text(program)
        run([sys.executable, "example.py"], folder)


def test_blocks_that_are_not_run_say_why() -> None:
    left = [(name, block) for name, found in written().items() for block in found if block.mark == "not run"]
    unexplained = [(name, block.said) for name, block in left if not str(block.said).startswith(REASONS)]
    assert unexplained == []
    ran = sum(block.mark != "not run" for found in written().values() for block in found)
    assert ran > len(left), f"{ran} blocks run, {len(left)} do not"


def test_a_block_and_its_mark_are_read() -> None:
    text = "x\n\n<!-- not run: downloads -->\n```sh\nabate fetch\n```\n\n```python\nprint(1)\n```\n\n```text\nno\n```\n"
    assert blocks(text) == [
        Block("sh", "abate fetch\n", "not run", "downloads"),
        Block("python", "print(1)\n", None, None),
    ]


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub and mkdocs make them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    made = generated()
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken = []
    for target, anchor in re.findall(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)", text):
        path = (page.parent / target).resolve() if target else page
        inside = str(path.relative_to(ROOT / "docs")) if path.is_relative_to(ROOT / "docs") else ""
        if not path.exists() and inside not in made:
            broken.append(target)
        elif anchor and path.suffix == ".md":
            there = made[inside] if inside in made else path.read_text(encoding="utf-8")
            if anchor not in anchors(there):
                broken.append(f"{target}#{anchor}")
    assert broken == []


def test_the_readme_is_two_sentences_a_picture_two_commands_and_ten_lines() -> None:
    text = (ROOT / "README.md").read_text()
    opening = text.split("\n\n")[1]
    assert len(re.findall(r"[.!?](?:\s|$)", opening)) == 2
    picture = re.search(r"!\[[^\]]{20,}\]\((docs/images/[^)]+)\)", text)
    assert picture, "a picture with words for those who cannot see it"
    assert (ROOT / picture[1]).exists()
    found = blocks(text)
    assert [block.text.strip() for block in found[:1]] == ["./demo\n./check"]
    (example,) = [block for block in found if block.kind == "python"]
    assert len([line for line in example.text.splitlines() if line.strip()]) <= 10
    assert example.mark is None


def test_every_command_has_a_page_that_uses_it() -> None:
    said = {block.text for found in written().values() for block in found}
    unused = [name for name, _ in commands() if not any(f"{name} " in text for text in said)]
    assert unused == []


def test_decisions_have_context_decision_and_consequences() -> None:
    index = (ROOT / "docs" / "decisions" / "index.md").read_text()
    decisions = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    assert decisions
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    for path in decisions:
        text = path.read_text()
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"], path.name
        assert len(text.split()) < 450, f"{path.name} is longer than half a page"
        assert f"]({path.name})" in index, path.name


def test_the_change_log_knows_this_version() -> None:
    from abate import __version__

    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert any(heading.startswith(__version__) for heading in headings)


def glossary() -> dict[str, list[str]]:
    """The words of the glossary with the names that they have in the code."""
    rows = re.findall(r"^\| (.+?) \| (.*?) \| .+? \|$", (ROOT / "GLOSSARY.md").read_text(), re.MULTILINE)
    return {word: re.findall(r"`([^`]+)`", names) for word, names in rows[2:]}


def test_the_glossary_has_the_nouns_of_the_house() -> None:
    named = {name for names in glossary().values() for name in names}
    rooms = {path.name for path in (ROOT / "src" / "abate").iterdir() if (path / "__init__.py").exists()}
    assert rooms <= named
    assert {table.name for table in tables.ALL} <= named


def test_the_glossary_invents_no_names() -> None:
    code = "\n".join(path.read_text() for path in (ROOT / "src").rglob("*") if path.suffix in {".py", ".toml"})
    names = [name for names in glossary().values() for name in names]
    assert names
    assert [name for name in names if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", code)] == []


def test_the_glossary_is_in_order() -> None:
    words = [word.lower() for word in glossary()]
    assert words == sorted(words)
