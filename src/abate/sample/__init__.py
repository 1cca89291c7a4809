"""A made-up town whose truth is known."""

from abate.sample.extracts import Extract, extract
from abate.sample.publications import Publication, publish
from abate.sample.towns import Town, town
from abate.sample.truths import Truth

__all__ = ["Extract", "Publication", "Town", "Truth", "extract", "publish", "town"]
