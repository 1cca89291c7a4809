"""The command line: what a person types, and what it answers."""

from abate.cli.main import main

__all__ = ["main"]
