"""Input types of the mutations that add contacts to segments and remove them."""

import strawberry

from schema.contacts.filters import ContactFilter
from schema.enums import RemoveMode
from schema.inputs import NOTHING_EMPTY, all_rows, dry_run, idempotency_key, option, optional, required
from schema.segments.inputs import SEGMENT_NO


@strawberry.input(one_of=True, description="Selects contacts to add to a segment. Exactly one field must be given.")
class SegmentContactSource:
    contact_nos: list[str] | None = optional("The numbers of the contacts, in this order, at most 1,000.")
    filter: ContactFilter | None = optional(f"All contacts that match, ordered by company and name. {NOTHING_EMPTY}")
    all_: bool | None = all_rows("All contacts, ordered by company and name.")
    logged_segment_entry_no: int | None = optional(
        "The number of a logged segment: one line for each of its interactions that is not canceled."
    )


@strawberry.input(description="Contacts to add to a segment. Each gets a line.")
class AddSegmentContactsInput:
    segment_no: str = required(SEGMENT_NO)
    from_: SegmentContactSource = required("The contacts to add.", "from")
    expand_companies: bool = option("Whether all other contacts of the same companies are added too.")
    allow_related_companies: bool = option("Whether the companies of these contacts are added too.")
    ignore_exclusion: bool = option("Whether contacts that are excluded from segments are added too.")
    allow_existing_contacts: bool = option("Whether contacts that have a line on the segment get another one.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Contacts to remove from a segment, with all their lines.")
class RemoveSegmentContactsInput:
    segment_no: str = required(SEGMENT_NO)
    filter: ContactFilter = required(
        f"A condition on the contacts as they are now. {NOTHING_EMPTY} To remove all lines, use `removeSegmentLines` "
        "with `lines: {all: true}`."
    )
    mode: RemoveMode = required("Whether the contacts that match are removed, or all others.")
    entire_companies: bool = option(
        "Whether a company and its people are removed or kept together: they all match if one of them does."
    )
    clear_steps_when_empty: bool = option(
        "Whether the steps of the segment are deleted, too, if there are at least two and no contacts are left."
    )
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="The segment whose last step to undo.")
class UndoSegmentStepInput:
    segment_no: str = required(SEGMENT_NO)
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="The steps of a segment to save as criteria.")
class SaveSegmentCriteriaInput:
    segment_no: str = required(SEGMENT_NO)
    code: str = required("The code of the criteria, at most 10 characters. Refused with DUPLICATE if it is in use.")
    description: str = required("Which contacts the criteria select, at most 100 characters.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Another code or description for saved criteria. Their steps do not change.")
class RenameSavedSegmentCriteriaInput:
    code: str = required("The code of the saved criteria.")
    new_code: str | None = optional(
        "The new code, at most 10 characters. Refused with DUPLICATE if it is in use. Default: the code stays."
    )
    description: str | None = optional(
        "The new description: which contacts the criteria select, at most 100 characters. Default: the description "
        "stays."
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Saved criteria to delete. This cannot be undone.")
class DeleteSavedSegmentCriteriaInput:
    code: str = required("The code of the saved criteria.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Saved criteria to apply to a segment.")
class ReuseSegmentCriteriaInput:
    segment_no: str = required(f"{SEGMENT_NO} Its existing lines stay.")
    code: str = required("The code of the saved criteria.")
    idempotency_key: str | None = idempotency_key()
