"""`carnet import list`: shows the imports, so that one of them can be undone."""

from typing import Annotated

import typer

from persistence.enums import ImportKind
from resolvers.imports import queries
from schema.server.cli.output import minute_in_utc, print_message, print_table
from schema.server.cli.running import in_transaction
from schema.server.cli.texts import import_messages, messages
from schema.server.language import number

SHOWN = 20
"""How many imports are listed by default."""


def list_imports(
    first: Annotated[int, typer.Option("--first", help="How many imports to show.", min=1)] = SHOWN,
) -> None:
    """List the imports, newest first."""
    found = in_transaction(lambda work: queries.newest(work, first))
    if not found:
        print_message(import_messages.NO_IMPORTS())
        return
    captions = (
        import_messages.IMPORT,
        import_messages.KIND,
        import_messages.FILE,
        import_messages.IMPORTED_AT,
        messages.USER,
        import_messages.ROWS_CAPTION,
        import_messages.CREATED_CAPTION,
        import_messages.UPDATED_CAPTION,
        import_messages.REJECTED_CAPTION,
        import_messages.UNDONE_AT,
    )
    rows = (
        (
            str(each.entry_no),
            import_messages.KINDS[ImportKind(each.kind)](),
            each.file_name,
            minute_in_utc(each.created_at),
            each.user_id,
            *(number(count) for count in (each.rows, each.created, each.updated, each.rejected)),
            minute_in_utc(each.undone_at),
        )
        for each in found
    )
    print_table([caption() for caption in captions], rows)
