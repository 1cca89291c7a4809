"""Types are checked at run time under the tests: an annotation that is not true fails."""

from __future__ import annotations

from typing import Any

import pytest
from typeguard import TypeCheckError

from abate import periods


def test_a_wrong_type_is_caught_while_the_tests_run() -> None:
    wrong: Any = 3
    with pytest.raises(TypeCheckError):
        periods.following("2021-03", steps="one")  # type: ignore[arg-type]
    with pytest.raises(TypeCheckError):
        periods.month(wrong)
