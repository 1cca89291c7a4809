from abate.sample import words


def test_every_street_name_can_be_made_once_only():
    names = [f"{first} {last}" for first in words.STREET_BEGINNINGS for last in words.STREET_ENDINGS]
    assert len(set(names)) == len(names) >= 700
