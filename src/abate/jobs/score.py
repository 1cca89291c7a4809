"""Try methods of forecasting against what then happened: frozen before each window, beside plain past counts."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abate import periods
from abate.errors import OptionError
from abate.jobs import placing, records, runs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from abate.hotspots.rolling import Horizon

    Tell = Callable[[float, str], None]

BASELINE = "counts"
LEAST_TRAINING = 30


@dataclass(frozen=True)
class Options:
    """What the person asked for: which record, which places, from when, for which windows, how much, which methods.

    Either `lake` and `force`, or `events` and `mapping` (and perhaps `test_events`, later ones). `train_to` is a day or
    a month; None lets the origin roll. `windows`, `flag_km2` and `method` are as written at the prompt, with commas.
    `crime` None is serious violence from a lake, and everything in a file. For streets `flag_km2` is in kilometres of
    street. Raises `OptionError` with every fault at once.
    """

    lake: Path | None = None
    force: str | None = None
    events: Path | None = None
    mapping: Path | None = None
    test_events: Path | None = None
    crime: str | None = None
    first: str | None = None
    place: str = "hex:150"
    origin: str | None = None
    within: Path | None = None
    boundaries: Path | None = None
    crs: str | None = None
    train_to: str | None = None
    gap: int = 0
    windows: str = "1m"
    flag_km2: str = "1"
    method: str = "recommended,counts"
    features: Path | None = None
    origins: int = 12
    seed: int = 1
    out: Path | None = None

    def __post_init__(self) -> None:
        faults = [*self._source_faults(), *self._time_faults()]
        try:
            self.areas()
        except OptionError as fault:
            faults += fault.faults
        files = {
            "--events": self.events,
            "--mapping": self.mapping,
            "--test-events": self.test_events,
            "--within": self.within,
            "--boundaries": self.boundaries,
            "--features": self.features,
        }
        faults += [
            f"{option} {path}: there is no such file" for option, path in files.items() if path and not path.exists()
        ]
        if faults:
            raise OptionError(*faults)

    def _source_faults(self) -> list[str]:
        if (self.lake is None) == (self.events is None):
            return ["say where the incidents are: either --lake DIR with --force F, or --events FILE with --mapping M"]
        if self.lake is not None:
            told = [("--mapping", self.mapping), ("--test-events", self.test_events)]
            faults = [f"{option} goes with --events, not with --lake" for option, given in told if given]
            return faults + ([] if self.force else ["--lake needs --force: which force's incidents?"])
        return []

    def _time_faults(self) -> list[str]:
        faults: list[str] = []
        try:
            periods.month(self.first or "2000-01")
        except OptionError as fault:
            faults += [f"--from: {each}" for each in fault.faults]
        try:
            self.frozen()
        except OptionError as fault:
            faults += fault.faults
        if self.gap < 0:
            faults.append(
                f"--gap {self.gap}: a window cannot begin before training ends: give the days to leave out, 0 or more"
            )
        if self.origins < 1:
            faults.append(f"--origins {self.origins}: at least 1 origin is needed")
        return faults

    def frozen(self) -> date | None:
        """Give the last day that forecasts may know, as asked; None to let it roll.

        >>> Options(lake=Path("lake"), force="essex", train_to="2023-04").frozen()
        datetime.date(2023, 4, 30)
        """
        if self.train_to is None:
            return None
        try:
            if len(self.train_to) == len("2023-04"):
                return periods.first_day(periods.following(periods.month(self.train_to))) - timedelta(days=1)
            return date.fromisoformat(self.train_to)
        except (ValueError, OptionError):
            raise OptionError(
                f"--train-to {self.train_to}: not a day: write it as YYYY-MM-DD, for example 2023-04-30"
            ) from None

    def areas(self) -> tuple[float, ...]:
        """Give the areas to flag, each once, in the order asked.

        >>> Options(lake=Path("lake"), force="essex", flag_km2="1, 2.5,1").areas()
        (1.0, 2.5)
        """
        words = [part.strip() for part in self.flag_km2.split(",") if part.strip()]
        faults, found = [], []
        for word in words:
            try:
                found.append(float(word))
            except ValueError:
                found.append(0.0)
            if not 0 < found[-1] < float("inf"):
                faults.append(f"--flag-km2 {word}: not an area: write square kilometres above 0, for example 1,2.5,5")
        if faults or not found:
            raise OptionError(*(faults or ["--flag-km2 names no area: write square kilometres, for example 1,2.5,5"]))
        return tuple(dict.fromkeys(found))

    def source(self) -> records.Source:
        """Say where the incidents come from."""
        crime = self.crime or ("serious-violence" if self.lake is not None else "all")
        return records.Source(
            self.lake, self.force, self.events, self.mapping, self.test_events, crime=crime, first=self.first
        )

    def wanted(self) -> placing.Wanted:
        """Say which places are wanted."""
        return placing.Wanted(
            place=self.place, origin=self.origin, within=self.within, boundaries=self.boundaries, crs=self.crs
        )

    def plain(self) -> dict[str, Any]:
        """Give the options as plain values, for the record of how the scores were made; files by their names."""
        return {name: value.name if isinstance(value, Path) else value for name, value in asdict(self).items()}


@dataclass(frozen=True)
class Scores:
    """The answer: one record a method, window, area and origin; one sentence, notes, and the files written."""

    rows: tuple[dict[str, Any], ...]
    table: pd.DataFrame
    sentence: str
    notes: tuple[str, ...]
    files: tuple[str, ...] = field(default=())


def score(options: Options, *, tell: Tell = lambda _share, _words: None, today: date | None = None) -> Scores:
    """Try methods of forecasting: forecasts frozen at their origin, confronted with what happened after it.

    Plain past counts are always among the methods. With `train_to` there is one origin, else the origin rolls through
    the later half of the record. Raises `AbateError` with a sentence for everything that cannot be done: an unknown
    method, windows that the record cannot have or does not hold, windows that overlap training, too few incidents.
    """
    from abate.hotspots import methods, rolling

    day = today or date.today()  # noqa: DTZ011 - the day here
    chosen = _methods(options, methods)
    tell(0.02, "reading the incidents")
    happened = records.gather(options.source(), today=day)
    horizons = rolling.read(options.windows, unit=happened.unit)
    _check_needs(options, chosen, happened)
    frozen, happened = _freeze(options, happened)
    tell(0.2, "placing the incidents")
    record = records.settle(happened, options.wanted())
    plan = _plan(options, record, horizons, frozen)
    tell(0.3, "forecasting")
    tried = runs.run(
        record,
        plan,
        chosen,
        options.areas(),
        given=_given(options, record),
        baseline=BASELINE,
        seed=options.seed,
        tell=lambda done, words: tell(0.3 + done * 0.6, words),
    )
    tell(0.9, "measuring")
    return _answer(options, record, tried, chosen, today=day, tell=tell)


def _methods(options: Options, methods: Any) -> dict[str, Any]:
    """Look up the methods asked for, each once, and plain counts in any case."""
    names = list(dict.fromkeys(part.strip() for part in options.method.split(",") if part.strip()))
    faults, found = [], {}
    for name in [*names, *([] if BASELINE in names else [BASELINE])]:
        try:
            found[name] = methods.find(name)
        except OptionError as fault:
            faults += [f"--method: {each}" for each in fault.faults]
    if faults:
        raise OptionError(*faults)
    return found


def _check_needs(options: Options, chosen: dict[str, Any], happened: records.Happened) -> None:
    faults = []
    for name, method in chosen.items():
        if "days" in method.needs and happened.unit == "month":
            faults.append(f"--method {name}: needs the days of incidents, and this record has only months")
        if "streets" in method.needs and not options.place.strip().lower().startswith("street"):
            faults.append(f"--method {name}: needs places that are stretches of street: --place street:FILE")
        if "features" in method.needs and options.features is None:
            faults.append(f"--method {name}: needs what stands near the places: add --features FILE")
    if faults:
        raise OptionError(*faults)


def _given(options: Options, record: records.Record) -> dict[str, dict[str, Any]]:
    """Read what some methods need beyond the record, by the name of the need."""
    if options.features is None:
        return {}
    from abate.sources import features

    return {"features": {"features": features.read(options.features, crs=record.placing.crs)}}


def _freeze(options: Options, happened: records.Happened) -> tuple[date | None, records.Happened]:
    """Give the one origin, if there is one, and take out of the training file what it must not know."""
    from dataclasses import replace

    frozen = options.frozen()
    if options.test_events is None:
        return frozen, happened
    train = happened.train_months
    frozen = frozen or periods.first_day(periods.following(train[-1])) - timedelta(days=1)
    if happened.test_first is not None and happened.test_first <= frozen:
        raise OptionError(
            f"{options.test_events.name}: its first incident is of {happened.test_first}, and training goes to "
            f"{frozen}: the windows would overlap training; give later events, or an earlier --train-to"
        )
    rows = happened.rows
    kept = rows["test"] | (rows["period"] <= f"{frozen}")
    later = set(rows.loc[rows["test"], "month"])
    months = tuple(month for month in happened.months if month <= f"{frozen:%Y-%m}" or month in later)
    return frozen, replace(happened, rows=rows[kept].reset_index(drop=True), months=months)


def _plan(
    options: Options, record: records.Record, horizons: Sequence[Horizon], frozen: date | None
) -> list[runs.Planned]:
    """List which window is forecast from which origin; refuse what the record does not hold."""
    from abate.hotspots import rolling
    from abate.hotspots.histories import Window

    unit, span = record.happened.unit, record.history.span
    if frozen is not None:
        _check_origin(record, frozen)
        made = [
            runs.Planned(frozen, each, rolling.window(frozen, each, gap=options.gap, unit=unit)) for each in horizons
        ]
        faults = [fault for planned in made for fault in _window_faults(record, planned)]
        if faults:
            raise OptionError(*faults)
    else:
        seen = Window(span.first, records.last_day(record.happened))
        days = rolling.origins(seen, horizons, unit=unit, gap=options.gap, most=options.origins)
        all_of = [
            runs.Planned(day, each, rolling.window(day, each, gap=options.gap, unit=unit))
            for day, each in product(days, horizons)
        ]
        made = [
            planned
            for planned in all_of
            if planned.window.last <= seen.last and not list(records.missing(record, planned.window))
        ]
        if never := [str(each) for each in horizons if not any(planned.horizon == each for planned in made)]:
            raise OptionError(
                *(f"window {name}: no origin in the later half of {seen.first} to {seen.last} has it" for name in never)
            )
    _check_enough(record, min(planned.origin for planned in made))
    return made


def _check_origin(record: records.Record, frozen: date) -> None:
    span = record.history.span
    if not span.first <= frozen <= span.last:
        raise OptionError(f"--train-to {frozen}: the record runs from {span.first} to {span.last}")
    if record.happened.unit == "month" and (frozen + timedelta(days=1)).day != 1:
        raise OptionError(f"--train-to {frozen}: the record has months, not days: name the last day of a month")


def _window_faults(record: records.Record, planned: runs.Planned) -> list[str]:
    span, window = record.history.span, planned.window
    told = f"window {planned.horizon} ({window.first} to {window.last})"
    if window.last > span.last:
        return [f"{told}: the record ends on {span.last}: load later months, or ask for a shorter window"]
    if gone := list(records.missing(record, window)):
        return [f"{told}: the record does not hold {', '.join(gone)}: a missing month is not a quiet one"]
    return []


def _check_enough(record: records.Record, origin: date) -> None:
    known = int(record.history.until(origin).totals().sum())
    if known < LEAST_TRAINING:
        raise OptionError(
            f"only {known:,} located incidents of {record.happened.selection.label} are known up to {origin}: "
            f"at least {LEAST_TRAINING} are needed; widen --crime, --within or the training span"
        )


def _answer(
    options: Options, record: records.Record, tried: runs.Tried, chosen: dict[str, Any], *, today: date, tell: Tell
) -> Scores:
    from abate.jobs import scorewords

    rows = runs.rows(record, tried, options.areas(), seed=options.seed)
    told = scorewords.worded(rows, record)
    table = runs.table(told)
    sentence, notes = scorewords.sentence(told, record), scorewords.notes(told, record, options.gap)
    files: tuple[str, ...] = ()
    if options.out is not None:
        from abate.reports import scores as report

        tell(0.95, "writing the report")
        story = scorewords.story(told, table, record, tried, chosen, options=options, today=today)
        files = tuple(str(path) for path in report.write(story, options.out))
    tell(1.0, "done")
    return Scores(tuple(told), table, sentence, notes, files)
