import time

import pandas as pd
import pytest

from abate import sample
from abate.errors import OptionError


def _frames(town):
    truth = {f"truth.{name}": frame for name, frame in vars(town.truth).items() if isinstance(frame, pd.DataFrame)}
    return truth | {name: frame for name, frame in vars(town).items() if isinstance(frame, pd.DataFrame)}


@pytest.mark.slow
def test_the_same_seed_gives_the_same_town_to_the_last_byte(town):
    again = sample.town(1)
    for name, frame in _frames(town).items():
        assert frame.to_csv() == _frames(again)[name].to_csv(), name


def test_another_seed_gives_another_town(town):
    other = sample.town(2)
    assert other.incidents.head(50).to_csv() != town.incidents.head(50).to_csv()
    assert other.streets.to_csv() != town.streets.to_csv()


def test_a_seed_below_zero_is_refused():
    with pytest.raises(OptionError, match="a seed is a whole number from 0 upwards, not -1"):
        sample.town(-1)


def test_it_is_made_in_a_moment(town):
    begun = time.process_time()
    sample.town(3)
    assert time.process_time() - begun < 4
