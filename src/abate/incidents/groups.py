"""Crime groups by name: which crime types and which Home Office offence codes each one stands for.

The groups are data (`data/crime_groups.toml`, with source and edition). A row that carries an offence code known to
`data/offence_codes.csv` is judged by its code; any other row by its crime type. So one name gives the narrow meaning
where a force's own extract has codes, and the published category where nothing finer is known, and says which.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

from abate.errors import OptionError, nearest
from abate.incidents import harm, offences

if TYPE_CHECKING:
    from collections.abc import Iterable

Proactive = Literal["exclude", "include"]


@dataclass(frozen=True)
class Group:
    """One named group of crimes, as written in the data file.

    `types` are police.uk crime types, `codes` Home Office offence codes, `words` are looked for in the crime types
    of other sources unless one of `except_words` stands there too. Those `unless_flagged` are a stand-in that counts
    only where a row has no knife flag; with `knife_flag` a row flagged as knife crime counts whatever its type.
    `leaves_out` are types that patrols find by searching: they and the codes of that sort (`found`) are left out
    unless they are asked for.
    """

    name: str
    label: str
    types: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    types_unless_flagged: tuple[str, ...] = ()
    codes_unless_flagged: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    except_words: tuple[str, ...] = ()
    everything: bool = False
    knife_flag: bool = False
    note: str = ""
    note_for: str = "all"
    needs_codes: str = ""
    leaves_out: tuple[str, ...] = ()

    @property
    def found(self) -> tuple[str, ...]:
        """Its codes of offences that patrols find by searching."""
        return tuple(code for code in self.codes if offences.codes()[code].group in _found("groups"))


@dataclass(frozen=True)
class Selection:
    """The crimes that were asked for, ready to pick rows.

    `names` as asked, `label` for people, `notes` are sentences that belong beside every figure. `types` count where a
    row has no known offence code, `codes` where it has one, `exact_types` always. `threat_codes` count only with the
    classification of a threat, which a victim reports. A row flagged as knife crime does not count by its flag alone
    where it is of `unflagged_types` or `threat_codes`. The rest as in `Group`.
    """

    names: tuple[str, ...]
    label: str
    edition: str
    types: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    exact_types: tuple[str, ...] = ()
    types_unless_flagged: tuple[str, ...] = ()
    codes_unless_flagged: tuple[str, ...] = ()
    threat_codes: tuple[str, ...] = ()
    unflagged_types: tuple[str, ...] = ()
    knife_flag: bool = False
    everything: bool = False
    notes: tuple[str, ...] = ()

    def filter(self, incidents: Any) -> Any:
        """Give an Ibis boolean that is true for the rows that were asked for, never null.

        `incidents` is an Ibis table with `crime_type` and, where there are such columns, `ho_offence_code`,
        `ho_classification` and `knife`.
        """
        import ibis

        if self.everything:
            return ibis.literal(value=True)
        crime_type = incidents.crime_type.fill_null("")
        picked = _among(crime_type, self.exact_types) | self._by(incidents, crime_type, self.types, self.codes)
        if self.types_unless_flagged or self.codes_unless_flagged:
            stand_in = self._by(incidents, crime_type, self.types_unless_flagged, self.codes_unless_flagged)
            picked |= stand_in & incidents.knife.isnull() if "knife" in incidents.columns else stand_in
        if self.knife_flag and "knife" in incidents.columns:
            flagged = incidents.knife.fill_null(False)  # noqa: FBT003 - Ibis takes the value by place only
            picked |= flagged & ~self._by(incidents, crime_type, self.unflagged_types, self.threat_codes)
        return picked | self._threats(incidents)

    def _threats(self, incidents: Any) -> Any:
        import ibis

        if not self.threat_codes or not {"ho_offence_code", "ho_classification"} <= set(incidents.columns):
            return ibis.literal(value=False)
        code = incidents.ho_offence_code.fill_null("").strip().upper()
        told = incidents.ho_classification.fill_null("").strip()
        return _among(code, self.threat_codes) & _among(told, harm.threats())

    def _by(self, incidents: Any, crime_type: Any, types: tuple[str, ...], codes: tuple[str, ...]) -> Any:
        if "ho_offence_code" not in incidents.columns:
            return _among(crime_type, types)
        code = incidents.ho_offence_code.fill_null("").strip().upper()
        known = _among(code, tuple(offences.codes()))
        return (known & _among(code, codes)) | (~known & _among(crime_type, types))


def read(
    text: str, *, known_types: Iterable[str], with_codes: bool = True, proactive: Proactive = "exclude"
) -> Selection:
    """Read which crimes are meant, such as `violence,robbery,weapons`.

    Each part is the name of a group or, exactly, a crime type that the lake holds (`known_types`). `with_codes` says
    whether any row carries a Home Office offence code: without, groups that no crime type can tell apart are refused.
    Groups of several kinds of crime, such as `serious-violence`, leave out offences that patrols find by searching
    (possession of weapons, drugs), unless `proactive` is "include": such counts follow where officers looked. A group
    or type of nothing else (`weapons`, `drugs`) is used as named. The notes say which it was.

    Raises `OptionError` with one sentence for each part that is not known, with the nearest name that is.

    >>> chosen = read("robbery,weapons", known_types=["Robbery", "Possession of weapons", "Drugs"])
    >>> chosen.label, chosen.types
    ('robbery and possession of weapons', ('Possession of weapons', 'Robbery'))
    """
    types = sorted(set(known_types))
    parts = _parts(text, types)
    if not parts:
        raise OptionError(f"no crime is named. {nearest('', groups())}")
    chosen = {}
    faults: list[str] = []
    for part in parts:
        try:
            chosen[_plain(part)] = _selected(part, types, with_codes=with_codes, proactive=proactive)
        except OptionError as fault:
            faults += fault.faults
    if faults:
        raise OptionError(*faults)
    return _joined(list(chosen.values()))


@cache
def groups() -> dict[str, Group]:
    """Give every group by its name, in the order of the data file."""
    written, _ = _written()
    return {name: _group(name, entry) for name, entry in written.items()}


def edition() -> str:
    """Give the edition of the groups, to be kept with whatever is made from them."""
    return _written()[1]


def explain() -> str:
    """Print every group as a Markdown table for the reference: its types and its codes."""
    lines = [
        "| name | crime types | Home Office codes | only with `--proactive include` |",
        "| --- | --- | --- | --- |",
    ]
    for group in groups().values():
        left, found = (group.leaves_out, group.found) if group.leaves_out else ((), ())
        types = "every one" if group.everything else _listed((*group.types, *group.types_unless_flagged), but=left)
        codes = "every one" if group.everything else _listed((*group.codes, *group.codes_unless_flagged), but=found)
        more = ", ".join((*left, *found))
        lines.append(f"| `{group.name}` | {types or 'cannot be told apart'} | {codes or 'none'} | {more} |")
    return "\n".join(lines)


def _listed(names: tuple[str, ...], *, but: tuple[str, ...]) -> str:
    return ", ".join(name for name in names if name not in but)


@cache
def _written() -> tuple[dict[str, dict[str, Any]], str]:
    content = tomllib.loads((resources.files("abate.incidents") / "data/crime_groups.toml").read_text("utf-8"))
    return {name: entry for name, entry in content.items() if isinstance(entry, dict)}, content["edition"]


@cache
def _found(what: str) -> tuple[str, ...]:
    """Give the `types`, `groups` or `words` by which offences that patrols find are told."""
    content = tomllib.loads((resources.files("abate.incidents") / "data/crime_groups.toml").read_text("utf-8"))
    return tuple(content[f"found_{what}"])


@cache
def _police_types() -> frozenset[str]:
    written, _ = _written()
    return frozenset(kind for entry in written.values() for kind in entry.get("types", ()))


def _group(name: str, entry: dict[str, Any]) -> Group:
    listed: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    within = set(listed.pop("groups", ())), set(listed.pop("subgroups", ()))
    coded = {
        offence.code
        for offence in offences.codes().values()
        if offence.group in within[0] or offence.subgroup in within[1]
    }
    return Group(name=name, **{**listed, "codes": tuple(sorted(coded | set(listed.get("codes", ()))))})


def _parts(text: str, types: list[str]) -> list[str]:
    """Split at commas, except where the whole is one crime type that has a comma in it."""
    if _plain(text) in {_plain(kind) for kind in types}:
        return [text.strip()]
    return [part.strip() for part in text.split(",") if part.strip()]


def _selected(part: str, types: list[str], *, with_codes: bool, proactive: Proactive) -> Selection:
    group = groups().get(_plain(part))
    if group is None:
        if same := tuple(kind for kind in types if _plain(kind) == _plain(part)):
            notes = tuple(_named_as_found(kind) for kind in same if is_found(kind))
            return Selection(names=(part,), label=part.lower(), edition=edition(), exact_types=same, notes=notes)
        raise OptionError(f"crime '{part}' is not known. {nearest(part, _names(types))}")
    own = _matching(group, types)
    if group.needs_codes and not with_codes and not own:
        raise OptionError(f"crime '{part}' cannot be told from the crime types in this lake: {group.needs_codes}")
    left = tuple(kind for kind in own if _is_left_out(kind, group)) if proactive == "exclude" else ()
    found = group.found if group.leaves_out and proactive == "exclude" else ()
    return Selection(
        names=(group.name,),
        label=group.label,
        edition=edition(),
        types=tuple(kind for kind in own if kind not in left),
        codes=tuple(code for code in group.codes if code not in found),
        types_unless_flagged=tuple(kind for kind in types if _in(kind, group.types_unless_flagged)),
        codes_unless_flagged=group.codes_unless_flagged,
        threat_codes=found,
        unflagged_types=left,
        knife_flag=group.knife_flag,
        everything=group.everything,
        notes=(*_notes(group, own, types), *_handling(group, own, proactive)),
    )


def is_found(kind: str) -> bool:
    """Tell whether a crime type is one of offences that patrols find by searching."""
    if _in(kind, tuple(_police_types())):
        return _in(kind, _found("types"))
    return _says(f"-{_plain(kind)}-", _found("words"))


def _is_left_out(kind: str, group: Group) -> bool:
    return bool(group.leaves_out) and (_in(kind, group.leaves_out) or (not _in(kind, group.types) and is_found(kind)))


def _named_as_found(kind: str) -> str:
    return (
        f"'{kind}' is used because it was named: such offences are mostly found by police, so their counts follow "
        "police activity"
    )


def _handling(group: Group, own: tuple[str, ...], proactive: Proactive) -> tuple[str, ...]:
    """Say what became of the offences that patrols find."""
    if group.everything:
        found = ", ".join(_found("types")[:2]).lower()
        return (f"'{group.name}' counts offences that police find themselves too ({found})",)
    if not group.leaves_out:
        return ()
    spoken = ", ".join(kind for kind in own if _is_left_out(kind, group)).lower() or "possession of weapons"
    handled = "counts" if proactive == "include" else "leaves out"
    why = (
        "as asked, so the list follows police activity as well as crime"
        if proactive == "include"
        else "so that patrols are not sent where patrols have been; `--proactive include` counts them"
    )
    return (f"'{group.name}' {handled} {spoken}, which police find by searching, {why}",)


def _matching(group: Group, types: list[str]) -> tuple[str, ...]:
    return tuple(kind for kind in types if _in(kind, group.types) or _by_word(kind, group))


def _in(kind: str, listed: tuple[str, ...]) -> bool:
    return _plain(kind) in {_plain(entry) for entry in listed}


def _by_word(kind: str, group: Group) -> bool:
    if _in(kind, tuple(_police_types())):
        return False
    spoken = f"-{_plain(kind)}-"
    return _says(spoken, group.words) and not _says(spoken, group.except_words)


def _says(spoken: str, words: tuple[str, ...]) -> bool:
    return any(f"-{_plain(word)}-" in spoken for word in words)


def _notes(group: Group, own: tuple[str, ...], types: list[str]) -> list[str]:
    notes = []
    if group.note and (group.note_for == "all" or own):
        notes.append(group.note)
    if group.needs_codes and not own:
        notes.append(f"'{group.name}' counts only rows with a Home Office offence code")
    if "Public disorder and weapons" in own and group.name in ("weapons", "public-order"):
        notes.append("before May 2013 public disorder and weapons were one category and cannot be told apart")
    if foreign := [kind for kind in own if not _in(kind, group.types)]:
        notes.append(f"'{group.name}' takes the source's own types {', '.join(repr(kind) for kind in foreign)}")
    if types and not own and not group.everything and not group.needs_codes:
        notes.append(f"no crime type in this lake belongs to '{group.name}': only rows with an offence code can count")
    return notes


def _names(types: list[str]) -> list[str]:
    """List what may be asked for: the groups, and those types of the lake that are not called as a group is."""
    return [*groups(), *(kind for kind in types if _plain(kind) not in groups())]


def _joined(chosen: list[Selection]) -> Selection:
    """Put selections together: whatever any of them picks is picked."""
    labels = [selection.label for selection in chosen]
    label = labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"

    def union(field: str) -> tuple[str, ...]:
        return tuple(sorted({value for selection in chosen for value in getattr(selection, field)}))

    counted = {kind for selection in chosen for kind in (*selection.types, *selection.exact_types)}
    notes = [note for selection in chosen for note in _still_true(selection, counted)]
    return replace(
        chosen[0],
        names=tuple(selection.names[0] for selection in chosen),
        label=label,
        types=union("types"),
        codes=union("codes"),
        exact_types=union("exact_types"),
        types_unless_flagged=union("types_unless_flagged"),
        codes_unless_flagged=union("codes_unless_flagged"),
        threat_codes=union("threat_codes"),
        unflagged_types=union("unflagged_types"),
        knife_flag=any(selection.knife_flag for selection in chosen),
        everything=any(selection.everything for selection in chosen),
        notes=tuple(dict.fromkeys(notes)),
    )


def _still_true(selection: Selection, counted: set[str]) -> tuple[str, ...]:
    """Give the notes of a selection, but its last, on what it leaves out, where another part asks for just that."""
    asked_for = selection.unflagged_types and set(selection.unflagged_types) <= counted
    return selection.notes[:-1] if asked_for else selection.notes


def _among(value: Any, listed: tuple[str, ...]) -> Any:
    import ibis

    return value.isin(listed) if listed else ibis.literal(value=False)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
