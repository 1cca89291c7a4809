"""Protocols: all that is missing at once, agreement with the schedule, and departures named."""

from __future__ import annotations

from datetime import date

import pytest

from abate.errors import OptionError
from abate.trials import protocols
from abate.trials.protocols import Drawn
from abate.trials.schemes import Scheme

TOLD = {
    "title": "Op A",
    "hypothesis": "fewer incidents on patrol days",
    "stopping": "after 90 days",
    "outcomes": [
        {"name": "incidents", "measure": "recorded violence", "primary": True},
        {"name": "harm", "measure": "harm of the same"},
    ],
    "analysis": {"level": 0.95, "draws": 10_000, "outcomes": ["incidents", "harm"]},
}
DRAWN = Drawn("schedule.csv", "ab" * 32, Scheme(date(2026, 12, 1), 90, treat=8), 7, ("S1", "S2", "S3"), 90, 180)


def test_all_faults_are_told_at_once():
    with pytest.raises(OptionError) as caught:
        protocols.parse({"title": 3, "hypotesis": "x", "days": "ninety", "starts": "soon", "outcomes": ["a"]})
    told = str(caught.value)
    assert "Did you mean 'hypothesis'?" in told
    assert "`title` is 3; it should be text in quotes" in told
    assert "`days` is 'ninety'; it should be a whole number" in told
    assert "`starts` is 'soon'" in told
    assert "outcome 1 is 'a'" in told
    with pytest.raises(OptionError) as caught:
        protocols.parse({})
    assert len(caught.value.faults) == 4


@pytest.mark.parametrize(("primaries", "said"), [((False, False), "none is"), ((True, True), "2 are (a, b)")])
def test_exactly_one_outcome_is_primary(primaries, said):
    outcomes = [{"name": name, "measure": "m", "primary": one} for name, one in zip("ab", primaries, strict=True)]
    with pytest.raises(OptionError, match="exactly one outcome is primary") as caught:
        protocols.parse({**TOLD, "outcomes": outcomes})
    assert said in str(caught.value)


def test_the_schedule_fills_in_what_is_open():
    settled = protocols.settle(protocols.parse(TOLD), DRAWN)
    assert (settled.starts, settled.days, settled.seed, settled.places) == (
        date(2026, 12, 1),
        90,
        7,
        ("S1", "S2", "S3"),
    )
    assert settled.scheme["treat"] == 8
    assert protocols.parse(settled.plain()) == settled


def test_the_schedule_has_to_agree_and_all_differences_are_told():
    told = {**TOLD, "starts": "2026-12-02", "days": 30, "seed": 8, "places": ["S1", "S9"]}
    wrong = protocols.parse({**told, "scheme": {"treat": 7, "kinds": "daily"}})
    with pytest.raises(OptionError) as caught:
        protocols.settle(wrong, DRAWN)
    said = "\n".join(caught.value.faults)
    assert len(caught.value.faults) == 7
    assert "places S9 stand in the protocol and not in schedule.csv" in said
    assert "places S2, S3 stand in schedule.csv and not in the protocol" in said
    assert "`treat` is 7 in the protocol, and 8 in schedule.csv" in said
    assert "Did you mean 'kind'?" in said


def test_departures_are_named():
    protocol = protocols.parse(TOLD)
    asked = {"level": 0.95, "draws": 10_000.0, "outcomes": ("incidents", "harm"), "buffers": None}
    assert protocols.departures(protocol, asked) == []
    told = protocols.departures(protocol, {**asked, "level": 0.9, "outcomes": ["harm"], "buffers": "b.csv"})
    assert told == [
        "level: 0.95 was registered and 0.9 was used: not registered",
        "outcomes: incidents, harm was registered and harm was used: not registered",
        "buffers: b.csv was used: not registered",
    ]
    assert protocols.departures(protocol, {})[0] == "level: 0.95 was registered and was not used: not registered"


def test_the_first_day_itself_is_late():
    first = date(2026, 12, 1)
    assert protocols.stand(first, date(2026, 11, 30)) == "registered"
    assert protocols.stand(first, first) == "registered late"


def test_a_seal_holds_every_value():
    told = protocols.settle(protocols.parse(TOLD), DRAWN).plain()
    assert protocols.seal(told) == protocols.seal(dict(reversed(told.items())))
    assert protocols.seal(told) != protocols.seal({**told, "stopping": "after 91 days"})
