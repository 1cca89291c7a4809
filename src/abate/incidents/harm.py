"""Weigh crimes by harm: join a published scale once, and sum it with its warnings.

A scale gives each offence a weight: days of imprisonment at the starting point of the sentencing guideline (Cambridge
Crime Harm Index) or a weight made from actual sentences (ONS Crime Severity Score). Nothing is ever defaulted: an
offence that the scale does not know has no harm, and is listed. See `docs/explanation/harm.md`.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from abate.errors import OptionError, TableError, nearest
from abate.estimate import Estimate
from abate.incidents import offences

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

KeyKind = Literal["classification", "offence code"]
Standing = Literal["exact", "ambiguous", "unknown"]

_NEEDED = ("ho_offence_code", "ho_classification")


@dataclass(frozen=True)
class Weight:
    """What one offence weighs: the lowest and highest score that its code may have; None where the scale is silent."""

    low: float | None
    high: float | None

    @property
    def standing(self) -> Standing:
        """Say whether the code settles the score, leaves several, or is unknown."""
        if self.low is None:
            return "unknown"
        return "exact" if self.low == self.high else "ambiguous"


@dataclass(frozen=True)
class HarmScale:
    """A published scale of harm, one edition of it, and whose it is.

    `rows` are (Home Office classification, Home Office offence code, weight); either code may be blank. `key_kind`
    says which of the two settles a score: the Cambridge index goes by classification and then offence code, the ONS
    score by offence code. The first two are kept in their plain form, as `classification` gives it.
    """

    id: str
    edition: str
    unit: str
    source: str
    licence: str
    key_kind: KeyKind
    rows: tuple[tuple[str, str, float], ...]
    _settled: dict[tuple[str, str], Weight] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        found: dict[tuple[str, str], list[float]] = {}
        for section, code, weight in self.rows:
            for key in {(section, code), (section, "")} if self.key_kind == "classification" else {("", code)}:
                found.setdefault(key, []).append(weight)
        self._settled.update({key: Weight(min(scores), max(scores)) for key, scores in found.items()})

    def weight(self, ho_classification: str | None, ho_offence_code: str | None) -> Weight:
        """Give what an offence weighs by its codes.

        By classification and offence code together where the scale has both, else by classification alone. Where
        several scores remain (005/01 is 1460 days, and 1825 when the victim is police), the lowest is `low`, so that
        a total is never too high, and the highest is kept beside it.

        >>> scale = scales()["cambridge-2020-selection"]
        >>> scale.weight("005/01", "8S").low, scale.weight("005/01", None)
        (1825.0, Weight(low=1460.0, high=1825.0))
        """
        section, code = classification(ho_classification), (ho_offence_code or "").strip().upper()
        keys = [(section, code), (section, "")] if self.key_kind == "classification" else [("", code)]
        blank = ("", "")
        return next((self._settled[key] for key in keys if key != blank and key in self._settled), Weight(None, None))


@dataclass(frozen=True)
class Score:
    """The harm of some events under one scale, with what makes it fragile.

    `total` and `median` are in `unit`; `total_if_highest` is what it would be were every ambiguous code scored at its
    highest. `incidents` were scored; `ambiguous` of them have more than one possible score; `unknown` lists codes
    that the scale does not know, with how often. `apart` and `apart_harm` are offences that police activity brought
    to light, left out of the rest. `top_event_share` is the share of the total that the gravest event makes.
    """

    scale: str
    edition: str
    unit: str
    total: float
    total_if_highest: float
    incidents: int
    ambiguous: int
    unknown: Mapping[str, int]
    apart: int
    apart_harm: float
    median: float
    top_event_share: float

    def __str__(self) -> str:
        words = [f"{self.total:,.0f} {self.unit} from {self.incidents:,} incidents ({self.scale}, {self.edition})"]
        if self.top_event_share > 0.5:
            words.append(f"one event makes {self.top_event_share:.0%} of it")
        if self.ambiguous:
            words.append(f"{self.ambiguous:,} codes have several scores, taken at their lowest")
        if self.unknown:
            listed = ", ".join(f"{code} ({count:,})" for code, count in list(self.unknown.items())[:10])
            words.append(f"not scored, since the scale does not know them: {listed}")
        if self.apart:
            words.append(f"{self.apart:,} offences found by police activity are kept apart")
        return "; ".join(words)


def classification(text: str | None) -> str:
    """Give a Home Office classification in its plain form, `nnn/nn`; blank when there is none.

    >>> classification("8/6"), classification("00200"), classification(None)
    ('008/06', '002/00', '')
    """
    plain = (text or "").strip()
    if found := re.fullmatch(r"(\d{1,3})\s*/\s*(\d{1,2})", plain) or re.fullmatch(r"(\d{3})(\d{2})", plain):
        return f"{int(found[1]):03d}/{int(found[2]):02d}"
    return plain


@cache
def scales() -> dict[str, HarmScale]:
    """Give the scales that are carried along, by name; each is a selection, and says so."""
    made = {}
    for name, entry in _written().items():
        if "file" in entry:
            text = (resources.files("abate.incidents") / f"data/{entry['file']}").read_text("utf-8")
            rows = tuple(
                (classification(row["ho_classification"]), row["ho_offence_code"], float(row["harm"]))
                for row in csv.DictReader(text.splitlines())
            )
            told = {key: entry[key] for key in ("edition", "unit", "source", "licence", "key_kind")}
            made[name] = HarmScale(id=name, rows=rows, **told)
    return made


def scale(name: str) -> HarmScale:
    """Give one of the scales that are carried along; `OptionError` names the nearest when there is none."""
    if name not in scales():
        raise OptionError(f"harm scale '{name}' is not known. {nearest(name, scales())}")
    return scales()[name]


def proactive(ho_offence_code: str | None, ho_classification: str | None) -> bool:
    """Say whether an offence is one that police or store staff bring to light: drugs, carrying weapons, shop theft.

    Where only the offence code is known, weapon offences count as such.

    >>> proactive("10D", "008/26"), proactive("10D", "008/64"), proactive("8N", None)
    (True, False, False)
    """
    rule = _written()["proactive"]
    code = (ho_offence_code or "").strip().upper()
    if classification(ho_classification) in rule["except_classifications"]:
        return False
    known = offences.codes().get(code)
    return code in rule["codes"] or (known is not None and known.group in rule["groups"])


def threats() -> tuple[str, ...]:
    """Give the classifications of weapon offences that a victim reports: threats, as against mere carrying.

    >>> "008/64" in threats(), "008/26" in threats()
    (True, False)
    """
    return tuple(_written()["proactive"]["except_classifications"])


def weigh(events: pd.DataFrame, scale: HarmScale, *, cap: float | None = None) -> pd.DataFrame:
    """Add each event's harm, once.

    Columns added: `harm` (in the scale's unit, blank where it has none; at most `cap` where one is given, for maps
    that a single event would fill), `harm_highest`, `harm_standing` (exact, ambiguous, unknown) and `proactive`.
    Needs the columns ho_offence_code and ho_classification. Raises `TableError` when they are missing.
    """
    if absent := [f"events: column '{name}' is missing" for name in _NEEDED if name not in events.columns]:
        raise TableError(*absent)
    codes = events["ho_offence_code"].fillna("").astype(str)
    sections = events["ho_classification"].fillna("").astype(str)
    pairs = list(zip(sections, codes, strict=True))
    settled = {pair: scale.weight(*pair) for pair in set(pairs)}
    found = {pair: proactive(pair[1], pair[0]) for pair in settled}
    low = np.array([_number(settled[pair].low) for pair in pairs], dtype=float)
    high = np.array([_number(settled[pair].high) for pair in pairs], dtype=float)
    ceiling = np.inf if cap is None else cap
    return events.assign(
        harm=np.minimum(low, ceiling),
        harm_highest=np.minimum(high, ceiling),
        harm_standing=[settled[pair].standing for pair in pairs],
        proactive=[found[pair] for pair in pairs],
    )


def join(incidents: Any, scale: HarmScale, pairs: pd.DataFrame, *, cap: float | None = None) -> Any:
    """Add each incident's `harm` and `proactive` to an Ibis table, once.

    `pairs` is the table of the distinct codes that occur, as `code_pairs(incidents)` gives it when executed; so the
    rule itself stands in `weigh` alone and the engine only joins. Rows that the scale does not know have null harm.
    """
    import ibis

    weighed = weigh(pairs, scale, cap=cap)
    known = weighed[weighed["harm"].notna() | weighed["proactive"]]
    silent = ibis.null("float64")
    found = ibis.literal(value=False)
    code, section = _code_of(incidents), _section_of(incidents)
    cases = [
        ((code == row["ho_offence_code"]) & (section == row["ho_classification"]), row)
        for row in known.to_dict("records")
    ]
    scored = [(test, ibis.literal(float(row["harm"]))) for test, row in cases if row["harm"] == row["harm"]]
    apart = [(test, ibis.literal(value=True)) for test, row in cases if row["proactive"]]
    return incidents.mutate(
        harm=ibis.cases(*scored, else_=silent) if scored else silent,
        proactive=ibis.cases(*apart, else_=found) if apart else found,
    )


def code_pairs(incidents: Any) -> Any:
    """Give the distinct pairs of codes in an Ibis table, with how many incidents carry each; blank where none."""
    named = incidents.select(ho_offence_code=_code_of(incidents), ho_classification=_section_of(incidents))
    return (
        named.group_by(["ho_offence_code", "ho_classification"])
        .agg(incidents=named.count())
        .order_by(["ho_offence_code", "ho_classification"])
    )


def score(events: pd.DataFrame, scale: HarmScale, *, exclude_proactive: bool = True) -> Score:
    """Sum the harm of some events and say what the sum rests on.

    `events` has a row an event with ho_offence_code and ho_classification. Offences found by police activity are
    left out of the total and reported apart, unless `exclude_proactive` is false.
    """
    weighed = weigh(events, scale)
    apart = weighed["proactive"].astype(bool) if exclude_proactive else weighed["proactive"].astype(bool) & False
    counted = weighed[~apart]
    silent = counted[counted["harm"].isna()]
    codes = [
        _spoken(section, code)
        for section, code in zip(silent["ho_classification"], silent["ho_offence_code"], strict=True)
    ]
    harm = np.sort(counted["harm"].dropna().to_numpy(dtype=float))
    total = float(harm.sum())
    return Score(
        scale=scale.id,
        edition=scale.edition,
        unit=scale.unit,
        total=total,
        total_if_highest=float(np.sort(counted["harm_highest"].dropna().to_numpy(dtype=float)).sum()),
        incidents=len(harm),
        ambiguous=int((counted["harm_standing"] == "ambiguous").sum()),
        unknown=dict(sorted(Counter(codes).items(), key=lambda item: (-item[1], item[0]))),
        apart=int(apart.sum()),
        apart_harm=float(np.sort(weighed.loc[apart, "harm"].dropna().to_numpy(dtype=float)).sum()),
        median=float(np.median(harm)) if len(harm) else 0.0,
        top_event_share=float(harm[-1] / total) if total else 0.0,
    )


def spread(harm: Iterable[float], *, draws: int = 999, level: float = 0.95, seed: int) -> Estimate:
    """Say how far a total of harm would move had other events happened: a bootstrap over events.

    The number of events varies as a Poisson count and the events are drawn anew from those seen, so that one grave
    event widens the interval as it should. `harm` holds one weight an event.
    """
    weights = np.asarray(list(harm), dtype=float)
    if not len(weights):
        return Estimate(0.0, 0.0, 0.0, level, "no events")
    rng = np.random.default_rng(seed)
    values, times = np.unique(weights, return_counts=True)
    totals = rng.poisson(times, size=(draws, len(values))) @ values
    low, high = np.quantile(totals, [(1 - level) / 2, (1 + level) / 2])
    basis = f"bootstrap over {len(weights):,} events, {draws:,} draws"
    return Estimate(float(np.sort(weights).sum()), float(low), float(high), level, basis)


def impossible(*, incidents: int, with_codes: int) -> str | None:
    """Say that a true harm score cannot be made, or only for some; None when every incident has a code.

    `incidents` is how many there are, `with_codes` how many carry a Home Office code.

    >>> impossible(incidents=10, with_codes=0)[:38]
    'a true harm score is impossible: these'
    """
    if with_codes >= incidents and incidents:
        return None
    if with_codes == 0:
        return (
            "a true harm score is impossible: these incidents have a police.uk category only, and one category holds"
            " murder and harassment alike; places are ranked by counts"
        )
    return (
        f"a true harm score is impossible for {incidents - with_codes:,} of {incidents:,} incidents, which have no"
        " Home Office code; places are ranked by counts, and harm is that of the others"
    )


@cache
def _written() -> dict[str, dict[str, Any]]:
    return tomllib.loads((resources.files("abate.incidents") / "data/harm_scales.toml").read_text("utf-8"))


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _spoken(section: object, code: object) -> str:
    words = [str(word) for word in (code, section) if isinstance(word, str) and word]
    return " ".join(words) or "no code"


def _code_of(incidents: Any) -> Any:
    return incidents.ho_offence_code.fill_null("").strip().upper()


def _section_of(incidents: Any) -> Any:
    return incidents.ho_classification.fill_null("").strip()
