"""How the contacts of a segment can be put together."""

import strawberry

from schema.contacts.filters import ContactFilter
from schema.enums import RemoveMode
from schema.inputs import NOTHING_EMPTY, all_of_them, key_to_repeat, optional, required


@strawberry.input(one_of=True, description="Where contacts come from: exactly one of these.")
class SegmentContactSource:
    contact_nos: list[str] | None = optional("These contacts, in this order; at most 1,000.")
    filter: ContactFilter | None = optional(f"All contacts that match, ordered by company and name. {NOTHING_EMPTY}")
    all_: bool | None = all_of_them("Every contact, ordered by company and name.")
    logged_segment_entry_no: int | None = optional(
        "The contacts of this logged segment: a line for each entry not canceled."
    )


@strawberry.input(description="Contacts to add to a segment.")
class AddSegmentContactsInput:
    segment_no: str = required("The segment.")
    from_: SegmentContactSource = strawberry.field(name="from", description="Which contacts.")
    expand_companies: bool = strawberry.field(default=False, description="Also all contacts of the same companies.")
    allow_related_companies: bool = strawberry.field(default=False, description="Also the company of each contact.")
    ignore_exclusion: bool = strawberry.field(
        default=False, description="Also contacts that are excluded from segments."
    )
    allow_existing_contacts: bool = strawberry.field(
        default=False, description="Also contacts that have a line already; they get another."
    )
    dry_run: bool = strawberry.field(default=False, description="Only count; nothing changes.")
    idempotency_key: str | None = key_to_repeat()


@strawberry.input(description="Contacts to remove from a segment, with all their lines.")
class RemoveSegmentContactsInput:
    segment_no: str = required("The segment.")
    filter: ContactFilter = required(
        f"Which contacts, by their present data. {NOTHING_EMPTY} To remove all lines, use `removeSegmentLines` with "
        "`lines: {all: true}`."
    )
    mode: RemoveMode = required("Whether matching contacts are removed, or all others.")
    entire_companies: bool = strawberry.field(
        default=False, description="Whether a matching contact stands for its whole company."
    )
    clear_steps_when_empty: bool = strawberry.field(
        default=False, description="Whether the steps are deleted if no contact is left after several steps."
    )
    dry_run: bool = strawberry.field(default=False, description="Only count; nothing changes.")
    idempotency_key: str | None = key_to_repeat()


@strawberry.input(description="A segment whose last step is to be undone.")
class UndoSegmentStepInput:
    segment_no: str = required("The segment.")
    idempotency_key: str | None = key_to_repeat()


@strawberry.input(description="Criteria to keep: the steps of a segment.")
class SaveSegmentCriteriaInput:
    segment_no: str = required("The segment.")
    code: str = required("A code for them that is not taken, at most 10 characters.")
    description: str = required("What they find, at most 100 characters.")
    idempotency_key: str | None = key_to_repeat()


@strawberry.input(description="Saved criteria to repeat on a segment.")
class ReuseSegmentCriteriaInput:
    segment_no: str = required("The segment; what stands on it stays.")
    code: str = required("The code of the criteria.")
    idempotency_key: str | None = key_to_repeat()
