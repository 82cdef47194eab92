"""Moving in: contacts, templates and interactions from CSV files. All of a file is taken over, or nothing."""

from resolvers.imports.report import ImportFailed, ImportReport, RowError

__all__ = ["ImportFailed", "ImportReport", "RowError"]
