"""Pillars and kernels are pure: no file, clock, network or print, and no random number without a seed."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "abate"
PURE = (
    *("incidents", "places", "counts", "hotspots", "patrols", "trials", "impact", "costs", "funding", "sample"),
    *("stats", "space", "networks", "tables"),
    *("schema.py", "periods.py", "estimate.py", "errors.py"),
)

EFFECTS = {
    *("glob", "httpx", "logging", "multiprocessing", "os", "pathlib", "random", "requests", "shutil", "socket"),
    *("subprocess", "sys", "tempfile", "threading", "time", "urllib"),
}
CALLS = {"open", "print", "input", "exec", "eval", "__import__"}
CLOCK = {"today", "now", "utcnow", "monotonic", "perf_counter"}
DRAWS = {"default_rng", "Generator", "SeedSequence", "BitGenerator", "PCG64"}


def effects(text: str) -> list[str]:
    """What a module does, or could do, beyond giving back a value."""
    tree = ast.parse(text)
    shown_only = {id(inner) for node in ast.walk(tree) if typing_only(node) for inner in ast.walk(node)}
    return [
        f"line {node.lineno}: {what}"
        for node in ast.walk(tree)
        if id(node) not in shown_only and isinstance(node, ast.stmt | ast.expr) and (what := effect(node))
    ]


def typing_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def effect(node: ast.stmt | ast.expr) -> str | None:
    match node:
        case ast.Import(names=names):
            return ", ".join(one.name for one in names if one.name.split(".")[0] in EFFECTS) or None
        case ast.ImportFrom(module=str(module)) if module.split(".")[0] in EFFECTS:
            return module
        case ast.Call(func=ast.Name(id=name)) if name in CALLS:
            return f"{name}()"
        case ast.Call(func=ast.Attribute(attr=name)) if name in CLOCK:
            return f".{name}()"
        case ast.Call(func=ast.Attribute(attr="default_rng"), args=[], keywords=[]):
            return "default_rng() without a seed"
        case ast.Attribute(value=ast.Attribute(attr="random"), attr=name) if name not in DRAWS:
            return f"random.{name}"
    return None


def test_pillars_and_kernels_have_no_effects() -> None:
    modules = [path for name in PURE for path in ([SOURCE / name] if "." in name else (SOURCE / name).rglob("*.py"))]
    assert len(modules) > 30
    found = {str(path.relative_to(SOURCE)): effects(path.read_text()) for path in modules}
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize(
    "planted",
    [
        "import os",
        "from pathlib import Path",
        "import urllib.request",
        "def f(path):\n    return open(path)",
        "print(1)",
        "from datetime import date\ndate.today()",
        "import numpy as np\nnp.random.default_rng()",
        "import numpy as np\nnp.random.shuffle(x)",
    ],
)
def test_a_planted_effect_is_found(planted: str) -> None:
    assert effects(planted)


def test_what_is_only_named_for_its_type_or_drawn_from_a_seed_is_fine() -> None:
    assert effects("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pathlib import Path\n") == []
    assert effects("import numpy as np\nrng = np.random.default_rng(seed)\nrng.random(3)\n") == []
