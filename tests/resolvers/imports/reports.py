"""What a report says, as plain values to compare."""

from typing import Any

from resolvers.imports import ImportReport


def said(report: ImportReport) -> dict[str, Any]:
    """Everything that a report says apart from counts, without what is empty."""
    parts = {
        "errors": [(error.row, error.column, error.message("EN")) for error in report.errors],
        "row_notes": [(note.row, note.column, note.message("EN")) for note in report.row_notes],
        "unknown": report.unknown_columns,
        "ignored": report.ignored_columns,
        "notes": [note.english for note in report.notes],
    }
    return {name: part for name, part in parts.items() if part}
