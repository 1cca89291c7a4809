"""Small faults in the code, drawn by seed: what `tools/mutation.py` asks the tests to notice.

Most faults are those of mutmut; a few are our own. Left alone are words (docstrings, messages, whatever a `raise`
says), annotations, decorators, imports and `strict=`, which only guards against what does not happen.
"""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import libcst as cst
import numpy as np
from mutmut.mutation.mutators import (
    operator_augmented_assignment,
    operator_if_exp,
    operator_keywords,
    operator_name,
    operator_number,
    operator_remove_unary_ops,
    operator_swap_op,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

ROOMS = (
    *("stats", "space", "networks"),
    *("places", "counts", "hotspots", "patrols", "trials", "impact", "costs", "funding", "incidents"),
)
TWINS = {
    one: other
    for pair in (
        *(("min", "max"), ("minimum", "maximum"), ("argmin", "argmax"), ("nanmin", "nanmax"), ("any", "all")),
        *(("floor", "ceil"), ("cummin", "cummax"), ("ffill", "bfill"), ("left", "right"), ("first", "last")),
    )
    for one, other in (pair, pair[::-1])
}


def swapped_twins(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """Take the other of two names that go in pairs: `max` for `min`, `side="left"` for `side="right"`."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value in TWINS:
        yield node.with_changes(func=cst.Name(TWINS[node.func.value]))
    if isinstance(node, cst.Attribute) and node.attr.value in TWINS:
        yield node.with_changes(attr=cst.Name(TWINS[node.attr.value]))
    if isinstance(node, cst.SimpleString) and node.raw_value in TWINS:
        yield node.with_changes(value=node.quote + TWINS[node.raw_value] + node.quote)


def without_keywords(node: cst.Call) -> Iterator[cst.Call]:
    """Leave out one of the arguments that are given by name."""
    for index, argument in enumerate(node.args):
        if argument.keyword is not None and argument.keyword.value != "strict":
            yield node.with_changes(args=[*node.args[:index], *node.args[index + 1 :]])


def turned_round(node: cst.If | cst.While | cst.IfExp | cst.CompIf) -> Iterator[cst.CSTNode]:
    """Do what a condition forbids, where it is one word or one call that no other fault touches."""
    if isinstance(node.test, cst.Name | cst.Attribute | cst.Call | cst.Subscript):
        yield node.with_changes(test=cst.UnaryOperation(cst.Not(), node.test))


def deleted(node: cst.SimpleStatementLine) -> Iterator[cst.SimpleStatementLine]:
    """Leave out a statement that gives nothing a name: a call, a `raise`, a `break`, an entry that is set."""
    if len(node.body) != 1:
        return
    (only,) = node.body
    spoken = isinstance(only, cst.Expr) and isinstance(only.value, cst.SimpleString | cst.ConcatenatedString)
    filled = isinstance(only, cst.Assign) and isinstance(only.targets[0].target, cst.Subscript | cst.Attribute)
    if filled or (isinstance(only, cst.Expr | cst.Raise | cst.AugAssign | cst.Break | cst.Continue) and not spoken):
        yield node.with_changes(body=[cst.Pass()])


OPERATED = (cst.BinaryOperation, cst.UnaryOperation, cst.BooleanOperation, cst.ComparisonTarget, cst.AugAssign)
Fault = tuple[str, tuple[type[cst.CSTNode], ...], "Callable[..., Iterable[cst.CSTNode]]"]
FAULTS: tuple[Fault, ...] = (
    ("number", (cst.BaseNumber,), operator_number),
    ("truth", (cst.Name,), operator_name),
    ("condition", (cst.IfExp,), operator_if_exp),
    ("condition", (cst.If, cst.While, cst.IfExp, cst.CompIf), turned_round),
    ("sign", (cst.UnaryOperation,), operator_remove_unary_ops),
    ("operator", OPERATED, operator_swap_op),
    ("operator", (cst.AugAssign,), operator_augmented_assignment),
    ("keyword", (cst.BaseCompOp, cst.Break, cst.Continue), operator_keywords),
    ("twin", (cst.Call, cst.Attribute, cst.SimpleString), swapped_twins),
    ("argument", (cst.Call,), without_keywords),
    ("statement", (cst.SimpleStatementLine,), deleted),
)


@dataclass(frozen=True)
class Place:
    """A node of the code, and what a fault may put there: pairs of the kind of fault and the other node."""

    node: cst.CSTNode
    faults: tuple[tuple[str, cst.CSTNode], ...]


class Places(cst.CSTVisitor):
    """Collects the places of a module where a fault can be put, in the order of the text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Place] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Note the faults that fit a node; look no further where only words or types stand."""
        if isinstance(node, cst.Annotation | cst.Decorator | cst.Import | cst.ImportFrom | cst.FormattedString):
            return False
        if isinstance(node, cst.If) and isinstance(node.test, cst.Name) and node.test.value == "TYPE_CHECKING":
            return False
        if isinstance(node, cst.Arg) and node.keyword is not None and node.keyword.value == "strict":
            return False
        fitting = [(kind, other) for kind, types, make in FAULTS if isinstance(node, types) for other in make(node)]
        if fitting:
            self.found.append(Place(node, tuple(fitting)))
        return not isinstance(node, cst.Raise)


@dataclass(frozen=True)
class Mutant:
    """A module with one fault: its path below src/abate, the text as it was and as it is now."""

    module: str
    kind: str
    before: str
    after: str

    @property
    def line(self) -> int:
        """The first line that differs, counted from 1."""
        pairs = zip(self.before.splitlines(), self.after.splitlines(), strict=False)
        return next(number for number, (old, new) in enumerate(pairs, 1) if old != new)

    @property
    def where(self) -> str:
        """Where a reader finds it."""
        return f"src/abate/{self.module}:{self.line}"

    def diff(self) -> str:
        """The fault as a difference of two texts, without lines around it."""
        lines = difflib.unified_diff(self.before.splitlines(), self.after.splitlines(), lineterm="", n=0)
        return "\n".join(line for line in lines if not line.startswith(("---", "+++")))


def modules(root: Path, wanted: Sequence[str] = ROOMS) -> dict[str, int]:
    """Count the statements of every module of the rooms (or modules) wanted, docstrings and imports left out."""
    home = root / "src" / "abate"
    found: dict[str, int] = {}
    for name in wanted:
        paths = [home / name] if name.endswith(".py") else sorted((home / name).glob("*.py"))
        for path in paths:
            if path.name != "__init__.py":
                found[str(path.relative_to(home))] = _statements(path.read_text(encoding="utf-8"))
    return {name: size for name, size in found.items() if size}


def _statements(text: str) -> int:
    def counts(node: ast.AST) -> bool:
        spoken = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        return isinstance(node, ast.stmt) and not spoken and not isinstance(node, ast.Import | ast.ImportFrom)

    return sum(counts(node) for node in ast.walk(ast.parse(text)))


def draw(root: Path, *, mutants: int, seed: int, wanted: Sequence[str] = ROOMS) -> list[Mutant]:
    """Draw different mutants, the same for the same seed: a module by its size, a place in it, a fault there."""
    sizes = modules(root, wanted)
    if not sizes:
        raise SystemExit(f"no module in {', '.join(wanted)}; rooms are {', '.join(ROOMS)}")
    rng = np.random.default_rng(seed)
    names, chances = list(sizes), np.array(list(sizes.values())) / sum(sizes.values())
    drawn: dict[tuple[str, str], Mutant] = {}
    for _ in range(mutants * 20):
        if len(drawn) == mutants:
            break
        name = names[rng.choice(len(names), p=chances)]
        tree, places = parsed(root / "src" / "abate" / name)
        if places:
            place = places[rng.integers(len(places))]
            mutant = changed(name, tree, place, int(rng.integers(len(place.faults))))
            drawn.setdefault((name, mutant.after), mutant)
    return list(drawn.values())


@cache
def parsed(path: Path) -> tuple[cst.Module, tuple[Place, ...]]:
    """Read a module and find its places."""
    tree = cst.parse_module(path.read_text(encoding="utf-8"))
    places = Places()
    tree.visit(places)
    return tree, tuple(places.found)


def changed(name: str, tree: cst.Module, place: Place, which: int) -> Mutant:
    """Put a fault of a place into the text of its module."""
    kind, other = place.faults[which]
    after = tree.deep_replace(place.node, other)
    if not isinstance(after, cst.Module):
        raise TypeError(f"{name}: a fault took the place of the module")
    return Mutant(name, kind, tree.code, after.code)


def breaking(text: str, line: int) -> str:
    r"""Let the code break off just before the statement that holds a line.

    Before the whole of it where nothing can stand between, as at an `elif`.

    >>> print(breaking("a = 1\nif a:\n    b = 2\n", 3))
    a = 1
    if a:
        raise RuntimeError('reached')
        b = 2
    """
    holding = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    lines = text.splitlines()
    for node in sorted(holding, key=lambda node: -node.lineno):
        raised = " " * node.col_offset + "raise RuntimeError('reached')"
        broken = "\n".join([*lines[: node.lineno - 1], raised, *lines[node.lineno - 1 :]])
        try:
            ast.parse(broken)
        except SyntaxError:
            continue
        return broken
    return "raise RuntimeError('reached')\n" + text
