"""What the quick checks leave out is named by tests that are there."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_test_that_is_listed_as_not_quick_is_there() -> None:
    listed = (ROOT / "tests" / "not_quick.txt").read_text(encoding="utf-8").split()
    assert listed == sorted(set(listed))
    gone = []
    for line in listed:
        path, _, name = line.partition("::")
        file = ROOT / path
        if not file.exists() or f"def {name}(" not in file.read_text(encoding="utf-8"):
            gone.append(line)
    assert not gone, "take these out of tests/not_quick.txt, or name them as they are called now"
