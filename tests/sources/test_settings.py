"""What a mapping may say: the reference page is made from it, and nothing in it is unknown to the incidents table."""

from __future__ import annotations

from pathlib import Path

from abate.sources import settings
from abate.tables import INCIDENTS


def test_every_field_belongs_to_the_incidents_table() -> None:
    known = {name.removesuffix("_date").removesuffix("_time") for name in settings.FIELDS}
    assert known <= set(INCIDENTS.columns)


def test_the_reference_names_every_setting() -> None:
    page = settings.markdown()
    for section, known in settings.SECTIONS.items():
        assert f"### `[{section}]`" in page
        assert all(f"| `{name}` |" in page for name in known if name != "*")
    assert page.count("| any word |") == 2


def test_the_reference_page_is_made_from_the_settings() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "reference" / "mapping.md"
    assert settings.markdown() in page.read_text(encoding="utf-8")


def test_each_fault_is_one_sentence_and_a_setting_is_complained_of_once() -> None:
    told = settings.faults(
        {"source": {"sheet": 3, "header_row": True}, "columns": [], "filters": {"own": [{"nam": "a"}]}}
    )
    assert [each.split(":")[0] for each in told] == [
        "[source] sheet",
        "[source] header_row",
        "[columns]",
        "[filters.own] nam",
    ]
