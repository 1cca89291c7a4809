"""A protocol against what was done: each option, outcome, day left out and early end is named, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from abate.trials import promises, protocols
from abate.trials.promises import Done

PLANNED = tuple(date(2026, 12, 1) + timedelta(days=day) for day in range(60))
PROTOCOL = protocols.parse(
    {
        "title": "Op A",
        "hypothesis": "fewer",
        "stopping": "after 60 days, or on 2027-01-09 if officers are needed elsewhere",
        "exclusions": ["Christmas, 2026-12-24 to 2026-12-26", "2026-12-31: New Year's Eve"],
        "analysis": {"level": 0.95, "draws": 10000, "lasting": 3, "least-minutes": 12, "dose": True, "seed": 4},
        "outcomes": [
            {"name": "incidents", "measure": "violence", "primary": True},
            {"name": "harm", "measure": "CCHI days"},
        ],
    }
)
FORESEEN = {date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 26), date(2026, 12, 31)}
AS_REGISTERED = Done(
    options={"level": 0.95, "draws": 10_000, "lasting": 3, "least_minutes": 12.0, "dose": True, "seed": 4},
    outcomes=("incidents", "harm"),
    planned=PLANNED,
    analysed=tuple(day for day in PLANNED if day not in FORESEEN),
)


def test_what_was_done_as_promised_has_no_departure():
    assert promises.hold(PROTOCOL, AS_REGISTERED) == []


@pytest.mark.parametrize(
    ("option", "used", "registered", "matters"),
    [
        ("level", 0.9, "0.95", True),
        ("draws", 500, "10000", True),
        ("lasting", 1, "3", True),
        ("seed", 5, "4", True),
        ("least_minutes", 10.0, "12", False),
        ("dose", False, "True", False),
    ],
)
def test_each_option_that_differs_is_named(option, used, registered, matters):
    told = promises.hold(PROTOCOL, replace(AS_REGISTERED, options={**AS_REGISTERED.options, option: used}))
    assert told == [f"{option}: {registered} was registered and {used} was used: not registered"]
    assert promises.decides(told[0]) is matters


def test_an_option_that_nobody_registered_is_named():
    told = promises.hold(PROTOCOL, replace(AS_REGISTERED, options={**AS_REGISTERED.options, "buffers": "rings.csv"}))
    assert told == ["buffers: rings.csv was used: not registered"]
    dropped = {key: value for key, value in AS_REGISTERED.options.items() if key != "lasting"}
    assert promises.hold(PROTOCOL, replace(AS_REGISTERED, options=dropped)) == [
        "lasting: 3 was registered and was not used: not registered"
    ]


def test_outcomes_are_named_both_ways():
    told = promises.hold(PROTOCOL, replace(AS_REGISTERED, outcomes=("incidents", "any")))
    assert told == [
        "outcome 'any' was analysed: not registered",
        "outcome 'harm' was registered and was not analysed here",
    ]


def test_days_left_out_that_no_exclusion_names_and_days_kept_that_one_does():
    fewer = replace(AS_REGISTERED, analysed=AS_REGISTERED.analysed[:3] + AS_REGISTERED.analysed[5:])
    (told,) = promises.hold(PROTOCOL, fewer)
    assert told == "exclusions: 2026-12-04, 2026-12-05 were left out and named by no exclusion: not registered"
    assert promises.decides(told)
    (kept,) = promises.hold(PROTOCOL, replace(AS_REGISTERED, analysed=PLANNED))
    assert kept == (
        "exclusions: 2026-12-24, 2026-12-25, 2026-12-26 and 1 more were registered to be left out and analysed: "
        "not registered"
    )


def test_an_early_end_is_as_registered_only_where_the_rule_names_it():
    until = {day: tuple(each for each in AS_REGISTERED.analysed if each <= day) for day in PLANNED}
    foreseen = replace(AS_REGISTERED, analysed=until[date(2027, 1, 9)])
    assert promises.hold(PROTOCOL, foreseen) == []
    (told,) = promises.hold(PROTOCOL, replace(AS_REGISTERED, analysed=until[date(2027, 1, 19)]))
    assert told.startswith("stopping: 'after 60 days, or on 2027-01-09")
    assert told.endswith("ends with 2027-01-19, day 50 of 60: not registered")
    assert promises.decides(told)
    by_number = replace(PROTOCOL, stopping="after 60 days; after 50 days if the bridge opens")
    assert promises.hold(by_number, replace(AS_REGISTERED, analysed=until[date(2027, 1, 19)])) == []


def test_days_that_do_not_exist_are_no_days():
    assert promises.days_named("2026-02-30, 2026-02-27 to 2026-02-31, 2026-03-01") == {
        date(2026, 2, 27),
        date(2026, 3, 1),
    }
