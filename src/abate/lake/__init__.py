"""The lake: crime tables at rest, and the engine that reads and writes them."""

from abate.lake.batches import Fate
from abate.lake.csvs import Batch, File
from abate.lake.integrity import need_room
from abate.lake.reading import Lake, open  # noqa: A004 - read aloud as `lake.open`
from abate.lake.records import Leftovers, already_there, publish, shrunk, write_leftovers
from abate.lake.staging import Staged, commit, stage, workshop
from abate.lake.sweeping import sweep

__all__ = [
    "Batch",
    "Fate",
    "File",
    "Lake",
    "Leftovers",
    "Staged",
    "already_there",
    "commit",
    "need_room",
    "open",
    "publish",
    "shrunk",
    "stage",
    "sweep",
    "workshop",
    "write_leftovers",
]
