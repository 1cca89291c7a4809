import pandas as pd
import pytest

from abate.sample import offences


def test_shares_of_codes_and_outcomes_add_up():
    for kind in offences.KINDS:
        assert sum(share for share, _, _ in kind.codes) == pytest.approx(1.0)
    assert sum(share for _, share in offences.OUTCOMES) == pytest.approx(1.0)


def test_codes_are_those_of_the_counting_rules_and_belong_to_their_crime_type(shared):
    path = shared("../facts/ho_offence_groups.csv")
    known = pd.read_csv(path, dtype=str).set_index("ho_offence_code")["police_uk_type_inferred"]
    for kind in offences.KINDS:
        for _, code, _ in kind.codes:
            if kind.crime_type != offences.ASB:
                assert known[code] == kind.crime_type, code


def test_classifications_are_those_of_the_harm_index_for_their_code(shared):
    path = shared("../facts/harm_cchi.csv")
    known = pd.read_csv(path, dtype=str)
    pairs = set(zip(known["ho_offence_code"], known["ho_classification"], strict=True))
    for kind in offences.KINDS:
        for _, code, classification in kind.codes:
            assert not classification or (code, classification) in pairs
