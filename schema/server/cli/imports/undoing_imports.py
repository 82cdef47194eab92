"""`carnet import undo`: deletes what an import created."""

from typing import Annotated

import typer

from resolvers.imports import undoing
from schema.server.cli import refreshing, running
from schema.server.cli.output import print_message
from schema.server.cli.texts import import_messages, messages


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
