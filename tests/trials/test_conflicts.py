"""Options that do not go together, and the fewest rules that stand in each other's way."""

from __future__ import annotations

from datetime import date

import pytest

from abate.errors import OptionError
from abate.trials import conflicts
from abate.trials.schemes import Exclusion, Scheme

STARTS = date(2025, 1, 6)


def test_every_wrong_option_is_told_at_once():
    with pytest.raises(OptionError) as caught:
        Scheme(STARTS, 0, treat=0, longest_run=0, rest=-1, washout=-2, block=("weekday", "weekday"))
    told = [fault.split(":")[0] for fault in caught.value.faults]
    assert told == ["--days 0", "--treat 0", "--block weekday,weekday", "--longest-run 0", "--rest -1", "--washout -2"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "either --treat"),
        ({"treat": 1, "chance": 0.5}, "and not both"),
        ({"chance": 1.0}, "--chance 1: a share between 0 and 1"),
        ({"chance": 0.5, "block": ("area",)}, "--chance and --block"),
        ({"kind": "parallel", "treat": 1, "rest": 2, "block": ("weekday",)}, "--block weekday, --rest"),
        ({"kind": "pairs", "treat": 1}, "one site of each pair is patrolled"),
        ({"kind": "weekly", "treat": 1}, "--scheme weekly"),
        ({"treat": 1, "block": ("month",)}, "--block month: weekday, area or both"),
    ],
)
def test_what_excludes_one_another_is_told(options, told):
    faults = " ".join(conflicts.faults(_raw(options), most_days=100))
    assert told in faults


def _raw(options: dict) -> Scheme:
    """A scheme that did not check itself."""
    scheme = object.__new__(Scheme)
    whole = {"kind": "daily", "treat": None, "chance": None, "block": (), "longest_run": None, "rest": 0, "washout": 0}
    for name, value in {**whole, "starts": STARTS, "days": 9, "excluded": (), **options}.items():
        object.__setattr__(scheme, name, value)
    return scheme


def test_each_rule_that_is_named_is_needed_for_the_conflict():
    scheme = Scheme(STARTS, 9, treat=5, longest_run=1, rest=2, washout=1, excluded=(Exclusion(STARTS),))

    def works(wanted: Scheme) -> bool:
        return wanted.longest_run is None or wanted.rest == 0

    named = conflicts.smallest(scheme, sites=9, works=works)
    assert named == ["--treat 5 of 9 sites a day", "--longest-run 1", "--rest 2"]


def test_rules_are_listed_option_by_option():
    scheme = Scheme(STARTS, 9, treat=1, longest_run=2, block=("area",), excluded=(Exclusion(STARTS),))
    assert [*conflicts.rules(scheme)] == ["--longest-run 2", "--block area", "--exclude (1 days)"]
