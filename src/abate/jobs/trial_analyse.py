"""A trial analysed as it was drawn, from its files: read, check, compare, write."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abate import __version__

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from abate.jobs.trial_evidence import Evidence
    from abate.reports.trialstories import Ground
    from abate.sources.protocols import Registered
    from abate.trials.analyses import Analysis, Asked
    from abate.trials.selection import BeforeAfter

    Tell = Callable[[float, str], None]


@dataclass(frozen=True)
class Options:
    """What the person asked for: the files of the trial, the level, how often to draw again, what counts as a visit.

    `lasting` is for how many days afterwards a patrol may still act, `least_minutes` how long a visit is at least.
    `before` holds what all candidate places had before the trial, `sites` where they lie, `ring_m` how wide the rings
    about them are. `out` is the folder for the report, None for none.
    """

    place_days: Path
    schedule: Path
    dose: Path | None = None
    buffers: Path | None = None
    protocol: Path | None = None
    ledger: Path | None = None
    before: Path | None = None
    sites: Path | None = None
    ring_m: float | None = None
    crs: str | None = None
    level: float = 0.95
    draws: int = 10_000
    seed: int = 1
    lasting: int = 3
    least_minutes: float = 10.0
    out: Path | None = None

    def plain(self) -> dict[str, Any]:
        """Give the options as plain values, for the record of how the report was made; files by their names."""
        return {name: value.name if isinstance(value, Path) else value for name, value in asdict(self).items()}

    def used(self) -> dict[str, Any]:
        """Name the options that make a difference to the analysis: those that a protocol may register."""
        usual = Options(Path(), Path())
        told: dict[str, Any] = {"level": self.level, "draws": self.draws}
        for name in ("seed", "lasting", "least_minutes"):
            if getattr(self, name) != getattr(usual, name):
                told[name] = getattr(self, name)
        return told


@dataclass(frozen=True, eq=False)
class Found:
    """The answer: the analysis, what it rests on, what departs from the protocol, and the files written."""

    analysis: Analysis
    evidence: Evidence
    departures: tuple[str, ...]
    before: BeforeAfter | None = None
    ground: Ground | None = None
    files: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Say the result in the sentences that a commander can read aloud."""
        from abate.reports import trialwords

        return trialwords.paragraph(self.analysis, self.evidence.drawn.scheme)

    def document(self) -> dict[str, Any]:
        """Give the answer as the JSON document of `abate trial analyse --json`."""
        from abate.jobs import trial_answers

        registered = self.evidence.registered
        return {
            "sentence": self.sentence,
            **trial_answers.document(self.analysis),
            "before_after": None if self.before is None else trial_answers.before_after(self.before),
            "protocol": None if registered is None else registered.sentence,
            "not_registered": list(self.departures),
            "schedule": self.evidence.drawn.standing,
            "overrides": [dict(each) for each in self.evidence.drawn.overrides],
            "notes": [*self.evidence.notes, *self.analysis.missing],
            "files": list(self.files),
        }


def trial_analyse(options: Options, *, today: date, by: str, tell: Tell = lambda _share, _words: None) -> Found:
    """Analyse a trial as it was drawn, from the record of its place-days and its frozen schedule.

    `tell` hears how far the work is. Raises `AbateError` with a sentence a fault when the files will not do or do not
    go together; nothing is then written.
    """
    from abate.jobs import trial_evidence, trial_grounds
    from abate.trials import analyses

    trial_grounds.check(sites=options.sites, ring_m=options.ring_m, crs=options.crs)
    tell(0.02, "reading the trial")
    asked = analyses.Asked(options.level, options.lasting, options.least_minutes)
    files = trial_evidence.Files(
        options.place_days, options.schedule, options.dose, options.buffers, options.protocol, options.ledger
    )
    evidence = trial_evidence.gather(files, draws=options.draws, seed=options.seed, least_minutes=options.least_minutes)
    departures = _departures(evidence, options)
    before, ground = _beside(options, evidence)
    analysis = analyses.analyse(
        evidence.panel,
        evidence.draws,
        _standing(asked, evidence, departures),
        washed=evidence.washed,
        rings=evidence.rings,
        exposure=evidence.exposure,
        tell=lambda share, words: tell(0.1 + 0.8 * share, words),
    )
    found = Found(analysis, evidence, tuple(departures), before, ground)
    tell(0.95, "writing")
    found = replace(found, files=_write(options, found, [*files.hashes(), *_hashes(options)], today=today, by=by))
    tell(1.0, "done")
    return found


def _beside(options: Options, evidence: Evidence) -> tuple[BeforeAfter | None, Ground | None]:
    """Read what goes beside the analysis and leaves it as it is."""
    from abate.jobs import trial_grounds

    before = ground = None
    if options.before is not None:
        before = trial_grounds.compare(options.before, evidence.panel, level=options.level, seed=options.seed)
    if options.sites is not None:
        ground = trial_grounds.place(options.sites, evidence.panel, ring_m=options.ring_m, crs=options.crs)
    return before, ground


def _hashes(options: Options) -> list[dict[str, str]]:
    given = [path for path in (options.before, options.sites) if path is not None]
    return [{"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()} for path in given]


def _departures(evidence: Evidence, options: Options) -> list[str]:
    """Name what is not as registered: options, outcomes, days left out, an early end."""
    from abate.trials import promises

    registered = evidence.registered
    if registered is None:
        return []
    done = promises.Done(
        options=_comparable(options, registered),
        outcomes=("incidents", "any", *(["harm"] if evidence.panel.harm is not None else [])),
        planned=tuple(sorted({day.date() for day in evidence.drawn.rows["date"]})),
        analysed=tuple(day.date() for day in evidence.panel.days),
    )
    return promises.hold(registered.protocol, done)


def _comparable(options: Options, registered: Registered) -> dict[str, Any]:
    """Give the options used, with those at their usual value that the protocol names, and files that it foresaw."""
    told = options.used()
    for name in (key.replace("-", "_") for key in registered.protocol.analysis):
        if name in ("dose", "buffers"):
            told[name] = getattr(options, name) is not None
        elif hasattr(options, name):
            told[name] = getattr(options, name)
    for name in ("dose", "buffers"):
        if name not in told and getattr(options, name) is not None:
            told[name] = getattr(options, name).name
    return told


def _standing(asked: Asked, evidence: Evidence, departures: list[str]) -> Asked:
    """Let the primary outcome's analysis be `registered` where it was, in time, and is done as it was written down."""
    from abate.trials import promises

    registered = evidence.registered
    if registered is None:
        return asked
    primary = registered.protocol.primary
    known = {"incidents": "incidents", "any": "any", "harm": "harm"}
    kept = not any(map(promises.decides, departures))
    if primary not in known or (primary == "harm" and evidence.panel.harm is None):
        return asked
    standing = "registered" if kept and registered.standing == "registered" else "supporting"
    return replace(asked, primary=primary, standing=standing)  # type: ignore[arg-type]


def _write(options: Options, found: Found, hashes: list[dict[str, str]], *, today: date, by: str) -> tuple[str, ...]:
    if options.out is None:
        return ()
    from abate.reports import trials as page

    evidence = found.evidence
    made = {
        "code": __version__,
        "parameters": options.plain(),
        "inputs": hashes,
        "schedule": evidence.drawn.standing,
        "scheme": evidence.drawn.scheme.plain(),
        "made_on": today.isoformat(),
        "by": by,
    }
    story = page.Story(
        analysis=found.analysis,
        scheme=evidence.drawn.scheme,
        panel=evidence.panel,
        schedule=evidence.drawn.standing,
        registered=None if evidence.registered is None else evidence.registered.sentence,
        protocol=None if evidence.registered is None else evidence.registered.protocol,
        departures=found.departures,
        overrides=evidence.drawn.overrides,
        notes=(*evidence.notes, *found.analysis.missing),
        made_on=today,
        washed=0 if evidence.washed is None else int((evidence.washed.now & evidence.panel.drawn).sum()),
        rings=evidence.rings,
        before=found.before,
        ground=found.ground,
    )
    return tuple(str(path) for path in page.write(story, options.out, made=made))
