"""The fields of an interaction: their normalization and their checks.

NAV edits a single interaction in the Create Interaction window. What this window shows is called a draft.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import TypedDict, cast

from persistence.interactions import InteractionLogEntry, PostponedInteraction
from resolvers.amounts import check_cost, check_duration, cost, duration
from resolvers.errors import Refusal
from resolvers.interactions import comments
from resolvers.interactions.comments import Comment
from resolvers.master_data import Normalizer, normalized, text
from resolvers.work import check_texts, key

INPUT = "interaction"


class SharedFields(TypedDict, total=False):
    """The fields that drafts, log entries, postponed interactions and segment lines have in common.

    In an input, an absent field gets its value from the rules; null clears it.
    """

    contact_no: str | None
    template_code: str | None
    salesperson_code: str | None
    campaign_no: str | None
    description: str | None
    date: dt.date | None
    time_of_interaction: dt.time | None
    cost: Decimal | None
    duration: int | None
    information_flow: str | None
    initiated_by: str | None
    correspondence_type: str | None
    language_code: str | None
    evaluation: str | None
    attempt_failed: bool | None
    campaign_target: bool | None
    campaign_response: bool | None


class InteractionFields(SharedFields, total=False):
    """The input fields of a draft, its evaluation included (R-FIN-17)."""

    contact_via: str | None
    comments: list[str] | None


class DraftValues(SharedFields, total=False):
    """The columns of a draft. Log entries and postponed interactions have them too."""

    contact_via: str | None
    company_no: str | None
    group_code: str | None


COLUMNS = tuple(DraftValues.__annotations__)
TEXTS = ("description", "contact_via")
CHECKED_TEXTS = (*TEXTS, "language_code")
FLAGS = ("attempt_failed", "campaign_target", "campaign_response")
NORMALIZERS: dict[str, Normalizer] = {
    **dict.fromkeys(("contact_no", "template_code", "salesperson_code", "campaign_no", "language_code"), key),
    **dict.fromkeys(TEXTS, text),
    **dict.fromkeys(FLAGS, bool),
    "cost": cost,
    "duration": duration,
}


def normalized_draft(fields: InteractionFields) -> DraftValues:
    """The fields as they are stored, without comments. A null cost or duration is 0, a null flag is false."""
    values = normalized(fields, NORMALIZERS)
    values.pop("comments", None)
    return cast(DraftValues, values)


def check_fields(
    fields: InteractionFields,
    given: DraftValues,
    before: PostponedInteraction | None = None,
    stored_comments: Sequence[Comment] = (),
) -> list[Refusal]:
    """Refusals for costs and durations out of range, invalid texts and too many comments. `given` are the normalized
    fields.

    Texts equal to those of the stored interaction `before` are not checked.
    """
    refusals = check_cost(given.get("cost"), INPUT, "cost") + check_duration(given.get("duration"), INPUT, "duration")
    texts = {name: value for name, value in given.items() if name in CHECKED_TEXTS}
    refusals += check_texts(InteractionLogEntry, texts, INPUT, before=before)
    return refusals + comments.check(
        fields.get("comments"), INPUT, "comments", too_many=comments.TooManyComments, stored=stored_comments
    )
