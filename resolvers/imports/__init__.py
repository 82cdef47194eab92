"""Imports from CSV and NDJSON files. A file is imported completely or not at all."""

from resolvers.imports.report import ImportFailed, ImportReport
from resolvers.imports.row_messages import RowMessage

__all__ = ["ImportFailed", "ImportReport", "RowMessage"]
