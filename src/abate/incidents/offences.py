"""Home Office offence codes: what each one is called and which groups it falls in."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Offence:
    """A Home Office offence code, its group and subgroup, and the police.uk type that it is taken to fall in.

    `knife_collection` is "yes" where knife use is counted with the Home Office, "homicide_index" where it is counted
    there, else "no". `standing` is "seen" where the code stands in a source, "unverified" where it is from memory.
    """

    code: str
    group: str
    subgroup: str
    label: str
    police_uk_type: str
    knife_collection: str
    standing: str


@cache
def codes() -> dict[str, Offence]:
    """Give every offence code that is known, by the code.

    Groups are those of the Cambridge Crime Harm Index workbook of 6 October 2020. The police.uk type is inferred
    from the names: no official table was found, and driving deaths, malicious communications and blackmail are
    doubtful.

    >>> codes()["8N"].label
    'Assault with injury'
    """
    text = (resources.files("abate.incidents") / "data/offence_codes.csv").read_text("utf-8")
    rows = [
        Offence(
            code=row["ho_offence_code"],
            group=row["offence_group"],
            subgroup=row["offence_subgroup"],
            label=row["label"],
            police_uk_type=row["police_uk_type"],
            knife_collection=row["knife_collection"],
            standing=row["standing"],
        )
        for row in csv.DictReader(text.splitlines())
    ]
    return {row.code: row for row in rows}
