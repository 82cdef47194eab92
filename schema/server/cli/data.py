"""`carnet import …`: data taken over from files."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from resolvers.errors import Refused
from resolvers.imports import ImportReport, contacts, interactions, templates
from resolvers.imports.formats import DayOrder, DecimalSign, Formats
from resolvers.imports.running import Progress
from resolvers.work import Work
from schema.server.cli.running import bar, console, in_transaction, stop

imports = typer.Typer(help="Take over data from CSV files: all of a file, or nothing.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="A CSV file, as the other program wrote it.", exists=True, dir_okay=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")]
Days = Annotated[DayOrder | None, typer.Option(
    "--dates", help="Whether 03/04/2026 has the day first or the month, where the file leaves it open."
)]
Decimals = Annotated[DecimalSign | None, typer.Option(
    "--decimal", help="Whether 1,234 has a decimal comma, where the file leaves it open."
)]


@imports.command("contacts")
def import_contacts(file: File, dry_run: DryRun = False) -> None:
    """Create and update contacts, from NAV, Business Central, Outlook or Google."""
    _import(lambda work, progress: contacts.run(work, file, dry_run=dry_run, progress=progress), dry_run=dry_run)


@imports.command("interactions")
def import_interactions(
    file: File, dry_run: DryRun = False, days: Days = None, decimal: Decimals = None,
    without_missing_contacts: Annotated[bool, typer.Option(
        "--without-missing-contacts", help="Take over also what was with contacts that are not there, without them."
    )] = False,
) -> None:
    """Take over history from NAV or Business Central (Interaction Log Entries), with its own numbers and days."""
    _import(lambda work, progress: interactions.run(
        work, file, dry_run=dry_run, progress=progress, formats=Formats(days, decimal),
        without_missing_contacts=without_missing_contacts,
    ), dry_run=dry_run)


@imports.command("templates")
def import_templates(file: File, dry_run: DryRun = False, decimal: Decimals = None) -> None:
    """Create and update interaction templates, with the groups they name, from NAV or Business Central."""
    _import(lambda work, progress: templates.run(
        work, file, dry_run=dry_run, progress=progress, formats=Formats(decimal=decimal)
    ), dry_run=dry_run)


def _import(run: Callable[[Work, Progress], ImportReport], *, dry_run: bool) -> None:
    try:
        with bar() as progress:
            report = in_transaction(lambda work: run(work, progress))
    except Refused as refused:
        if isinstance(refused.detail, ImportReport):
            _show_errors(refused.detail)
        stop(str(refused))
    _show(report, dry_run=dry_run)


def _show_errors(report: ImportReport) -> None:
    table = Table("Row", "Column", "Problem", title=f"{report.error_count} errors, the first {len(report.errors)}")
    for error in report.errors:
        table.add_row(str(error.row), error.column or "", error.message("EN"))
    console.print(table)


def _show(report: ImportReport, *, dry_run: bool) -> None:
    if report.unknown_columns:
        console.print(f"Columns that were not read: {', '.join(report.unknown_columns)}")
    would = "would be " if dry_run else ""
    console.print(f"{report.rows} rows: {report.created} {would}created, {report.updated} {would}updated, "
                  f"{report.unchanged} unchanged.")
    for note in report.notes:
        console.print(note)
