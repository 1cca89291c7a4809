"""What a trial could find, from a record of place-days: read it, learn from it, run the trial on paper, write."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abate import __version__
from abate.errors import OptionError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from abate.trials.backgrounds import Background
    from abate.trials.designs import Design, Plan
    from abate.trials.power import Asked, Tried
    from abate.trials.schemes import Block
    from abate.trials.searches import Needed, Smallest

    Tell = Callable[[float, str], None]


@dataclass(frozen=True)
class Options:
    """What the person asked for: the record, the design to try, the effects to plant, how sure and how often.

    `starts` None starts the day after the record ends. `effects`, `carry_over`, `outcomes` and `block` are as written
    at the prompt, with commas; `outcomes` None takes all that the record has. `search` finds the days that each effect
    takes. `sites` is the file of the places' coordinates, `out` the folder for the page; None for none.
    """

    file: Path
    scheme: Plan = "daily"
    treat: int | None = None
    waves: int | None = None
    days: int = 90
    starts: date | None = None
    effects: str = "0.5,0.6,0.7,0.8,0.9"
    outcomes: str | None = None
    carry_over: str = "0"
    compliance: float = 1.0
    block: str = ""
    longest_run: int | None = None
    rest: int = 0
    level: float = 0.95
    simulations: int = 2_000
    seed: int = 1
    search: bool = True
    sites: Path | None = None
    out: Path | None = None

    def plain(self) -> dict[str, Any]:
        """Give the options as plain values, for the record of how the page was made; files by their names."""
        told = {name: value.name if isinstance(value, Path) else value for name, value in asdict(self).items()}
        return {**told, "starts": None if self.starts is None else self.starts.isoformat()}


@dataclass(frozen=True)
class Found:
    """The answer: what each effect would have come to, what it takes, and what speaks against the design."""

    background: Background
    tried: Tried
    asked: Asked
    smallest: tuple[Smallest, ...]
    needed: tuple[Needed, ...]
    warnings: tuple[str, ...]
    files: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Say the answer in one sentence."""
        from abate.reports import powers

        return powers.sentence(self.tried, self.asked, self.smallest)

    def document(self) -> dict[str, Any]:
        """Give the answer as the JSON document of `abate trial power --json`."""
        return {
            "sentence": self.sentence,
            "scheme": self.tried.design.plain(),
            "places": len(self.background.sites),
            "place_days": len(self.background.sites) * self.tried.design.days,
            "level": self.asked.level,
            "simulations": self.asked.simulations,
            "seed": self.asked.seed,
            "outcomes": {name: self._outcome(name) for name in self.asked.outcomes},
            "days_needed": [each.plain() for each in self.needed],
            "history": self.background.plain(),
            "warnings": list(self.warnings),
            "files": list(self.files),
        }

    def _outcome(self, name: str) -> dict[str, Any]:
        table = self.tried.table()
        rows = [row for row in table.to_dict("records") if row["outcome"] == name]
        return {
            "smallest_effect": [
                {"carry_over": each.carry_over, "effect": each.plain()}
                for each in self.smallest
                if each.outcome == name
            ],
            "false_positive": [_point(row) for row in rows if row["effect"] == 1],
            "curve": [_point(row) for row in rows if row["effect"] != 1],
        }


def _point(row: dict[Any, Any]) -> dict[str, Any]:
    power = {"value": row["power"], "low": round(row["power_low"], 4), "high": round(row["power_high"], 4)}
    seen = round(row["seen"], 4) if row["seen"] == row["seen"] else None
    return {"effect": row["effect"], "carry_over": row["carry_over"], "power": power, "seen": seen}


def trial_power(options: Options, *, today: date, by: str, tell: Tell = lambda _share, _words: None) -> Found:
    """Say what a trial could find before it is run.

    `tell` hears how far the work is. Raises `AbateError` with a sentence a fault when the record or the options will
    not do; nothing is then written.
    """
    from abate.sources import place_days
    from abate.trials import backgrounds, cautions, power, searches

    tell(0.01, "reading the history")
    history = place_days.read(options.file)
    asked = _asked(options, harm="harm" in history.columns)
    design = _design(options, history)
    sites, left_out = _places(history, design)
    record = history[history["site_id"].isin(sites["site_id"])]
    background = _tied(backgrounds.estimate(record), record, options)
    tried = power.run(
        background, design, sites, asked, tell=lambda share: tell(0.02 + 0.5 * share, "running the trial")
    )
    if further := searches.widened(tried, asked):
        wider = power.run(background, design, sites, replace(asked, effects=further))
        tried = replace(tried, tallies={**wider.tallies, **tried.tallies})
    found = tuple(
        searches.smallest(tried, outcome, carry_over)
        for outcome in asked.outcomes
        for carry_over in design.carry_over
        if min(asked.effects) < 1
    )
    needed = _needed(background, tried, sites, asked, tell) if options.search else ()
    warnings = (*left_out, *cautions.warn(background, tried, asked, found))
    answer = Found(background, tried, asked, found, needed, warnings)
    tell(0.98, "writing")
    answer = replace(answer, files=_write(options, answer, today=today, by=by))
    tell(1.0, "done")
    return answer


def _tied(background: Background, record: pd.DataFrame, options: Options) -> Background:
    """Let near places hang together as the record says, where their coordinates are given."""
    from abate.sources import patrol_sites
    from abate.trials import neighbours

    if options.sites is None:
        return background
    places = patrol_sites.read(options.sites).sites
    return neighbours.tie(background, record, places)


def _asked(options: Options, *, harm: bool) -> Asked:
    from abate.trials.power import Asked

    every = ("incidents", "any", "harm") if harm else ("incidents", "any")
    words = every if options.outcomes is None else tuple(part.strip() for part in options.outcomes.split(","))
    return Asked(
        effects=numbers("--effect", options.effects),
        outcomes=tuple(dict.fromkeys(words)),  # type: ignore[arg-type]
        level=options.level,
        simulations=options.simulations,
        seed=options.seed,
    )


def _design(options: Options, history: pd.DataFrame) -> Design:
    from abate.trials.designs import Design

    places = history["site_id"].nunique()
    treat = options.treat
    if treat is None and options.scheme in {"daily", "parallel"}:
        treat = max(1, places // 2) if options.scheme == "parallel" else max(1, round(0.4 * places))
    return Design(
        starts=options.starts or (history["date"].max().date() + timedelta(days=1)),
        days=options.days,
        kind=options.scheme,
        treat=treat,
        steps=options.waves,
        block=_blocks(options.block),
        longest_run=options.longest_run,
        rest=options.rest,
        carry_over=numbers("--carry-over", options.carry_over),
        compliance=options.compliance,
    )


def _blocks(text: str) -> tuple[Block, ...]:
    known: dict[str, Block] = {"weekday": "weekday", "area": "area"}
    words = [part.strip() for part in text.split(",") if part.strip()]
    if strange := [word for word in words if word not in known]:
        raise OptionError(*(f"--block {word}: {nearest(word, known)}" for word in strange))
    return tuple(known[word] for word in words)


def _places(history: pd.DataFrame, design: Design) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Give the places in the background's order, paired where the design pairs them, and what is left out."""
    from abate.trials import designs

    columns = [name for name in ("site_id", "area", "pair") if name in history.columns]
    sites = history[columns].drop_duplicates("site_id").sort_values("site_id", ignore_index=True)
    if design.kind != "pairs" or "pair" in columns:
        return sites, ()
    totals = history.groupby("site_id")["incidents"].sum().reindex(sites["site_id"]).to_numpy(float)
    paired, alone = designs.match_pairs(sites, totals)
    told = tuple(f"'{site}', the quietest place, has no partner to be paired with and is left out" for site in alone)
    return paired, told


def _needed(background: Background, tried: Tried, sites: pd.DataFrame, asked: Asked, tell: Tell) -> tuple[Needed, ...]:
    from abate.trials import searches

    first, carry_over = asked.outcomes[0], tried.design.carry_over[0]
    effects = [effect for effect in sorted(set(asked.effects)) if effect != 1]
    found = []
    for place, effect in enumerate(effects):
        tell(0.55 + 0.42 * place / len(effects), "looking for the days that it takes")
        tally = tried.tallies[first, effect, carry_over]
        found.append(searches.days_needed(background, tried.design, sites, asked, effect=effect, first=tally))
    return tuple(found)


def numbers(option: str, text: str) -> tuple[float, ...]:
    """Understand numbers with commas between, as written at the prompt.

    Raises `OptionError` that names each part that is none.

    >>> numbers("--effect", "0.6, 0.8")
    (0.6, 0.8)
    """
    found, faults = [], []
    for part in text.split(","):
        try:
            found.append(float(part))
        except ValueError:
            faults.append(f"{option}: '{part.strip()}' is no number; such as {option} 0.6,0.8 would be right")
    if faults:
        raise OptionError(*faults)
    return tuple(dict.fromkeys(found))


def _write(options: Options, answer: Found, *, today: date, by: str) -> tuple[str, ...]:
    from abate.reports import powers

    if options.out is None:
        return ()
    made = {
        "code": __version__,
        "parameters": options.plain(),
        "inputs": [
            {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
            for path in (options.file, options.sites)
            if path is not None
        ],
        "made_on": today.isoformat(),
        "by": by,
    }
    story = powers.Story(
        background=answer.background,
        tried=answer.tried,
        asked=answer.asked,
        smallest=answer.smallest,
        needed=answer.needed,
        warnings=answer.warnings,
    )
    return tuple(str(path) for path in powers.write(story, options.out, made=made))
