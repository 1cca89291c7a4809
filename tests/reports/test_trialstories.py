"""What the report is told from: its title is the protocol's, or says what it is."""

from __future__ import annotations

from tests.reports import trial_story


def test_the_title_is_that_of_the_protocol():
    assert trial_story.story().title == "Operation <Lantern>"
    assert trial_story.story(bare=True).title == "What the trial found"
