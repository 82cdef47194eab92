"""Imports salespeople from CSV files of Carnet, NAV and Business Central."""

from resolvers.imports.salespeople.importing import run

__all__ = ["run"]
