"""Imports interaction templates, and the interaction groups they need, from CSV files of NAV and Business Central."""

from resolvers.imports.templates.importing import run

__all__ = ["run"]
