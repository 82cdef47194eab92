"""Imports campaigns from CSV files of Carnet, NAV and Business Central."""

from resolvers.imports.campaigns.importing import run

__all__ = ["run"]
