from __future__ import annotations

import hashlib
import json

import report_town
from abate.reports import provenance


def test_the_record_names_every_file_with_its_hash_and_keeps_all_that_was_handed_in():
    told = report_town.story(demonstration="demonstration: moved")
    read = json.loads(provenance.document(told, {"b": b"two", "a": b"one"}))
    assert list(read["files"]) == ["a", "b"]
    assert read["files"]["b"] == {"bytes": 3, "sha256": hashlib.sha256(b"two").hexdigest()}
    assert read["marking"] == "working copy, not for publication"
    assert read["demonstration"] == "demonstration: moved"
    assert read["parameters"] == {"crime": ["violence", "robbery"]}


def test_nested_lists_of_records_are_told_one_by_one():
    made = {"tables": [{"name": "incidents", "version": 3}, {"name": "searches", "version": 1}], "whole": False}
    assert provenance.rows(made) == [
        ("tables 1: name", "incidents"),
        ("tables 1: version", "3"),
        ("tables 2: name", "searches"),
        ("tables 2: version", "1"),
        ("whole", "no"),
    ]
