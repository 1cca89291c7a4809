"""Designs of a synthetic control matched on predictors, from a small TOML file that a person writes.

```toml
[fit]
from = 1970
to = 1988

[[predictors]]
column = "retprice"
from = 1980
to = 1988
summary = "mean"        # or value (one period: at = 1988), median, change
```
Beside these a predictor may have `train_from` and `train_to` (another window for weighing the predictors) and `weight`
(how much it counts, instead of searching for that).
"""

from __future__ import annotations

from datetime import date
from math import isfinite
from typing import TYPE_CHECKING, Any

from abate.errors import SourceError, nearest
from abate.impact.designs import Design, Predictor, Window
from abate.sources import markup

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SECTIONS = ("fit", "predictors")
_KEYS = ("column", "from", "to", "at", "summary", "train_from", "train_to", "weight")


def read(path: Path) -> Design:
    """Read a design from its file; raises `SourceError` with every fault at once."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file; it should be a design in TOML") from None
    except OSError as fault:
        raise SourceError(f"{path}: cannot be read: {fault.strerror}") from None
    return parse(content, name=path.name)


def parse(content: bytes, *, name: str) -> Design:
    r"""Understand the bytes of a design; `name` is what the file is called in sentences.

    Periods may be numbers, dates or texts; they are the labels of the panel.

    >>> parse(b'[[predictors]]\ncolumn = "beer"\nfrom = 1984\nto = 1988\n', name="design.toml").predictors[0].name
    'beer 1984 to 1988, mean'
    """
    try:
        told = markup.load_toml(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise SourceError(f"{name}: not text in UTF-8") from None
    except ValueError as fault:
        raise SourceError(f"{name}: not TOML ({fault})") from None
    faults = [f"no section '{key}'. {nearest(key, _SECTIONS)}" for key in told if key not in _SECTIONS]
    entries = told.get("predictors", [])
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        faults.append("no predictors: each is a section [[predictors]] with column, from and to")
        entries = []
    predictors = [_predictor(entry, f"predictor {at}", faults) for at, entry in enumerate(entries, start=1)]
    fit = _fit(told["fit"], faults) if "fit" in told else None
    if faults:
        raise SourceError(*(f"{name}: {fault}" for fault in faults))
    return Design(tuple(one for one in predictors if one is not None), fit)


def _fit(section: Any, faults: list[str]) -> Window | None:
    if not isinstance(section, dict):
        faults.append("fit is a section [fit] with from and to")
        return None
    faults += [f"[fit] has no setting '{key}'. Known are: from, to." for key in section if key not in ("from", "to")]
    return _window(section, "[fit]", "from", "to", faults)


def _predictor(entry: Mapping[str, Any], who: str, faults: list[str]) -> Predictor | None:
    faults += [f"{who} has no setting '{key}'. {nearest(key, _KEYS)}" for key in entry if key not in _KEYS]
    column, weight = entry.get("column"), entry.get("weight")
    if not isinstance(column, str) or not column:
        faults.append(f'{who} names no column: column = "..." is the name of a column of the panel')
    else:
        who = f"{who} ({column})"
    number = isinstance(weight, int | float) and not isinstance(weight, bool) and isfinite(weight) and weight >= 0
    if weight is not None and not number:
        faults.append(f"{who}: weight {weight!r} is not a number of 0 or more")
    summary = entry.get("summary", "value" if "at" in entry else "mean")
    if not isinstance(summary, str):
        faults.append(f"{who}: summary {summary!r} is not one of mean, value, median, change")
    window = _when(entry, who, faults)
    trains = "train_from" in entry or "train_to" in entry
    training = _window(entry, who, "train_from", "train_to", faults) if trains else None
    if faults or window is None:
        return None
    return Predictor(str(column), window, summary, training, None if weight is None else float(weight))


def _when(entry: Mapping[str, Any], who: str, faults: list[str]) -> Window | None:
    if "at" not in entry:
        return _window(entry, who, "from", "to", faults)
    if "from" in entry or "to" in entry:
        faults.append(f"{who}: has both at and from or to: a single period is at, a stretch is from and to")
        return None
    label = _label(entry["at"], who, "at", faults)
    return None if label is None else Window(label, label)


def _window(entry: Mapping[str, Any], who: str, first: str, last: str, faults: list[str]) -> Window | None:
    lacking = [key for key in (first, last) if key not in entry]
    if lacking:
        faults.append(f"{who}: {' and '.join(lacking)} not given: a window has the first and the last period")
        return None
    begins, ends = (_label(entry[key], who, key, faults) for key in (first, last))
    return None if begins is None or ends is None else Window(begins, ends)


def _label(value: Any, who: str, key: str, faults: list[str]) -> str | None:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    faults.append(f'{who}: {key} {value!r} is not a period: write it as in the panel, such as 1988 or "2019-04"')
    return None
