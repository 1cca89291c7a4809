"""The words of the return: the sentence, the matrix that adds up, and what is cut on one side of paper."""

from __future__ import annotations

import pytest

import month_records
from abate.patrols import logbooks, returns
from abate.reports import returnwords


def number(text: str) -> int:
    return round(float(text.replace(",", "")) * 10)


@pytest.mark.parametrize("most", [None, 4, 6])
@pytest.mark.parametrize("funds", [0, 2, 9])
def test_the_matrix_adds_up_whatever_is_put_together(most: int | None, funds: int):
    made = returns.make(month_records.book(count=120, funds=funds))
    matrix = returnwords.matrix(made, most=most)
    assert all(len(row) == len(matrix["headings"]) for row in matrix["rows"])
    *rows, sums = [[number(cell) for cell in row[1:]] for row in matrix["rows"]]
    assert [sum(column) for column in zip(*rows, strict=True)] == sums
    assert all(sum(row[:-1]) == row[-1] for row in [*rows, sums])
    assert sums[-1] == round(made.hours.total * 10)
    if most is not None:
        assert len(matrix["headings"]) <= most + 1


def test_the_sentence_of_a_month():
    made = returns.make(month_records.book())
    said = returnwords.lede(made)
    assert said.startswith("In October 2026 officers and partners made 40 visits to 3 of 3 sites and spent ")
    assert said.endswith("Of 41 scheduled visits 40 were attended (97.6%).")
    seen = month_records.visits()
    bare = returns.make(logbooks.lay("2026-10", month_records.sites(), {"v": seen}, today=month_records.TODAY))
    assert "scheduled" not in returnwords.lede(bare)
    assert "whose role is not recorded." in returnwords.lede(bare)


def test_what_is_not_known_is_said():
    made = returns.make(month_records.book(), recorded=month_records.recorded(months=("2026-10",)))
    assert returnwords.incidents(made)[0] == ["all crime", "33", "not known", "13", "not known"]
    bare = returns.make(
        logbooks.lay("2026-10", month_records.sites(), {"v": month_records.visits()}, today=month_records.TODAY)
    )
    assert returnwords.groups(bare)[0][2:] == ["not recorded", "not known"]
    assert (returnwords.done(bare), returnwords.plans(bare), returnwords.incidents(bare)) == ([], [], [])


def test_overdue_responses_name_the_role_and_the_day():
    book = month_records.book(places=6)
    made = returns.make(book, standing=month_records.standing(book.sites, late=5))
    told = returnwords.overdue(made, most=2)
    assert told == [
        "Site 0 Street: taxi marshals (licensing officer, due 1 September 2026)",
        "Site 1 Street: taxi marshals (licensing officer, due 1 September 2026)",
        "3 more overdue",
    ]
    assert returnwords.without(made) == ["Site 5 Street"]
