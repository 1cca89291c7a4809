"""A story of sites is checked where it is made."""

from __future__ import annotations

from dataclasses import replace

import pytest

import report_sites
from abate.errors import TableError


def test_a_column_that_is_missing_is_told() -> None:
    told = report_sites.story().sites
    assert told is not None
    with pytest.raises(TableError, match="sites: column 'reasons' is missing"):
        replace(told, sites=told.sites.drop(columns="reasons"))
    with pytest.raises(TableError, match="changes: column 'why' is missing"):
        replace(told, changes=report_sites.changes().drop(columns="why"))
