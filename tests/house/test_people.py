"""Places, never people: nothing in the house scores, ranks or predicts a person, and no table identifies one."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from abate import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from abate.schema import Table

SOURCE = Path(__file__).resolve().parents[2] / "src" / "abate"

PERSON = {
    *("person", "persons", "people", "individual", "individuals", "nominal", "nominals", "offender", "offenders"),
    *("suspect", "suspects", "subject", "subjects", "victim", "victims", "perpetrator", "defendant", "gang", "youth"),
    *("child", "children", "pupil", "patient", "resident", "residents"),
}
JUDGED = {
    *("score", "scores", "scored", "scoring", "rank", "ranks", "ranked", "ranking", "risk", "risks", "riskiest"),
    *("predict", "predicts", "predicted", "prediction", "likelihood", "propensity", "dangerousness", "recidivism"),
}
IDENTIFYING = {
    *("name", "forename", "surname", "alias", "birth", "born", "dob", "address", "postcode", "phone", "email", "photo"),
    *("nhs", "pnc", "person", "persons", "offender", "suspect", "nominal", "nationality", "vehicle_registration"),
}


def words(name: str) -> set[str]:
    """The words of an identifier: `risk_of_person` and `PersonRisk` alike."""
    return {word.lower() for part in name.split("_") for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", part)}


def identifiers(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every name, argument, attribute and text that could be a column in a module."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.Constant(value=str(text)) if re.fullmatch(r"--[a-z-]+|[A-Za-z_]\w*", text):
                yield node.lineno, text.strip("-").replace("-", "_")


def judgements(text: str) -> list[str]:
    """The places in a module where a word for a person meets a word for a judgement."""
    tree = ast.parse(text)
    found = [
        f"line {line}: {name}" for line, name in identifiers(tree) if words(name) & PERSON and words(name) & JUDGED
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and words(node.name) & JUDGED:
            arguments = {word for one in ast.walk(node.args) if isinstance(one, ast.arg) for word in words(one.arg)}
            if arguments & PERSON:
                found.append(f"line {node.lineno}: {node.name}({', '.join(sorted(arguments & PERSON))})")
    return found


def test_nothing_scores_ranks_or_predicts_a_person() -> None:
    modules = sorted(SOURCE.rglob("*.py"))
    assert modules
    found = {str(path.relative_to(SOURCE)): judgements(path.read_text()) for path in modules}
    assert {name: places for name, places in found.items() if places} == {}


@pytest.mark.parametrize(
    "planted",
    [
        "person_risk = 1",
        "class OffenderRanking: ...",
        "def rank(suspects): ...",
        'frame["victim_score"] = 0',
        "frame.nominal_rank",
        'typer.Option("--subject-risk")',
        "def predict(*, person_id): ...",
    ],
)
def test_a_planted_judgement_is_found(planted: str) -> None:
    assert judgements(planted)


def test_judging_places_is_fine() -> None:
    assert judgements('def rank(counts, *, top): ...\nhotspots["rank"] = 1\nvictims = 3\n') == []


@pytest.mark.parametrize("table", [tables.INCIDENTS, tables.OUTCOMES, tables.SEARCHES], ids=lambda one: one.name)
def test_what_was_recorded_identifies_nobody(table: Table) -> None:
    of_places = {"lsoa_name"}
    found = [name for name in table.columns if name not in of_places and words(name) & IDENTIFYING]
    assert found == []


def test_a_search_cannot_be_tied_to_a_crime() -> None:
    assert "crime_id" not in tables.SEARCHES.columns
    assert not {name for name in tables.SEARCHES.columns if name.endswith("_id")}
