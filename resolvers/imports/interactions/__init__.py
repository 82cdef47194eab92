"""Imports interactions from CSV files of NAV and Business Central (Interaction Log Entries)."""

from resolvers.imports.interactions.importing import run

__all__ = ["run"]
