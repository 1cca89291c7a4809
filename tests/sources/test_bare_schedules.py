"""Schedules without their JSON file: told by their shape, or refused with what is needed."""

from __future__ import annotations

import pytest

from abate.errors import SourceError
from abate.sources import bare_schedules

HEAD = "date,site_id,arm\n"


def rows(*arms: str) -> str:
    """Write a day a word of arms: p for patrol, u for usual, a letter a site."""
    named = {"p": "patrol", "u": "usual"}
    return HEAD + "".join(
        f"2026-01-{day:02d},S{place},{named[arm]}\n"
        for day, word in enumerate(arms, start=1)
        for place, arm in enumerate(word)
    )


def test_as_many_each_day_is_a_daily_draw(tmp_path):
    file = tmp_path / "s.csv"
    file.write_text(rows("ppu", "upp", "pup"))
    found = bare_schedules.read(file)
    assert (found.scheme.kind, found.scheme.treat, found.scheme.days) == ("daily", 2, 3)
    assert found.sites["site_id"].tolist() == ["S0", "S1", "S2"]
    assert "2 of 3 sites each day anew, every choice equally likely" in found.taken
    assert sorted(found.rows.loc[found.rows["arm"] == "usual", "site_id"]) == ["S0", "S1", "S2"]


def test_sites_that_never_change_are_parallel_arms():
    found = bare_schedules.parse(rows("puu", "puu").encode(), name="s.csv")
    assert (found.scheme.kind, found.scheme.treat) == ("parallel", 1)


def test_sites_that_begin_one_after_the_other_are_a_stepped_roll_out():
    found = bare_schedules.parse(rows("uuuu", "pupu", "pupu", "pppu").encode(), name="s.csv")
    assert (found.scheme.kind, found.scheme.begins) == ("stepped", (1, 1, 3, 4))
    assert "each of 4 sites from its turn on, the turns dealt out among the sites" in found.taken
    with pytest.raises(SourceError, match="patrols a day run from 0 to 2"):
        bare_schedules.parse(rows("uu", "pp", "pp").encode(), name="s.csv")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (rows("ppu", "puu"), "patrols a day run from 1 to 2, and there is no JSON file"),
        (rows("pu", "up").replace("2026-01-02", "2026-01-03"), "days between 2026-01-01 and 2026-01-03 are missing"),
        (rows("pu", "up").rsplit("\n", 2)[0] + "\n", "not every site has a row on every day"),
        (rows("pu").replace("usual", "off"), "is no place-day"),
        (rows("pu") + "2026-01-01,S0,usual\n", "stands in an earlier row"),
        (rows("p", "u"), "the trial has one place only"),
        ("day,site,arm\n", "a schedule has the columns date, site_id, arm"),
    ],
)
def test_what_cannot_be_told_is_refused(text, said):
    with pytest.raises(SourceError, match=said):
        bare_schedules.parse(text.encode(), name="s.csv")


def test_rows_wider_than_the_headings_are_no_schedule():
    with pytest.raises(SourceError, match="no others, and at least a row"):
        bare_schedules.parse(b"date,site_id,arm\n2026-01-01,A,patrol,x\n", name="s.csv")
