"""Imports contacts from CSV files of NAV, Business Central, Outlook and Google."""

from resolvers.imports.contacts.importing import run

__all__ = ["run"]
