"""What the tables of recorded incidents, outcomes and searches promise."""

from __future__ import annotations

from abate.tables.incidents import INCIDENTS, OUTCOMES, SEARCHES


def test_each_is_kept_by_force_and_month_and_says_where_its_rows_came_from() -> None:
    for table in (INCIDENTS, OUTCOMES, SEARCHES):
        assert list(table.columns)[:2] == ["force", "month"]
        assert not table.columns["force"].blank
        assert not table.columns["month"].blank
        assert not table.columns["source_file"].blank
        assert table.columns["source_row"].at_least == 1


def test_coordinates_may_be_missing_but_never_without_saying_their_system() -> None:
    for table in (INCIDENTS, OUTCOMES, SEARCHES):
        assert table.columns["x"].blank
        assert table.columns["y"].blank
        assert table.columns["crs"].kind == "text"


def test_moments_are_in_utc() -> None:
    for name in ("began", "ended", "reported"):
        assert str(INCIDENTS.empty()[name].dtype) == "datetime64[us, UTC]"


def test_anti_social_behaviour_has_no_identifier() -> None:
    assert INCIDENTS.columns["crime_id"].blank
