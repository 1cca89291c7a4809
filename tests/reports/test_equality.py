"""The equality sheet as drawn: blank fields stand out, words are escaped, nothing is fetched."""

from __future__ import annotations

import json
import re
from datetime import date

import pandas as pd

from abate.reports import equality
from abate.reports.equality import Approval, Sheet
from abate.tables import EQUALITY


def sheet(approval: Approval, group: str = "1 (most deprived)") -> Sheet:
    ratio = {"against_residents": 2.0, "against_residents_low": 1.25, "against_residents_high": 2.75}
    row = {
        "characteristic": "deprivation (without its crime domain)",
        "group": group,
        "residents": 1500.0,
        "residents_share": 0.1,
        "inside": None,
        "sites_share": 0.2,
        "violence_share": None,
        **ratio,
        **dict.fromkeys(["against_violence", "against_violence_low", "against_violence_high"]),
    }
    other = {**row, "group": "other", "inside": 120.0, "against_residents_low": None, "against_residents_high": None}
    table = pd.DataFrame([row, other]).astype(
        {name: "float64" for name in row if name not in ("characteristic", "group")}
    )
    return Sheet(
        sites=1,
        table=EQUALITY.check(table),
        summary=("Of those who live around the 1 sites, 20% do.",),
        missing=("The table lacks 2 areas.",),
        method=("By area.",),
        looked_at=("race", "age"),
        approval=approval,
        made_on=date(2026, 11, 22),
        list_name="sites.geojson",
        list_sha256="ab" * 32,
    )


def page(approval: Approval, **changed: str) -> str:
    return equality.draw(sheet(approval, **changed))["equality.html"].decode()


def test_what_only_a_person_can_say_is_visibly_blank_until_it_is_said():
    blank = page(Approval())
    assert blank.count('class="blank"') == 3
    assert blank.count(equality.TO_FILL) == 3
    filled = page(Approval("Chief Inspector B. Sample", "More patrols by lot", date(2027, 3, 5)))
    assert 'class="blank"' not in filled
    assert "Chief Inspector B. Sample" in filled
    assert "5 March 2027" in filled


def test_figures_stand_with_their_intervals_and_what_is_not_known_is_said():
    drawn = page(Approval())
    cells = re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", drawn)
    assert "2.00 (1.25 to 2.75)" in cells
    assert "2.00" in cells
    assert "not known" in cells
    assert "under 10" in cells
    assert "120" in cells


def test_protected_characteristics_without_a_table_are_named_as_missing():
    told = equality.missing(sheet(Approval()))
    assert told[0] == "The table lacks 2 areas."
    assert "No table was given for disability, gender reassignment" in told[1]
    assert "race" not in told[1]


def test_nothing_is_fetched_and_every_word_is_escaped():
    drawn = page(Approval(decision_maker="<script>alert(1)</script>"), group="A & <b>B</b>")
    assert "<script" not in drawn
    assert "A &amp; &lt;b&gt;B&lt;/b&gt;" in drawn
    assert "default-src &#39;none&#39;" in drawn
    assert "http" not in re.sub(r"http-equiv", "", drawn)
    assert '<html lang="en-GB">' in drawn


def test_the_document_has_the_keys_that_a_register_reads():
    told = json.loads(equality.draw(sheet(Approval("C. Sample")))["equality.json"])
    assert set(told) >= {
        *("who_is_affected", "missing_data", "mitigation", "decision_maker", "review_date", "to_be_filled", "list"),
        *("marking", "made_on", "method"),
    }
    assert told["to_be_filled"] == ["mitigation", "review date"]
    first = told["who_is_affected"]["groups"][0]
    assert first["group"] == "1 (most deprived)"
    assert first["characteristic"] == "deprivation (without its crime domain)"
    assert first["inside"] is None
    assert first["sites_share"] == 0.2
    assert told["marking"] == "working copy, not for publication"
