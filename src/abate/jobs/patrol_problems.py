"""Problem plans from files: a template for the sites, or how far the plans that there are have come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from abate.errors import OptionError

if TYPE_CHECKING:
    from pathlib import Path

    from abate.patrols.problems import Standing


@dataclass(frozen=True)
class Options:
    """What the person asked for: a template for the `sites` in the file `out`, or a look through the plans of `check`.

    Raises `OptionError` with every fault at once.
    """

    sites: Path
    today: date
    check: Path | None = None
    out: Path | None = None

    def __post_init__(self) -> None:
        faults = []
        if (self.check is None) == (self.out is None):
            faults.append("give either -o FILE (a template to fill in) or --check FILE (plans to look through)")
        if self.out is not None and self.out.suffix.lower() != ".csv":
            faults.append(f"-o {self.out}: the template is a CSV file: name it such as plans.csv")
        if self.out is not None and self.out.exists():
            faults.append(f"-o {self.out} is there already, and plans in it would be lost: name another file")
        for option, path in (("SITES", self.sites), ("--check", self.check)):
            if path is not None and not path.is_file():
                faults.append(f"{option} {path}: there is no such file")
        if faults:
            raise OptionError(*faults)


@dataclass(frozen=True)
class Found:
    """The answer: one sentence, how far the plans are (None for a template), and the files written."""

    sentence: str
    standing: Standing | None
    files: tuple[str, ...] = ()

    def rows(self) -> list[tuple[str, ...]]:
        """Give the table of a person at the prompt: a row a site."""
        told: list[Any] = [] if self.standing is None else self.standing.table.to_dict("records")
        return [
            (
                row["site_id"],
                row["name"],
                row["stage"],
                *(str(row[column]) for column in ("open", "overdue", "unassessed")),
                "" if row["next_due"] != row["next_due"] else f"{row['next_due']:%-d %B %Y}",
            )
            for row in told
        ]

    def document(self) -> dict[str, Any]:
        """Give the answer as the JSON document of `abate patrols plans --json`."""
        told: list[Any] = [] if self.standing is None else self.standing.table.to_dict("records")
        return {
            "sentence": self.sentence,
            "sites": [
                {**row, "next_due": None if row["next_due"] != row["next_due"] else row["next_due"].date().isoformat()}
                for row in told
            ],
            "notes": [] if self.standing is None else list(self.standing.notes),
            "files": list(self.files),
        }


def plans(options: Options) -> Found:
    """Write a template of problem plans for some sites, or say how far the plans that there are have come.

    Raises `AbateError` with a sentence a fault when a file will not do.
    """
    from abate.patrols import problems
    from abate.sources import patrol_sites, problem_plans

    sites = patrol_sites.read(options.sites).sites
    if options.check is None:
        return _template(sites, options)
    standing = problems.standing(problem_plans.read(options.check), sites, today=options.today)
    return Found(_sentence(standing, options.today), standing)


def read_day(text: str) -> date:
    """Read a day written YYYY-MM-DD; raises `OptionError` when it is none.

    >>> read_day("2026-11-30")
    datetime.date(2026, 11, 30)
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise OptionError(f"--today {text}: write the day as YYYY-MM-DD, such as 2026-11-30") from None


def _template(sites: Any, options: Options) -> Found:
    from abate.patrols import problems
    from abate.reports import deliveries
    from abate.reports.tables import harmless

    out = options.out
    assert out is not None
    written = problems.template(sites).map(harmless).to_csv(index=False, lineterminator="\n").encode()
    files = deliveries.deliver({out.name: written}, out.parent)
    sentence = (
        f"{out.name} has a row for each of {len(sites)} sites, below a row that says what belongs in each column: fill "
        "in what is known, copy a site's row for each further response, and look through it with --check."
    )
    return Found(sentence, None, tuple(map(str, files)))


def _sentence(standing: Standing, today: date) -> str:
    table = standing.table
    have, listed = int((table["responses"] > 0).sum()), len(table)
    return (
        f"{have} of {listed} sites have a problem plan; on {today:%-d %B %Y} {_many(len(standing.overdue))} overdue, "
        f"and {_many(len(standing.unassessed))} done without an assessment."
    )


def _many(count: int) -> str:
    return f"{count or 'no'} response{'' if count == 1 else 's'} {'is' if count == 1 else 'are'}"
