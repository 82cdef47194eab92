"""`carnet import …`: data taken over from files."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from resolvers.errors import Refused
from resolvers.imports import ImportReport, contacts, interactions, templates
from resolvers.imports.formats import DayOrder, DecimalSign, Formats
from resolvers.progress import Progress
from resolvers.work import Work
from schema.server.cli import running, sentences
from schema.server.cli.output import console, say, stop, visible
from schema.server.language import in_french, number, said
from schema.server.locales import language

imports = typer.Typer(help="Take over data from CSV files: all of a file, or nothing.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="A CSV file, as the other program wrote it.", exists=True, dir_okay=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")]
Days = Annotated[
    DayOrder | None,
    typer.Option("--dates", help="Whether 03/04/2026 has the day first or the month, where the file leaves it open."),
]
Decimals = Annotated[
    DecimalSign | None,
    typer.Option("--decimal", help="Whether 1,234 has a decimal comma, where the file leaves it open."),
]


@imports.command("contacts")
def import_contacts(file: File, dry_run: DryRun = False) -> None:
    """Create and update contacts, from NAV, Business Central, Outlook or Google."""
    _import(lambda work, progress: contacts.run(work, file, dry_run=dry_run, progress=progress), file, dry_run=dry_run)


@imports.command("interactions")
def import_interactions(
    file: File,
    dry_run: DryRun = False,
    days: Days = None,
    decimal: Decimals = None,
    without_missing_contacts: Annotated[
        bool,
        typer.Option(
            "--without-missing-contacts", help="Take over also what was with contacts that are not there, without them."
        ),
    ] = False,
) -> None:
    """Take over history from NAV or Business Central (Interaction Log Entries), with its own numbers and days."""
    _import(
        lambda work, progress: interactions.run(
            work,
            file,
            dry_run=dry_run,
            progress=progress,
            formats=Formats(days, decimal),
            without_missing_contacts=without_missing_contacts,
        ),
        file,
        dry_run=dry_run,
    )


@imports.command("templates")
def import_templates(file: File, dry_run: DryRun = False, decimal: Decimals = None) -> None:
    """Create and update interaction templates, with the groups they name, from NAV or Business Central."""
    _import(
        lambda work, progress: templates.run(
            work, file, dry_run=dry_run, progress=progress, formats=Formats(decimal=decimal)
        ),
        file,
        dry_run=dry_run,
    )


def _import(run: Callable[[Work, Progress], ImportReport], file: Path, *, dry_run: bool) -> None:
    try:
        with running.report_interruption(lambda: sentences.NOT_IMPORTED(file=file.name)), running.bar() as progress:
            report = running.in_transaction(lambda work: run(work, progress))
    except Refused as refused:
        if isinstance(refused.detail, ImportReport):
            _show_errors(refused.detail)
        stop(said(refused))
    _show(report, dry_run=dry_run)


def _show_errors(report: ImportReport) -> None:
    errors, shown = sentences.ERRORS(report.error_count), len(report.errors)
    title = errors if shown == report.error_count else sentences.ERRORS_OF_MORE(errors=errors, shown=shown)
    captions = (sentences.ROW, sentences.COLUMN, sentences.PROBLEM)
    table = Table(*(caption() for caption in captions), title=Text(title, "italic"))
    for error in report.errors:
        cells = (number(error.row), error.column or "", error.message(language()))
        table.add_row(*(Text(visible(cell)) for cell in cells))
    console.print(table)


def _show(report: ImportReport, *, dry_run: bool) -> None:
    if report.unknown_columns:
        say(sentences.NOT_READ(columns=", ".join(report.unknown_columns)))
    created = sentences.WOULD_BE_CREATED if dry_run else sentences.CREATED
    updated = sentences.WOULD_BE_UPDATED if dry_run else sentences.UPDATED
    say(
        sentences.IMPORTED(
            rows=sentences.ROWS(report.rows),
            created=created(report.created),
            updated=updated(report.updated),
            unchanged=sentences.UNCHANGED(report.unchanged),
        )
    )
    for note in report.notes:
        say(note.french if in_french() else note.english)
