"""Protocol files: TOML in, a sealed record out, and nothing that was edited gets back in."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from importlib import resources

import pytest

from abate.errors import SourceError
from abate.sources import protocols as source
from abate.trials import protocols
from abate.trials.protocols import Drawn
from abate.trials.schemes import Scheme

TEXT = b"""
title = "Op A"
hypothesis = "fewer"
stopping = "after 90 days"
starts = 2026-12-01
[scheme]
starts = 2026-12-01
treat = 8
[[outcomes]]
name = "incidents"
measure = "recorded violence"
primary = true
"""
DRAWN = Drawn("schedule.csv", "ab" * 32, Scheme(date(2026, 12, 1), 90, treat=8), 7, ("S1", "S2", "S3"), 90, 180)


def record(when=datetime(2026, 11, 22, 9, tzinfo=UTC), **changes):
    settled = protocols.settle(source.parse(TEXT, name="p.toml"), DRAWN)
    return source.record(settled, DRAWN, by="analyst", when=when, code="1", **changes)


def test_a_record_reads_back_as_it_was_written(tmp_path):
    (tmp_path / "protocol.json").write_bytes(source.write(record()))
    found = source.read_record(tmp_path / "protocol.json")
    assert (found.standing, found.number, found.protocol.primary) == ("registered", 1, "incidents")
    assert found.sentence.startswith("Registered 2026-11-22 09:00 UTC, before the first day (2026-12-01); SHA-256 ")
    assert found.schedule == DRAWN.plain()


def test_late_is_said():
    told = record(when=datetime(2026, 12, 5, 9, tzinfo=UTC), number=2, amends="x", reason="longer")
    found = source.parse_record(source.write(told), name="p.json")
    assert found.standing == "registered late"
    assert found.sentence.startswith(
        "Registered late: 2026-12-05 09:00 UTC, when the first day (2026-12-01) had come, as"
    )
    assert "as amendment 1" in found.sentence


@pytest.mark.parametrize("key", ["title", "standing", "registered_at", "first_day", "code"])
def test_an_edited_record_is_refused_with_both_hashes(key):
    told = record()
    with pytest.raises(SourceError, match="was edited after it was registered") as caught:
        source.parse_record(source.write({**told, key: f"{told[key]} "}), name="p.json")
    assert told["sha256"] in str(caught.value)


def test_what_is_no_record_is_refused():
    for content in (b"{", b"[]", json.dumps({"sha256": "x"}).encode()):
        with pytest.raises(SourceError, match=r"p\.json"):
            source.parse_record(content, name="p.json")


def test_faults_of_a_protocol_name_the_file():
    with pytest.raises(SourceError, match=r"p\.toml: not TOML"):
        source.parse(b"title = ", name="p.toml")
    with pytest.raises(SourceError, match=r"p\.toml: `stopping` is blank"):
        source.parse(TEXT.replace(b"after 90 days", b" "), name="p.toml")
    with pytest.raises(SourceError, match="not text in UTF-8"):
        source.parse(b"\xff\xfe", name="p.toml")


def test_the_draft_lacks_only_what_a_person_has_to_say():
    text = (resources.files("abate.sources") / "drafts" / "protocol.toml").read_bytes()
    with pytest.raises(SourceError) as caught:
        source.parse(text, name="draft.toml")
    assert len(caught.value.faults) == 4
    filled = text
    for key in (b"title", b"hypothesis", b"stopping", b"measure"):
        filled = filled.replace(key + b' = ""', key + b' = "said"')
    assert source.parse(filled, name="draft.toml").primary == "incidents"
