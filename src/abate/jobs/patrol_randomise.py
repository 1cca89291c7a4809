"""A schedule of patrols from a list of sites: draw it, write it down for good, and record that this was done."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import abate
from abate.errors import AbateError, OptionError
from abate.jobs import ledgers, patrol_schedules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from abate.jobs.ledgers import Entry
    from abate.sources.patrol_sites import PatrolSites
    from abate.trials.balance import Balance
    from abate.trials.schemes import Kind, Scheme

    Flags = NDArray[np.bool_]
    Tell = Callable[[float, str], None]

LARGEST_SEED = 2**53
REDRAWS = 1000
_READ_ONLY = 0o444


@dataclass(frozen=True)
class Options:
    """What the person asked for: which sites, from when, for how long, and by which scheme.

    `sites` is the file of sites, `out` the schedule that is written. Without a `seed` the system gives one. `block`
    and `exclude` are as written at the prompt. `ledger` is the record, None for the one in the folder of `out`.
    """

    sites: Path
    starts: str
    days: int
    out: Path = Path("schedule.csv")
    scheme: Kind = "daily"
    treat: int | None = None
    waves: int | None = None
    chance: float | None = None
    block: str | None = None
    longest_run: int | None = None
    rest: int = 0
    washout: int = 0
    exclude: str | None = None
    seed: int | None = None
    crs: str | None = None
    ledger: Path | None = None

    def plain(self) -> dict[str, Any]:
        """Give the options as plain values, for the record of how the schedule was made; files by their names."""
        return {name: value.name if isinstance(value, Path) else value for name, value in asdict(self).items()}


@dataclass(frozen=True)
class Drawn:
    """The answer: the schedule, how it was drawn, how even it is, and the files written."""

    scheme: Scheme
    described: str
    sha256: str
    treated_per_day: float
    treated: int
    control: int
    seed: int
    seed_from: str
    draw: int
    draws: int
    balance: Balance
    notes: tuple[str, ...]
    file: str
    files: tuple[str, ...]
    ledger: str

    def document(self) -> dict[str, Any]:
        """Give the answer as the JSON document of `abate patrols randomise --json`."""
        return {
            "sha256": self.sha256,
            "treated_per_day": self.treated_per_day,
            "place_days": {"treated": self.treated, "control": self.control},
            "file": self.file,
            "draw": self.draw,
            "draws": self.draws,
            "seed": self.seed,
            "seed_from": self.seed_from,
            "scheme": self.scheme.plain(),
            "described": self.described,
            "balance": self.balance.plain(),
            "ledger": self.ledger,
            "notes": list(self.notes),
            "files": list(self.files),
        }


@dataclass(frozen=True)
class _Draft:
    """A schedule before it is frozen: what was drawn, its bytes, and what is told of it."""

    scheme: Scheme
    sites: pd.DataFrame
    patrol: Flags
    opened: Flags
    content: bytes
    told: dict[str, Any]
    balance: Balance
    notes: tuple[str, ...]


def randomise(
    options: Options, *, today: date, now: datetime, by: str, tell: Tell = lambda _share, _words: None
) -> Drawn:
    """Draw a schedule, freeze it, and write its SHA-256 into the ledger beside it.

    The ledger is written first, so that a draw that could not be delivered is on record too. Raises `AbateError` with
    a sentence a fault when the sites, the scheme or the folder will not do, and when a schedule stands there already.
    """
    from abate.sources import patrol_sites

    scheme = scheme_of(options)
    _refuse_standing(options.out)
    tell(0.05, "reading the sites")
    sites = patrol_sites.read(options.sites, crs=options.crs)
    tell(0.2, "drawing, and drawing again to compare")
    draft = _draft(options, scheme, sites, today=today, by=by)
    tell(0.8, "writing")
    told, files = _freeze(options, draft, now=now, by=by)
    tell(1.0, "done")
    return Drawn(
        scheme=scheme,
        described=told["described"],
        sha256=told["sha256"],
        treated_per_day=told["treated_per_day"],
        treated=told["place_days"]["treated"],
        control=told["place_days"]["control"],
        seed=told["seed"],
        seed_from=told["seed_from"],
        draw=told["draw"],
        draws=told["draws"],
        balance=draft.balance,
        notes=draft.notes,
        file=str(options.out),
        files=tuple(map(str, files)),
        ledger=str(patrol_schedules.ledger_of(options.out, options.ledger)),
    )


def scheme_of(options: Options) -> Scheme:
    """Make the scheme out of the options as written at the prompt.

    Raises `OptionError` with every fault at once.
    """
    from abate.sources import excluded_days
    from abate.trials.schemes import Scheme

    faults: list[str] = []
    starts = excluded_days.day(options.starts)
    if starts is None:
        faults.append(f"--from {options.starts}: a day that exists, written YYYY-MM-DD, is right")
    if options.out.suffix != ".csv":
        faults.append(f"-o {options.out}: the name of a CSV file, such as schedule.csv, is right")
    if options.seed is not None and not 0 <= options.seed < LARGEST_SEED:
        faults.append(f"--seed {options.seed}: a whole number from 0 to 2**53 is right")
    blocks: Any = tuple(part.strip() for part in options.block.split(",")) if options.block else ()
    named = ("days", "treat", "waves", "chance", "longest_run", "rest", "washout")
    plain = {name: getattr(options, name) for name in named}
    scheme: Scheme | None = None
    try:
        left_out = excluded_days.read(options.exclude) if options.exclude else ()
        day = starts or date(2000, 1, 1)
        scheme = Scheme(starts=day, kind=options.scheme, block=blocks, excluded=left_out, **plain)
    except AbateError as fault:
        faults += fault.faults
    if faults or scheme is None:
        raise OptionError(*faults)
    return scheme


def csv_bytes(scheme: Scheme, sites: pd.DataFrame, patrol: Flags, opened: Flags) -> bytes:
    """Write a schedule as CSV: a row a place-day, by date and site, and nothing else; excluded place-days have none."""
    lines = ["date,site_id,arm"]
    names = [str(name) for name in sites["site_id"]]
    order = sorted(range(len(names)), key=names.__getitem__)
    quoted = [_quoted(name) for name in names]
    for place, day in enumerate(scheme.dates):
        lines += [
            f"{day.isoformat()},{quoted[site]},{'patrol' if patrol[place, site] else 'usual'}"
            for site in order
            if opened[place, site]
        ]
    return ("\n".join(lines) + "\n").encode()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if any(mark in name for mark in ',"\r\n') else name


def _refuse_standing(out: Path) -> None:
    """Refuse to draw where a schedule stands: it is written once."""
    standing = [path for path in (out, out.with_suffix(".json")) if path.exists()]
    if standing:
        raise OptionError(
            f"{standing[0]}: a schedule stands there already, and is written once: nothing was drawn. What was done "
            "differently is recorded with --override; another draw goes to another file with -o, and is numbered"
        )


def _draft(options: Options, scheme: Scheme, sites: PatrolSites, *, today: date, by: str) -> _Draft:
    """Draw the schedule and gather everything that is told of it, save its number."""
    from abate.trials import balance, schemes

    columns = [name for name in ("site_id", "name", "area", "pair") if name in sites.sites.columns]
    listed = sites.sites[columns]
    seed, seed_from = _seed(options.seed)
    patrol = schemes.draw(scheme, listed, seed=seed)[0]
    opened = schemes.drawable(scheme, listed)
    content = csv_bytes(scheme, listed, patrol, opened)
    told: dict[str, Any] = {
        "title": "Schedule of patrols, drawn at random",
        "described": schemes.describe(scheme, sites=len(listed)),
        "how": schemes.WAYS[schemes.way(scheme, listed)],
        "scheme": scheme.plain(),
        "seed": seed,
        "seed_from": seed_from,
        "sha256": hashlib.sha256(content).hexdigest(),
        "treated_per_day": _per_day(patrol, opened),
        "place_days": {"treated": int(patrol.sum()), "control": int((opened & ~patrol).sum())},
        "place_days_left_out": int((~opened).sum()),
        "washout_place_days": int((schemes.washed(scheme, patrol) & opened).sum()),
        "sites": [
            {str(name): value if isinstance(value, str) else None for name, value in row.items()}
            for row in listed.to_dict("records")
        ],
        "sites_file": {"file": sites.name, "sha256": sites.sha256, "version": sites.version},
        "drawn_before_it_begins": scheme.starts > today,
        "release": "week by week: no export covers more than the next seven days",
        "code": {"abate": abate.__version__, "drawn_by": "abate.trials.schemes.draw"},
        "parameters": options.plain(),
        "made_on": today.isoformat(),
        "by": by,
    }
    notes = (*filter(None, [patrol_schedules.before(scheme.starts, today), _beside(scheme)]), *_counted(told))
    weighed = balance.weigh(scheme, listed, seed=seed, redraws=REDRAWS)
    return _Draft(scheme, listed, patrol, opened, content, told, weighed, notes)


def _per_day(patrol: Flags, opened: Flags) -> float:
    """Give how many sites are patrolled a day: a whole number where it is the same on each day in the draw."""
    each = patrol.sum(axis=1)[opened.any(axis=1)]
    if not len(each):
        return 0
    return int(each[0]) if (each == each[0]).all() else round(float(each.mean()), 4)


def _beside(scheme: Scheme) -> str | None:
    """Say that excluded days lie outside the schedule; None when all lie in it."""
    outside = [each for each in scheme.excluded if each.day not in set(scheme.dates)]
    if not outside:
        return None
    return (
        f"--exclude: {len(outside)} of {len(scheme.excluded)} days lie outside the schedule, "
        f"first {outside[0].day.isoformat()}"
    )


def _counted(told: Mapping[str, Any]) -> Iterator[str]:
    if told["place_days_left_out"]:
        yield f"{told['place_days_left_out']:,} place-days are left out of the draw and have no row"
    if told["washout_place_days"]:
        yield f"{told['washout_place_days']:,} usual place-days are washout, which the analysis sets aside"


def _freeze(options: Options, draft: _Draft, *, now: datetime, by: str) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """Number the draw, write it into the ledger, then deliver the files; the schedule cannot be written to again."""
    from abate.reports import deliveries

    out, told = options.out, draft.told
    kept = patrol_schedules.ledger_of(out, options.ledger)
    with ledgers.held(kept) as ledger:
        _refuse_standing(out)
        before = patrol_schedules.earlier(ledger.entries, _names(draft), draft.scheme)
        told |= {"draw": len(before) + 1, "draws": len(before) + 1}
        told["ledger"] = {"file": kept.name, "entry": len(ledger.entries) + 1}
        beside = (json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
        page = _page(draft, before)
        ledger.append("alter", _said(draft, out, hashlib.sha256(beside).hexdigest()), by=by, when=now)
        files = deliveries.deliver(
            {out.name: draft.content, out.with_suffix(".json").name: beside, page_name(out): page.encode()}, out.parent
        )
        for path in files[:2]:
            path.chmod(_READ_ONLY)
    return told, files


def page_name(out: Path) -> str:
    """Give the name of the page that shows a schedule.

    >>> page_name(Path("schedule.csv")), page_name(Path("autumn.csv"))
    ('allocation.html', 'autumn-allocation.html')
    """
    return "allocation.html" if out.stem == "schedule" else f"{out.stem}-allocation.html"


def _names(draft: _Draft) -> list[str]:
    return [str(name) for name in draft.sites["site_id"]]


def _said(draft: _Draft, out: Path, beside_sha256: str) -> dict[str, Any]:
    """Gather what the ledger keeps of a draw."""
    told = draft.told
    return {
        "act": "draw",
        "file": out.name,
        "sha256": told["sha256"],
        "beside_sha256": beside_sha256,
        "draw": told["draw"],
        "first": draft.scheme.dates[0].isoformat(),
        "last": draft.scheme.dates[-1].isoformat(),
        "sites": sorted(_names(draft)),
        "scheme": told["scheme"],
        "seed": told["seed"],
        "seed_from": told["seed_from"],
        "abate": abate.__version__,
    }


def _page(draft: _Draft, before: Sequence[Entry]) -> str:
    from abate.reports import allocations

    drawn_before = tuple(
        f"draw {place} of {len(before) + 1}: {entry.said['file']}, {entry.when[:10]}, SHA-256 {entry.said['sha256']}"
        for place, entry in enumerate(before, 1)
    )
    return allocations.draw(
        allocations.Allocation(
            dates=draft.scheme.dates,
            sites=draft.sites,
            patrol=draft.patrol,
            opened=draft.opened,
            balance=draft.balance,
            told=draft.told,
            earlier=drawn_before,
            notes=draft.notes,
        )
    )


def _seed(given: int | None) -> tuple[int, str]:
    """Take the seed that was given, or one from the system; and say which."""
    return (secrets.randbelow(LARGEST_SEED), "the system") if given is None else (given, "the person who drew")
