"""What `carnet import` shows of an import, and its exit status."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from resolvers.imports import ImportReport, RowMessage
from schema.server.cli.output import console, print_message, printable
from schema.server.cli.texts import import_messages, messages
from schema.server.language import in_french, number
from schema.server.locales import language

REFUSED, COLUMNS_UNREAD, SOME_REJECTED = 1, 3, 4
"""The exit statuses besides 0, all rows imported, and 2, wrong usage."""


def status(report: ImportReport, *, ignore_unknown_columns: bool) -> int:
    """The exit status (R-IMP-16): the highest of those that apply to what was imported."""
    if report.rejected and not report.accepted:
        return REFUSED
    if report.rejected:
        return SOME_REJECTED
    return COLUMNS_UNREAD if report.unknown_columns and not ignore_unknown_columns else 0


def show_errors(report: ImportReport) -> None:
    """Show the first errors."""
    if report.errors:
        _show_rows(report.errors, messages.ERRORS(report.error_count), report.error_count)


def _show_row_notes(report: ImportReport) -> None:
    if report.row_notes:
        _show_rows(report.row_notes, messages.ROW_NOTES(report.row_note_count), report.row_note_count)


def _show_rows(rows: Sequence[RowMessage], counted: str, count: int) -> None:
    title = counted if len(rows) == count else messages.FIRST_ROWS(counted=counted, shown=len(rows))
    captions = (messages.ROW, messages.COLUMN, messages.MESSAGE)
    table = Table(*(caption() for caption in captions), title=Text(title, "italic"))
    for row in rows:
        cells = (number(row.row), row.column or "", row.message(language()))
        table.add_row(*(Text(printable(cell)) for cell in cells))
    console.print(table)


def show(report: ImportReport, *, dry_run: bool) -> None:
    """Show what was imported, or would be: notes, errors, columns and counts."""
    _show_row_notes(report)
    show_errors(report)
    if report.unknown_columns:
        print_message(messages.COLUMNS_NOT_READ(columns=", ".join(report.unknown_columns)))
    if report.ignored_columns:
        print_message(import_messages.COLUMNS_WITHOUT_MEANING(columns=", ".join(report.ignored_columns)))
    created = messages.WOULD_BE_CREATED if dry_run else messages.CREATED
    updated = messages.WOULD_BE_UPDATED if dry_run else messages.UPDATED
    rejected = import_messages.WOULD_BE_REJECTED if dry_run else import_messages.REJECTED
    counts = [created(report.created), updated(report.updated), messages.UNCHANGED(report.unchanged)]
    counts += [rejected(report.rejected)] if report.rejected else []
    print_message(messages.IMPORTED(rows=messages.ROWS(report.rows), counts=", ".join(counts)))
    if report.companies_of_people:
        print_message(import_messages.COMPANIES_OF_PEOPLE(report.companies_of_people))
    for note in report.notes:
        print_message(note.french if in_french() else note.english)
