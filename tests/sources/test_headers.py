"""The kind of a file, told by its header."""

from __future__ import annotations

from datetime import date

import pytest

from abate.errors import SourceError
from abate.sources import headers, police_uk

FORMATS = police_uk.formats(today=date(2026, 11, 22))


def test_the_kind_is_told_by_the_header_in_any_order() -> None:
    for form in FORMATS:
        assert headers.recognise(tuple(reversed(form.header)), FORMATS, file="x") is form
        assert headers.recognise((*form.header, "Extra"), FORMATS, file="x") is form


def test_a_missing_column_is_named_with_the_one_it_may_be() -> None:
    names = tuple("Crime tipe" if name == "Crime type" else name for name in FORMATS[0].header)
    with pytest.raises(SourceError) as told:
        headers.recognise(names, FORMATS, file="x.csv")
    assert told.value.faults[0] == "x.csv: column 'Crime type' is missing; is it 'Crime tipe'?"
    assert "nearest to a street file" in told.value.faults[1]
