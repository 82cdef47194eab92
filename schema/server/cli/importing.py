"""`carnet import`: imports from CSV, Excel, vCard and NDJSON files."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from resolvers.errors import Refused
from resolvers.imports import ImportReport, RowMessage, campaigns, contacts, interactions, salespeople, templates
from resolvers.imports.files.encodings import codec_named
from resolvers.imports.formats import DayOrder, DecimalSign, Formats
from resolvers.imports.reading import ReadAs
from resolvers.progress import Progress
from resolvers.work import Work
from schema.server.cli import messages, refreshing, running
from schema.server.cli.output import console, fail, print_message, printable
from schema.server.language import in_french, number, refusal_text
from schema.server.locales import language

imports = typer.Typer(
    help="Import data from CSV, Excel, vCard or NDJSON files. A file is imported completely or not at all.",
    no_args_is_help=True,
)

File = Annotated[
    Path,
    typer.Argument(
        help="A CSV, Excel, vCard or NDJSON file that the other program exported.", exists=True, dir_okay=False
    ),
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


def _encoding_named(name: str) -> str:
    try:
        return codec_named(name)
    except Refused as refused:
        raise typer.BadParameter(refusal_text(refused)) from refused


Encoding = Annotated[
    str | None,
    typer.Option(
        "--encoding",
        parser=_encoding_named,
        metavar="NAME",
        help="The encoding of the file, such as windows-1252. By default it is detected.",
    ),
]

Sheet = Annotated[
    str | None,
    typer.Option(
        "--sheet", metavar="NAME", help="The sheet of a workbook. By default the one whose captions fit best is read."
    ),
]


@imports.command("salespeople")
def import_salespeople(file: File, dry_run: DryRun = False, encoding: Encoding = None, sheet: Sheet = None) -> None:
    """Create and update salespeople from a file of Carnet, NAV or Business Central."""
    _import(
        lambda work, progress: salespeople.run(
            work, file, dry_run=dry_run, progress=progress, read_as=ReadAs(encoding, sheet)
        ),
        file,
        dry_run=dry_run,
    )


@imports.command("campaigns")
def import_campaigns(
    file: File, dry_run: DryRun = False, days: Days = None, encoding: Encoding = None, sheet: Sheet = None
) -> None:
    """Create and update campaigns from a file of Carnet, NAV or Business Central."""
    _import(
        lambda work, progress: campaigns.run(
            work, file, dry_run=dry_run, progress=progress, formats=Formats(days), read_as=ReadAs(encoding, sheet)
        ),
        file,
        dry_run=dry_run,
    )


@imports.command("contacts")
def import_contacts(file: File, dry_run: DryRun = False, encoding: Encoding = None, sheet: Sheet = None) -> None:
    """Create and update contacts from a file of NAV, Business Central, Outlook or Google."""
    _import(
        lambda work, progress: contacts.run(
            work, file, dry_run=dry_run, progress=progress, read_as=ReadAs(encoding, sheet)
        ),
        file,
        dry_run=dry_run,
    )


@imports.command("interactions")
def import_interactions(
    file: File,
    dry_run: DryRun = False,
    days: Days = None,
    decimal: Decimals = None,
    encoding: Encoding = None,
    sheet: Sheet = None,
    without_missing_contacts: Annotated[
        bool,
        typer.Option(
            "--without-missing-contacts",
            help="Also import interactions whose contact does not exist, without the contact.",
        ),
    ] = False,
) -> None:
    """Import the Interaction Log Entries of NAV or Business Central. They keep their numbers and dates."""
    _import(
        lambda work, progress: interactions.run(
            work,
            file,
            dry_run=dry_run,
            progress=progress,
            formats=Formats(days, decimal),
            without_missing_contacts=without_missing_contacts,
            read_as=ReadAs(encoding, sheet),
        ),
        file,
        dry_run=dry_run,
    )
    if not dry_run:
        refreshing.refresh()


@imports.command("templates")
def import_templates(
    file: File, dry_run: DryRun = False, decimal: Decimals = None, encoding: Encoding = None, sheet: Sheet = None
) -> None:
    """Create and update interaction templates from a file of NAV or Business Central. Missing groups are created."""
    _import(
        lambda work, progress: templates.run(
            work,
            file,
            dry_run=dry_run,
            progress=progress,
            formats=Formats(decimal=decimal),
            read_as=ReadAs(encoding, sheet),
        ),
        file,
        dry_run=dry_run,
    )


def _import(run: Callable[[Work, Progress], ImportReport], file: Path, *, dry_run: bool) -> None:
    try:
        with (
            running.report_interruption(lambda: messages.NOT_IMPORTED(file=file.name)),
            running.progress_bars() as progress,
        ):
            report = running.in_transaction(lambda work: run(work, progress))
    except Refused as refused:
        if isinstance(refused.detail, ImportReport):
            _show_errors(refused.detail)
        fail(refusal_text(refused))
    _show(report, dry_run=dry_run)


def _show_errors(report: ImportReport) -> None:
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
    if report.unknown_columns:
        print_message(messages.COLUMNS_IGNORED(columns=", ".join(report.unknown_columns)))
    created = messages.WOULD_BE_CREATED if dry_run else messages.CREATED
    updated = messages.WOULD_BE_UPDATED if dry_run else messages.UPDATED
    print_message(
        messages.IMPORTED(
            rows=messages.ROWS(report.rows),
            created=created(report.created),
            updated=updated(report.updated),
            unchanged=messages.UNCHANGED(report.unchanged),
        )
    )
    for note in report.notes:
        print_message(note.french if in_french() else note.english)
