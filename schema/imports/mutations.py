"""The mutation that undoes an import."""

import strawberry

from resolvers.imports import undoing
from resolvers.roles import ADMINISTRATION
from schema.access import mutation
from schema.execution.context import Info
from schema.inputs import dry_run, idempotency_key, required
from schema.payload_fields import object_field, outcome_field
from schema.payloads import Payload, payload


@strawberry.input(description="An import to undo.")
class UndoImportInput:
    entry_no: int = required("The number of the import.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@payload
class UndoImportPayload(Payload[undoing.ImportUndone]):
    """Result of undoImport. In a dry run, the numbers say what would happen."""

    import_ = object_field(
        "imports.Import", "The import. Null if the mutation was refused.", "entry_no", alias="import"
    )
    contacts_deleted: int = outcome_field("Number of contacts deleted.", 0, name="contacts")
    entries_deleted: int = outcome_field("Number of logged interactions deleted.", 0, name="entries")
    postponed_deleted: int = outcome_field("Number of postponed interactions deleted.", 0, name="postponed")
    templates_deleted: int = outcome_field("Number of interaction templates deleted.", 0, name="templates")
    groups_deleted: int = outcome_field("Number of interaction groups deleted.", 0, name="groups")
    campaigns_deleted: int = outcome_field("Number of campaigns deleted.", 0, name="campaigns")
    salespeople_deleted: int = outcome_field("Number of salespeople deleted.", 0, name="salespeople")
    updates_kept: int = outcome_field(
        "Number of records that the import had changed. They stay as they are; the change log has their old values.", 0
    )


@strawberry.type
class ImportMutations:
    """The field of Mutation about imports."""

    @mutation(
        "Undo an import: delete what it created, all of it or, if it is refused, nothing. Refused with IN_USE while "
        "other objects use some of it, such as an interaction of an imported contact that the import did not create, "
        "and with CHANGED_SINCE if some of it was changed since the import. New objects do not get the numbers of "
        "deleted ones, but the corrected file may be imported with them. What the import only changed stays as it is.",
        access=ADMINISTRATION,
    )
    async def undo_import(self, info: Info, input: UndoImportInput) -> UndoImportPayload | None:
        result = await info.context.write_bulk(info, input, undoing.undo, input.entry_no, dry_run=input.dry_run)
        return UndoImportPayload.of(result)
