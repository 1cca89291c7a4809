"""What to do with each file found: which format it has, and which force it is from where its rows do not say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from abate.errors import OptionError, SourceError, nearest
from abate.sources import files, forces, headers, police_uk

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from abate.schema import Format
    from abate.sources.files import Found, Piece
    from abate.sources.mapping import Mapping


@dataclass(frozen=True)
class Known:
    """A file whose format is known: its columns, and its force where that stands in no row."""

    piece: Piece
    columns: tuple[str, ...]
    format: Format
    force: str | None


@dataclass(frozen=True)
class Intake:
    """The files that can be read, what a person should know about them, and what is wrong with the others."""

    known: tuple[Known, ...]
    notes: tuple[str, ...]
    faults: tuple[str, ...]


def recognise(found: Found, *, today: date, force: str | None, mapping: Mapping | None, folder: Path) -> Intake:
    """Tell the kind of every file by its header, or by the mapping where one is given.

    Sheets of workbooks are written into `folder` as CSV. Faults are gathered, so that all are told at once. Raises
    `OptionError` when `force` is no force that data.police.uk publishes (a mapping may name any).
    """
    if force is not None and mapping is None and force not in forces.FORCES:
        raise OptionError(f"--force {force}: there is no such force. {nearest(force, forces.FORCES)}")
    notes = [f"{name}: neither CSV nor zip, left aside" for name in found.skipped]
    notes += mapping.notes if mapping else ()
    formats = police_uk.formats(today=today)
    made: dict[tuple[str, ...], Format] = {}
    known: list[Known] = []
    faults: list[str] = []
    for place, piece in enumerate(found.pieces):
        try:
            if mapping:
                known.append(_mapped(piece, mapping, made, folder / f"sheet-{place}", today=today, force=force))
            else:
                known.append(_published(piece, formats, force, notes))
        except SourceError as fault:
            faults += [said for said in fault.faults if said not in faults]
    return Intake(tuple(known), tuple(notes), tuple(faults))


def _published(piece: Piece, formats: Sequence[Format], force: str | None, notes: list[str]) -> Known:
    if piece.workbook:
        raise SourceError(
            f"{piece.name}: this is a workbook: describe its columns with --mapping (a first draft: --guess-mapping)"
        )
    columns = files.header(piece)
    form = headers.recognise(columns, formats, file=piece.name)
    if "force" in form.values:
        return Known(piece, columns, form, None)
    told = force or forces.named_in(piece.name)
    if told is None:
        raise SourceError(
            f"{piece.name}: its rows do not say which force they are from: give --force ID, such as --force essex"
        )
    if force is None:
        notes.append(f"{piece.name}: taken to be from {told}, which only the file's name says; --force says otherwise")
    return Known(piece, columns, form, told)


def _mapped(
    piece: Piece,
    mapping: Mapping,
    made: dict[tuple[str, ...], Format],
    folder: Path,
    *,
    today: date,
    force: str | None,
) -> Known:
    from abate.sources import mapped

    piece = _spelt(piece, mapping, folder)
    columns = files.header(piece)
    if columns not in made:
        made[columns] = mapped.format_of(mapping, columns, today=today)
    form = next(iter(made.values()))
    return Known(piece, columns, form, force or form.force)


def _spelt(piece: Piece, mapping: Mapping, folder: Path) -> Piece:
    """Give the piece with what the mapping says of its spelling; a workbook's sheet is written out."""
    if not piece.workbook:
        return replace(piece, encoding=mapping.encoding, delimiter=mapping.delimiter)
    from abate.sources import excel

    folder.mkdir()
    return replace(piece, rows=excel.to_csv(piece.source, mapping.sheet, folder, mapping.header_row))
