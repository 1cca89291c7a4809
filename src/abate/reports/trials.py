"""The report of a trial as files: a page, a PDF and a Word file that say the same, its tables, how it was made."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from abate.reports import chapterpages, chapterpapers, deliveries, trialchapters, wordfiles
from abate.reports.trialchapters import MARKING
from abate.reports.trialstories import Ground, Story
from abate.trials import effects

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["MARKING", "Ground", "Story", "draw", "write"]


def draw(story: Story, *, made: Mapping[str, Any] | None = None) -> dict[str, bytes]:
    """Draw every file of the report but its provenance: its name and its bytes.

    The files are `trial.html` (needs no network and no JavaScript), `trial.pdf` (PDF/UA-1), `trial.docx`, `effects.csv`
    and, where places could be told apart, `places.csv`. The same story gives the same bytes. Raises `MissingPartError`
    where the extra `report` is not installed.
    """
    report = trialchapters.told(story, made=made)
    files = {
        "trial.html": chapterpages.draw(report).encode(),
        "trial.pdf": chapterpapers.draw(report),
        "trial.docx": wordfiles.draw(report),
        "effects.csv": effects.tabulate(story.analysis.effects()).to_csv(index=False, lineterminator="\n").encode(),
    }
    if story.analysis.heterogeneity is not None:
        files["places.csv"] = story.analysis.heterogeneity.table.to_csv(index=False, lineterminator="\n").encode()
    return files


def write(story: Story, into: Path, *, made: Mapping[str, Any]) -> tuple[Path, ...]:
    """Write the files of `draw` and provenance.json, all of them or none.

    Raises `OptionError` when the folder cannot be written.
    """
    files = draw(story, made=made)
    record = {
        "title": "Trial of patrols",
        "marking": MARKING,
        **made,
        "registered": story.registered,
        "not_registered": list(story.departures),
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(files.items())
        },
    }
    files["provenance.json"] = (json.dumps(record, indent=2, ensure_ascii=False, default=str) + "\n").encode()
    return deliveries.deliver(files, into)
