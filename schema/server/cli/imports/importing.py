"""`carnet import`: imports from CSV, Excel, vCard and NDJSON files."""

import shlex
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from resolvers.errors import Refused
from resolvers.imports import ImportReport, campaigns, contacts, interactions, salespeople, templates
from resolvers.imports.existing import Existing, ExistingInteraction
from resolvers.imports.files.encodings import codec_named
from resolvers.imports.reading import ReadAs
from resolvers.imports.values.formats import DayOrder, DecimalSign, Formats
from schema.server.cli import refreshing, running
from schema.server.cli.imports import import_results
from schema.server.cli.imports.import_outputs import IgnoreUnknownColumns, OutputFiles, Overwrite, Report, SkipErrors
from schema.server.cli.output import fail, print_message
from schema.server.cli.texts import import_messages, messages
from schema.server.language import refusal_text

imports = typer.Typer(
    help=(
        "Import data from CSV, Excel, vCard or NDJSON files. A file is imported completely or not at all, or with "
        "--skip-errors without the rows that have errors. Exit status: 0 all rows imported, 4 some rejected, "
        "3 columns with values not read, 1 nothing imported, 2 wrong usage; if 3 and 4 apply, 4."
    ),
    no_args_is_help=True,
)

File = Annotated[
    Path,
    typer.Argument(
        help="A CSV, Excel, vCard or NDJSON file that the other program exported.", exists=True, dir_okay=False
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be imported, without importing it.")]
OfExisting = Annotated[
    Existing,
    typer.Option(
        "--existing",
        help="What to do with rows whose record is there already: skip them, update the record, or create a new one.",
    ),
]
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
        help="The encoding of the file, such as windows-1252. Default: it is detected.",
    ),
]

Sheet = Annotated[
    str | None,
    typer.Option("--sheet", metavar="NAME", help="The sheet of a workbook. Default: the one whose captions fit best."),
]


class Choices(NamedTuple):
    """The choices that all imports have."""

    file: Path
    dry_run: bool
    skip_errors: Path | None
    report: Path | None
    overwrite: bool
    ignore_unknown_columns: bool
    read_as: ReadAs


@imports.command("salespeople")
def import_salespeople(
    file: File,
    dry_run: DryRun = False,
    skip_errors: SkipErrors = None,
    report: Report = None,
    overwrite: Overwrite = False,
    ignore_unknown_columns: IgnoreUnknownColumns = False,
    existing: OfExisting = Existing.SKIP,
    encoding: Encoding = None,
    sheet: Sheet = None,
) -> None:
    """Create salespeople from a file of Carnet, NAV or Business Central, or update them (--existing update)."""
    choices = Choices(file, dry_run, skip_errors, report, overwrite, ignore_unknown_columns, ReadAs(encoding, sheet))
    _import("salespeople", partial(salespeople.run, existing=existing), choices)


@imports.command("campaigns")
def import_campaigns(
    file: File,
    dry_run: DryRun = False,
    days: Days = None,
    skip_errors: SkipErrors = None,
    report: Report = None,
    overwrite: Overwrite = False,
    ignore_unknown_columns: IgnoreUnknownColumns = False,
    existing: OfExisting = Existing.SKIP,
    encoding: Encoding = None,
    sheet: Sheet = None,
) -> None:
    """Create campaigns from a file of Carnet, NAV or Business Central, or update them (--existing update)."""
    choices = Choices(file, dry_run, skip_errors, report, overwrite, ignore_unknown_columns, ReadAs(encoding, sheet))
    _import("campaigns", partial(campaigns.run, formats=Formats(days), existing=existing), choices)


@imports.command("contacts")
def import_contacts(
    file: File,
    dry_run: DryRun = False,
    skip_errors: SkipErrors = None,
    report: Report = None,
    overwrite: Overwrite = False,
    ignore_unknown_columns: IgnoreUnknownColumns = False,
    existing: OfExisting = Existing.SKIP,
    encoding: Encoding = None,
    sheet: Sheet = None,
) -> None:
    """Create contacts from a file of NAV, Outlook, Google, HubSpot, vCards, …, or update them (--existing update)."""
    choices = Choices(file, dry_run, skip_errors, report, overwrite, ignore_unknown_columns, ReadAs(encoding, sheet))
    _import("contacts", partial(contacts.run, existing=existing), choices)


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
    existing: Annotated[
        ExistingInteraction,
        typer.Option(
            "--existing",
            help=(
                "What to do with rows whose interaction is there already: skip them, or create a new one. An import "
                "never changes interactions."
            ),
        ),
    ] = ExistingInteraction.SKIP,
    skip_errors: SkipErrors = None,
    report: Report = None,
    overwrite: Overwrite = False,
    ignore_unknown_columns: IgnoreUnknownColumns = False,
) -> None:
    """Import interaction log entries of NAV or Business Central, or activities of HubSpot, Salesforce or Dynamics."""
    choices = Choices(file, dry_run, skip_errors, report, overwrite, ignore_unknown_columns, ReadAs(encoding, sheet))
    run = partial(
        interactions.run,
        formats=Formats(days, decimal),
        without_missing_contacts=without_missing_contacts,
        existing=existing,
    )
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
    existing: OfExisting = Existing.SKIP,
    encoding: Encoding = None,
    sheet: Sheet = None,
) -> None:
    """Create templates and groups from a file of Carnet, NAV, Business Central, or update them (--existing update)."""
    choices = Choices(file, dry_run, skip_errors, report, overwrite, ignore_unknown_columns, ReadAs(encoding, sheet))
    _import("templates", partial(templates.run, formats=Formats(decimal=decimal), existing=existing), choices)


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
                        work,
                        choices.file,
                        dry_run=choices.dry_run,
                        progress=progress,
                        outputs=files.outputs(),
                        read_as=choices.read_as,
                    )
                )
        except Refused as refused:
            if isinstance(refused.detail, ImportReport):
                import_results.show_errors(refused.detail)
                _keep_messages(files)
                if choices.skip_errors is None:
                    print_message(import_messages.SKIP_ERRORS())
            fail(refusal_text(refused))
        import_results.show(imported, dry_run=choices.dry_run)
        _keep_messages(files)
        if imported.rejected and files.rejects and not choices.dry_run:
            kept = files.rejects.keep()
            command = f"carnet import {kind} {shlex.quote(str(kept))}"
            print_message(import_messages.REJECTS_WRITTEN(file=kept, command=command))
        if imported.entry_no is not None and imported.created:
            print_message(import_messages.HOW_TO_UNDO(number=str(imported.entry_no)))
    status = import_results.status(imported, ignore_unknown_columns=choices.ignore_unknown_columns)
    if status == import_results.REFUSED:
        print_message(import_messages.ALL_REJECTED(file=choices.file.name), "bold red")
    elif not choices.dry_run:
        afterwards()
    raise typer.Exit(status)


def _keep_messages(files: OutputFiles) -> None:
    if files.report:
        print_message(import_messages.MESSAGES_WRITTEN(file=files.report.keep()))
