"""Small faults are drawn alike every time, are small, and are told apart: noticed, unnoticed, never run."""

from __future__ import annotations

import ast
from difflib import SequenceMatcher
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import libcst as cst
import pytest

import mutation
from mutants import ROOMS, Mutant, Places, breaking, changed, draw, modules, parsed
from mutation import Verdict, judge, share, summary

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
HALVES = dedent('''
    """Halves."""

    def half(number: int) -> int:
        """Half of a number, not less than 1."""
        if number <= 2:
            return 1
        return number // 2

    def forgotten(number: int) -> int:
        return number + 7

    def steps(number: int) -> int:
        done = 0
        while number > 0:
            number -= 1
            done += 1
        return done
''').lstrip()
GOOD = """
    from abate.stats.halves import half, steps

    def test_half():
        assert [half(number) for number in (1, 2, 3, 4, 8)] == [1, 1, 1, 2, 4]
        assert steps(3) == 3
"""
WEAK = """
    from abate.stats.halves import half, steps

    def test_half():
        assert half(8) >= 4
        assert steps(3) == 3
"""
FAILING = """
    def test_nothing():
        assert False
"""
PROJECT = """
    [tool.pytest.ini_options]
    addopts = ["--import-mode=importlib", "-p", "no:cacheprovider"]
    markers = ["slow: s", "long: l"]
"""


@pytest.fixture
def planted(tmp_path: Path) -> Callable[[str], Path]:
    """A tree with one module and the tests given for it."""

    def plant(tests: str) -> Path:
        for name, text in {
            "src/abate/__init__.py": "",
            "src/abate/stats/__init__.py": "",
            "src/abate/stats/halves.py": HALVES,
            "tests/stats/test_halves.py": dedent(tests),
            "pyproject.toml": dedent(PROJECT),
        }.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return plant


def mutant(old: str, new: str) -> Mutant:
    assert HALVES.count(old) == 1
    return Mutant("stats/halves.py", "operator", HALVES, HALVES.replace(old, new))


def outcomes(root: Path, *mutants: Mutant) -> list[str]:
    return [verdict.outcome for verdict in judge(root, mutants, seconds_each=20, show=lambda line: None)]


def every(text: str) -> list[Mutant]:
    """All mutants of a text."""
    tree, places = cst.parse_module(text), Places()
    tree.visit(places)
    return [changed("some.py", tree, place, which) for place in places.found for which in range(len(place.faults))]


def after(text: str) -> set[str]:
    return {one.after for one in every(text)}


def strings(text: str) -> list[object]:
    """What a text says, but for the words that come in pairs."""
    spoken = (node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))
    return sorted(value for value in spoken if isinstance(value, str) and len(value) > 5)


@pytest.fixture(scope="module")
def drawn() -> list[Mutant]:
    return draw(ROOT, mutants=15, seed=5)


def test_the_same_seed_gives_the_same_mutants(drawn: list[Mutant]) -> None:
    assert draw(ROOT, mutants=15, seed=5) == drawn
    assert len({(one.module, one.after) for one in drawn}) == 15
    assert [one.where for one in draw(ROOT, mutants=5, seed=6)] != [one.where for one in drawn[:5]]


def test_each_mutant_parses_and_differs_in_one_place(drawn: list[Mutant]) -> None:
    for one in drawn:
        ast.parse(one.after)
        old, new = one.before.splitlines(), one.after.splitlines()
        moved = [each for each in SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if each[0] != "equal"]
        assert len(moved) == 1, one.diff()
        assert one.line == moved[0][1] + 1
        assert one.before == (ROOT / "src" / "abate" / one.module).read_text(encoding="utf-8")


def test_every_room_and_every_kind_can_be_drawn() -> None:
    sizes = modules(ROOT)
    assert {name.split("/")[0] for name in sizes} == set(ROOMS)
    some = [ROOT / "src/abate/stats" / f"{name}.py" for name in ("ranks", "quantiles", "discovery", "inequality")]
    kinds = {kind for path in some for place in parsed(path)[1] for kind, _ in place.faults}
    assert kinds >= {"number", "operator", "condition", "argument", "statement", "twin"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a = b < c\n", {"a = b <= c\n"}),
        ("a = b and c\n", {"a = b or c\n"}),
        ("a = not b\n", {"a = b\n"}),
        ("a = -b\n", {"a = +b\n"}),
        ("a = b * 2\n", {"a = b / 2\n", "a = b * 3\n"}),
        ("a = min(b, c)\n", {"a = max(b, c)\n"}),
        ("a = b.sum(axis=c)\n", {"a = b.sum()\n"}),
        ('a = b(c, side="left")\n', {'a = b(c, side="right")\n', "a = b(c, )\n"}),
        ("a = True\n", {"a = False\n"}),
        ("a += b\n", {"a -= b\n", "a = b\n", "pass\n"}),
        ("if a(b):\n    c = d\n", {"if not a(b):\n    c = d\n"}),
        ("a[b] = c\n", {"pass\n"}),
        ("check(a)\n", {"pass\n"}),
    ],
)
def test_the_faults(text: str, wanted: set[str]) -> None:
    assert after(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        '"""Words: 1 < 2."""\n',
        "a: Literal[1, 2]\n",
        "@njit(cache=True)\ndef f(): return a\n",
        'a = f"{b + 1}"\n',
        "from a import b\n",
        "a = zip(b, c, strict=True)\n",
        "if TYPE_CHECKING:\n    a = 1\n",
    ],
)
def test_what_is_left_alone(text: str) -> None:
    assert after(text) == set()


def test_of_a_complaint_only_its_absence_is_tried() -> None:
    assert after("if a:\n    raise Wrong(b + 1)\n") == {
        "if not a:\n    raise Wrong(b + 1)\n",
        "if a:\n    pass\n",
    }


@pytest.mark.slow
def test_a_good_test_kills_and_a_weak_one_does_not(planted: Callable[[str], Path]) -> None:
    boundary = mutant("number // 2", "number // 3")
    assert outcomes(planted(GOOD), boundary, mutant("<= 2", "< 1")) == ["killed", "killed"]
    assert outcomes(planted(WEAK), mutant("<= 2", "< 1"), boundary) == ["survived", "killed"]
    assert (planted(WEAK) / "src/abate/stats/halves.py").read_text() == HALVES


@pytest.mark.slow
def test_what_no_test_comes_to_is_told_apart(planted: Callable[[str], Path]) -> None:
    assert outcomes(planted(GOOD), mutant("number + 7", "number - 7")) == ["not covered"]


@pytest.mark.slow
def test_a_loop_without_end_is_noticed(planted: Callable[[str], Path]) -> None:
    assert outcomes(planted(GOOD), mutant("number -= 1", "number -= 0")) == ["timed out"]


@pytest.mark.slow
def test_what_only_a_caller_notices_is_told_apart(planted: Callable[[str], Path]) -> None:
    root = planted(WEAK)
    (root / "src/abate/stats/pairs.py").write_text("from abate.stats.halves import half\npairs = half\n")
    caller = "from abate.stats.pairs import pairs\n\ndef test_pairs():\n    assert pairs(1) == 1\n"
    (root / "tests/stats/test_pairs.py").write_text(caller)
    assert outcomes(root, mutant("<= 2", "<= 0")) == ["noticed above"]


@pytest.mark.slow
def test_tests_that_take_too_long_judge_nothing(planted: Callable[[str], Path]) -> None:
    root = planted("import time\n\ndef test_long():\n    time.sleep(60)\n")
    (verdict,) = judge(root, [mutant("<= 2", "< 1")], seconds_each=2, show=lambda line: None)
    assert verdict.outcome == "too slow"
    assert share([verdict], "noticed") == (0.0, "none was judged")


@pytest.mark.slow
def test_tests_that_fail_without_a_fault_are_a_fault_of_the_run(planted: Callable[[str], Path]) -> None:
    (verdict,) = judge(planted(FAILING), [mutant("number + 7", "number - 7")], show=lambda line: None)
    assert verdict.outcome == "fault"
    assert "test_nothing" in verdict.said
    assert not verdict.killed


def test_code_breaks_off_before_the_line() -> None:
    assert breaking("if a:\n    b = 1\nelif c:\n    d = 2\n", 3).startswith("raise RuntimeError('reached')\nif a:")
    assert breaking("def f():\n    return (a +\n            b)\n", 3).splitlines()[1:] == [
        "    raise RuntimeError('reached')",
        "    return (a +",
        "            b)",
    ]


def test_the_share_and_its_interval() -> None:
    one = mutant("number // 2", "number // 3")
    outcomes = ("killed", "timed out", "survived", "not covered", "fault", "noticed above")
    told = summary([Verdict(one, outcome, 1.0) for outcome in outcomes])
    assert "1 fault, 1 killed, 1 not covered, 1 noticed above, 1 survived, 1 timed out" in told
    assert "tests of the module: 40.0% (95% interval 11.8% to 76.9%)" in told
    assert "modules that import it: 60.0% (95% interval 23.1% to 88.2%)" in told
    assert "src/abate/stats/halves.py:7" in told
    assert "-    return number // 2\n+    return number // 3" in told
    assert share([], "killed") == (0.0, "none was judged")


def test_a_module_below_compiled_code_is_known() -> None:
    compiled = [name for name in modules(ROOT, ("space", "costs")) if mutation.compiled_from(ROOT, name)]
    assert "space/sojourns.py" in compiled
    assert not [name for name in compiled if name.startswith("costs/")]


@pytest.mark.slow
def test_a_handful_is_killed() -> None:
    """The short form of the proof below, on a few small modules with quick tests."""
    mutants = draw(ROOT, mutants=6, seed=1, wanted=SMALL)
    verdicts = judge(ROOT, mutants)
    assert [verdict.outcome for verdict in verdicts] == ["killed"] * 6, summary(verdicts)


BANDS = {"killed": (0.5, "at least 50%"), "noticed": (0.55, "at least 55%")}
SMALL = ("stats/ranks.py", "stats/proportions.py", "stats/discovery.py")


@pytest.mark.long
def test_the_tests_notice_most_faults(proof: Callable[[str, str, str], None]) -> None:
    verdicts = judge(ROOT, draw(ROOT, mutants=80, seed=20261123))
    print(summary(verdicts))
    for by, how in (("killed", "the tests of their module alone"), ("noticed", "these or the tests of its callers")):
        proof(f"80 small faults in the pure rooms, noticed by {how}", share(verdicts, by)[1], BANDS[by][1])
    assert not [verdict.said for verdict in verdicts if verdict.outcome == "fault"]
    for by, (least, _) in BANDS.items():
        assert share(verdicts, by)[0] >= least
