"""Tables of what became of a load: each file's rows by fate, what was rejected, what was a repeat, what is there."""

from __future__ import annotations

from abate.schema import Column, Table

FATES = Table(
    "fates",
    "One row a file read: its rows are loaded, rejected, repeats or dropped by a filter, and these add up.",
    {
        "file": Column("text", "the file read (its path inside an archive after a `!`)"),
        "format": Column("text", "the kind of file, told by its header"),
        "sha256": Column("text", "SHA-256 of the file's bytes"),
        "rows_read": Column("whole", "rows under the header", at_least=0),
        "rows_loaded": Column("whole", "rows that now stand in the lake", at_least=0),
        "rows_rejected": Column("whole", "rows that broke a rule", at_least=0),
        "rows_repeated": Column("whole", "rows that repeat an earlier one of their month", at_least=0),
        "rows_dropped": Column("whole", "rows left out by a filter that the mapping asks for", at_least=0),
        "without_coordinates": Column("whole", "loaded rows without coordinates", at_least=0),
    },
    key=("file",),
)

REJECTS = Table(
    "rejects",
    "One row a row that was not loaded, as it stood in the file, with the rule that it broke.",
    {
        "file": Column("text", "the file it stands in"),
        "row": Column("whole", "its place in that file; the first row under the header is 1", at_least=1),
        "rule": Column("text", "the rule that it broke"),
        "column": Column("text", "the column that the rule speaks of", blank=True),
        "value": Column("text", "the value found there", blank=True),
        "would_be_right": Column("text", "what would be right"),
        "line": Column("text", "the row as it stood"),
    },
)

REPEATS = Table(
    "repeats",
    "One row a row that has the Crime ID of an earlier row of its force and month; the earlier one was loaded.",
    {
        "file": Column("text", "the file it stands in"),
        "row": Column("whole", "its place in that file", at_least=1),
        "force": Column("text", "the force"),
        "month": Column("month", "the month"),
        "crime_id": Column("text", "the identifier that repeats"),
        "first_file": Column("text", "the file of the row that was loaded"),
        "first_row": Column("whole", "the place of the row that was loaded", at_least=1),
        "differs": Column(
            "text", "in which columns the two differ: any of place, outcome, type; blank if in none", blank=True
        ),
        "line": Column("text", "the row as it stood"),
    },
)

SHARED_IDS = Table(
    "shared-ids",
    "One row a loaded row whose Crime ID also stands in another month of its force; all of them stay.",
    {
        "crime_id": Column("text", "the identifier"),
        "force": Column("text", "the force"),
        "month": Column("month", "the month"),
        "file": Column("text", "the file it stands in"),
        "row": Column("whole", "its place in that file", at_least=1),
        "loaded": Column("text", "whether it came with this load", one_of=("now", "before")),
    },
)

COVERAGE = Table(
    "coverage",
    "One row a kind of record, force and month between the first and the last that the lake holds.",
    {
        "kind": Column("text", "incidents, outcomes or searches"),
        "force": Column("text", "the force"),
        "month": Column("month", "the month"),
        "rows": Column("whole", "rows in the lake; 0 where the month is missing", at_least=0),
        "without_coordinates": Column("whole", "rows without coordinates", at_least=0),
        "status": Column("text", "what the month is", one_of=("present", "suspicious", "missing")),
    },
    key=("kind", "force", "month"),
)
