"""The fields of a segment and of a line: their normalization and their checks.

Absent fields are not changed. Null clears a field: amounts become 0, flags false; a date cannot be cleared.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import TypedDict

from persistence.columns import Table
from persistence.segments import Segment, SegmentLine
from resolvers.amounts import check_cost, check_duration, cost, duration
from resolvers.errors import Refusal, UserErrorCode
from resolvers.interactions.fields import SharedFields
from resolvers.master_data import Fields, Normalizer, normalized, text
from resolvers.references import BLOCKABLE
from resolvers.work import check_texts, key


class SegmentFields(TypedDict, total=False):
    """The input fields of a segment."""

    description: str | None
    campaign_no: str | None
    salesperson_code: str | None
    date: dt.date | None
    template_code: str | None
    unit_cost: Decimal | None
    unit_duration: int | None
    information_flow: str | None
    initiated_by: str | None
    campaign_target: bool | None
    campaign_response: bool | None
    correspondence_type_default: str | None
    ignore_contact_correspondence_type: bool | None
    language_code_default: str | None
    subject_default: str | None


class LineFields(SharedFields, total=False):
    """The input fields of a line."""

    subject: str | None


COSTS = ("cost", "unit_cost")
DURATIONS = ("duration", "unit_duration")
FLAGS = ("attempt_failed", "campaign_target", "campaign_response", "ignore_contact_correspondence_type")
NORMALIZERS: dict[str, Normalizer] = {
    **dict.fromkeys((*BLOCKABLE, "language_code", "language_code_default"), key),
    **dict.fromkeys(("description", "subject", "subject_default"), text),
    **dict.fromkeys(COSTS, cost),
    **dict.fromkeys(DURATIONS, duration),
    **dict.fromkeys(FLAGS, bool),
}


class SegmentDateRequired(Refusal):
    """Null is given as the date of a segment or a line (K24)."""

    code = UserErrorCode.DATE_REQUIRED
    english = "The date of a segment or line cannot be cleared. Give a date, or omit the field."
    french = "La date d’un segment ou d’une ligne ne peut pas être vidée. Donnez une date, ou omettez le champ."


def normalized_segment(
    fields: SegmentFields, refusals: list[Refusal], *field: str, before: Segment | None = None
) -> SegmentFields:
    """The fields of a segment as they are stored. Adds refusals for wrong values that differ from those of `before`."""
    return _normalized(Segment, fields, refusals, field, before)


def normalized_line(fields: LineFields, refusals: list[Refusal], *field: str, before: object = None) -> LineFields:
    """The fields of a line as they are stored. Adds refusals for wrong values that differ from those of `before`."""
    return _normalized(SegmentLine, fields, refusals, field, before)


def _normalized(
    model: type[Table], fields: Fields, refusals: list[Refusal], field: tuple[str, ...], before: object
) -> Fields:
    values = normalized(fields, NORMALIZERS)
    refusals += _check_amounts(values, field)
    if "date" in values and values["date"] is None:
        refusals.append(SegmentDateRequired(*field, "date"))
    texts = {name: value for name, value in values.items() if name not in BLOCKABLE}
    refusals += check_texts(model, texts, *field, before=before)
    return values


def _check_amounts(values: Mapping[str, object], field: tuple[str, ...]) -> list[Refusal]:
    refusals: list[Refusal] = []
    for name in COSTS:
        amount = values.get(name)
        refusals += check_cost(amount if isinstance(amount, Decimal) else None, *field, name)
    for name in DURATIONS:
        minutes = values.get(name)
        refusals += check_duration(minutes if isinstance(minutes, int) else None, *field, name)
    return refusals
