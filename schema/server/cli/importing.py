"""`carnet import`: imports from CSV and NDJSON files."""

import shlex
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from rich.table import Table
from rich.text import Text

from resolvers.errors import Refused
from resolvers.imports import (
    ImportReport,
    RowMessage,
    campaigns,
    contacts,
    interactions,
    salespeople,
    templates,
    undoing,
)
from resolvers.imports.formats import DayOrder, DecimalSign, Formats
from schema.server.cli import import_messages, messages, refreshing, running
from schema.server.cli.import_outputs import IgnoreUnknownColumns, OutputFiles, Overwrite, Report, SkipErrors
from schema.server.cli.output import console, fail, print_message, printable
from schema.server.language import in_french, number, refusal_text
from schema.server.locales import language

imports = typer.Typer(
    help=(
        "Import data from CSV or NDJSON files. A file is imported completely or not at all, or with --skip-errors "
        "without the rows that have errors. Exit status: 0 all rows taken over, 4 some rejected, 3 columns with values "
        "not read, 1 nothing taken over, 2 wrong usage; of several the highest."
    ),
    no_args_is_help=True,
)

REFUSED, COLUMNS_UNREAD, SOME_REJECTED = 1, 3, 4
"""The exit statuses besides 0, all rows taken over, and 2, wrong usage."""

File = Annotated[
    Path, typer.Argument(help="A CSV or NDJSON file that the other program exported.", exists=True, dir_okay=False)
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be imported, without importing it.")]
Days = Annotated[
    DayOrder | None,
    typer.Option(
        "--dates",
        help=(
            "Whether the day (dmy) or the month (mdy) comes first in 03/04/2026. Needed only if the file has no clear "
            "date."
        ),
    ),
]
Decimals = Annotated[
    DecimalSign | None,
    typer.Option(
        "--decimal", help="Whether the comma in 1,234 is a decimal sign. Needed only if the file has no clear amount."
    ),
]


class Choices(NamedTuple):
    """The choices that all imports have."""

    file: Path
    dry_run: bool
    skip_errors: Path | None
    report: Path | None
    overwrite: bool
    ignore_unknown_columns: bool


@imports.command("salespeople")
def import_salespeople(
    file: File,
    dry_run: DryRun = False,
    skip_errors: SkipErrors = None,
    report: Report = None,
    overwrite: Overwrite = False,
    ignore_unknown_columns: IgnoreUnknownColumns = False,
) -> None:
    """Create and update salespeople from a file of Carnet, NAV or Business Central."""
    choices = Choices(file, dry_run, skip_errors, report, overwrite, ignore_unknown_columns)
    _import("salespeople", salespeople.run, choices)


@imports.command("campaigns")
def import_campaigns(
    file: File,
    dry_run: DryRun = False,
    days: Days = None,
    skip_errors: SkipErrors = None,
    report: Report = None,
    overwrite: Overwrite = False,
    ignore_unknown_columns: IgnoreUnknownColumns = False,
) -> None:
    """Create and update campaigns from a file of Carnet, NAV or Business Central."""
    choices = Choices(file, dry_run, skip_errors, report, overwrite, ignore_unknown_columns)
    _import("campaigns", partial(campaigns.run, formats=Formats(days)), choices)


@imports.command("contacts")
def import_contacts(
    file: File,
    dry_run: DryRun = False,
    skip_errors: SkipErrors = None,
    report: Report = None,
    overwrite: Overwrite = False,
    ignore_unknown_columns: IgnoreUnknownColumns = False,
) -> None:
    """Create and update contacts from a file of NAV, Business Central, Outlook or Google."""
    choices = Choices(file, dry_run, skip_errors, report, overwrite, ignore_unknown_columns)
    _import("contacts", contacts.run, choices)


@imports.command("interactions")
def import_interactions(
    file: File,
    dry_run: DryRun = False,
    days: Days = None,
    decimal: Decimals = None,
    without_missing_contacts: Annotated[
        bool,
        typer.Option(
            "--without-missing-contacts",
            help="Also import interactions whose contact does not exist, without the contact.",
        ),
    ] = False,
    skip_errors: SkipErrors = None,
    report: Report = None,
    overwrite: Overwrite = False,
    ignore_unknown_columns: IgnoreUnknownColumns = False,
) -> None:
    """Import the Interaction Log Entries of NAV or Business Central. They keep their numbers and dates."""
    choices = Choices(file, dry_run, skip_errors, report, overwrite, ignore_unknown_columns)
    run = partial(interactions.run, formats=Formats(days, decimal), without_missing_contacts=without_missing_contacts)
    _import("interactions", run, choices, afterwards=refreshing.refresh)


@imports.command("templates")
def import_templates(
    file: File,
    dry_run: DryRun = False,
    decimal: Decimals = None,
    skip_errors: SkipErrors = None,
    report: Report = None,
    overwrite: Overwrite = False,
    ignore_unknown_columns: IgnoreUnknownColumns = False,
) -> None:
    """Create and update interaction templates from a file of NAV or Business Central. Missing groups are created."""
    choices = Choices(file, dry_run, skip_errors, report, overwrite, ignore_unknown_columns)
    _import("templates", partial(templates.run, formats=Formats(decimal=decimal)), choices)


@imports.command("undo")
def undo_import(
    number: Annotated[int, typer.Argument(help="The number of the import, as `carnet import` printed it.", min=1)],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be deleted, without deleting it.")
    ] = False,
) -> None:
    """Undo an import: delete what it created, as long as nothing of it was used or changed since."""
    with running.report_interruption(import_messages.NOT_UNDONE), running.report_refusals():
        undone = running.in_transaction(lambda work: undoing.undo(work, number, dry_run=dry_run))
    deleted = (
        (messages.CONTACTS, undone.contacts),
        (messages.INTERACTIONS, undone.entries),
        (messages.POSTPONED, undone.postponed),
        (import_messages.TEMPLATES, undone.templates),
        (import_messages.GROUPS, undone.groups),
        (import_messages.CAMPAIGNS, undone.campaigns),
        (import_messages.SALESPEOPLE, undone.salespeople),
    )
    message = import_messages.WOULD_BE_UNDONE if dry_run else import_messages.UNDONE
    listed = ", ".join(noun(count) for noun, count in deleted if count) or import_messages.NOTHING()
    print_message(message(number=str(number), deleted=listed))
    if undone.updates_kept:
        print_message(import_messages.UPDATES_KEPT(records=import_messages.RECORDS(undone.updates_kept)))
    if undone.entries and not dry_run:
        refreshing.refresh()


def _import(
    kind: str, run: Callable[..., ImportReport], choices: Choices, *, afterwards: Callable[[], None] = lambda: None
) -> None:
    """Import a file and end the command with its status. `afterwards` runs if something was imported."""
    with OutputFiles.prepared(choices.file, choices.skip_errors, choices.report, overwrite=choices.overwrite) as files:
        try:
            with (
                running.report_interruption(lambda: messages.NOT_IMPORTED(file=choices.file.name)),
                running.progress_bars() as progress,
            ):
                imported = running.in_transaction(
                    lambda work: run(
                        work, choices.file, dry_run=choices.dry_run, progress=progress, outputs=files.outputs()
                    )
                )
        except Refused as refused:
            if isinstance(refused.detail, ImportReport):
                _show_errors(refused.detail)
                _keep_messages(files)
                if choices.skip_errors is None:
                    print_message(import_messages.SKIP_ERRORS())
            fail(refusal_text(refused))
        _show(imported, dry_run=choices.dry_run)
        _keep_messages(files)
        if imported.rejected and files.rejects and not choices.dry_run:
            kept = files.rejects.keep()
            command = f"carnet import {kind} {shlex.quote(str(kept))}"
            print_message(import_messages.REJECTS_WRITTEN(file=kept, command=command))
        if imported.entry_no is not None:
            print_message(import_messages.HOW_TO_UNDO(number=str(imported.entry_no)))
    status = _status(imported, ignore_unknown_columns=choices.ignore_unknown_columns)
    if status == REFUSED:
        print_message(import_messages.NOTHING_TAKEN_OVER(file=choices.file.name), "bold red")
    elif not choices.dry_run:
        afterwards()
    raise typer.Exit(status)


def _status(report: ImportReport, *, ignore_unknown_columns: bool) -> int:
    """The exit status (R-IMP-16): the highest of those that apply to what was imported."""
    if report.rejected and not report.accepted:
        return REFUSED
    if report.rejected:
        return SOME_REJECTED
    return COLUMNS_UNREAD if report.unknown_columns and not ignore_unknown_columns else 0


def _keep_messages(files: OutputFiles) -> None:
    if files.report:
        print_message(import_messages.MESSAGES_WRITTEN(file=files.report.keep()))


def _show_errors(report: ImportReport) -> None:
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


def _show(report: ImportReport, *, dry_run: bool) -> None:
    _show_row_notes(report)
    _show_errors(report)
    if report.unknown_columns:
        print_message(messages.COLUMNS_IGNORED(columns=", ".join(report.unknown_columns)))
    created = messages.WOULD_BE_CREATED if dry_run else messages.CREATED
    updated = messages.WOULD_BE_UPDATED if dry_run else messages.UPDATED
    rejected = import_messages.WOULD_BE_REJECTED if dry_run else import_messages.REJECTED
    counts = [created(report.created), updated(report.updated), messages.UNCHANGED(report.unchanged)]
    counts += [rejected(report.rejected)] if report.rejected else []
    print_message(messages.IMPORTED(rows=messages.ROWS(report.rows), counts=", ".join(counts)))
    for note in report.notes:
        print_message(note.french if in_french() else note.english)
