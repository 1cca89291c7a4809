"""TOML and JSON: read as they are, and every way in which they fail is a ValueError in words."""

from __future__ import annotations

import pytest

from abate.sources import markup


def test_what_is_right_is_read() -> None:
    assert markup.load_json(b'{"a": "\\ud83d\\ude00"}') == {"a": "\U0001f600"}
    assert markup.load_toml("a = 1\n[b]\nc = 2026-01-01\n")["a"] == 1


@pytest.mark.parametrize("deep", ["[" * 5000, '{"a":' * 5000])
def test_depth_is_refused(deep: str) -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        markup.load_json(deep)


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="thousands of digits"):
        markup.load_json("9" * 5000)
    for half in (b'{"\\ud800": 1}', '["\\uDFFF"]'):
        with pytest.raises(ValueError, match="half of a character"):
            markup.load_json(half)
    for torn in (b"{", b"\xff\xfe\xff"):
        with pytest.raises(ValueError, match=r"Expecting|decode"):
            markup.load_json(torn)


def test_toml_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="thousands of digits"):
        markup.load_toml(f"a = {'9' * 5000}")
    with pytest.raises(ValueError, match="Invalid value"):
        markup.load_toml("a = ")
