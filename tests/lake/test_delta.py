from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from abate.errors import LakeError
from abate.jobs.load import Load
from abate.lake import delta
from abate.lake.delta import Part

Filled = Callable[..., Load]


def part(month: str, name: str, force: str = "essex") -> Part:
    return Part(force, month, 1, 0, 10, name)


def held(lake: Path) -> dict[str, set[str]]:
    months: dict[str, set[str]] = {}
    for one in delta.state(lake, "incidents").parts:
        months.setdefault(one.month, set()).add(one.sha256)
    return months


def test_a_month_is_replaced_whole_and_others_stay(tmp_path: Path) -> None:
    delta.replace(tmp_path, "incidents", [part("2021-03", "a"), part("2021-04", "b"), part("2021-04", "c")], note={})
    delta.replace(tmp_path, "incidents", [part("2021-04", "d")], note={})
    assert held(tmp_path) == {"2021-03": {"a"}, "2021-04": {"d"}}


def test_what_is_there_already_makes_no_version(tmp_path: Path) -> None:
    parts = [part("2021-03", "a"), part("2021-04", "b")]
    first = delta.replace(tmp_path, "incidents", parts, note={})
    assert delta.replace(tmp_path, "incidents", parts[:1], note={}) == first
    assert delta.replace(tmp_path, "incidents", [part("2021-03", "z")], note={}) == first + 1


def test_a_month_can_come_back_to_what_it_was(tmp_path: Path) -> None:
    for name in ("a", "b", "a"):
        delta.replace(tmp_path, "incidents", [part("2021-03", name)], note={})
    assert held(tmp_path) == {"2021-03": {"a"}}
    assert [p.sha256 for p in delta.state(tmp_path, "incidents", version=2).parts] == ["b"]


def test_racers_of_one_month_and_of_several_all_hold_and_the_last_one_stands(tmp_path: Path) -> None:
    names = [f"{number}" for number in range(12)]

    def run(name: str) -> int:
        return delta.replace(tmp_path, "incidents", [part("2021-03", name), part("2022-01", name, name)], note={})

    with ThreadPoolExecutor(6) as pool:
        versions = list(pool.map(run, names))
    months = held(tmp_path)
    assert sorted(versions) == list(range(1, 13)), "no two got the same version"
    assert months["2021-03"] == {names[versions.index(12)]}, "one file only, and it is the last writer's"
    assert months["2022-01"] == set(names)


def test_the_log_keeps_who_and_what_and_old_versions_for_good(filled: Filled, tmp_path: Path) -> None:
    answer = filled("a")
    log = tmp_path / "lake" / "incidents" / "_delta_log"
    said = [json.loads(line) for path in sorted(log.glob("*.json")) for line in path.read_text().splitlines()]
    notes = [entry["commitInfo"] for entry in said if "abate.load" in entry.get("commitInfo", {})]
    assert [(note["abate.load"], note["abate.by"]) for note in notes] == [(answer.load_id, "tester")]
    (settings,) = [entry["metaData"]["configuration"] for entry in said if "metaData" in entry]
    assert settings["delta.enableExpiredLogCleanup"] == "false"
    assert settings["delta.deletedFileRetentionDuration"] == "interval 36500 days"


def test_a_broken_log_and_a_version_that_never_was_are_sentences(filled: Filled, tmp_path: Path) -> None:
    filled("a")
    with pytest.raises(LakeError, match="at version 99"):
        delta.state(tmp_path / "lake", "incidents", version=99)
    for entry in (tmp_path / "lake" / "incidents" / "_delta_log").glob("*.json"):
        entry.write_text("{")
    with pytest.raises(LakeError, match="cannot be read"):
        delta.state(tmp_path / "lake", "incidents")


def test_a_table_never_written_is_empty() -> None:
    assert delta.state(Path("nowhere"), "incidents") == delta.State(-1, ())
