"""`carnet import …`: data taken over from files."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from resolvers import contact_import
from resolvers.errors import Refused
from schema.server.cli.running import bar, console, in_transaction, stop

imports = typer.Typer(help="Take over data from files.", no_args_is_help=True)


@imports.command("contacts")
def import_contacts(
    file: Annotated[Path, typer.Argument(help="A CSV file: from NAV, Business Central, Outlook or Google.", exists=True,
                                         dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
) -> None:
    """Create and update contacts from a CSV file: all of it, or nothing."""
    try:
        with bar() as progress:
            report = in_transaction(lambda work: contact_import.run(work, file, dry_run=dry_run, progress=progress))
    except Refused as refused:
        if isinstance(refused.detail, contact_import.ImportReport):
            _show_errors(refused.detail)
        stop(str(refused))
    _show(report, dry_run=dry_run)


def _show_errors(report: contact_import.ImportReport) -> None:
    table = Table("Row", "Column", "Problem", title=f"{report.error_count} errors, the first {len(report.errors)}")
    for error in report.errors:
        table.add_row(str(error.row), error.column or "", error.message("EN"))
    console.print(table)


def _show(report: contact_import.ImportReport, *, dry_run: bool) -> None:
    if report.unknown_columns:
        console.print(f"Columns that were not read: {', '.join(report.unknown_columns)}")
    would = "would be " if dry_run else ""
    console.print(f"{report.rows} rows: {report.created} {would}created, {report.updated} {would}updated, "
                  f"{report.unchanged} unchanged.")
