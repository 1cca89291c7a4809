"""The sample town of the tests, made once; imported late, so that types are checked at run time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from abate.sample import Publication, Town


@pytest.fixture(scope="session")
def town() -> Town:
    from abate import sample

    return sample.town(1)


@pytest.fixture(scope="session")
def published(town: Town) -> Publication:
    from abate import sample

    return sample.publish(town)
