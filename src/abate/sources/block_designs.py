"""Designs of `abate impact calibrate`, from a small TOML file that a person writes.

```toml
id = "ID"                     # columns of both files, and of BLOCKS.csv
time = "time"
treated = "treated"
pre = [1, 12]                 # first and last period before the start, and after it
post = [13, 16]
absent = "zero"               # a block and period without a row is 0; refuse is the default
match_outcomes = ["any_crime", "drugs"]
match_covariates = ["population"]
test = "lower"                # or upper, twosided
```
Beside these: `outcomes` (asked about; default those matched), `end_post` (a period or a list), `near_outcomes` and
`near_covariates` (matched as nearly as can be), `level`, `permutations`, `jackknife` (a number of groups, true for as
many as the smaller side has blocks, false for none), `seed`, and a section `[windows]` of how many periods are added up
before they are matched (`drugs = 3`, or `drugs = [1, 3, 3]` counted back from the start).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, get_args

from abate.errors import OptionError, SourceError, nearest
from abate.impact.blockdesigns import BlockDesign, Test
from abate.sources import markup
from abate.sources.area_panels import plain_label

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_NEEDED = {
    "pre": "the first and the last period before the start, such as pre = [1, 12]",
    "post": "the first and the last period after the start, such as post = [13, 16]",
    "match_outcomes": "the counts that shall agree before the start (an empty list where all are near_outcomes)",
}
_NAMES = ("match_outcomes", "match_covariates", "outcomes", "near_outcomes", "near_covariates")
_TEXTS = ("id", "time", "treated")
_CHOICES: dict[str, tuple[str, ...]] = {"test": get_args(Test), "absent": ("zero", "refuse")}
_KEYS = (
    *_TEXTS,
    "pre",
    "post",
    "end_post",
    *_NAMES,
    *_CHOICES,
    "level",
    "permutations",
    "jackknife",
    "seed",
    "windows",
)
_MANY = 1_000


def read(path: Path) -> BlockDesign:
    """Read a design from its file; raises `SourceError` with every fault at once."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file; it should be a design in TOML") from None
    except OSError as fault:
        raise SourceError(f"{path}: cannot be read: {fault.strerror}") from None
    return parse(content, name=path.name)


def parse(content: bytes, *, name: str) -> BlockDesign:
    r"""Understand the bytes of a design; `name` is what the file is called in sentences.

    >>> parse(b'pre = [1, 8]\npost = [9, 12]\nmatch_outcomes = ["thefts"]', name="design.toml").asked
    ('thefts',)
    """
    try:
        told = markup.load_toml(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise SourceError(f"{name}: not text in UTF-8") from None
    except ValueError as fault:
        raise SourceError(f"{name}: not TOML ({fault})") from None
    faults = [f"no setting '{key}'. {nearest(key, _KEYS)}" for key in told if key not in _KEYS]
    faults += [f"{key} is not given: {why}" for key, why in _NEEDED.items() if key not in told]
    found: dict[str, Any] = {}
    for key, value in told.items():
        _take(key, value, found, faults)
    if not faults:
        try:
            return BlockDesign(**found)
        except OptionError as fault:
            faults = list(fault.faults)
    raise SourceError(*(f"{name}: {fault}" for fault in faults))


def _take(key: str, value: Any, found: dict[str, Any], faults: list[str]) -> None:
    """Put one setting into what was found, or what is wrong with it into the faults."""
    if key in _NAMES:
        found[key] = _names(key, value, faults)
    elif key in _TEXTS:
        if isinstance(value, str) and value:
            found[key] = value
        else:
            faults.append(f'{key} {value!r} is not the name of a column, such as {key} = "{key}"')
    elif key in ("pre", "post"):
        found[key] = _ends(key, value, faults)
    elif key == "end_post":
        found["ends"] = _labels(key, value if isinstance(value, list) else [value], faults)
    elif key in _CHOICES:
        if value not in _CHOICES[key]:
            faults.append(f"{key} {value!r}: {nearest(str(value), _CHOICES[key])}")
        found[key] = value
    elif key == "windows":
        found[key] = _windows(value, faults)
    elif key in _KEYS:
        _number(key, value, found, faults)


def _ends(key: str, value: Any, faults: list[str]) -> tuple[str, str]:
    labels = _labels(key, value, faults)
    if len(labels) != 2:
        faults.append(f"{key} is the first and the last period, such as {key} = [1, 12]")
        return "", ""
    return labels[0], labels[1]


def _number(key: str, value: Any, found: dict[str, Any], faults: list[str]) -> None:
    if key == "jackknife" and isinstance(value, bool):
        found[key] = None if value else 0
    elif not _is_number(value) or (key != "level" and value != int(value)):
        faults.append(f"{key} {value!r} is not a {'number' if key == 'level' else 'whole number'}")
    else:
        found[key] = float(value) if key == "level" else int(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


def _names(key: str, value: Any, faults: list[str]) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        faults.append(f'{key} is a list of columns, such as {key} = ["thefts", "assaults"]')
        return ()
    twice = sorted({one for one in value if value.count(one) > 1})
    faults += [f"{key} names {one} twice" for one in twice]
    return tuple(value)


def _labels(key: str, value: Any, faults: list[str]) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        faults.append(f"{key} {value!r} is not a list of periods, such as [1, 12]")
        return ()
    odd = [one for one in value if isinstance(one, bool) or not isinstance(one, str | int | float | date)]
    faults += [f'{key}: {one!r} is not a period: write it as in the counts, such as 12 or "2019-04"' for one in odd]
    return tuple(one.isoformat() if isinstance(one, date) else plain_label(str(one)) for one in value)


def _windows(value: Any, faults: list[str]) -> Mapping[str, tuple[int, ...]]:
    if not isinstance(value, dict):
        faults.append("windows is a section [windows] with a line an outcome, such as drugs = 3")
        return {}
    found = {}
    for name, said in value.items():
        lengths = said if isinstance(said, list) else [said] * _MANY
        if not lengths or not all(isinstance(one, int) and not isinstance(one, bool) and one > 0 for one in lengths):
            faults.append(f"windows: {name} {said!r} is not a number of periods from 1 on, or a list of them")
        else:
            found[name] = tuple(lengths)
    return found
