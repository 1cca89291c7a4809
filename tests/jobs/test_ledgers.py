"""Ledgers: what is added stays, what is changed by hand is found and named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abate.errors import LakeError, OptionError
from abate.jobs import ledgers

WHEN = datetime(2025, 1, 6, 9, 30, tzinfo=UTC)


def filled(path, number: int = 5):
    for place in range(number):
        ledgers.append(path, "alter", {"act": "override", "site": f"H{place}", "é": [1, None]}, by="analyst", when=WHEN)
    return path.read_text().splitlines(keepends=True)


def test_entries_come_back_as_they_were_added(tmp_path):
    path = tmp_path / "new" / "schedule.ledger.jsonl"
    assert ledgers.read(path) == []
    first = ledgers.append(path, "alter", {"draw": 1}, by="analyst", when=WHEN)
    second = ledgers.append(path, "disclose", {}, by="ops", when=WHEN)
    assert ledgers.read(path) == [first, second]
    assert (first.before, second.before, second.number) == (ledgers.FIRST, first.sha256, 2)
    assert first.when == "2025-01-06T09:30:00+00:00"


def test_the_hash_is_that_of_the_hash_before_and_the_canonical_text(tmp_path):
    import hashlib

    entry = ledgers.append(tmp_path / "a.jsonl", "alter", {"b": 1, "a": "é"}, by="x", when=WHEN)
    plain = '{"by":"x","number":1,"said":{"a":"é","b":1},"verb":"alter","when":"2025-01-06T09:30:00+00:00"}'
    assert entry.sha256 == hashlib.sha256(("0" * 64 + plain).encode()).hexdigest()


def again(line: str, **changes) -> str:
    """Write a line anew with a hash that fits, as someone would who knows how."""
    told = {**json.loads(line), **changes}
    entry = ledgers.Entry(**told)
    return ledgers.Entry(**{**told, "sha256": ledgers._hash(entry.before, ledgers._told(entry))}).line()


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda rows: [rows[0], rows[1].replace("H1", "H9"), *rows[2:]], "row 2: was changed: its hash is"),
        (lambda rows: [*rows[:2], *rows[3:]], "row 3: is entry 4: row 3 is gone or moved"),
        (lambda rows: [rows[0], *rows[3:]], "row 2: is entry 4: rows 2 to 3 are gone or moved"),
        (lambda rows: [rows[0], rows[2], rows[1], *rows[3:]], "row 2: is entry 3: row 2 is gone or moved"),
        (lambda rows: [*rows[:3], rows[1], *rows[3:]], "row 4: is entry 2, moved or put in again"),
        (lambda rows: [*rows[:2], again(rows[2], by="other"), *rows[3:]], "row 4: follows an entry with the hash"),
        (lambda rows: [*rows[:4], rows[4][:-20]], "row 5: is cut off"),
        (lambda rows: [*rows[:4], "[]\n"], "row 5: was changed: an entry has"),
        (lambda rows: [*rows[:4], "words\n"], "row 5: was changed: it is no line of JSON"),
        (lambda rows: [rows[0].replace('"number": 1', '"number": "1"'), *rows[1:]], "row 1: was changed"),
        (lambda rows: [*rows[:2], "\n", *rows[2:]], "row 3: was changed"),
    ],
)
def test_what_was_changed_by_hand_is_named_by_its_first_row(tmp_path, edit, told):
    path = tmp_path / "schedule.ledger.jsonl"
    rows = filled(path)
    path.write_text("".join(edit(rows)))
    with pytest.raises(LakeError) as caught:
        ledgers.read(path)
    assert f"schedule.ledger.jsonl, {told}" in str(caught.value)
    with pytest.raises(LakeError):
        ledgers.append(path, "alter", {}, by="analyst", when=WHEN)


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_flipped_bit_goes_unseen(tmp_path_factory, place, bit):
    path = tmp_path_factory.mktemp("ledger") / "a.jsonl"
    filled(path, 2)
    content = bytearray(path.read_bytes())
    content[place % len(content)] ^= 1 << bit
    before = ledgers.read(path)
    with suppress(LakeError):
        assert ledgers.parse(bytes(content), name="a.jsonl") == before


def test_two_processes_add_at_once_and_nothing_is_lost(tmp_path):
    path = tmp_path / "schedule.ledger.jsonl"
    code = (
        "import sys; from pathlib import Path; from datetime import UTC, datetime; from abate.jobs import ledgers\n"
        "for n in range(40): ledgers.append(Path(sys.argv[1]), 'alter', {'n': n}, by=sys.argv[2], "
        "when=datetime(2025, 1, 1, tzinfo=UTC))"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(path), name]) for name in ("one", "two", "three")]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    entries = ledgers.read(path)
    assert len(entries) == 120
    for name in ("one", "two", "three"):
        assert [entry.said["n"] for entry in entries if entry.by == name] == list(range(40))


def test_what_cannot_be_added_is_refused_and_leaves_the_ledger_as_it_was(tmp_path):
    path = tmp_path / "a.jsonl"
    filled(path, 1)
    before = path.read_bytes()
    with pytest.raises(OptionError, match="'peek' is not what a ledger records: collect, alter, consult"):
        ledgers.append(path, "peek", {}, by="x", when=WHEN)
    with pytest.raises(OptionError, match="has no zone"):
        ledgers.append(path, "alter", {}, by="x", when=datetime(2025, 1, 6))  # noqa: DTZ001
    with pytest.raises(ValueError, match="not JSON compliant"):
        ledgers.append(path, "alter", {"n": float("nan")}, by="x", when=WHEN)
    assert path.read_bytes() == before


def test_a_full_disk_leaves_no_half_line(tmp_path, monkeypatch):
    path = tmp_path / "a.jsonl"
    filled(path, 2)
    before = path.read_bytes()
    real, calls = os.write, []

    def full(descriptor: int, content: bytes) -> int:
        calls.append(descriptor)
        if len(calls) > 1:
            raise OSError(28, "No space left on device")
        return real(descriptor, content[:10])

    monkeypatch.setattr(ledgers.os, "write", full)
    with pytest.raises(OptionError, match="cannot be written \\(No space left on device\\)"):
        ledgers.append(path, "alter", {}, by="x", when=WHEN)
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OptionError, match="the ledger cannot be written"):
        ledgers.append(tmp_path / "file" / "a.jsonl", "alter", {}, by="x", when=WHEN)
    with pytest.raises(LakeError, match="cannot be read"):
        ledgers.read(tmp_path)
